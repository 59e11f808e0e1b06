using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore.Tests.Idempotency;

public sealed class IdempotencyStoreTests : IDisposable
{
    private static readonly IdempotencyLimits Limits = new(TimeSpan.FromHours(24), TimeSpan.FromMinutes(2), MaxKeys: 3, MaxBytes: 100);
    private static readonly IdempotencyKey Key = new(StoreDatabase.Acme, "user:1", "POST /api/v1/rollouts", "k");
    private static readonly byte[] Request = [.. Enumerable.Repeat((byte)1, 32)];
    private static readonly byte[] Other = [.. Enumerable.Repeat((byte)2, 32)];

    private readonly SqliteDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_key_is_begun_once_and_its_answer_is_given_again()
    {
        Assert.Equal(IdempotencyVerdict.Begun, (await BeginAsync(Key)).Verdict);
        Assert.Equal(IdempotencyVerdict.Busy, (await BeginAsync(Key)).Verdict);
        await CompleteAsync(Key, new IdempotentAnswer(201, "application/json", "/x/1", "{}"u8.ToArray()));
        var again = await BeginAsync(Key);
        Assert.Equal(IdempotencyVerdict.Answered, again.Verdict);
        Assert.Equal((201, "application/json", "/x/1"), (again.Answer!.Status, again.Answer.ContentType, again.Answer.Location));
        Assert.Equal("{}"u8.ToArray(), again.Answer.Body!);
    }

    [Fact]
    public async Task An_answer_without_a_body_is_an_answer()
    {
        await BeginAsync(Key);
        await CompleteAsync(Key, new IdempotentAnswer(204, null, null, []));
        var body = (await BeginAsync(Key)).Answer!.Body;
        Assert.NotNull(body);
        Assert.Empty(body);
    }

    [Fact]
    public async Task Another_request_with_the_key_is_told_so_while_the_first_runs_and_after()
    {
        await BeginAsync(Key);
        Assert.Equal(IdempotencyVerdict.Other, (await BeginAsync(Key, Other)).Verdict);
        await CompleteAsync(Key, new IdempotentAnswer(200, null, null, []));
        Assert.Equal(IdempotencyVerdict.Other, (await BeginAsync(Key, Other)).Verdict);
    }

    [Fact]
    public async Task Organization_actor_route_and_name_each_make_another_key()
    {
        foreach (var key in new[] { Key, Key with { Organization = StoreDatabase.Rival }, Key with { Actor = "user:2" }, Key with { Route = "PATCH /api/v1/rollouts" }, Key with { Key = "k2" } })
            Assert.Equal(IdempotencyVerdict.Begun, (await BeginAsync(key)).Verdict);

        // The same letters, differently divided.
        Assert.Equal(IdempotencyVerdict.Begun, (await BeginAsync(new("a", "bc", "d", "e"))).Verdict);
        Assert.Equal(IdempotencyVerdict.Begun, (await BeginAsync(new("ab", "c", "d", "e"))).Verdict);
    }

    [Fact]
    public async Task A_request_that_never_ended_was_cut_off()
    {
        await BeginAsync(Key);
        Assert.Equal(IdempotencyVerdict.Busy, (await BeginAsync(Key, after: TimeSpan.FromSeconds(119))).Verdict);
        Assert.Equal(IdempotencyVerdict.Cut, (await BeginAsync(Key, after: TimeSpan.FromMinutes(2))).Verdict);
    }

    [Fact]
    public async Task A_key_that_is_given_back_may_be_used_again_and_an_answered_one_is_not_given_back()
    {
        await BeginAsync(Key);
        await WithStoreAsync(store => store.AbandonAsync(Key));
        Assert.Equal(IdempotencyVerdict.Begun, (await BeginAsync(Key, Other)).Verdict);
        await CompleteAsync(Key, new IdempotentAnswer(200, null, null, []));
        await WithStoreAsync(store => store.AbandonAsync(Key));
        Assert.Equal(IdempotencyVerdict.Answered, (await BeginAsync(Key, Other)).Verdict);
    }

    [Fact]
    public async Task After_a_day_a_key_is_new_and_what_is_old_is_forgotten()
    {
        await BeginAsync(Key);
        await CompleteAsync(Key, new IdempotentAnswer(200, null, null, []));
        Assert.Equal(IdempotencyVerdict.Begun, (await BeginAsync(Key, Other, TimeSpan.FromHours(24))).Verdict);
        await BeginAsync(Key with { Key = "k2" });
        var gone = 0;
        await WithStoreAsync(async store => gone = await store.ForgetAsync(StoreDatabase.Start + TimeSpan.FromHours(1)));
        Assert.Equal(1, gone);
        await using var db = _database.Open();
        Assert.Single(await db.Set<IdempotencyRow>().ToListAsync());
    }

    [Fact]
    public async Task An_actor_has_so_many_keys_and_so_many_bytes_and_no_more()
    {
        for (var i = 0; i < 3; i++)
        {
            await BeginAsync(Key with { Key = $"k{i}" });
            await CompleteAsync(Key with { Key = $"k{i}" }, new IdempotentAnswer(200, null, null, new byte[40]));
        }

        Assert.Equal(IdempotencyVerdict.Full, (await BeginAsync(Key)).Verdict);
        Assert.Equal(IdempotencyVerdict.Begun, (await BeginAsync(Key with { Actor = "user:2" })).Verdict);
        Assert.Equal(40, (await BeginAsync(Key with { Key = "k1" })).Answer!.Body!.Length);
        Assert.Null((await BeginAsync(Key with { Key = "k2" })).Answer!.Body);
    }

    [Fact]
    public async Task Of_many_at_once_one_begins()
    {
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => (await BeginAsync(Key)).Verdict)));
        Assert.Single(verdicts, verdict => verdict == IdempotencyVerdict.Begun);
        Assert.Equal(19, verdicts.Count(verdict => verdict == IdempotencyVerdict.Busy));
    }

    private async Task<IdempotencyOutcome> BeginAsync(IdempotencyKey key, byte[]? request = null, TimeSpan after = default)
    {
        await using var db = _database.Open();
        return await new EfIdempotencyStore(new StoreContext(db, _database.Clock)).BeginAsync(key, request ?? Request, StoreDatabase.Start + after, Limits);
    }

    private Task CompleteAsync(IdempotencyKey key, IdempotentAnswer answer) => WithStoreAsync(store => store.CompleteAsync(key, answer, Limits));

    private async Task WithStoreAsync(Func<EfIdempotencyStore, Task> work)
    {
        await using var db = _database.Open();
        await work(new EfIdempotencyStore(new StoreContext(db, _database.Clock)));
    }
}
