using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore.Tests;

public sealed class SqliteAuditLogTests() : AuditLogTests(new SqliteDatabase());

/// <summary>What every database must do with the audit log.</summary>
public abstract class AuditLogTests(StoreDatabase database) : IDisposable
{
    private EfAuditLog Log => new(database.Store());

    [Fact]
    public async Task Entries_are_numbered_without_gaps_and_read_newest_first()
    {
        for (var i = 0; i < 5; i++)
            await Log.AppendAsync(i == 2 ? StoreDatabase.Rival : StoreDatabase.Acme, new AuditDraft("user:1", i % 2 == 0 ? "a.b" : "c.d", $"thing:{i}", $"Number {i}."));
        Assert.Equal([5L, 4, 2, 1], (await Log.ListAsync(StoreDatabase.Acme, null, null, 10)).Select(e => e.Sequence));
        Assert.Equal([3L], (await Log.ListAsync(StoreDatabase.Rival, null, null, 10)).Select(e => e.Sequence));
        Assert.Equal([2L, 1], (await Log.ListAsync(StoreDatabase.Acme, before: 4, null, 10)).Select(e => e.Sequence));
        Assert.Equal([5L, 1], (await Log.ListAsync(StoreDatabase.Acme, null, "a.b", 10)).Select(e => e.Sequence));
        Assert.Equal([5L], (await Log.ListAsync(StoreDatabase.Acme, null, null, 1)).Select(e => e.Sequence));
        Assert.Equal(new AuditVerification(true, 5, null), await Log.VerifyAsync());
        var entry = (await Log.ListAsync(StoreDatabase.Acme, null, null, 1))[0];
        Assert.Equal(("user:1", "a.b", "thing:4", "Number 4.", StoreDatabase.Start), (entry.Actor, entry.Action, entry.Subject, entry.Detail, entry.At));
        Assert.Matches("^[0-9a-f]{64}$", entry.Hash);
    }

    [Fact]
    public async Task An_empty_log_is_whole() => Assert.Equal(new AuditVerification(true, 0, null), await Log.VerifyAsync());

    [Theory]
    [InlineData("at", 3)]
    [InlineData("organization", 3)]
    [InlineData("actor", 3)]
    [InlineData("action", 3)]
    [InlineData("subject", 3)]
    [InlineData("detail", 3)]
    [InlineData("detail to null", 3)]
    [InlineData("hash", 3)]
    [InlineData("delete", 4)]
    [InlineData("delete first", 2)]
    [InlineData("swap", 2)]
    public async Task Tampering_is_found_where_it_was_done(string with, long brokenAt)
    {
        for (var i = 0; i < 5; i++)
            await Log.AppendAsync(StoreDatabase.Acme, new AuditDraft("user:1", "a.b", $"thing:{i}", "Why."));
        await using (var db = database.Open())
        {
            var rows = db.Set<AuditRow>();
            var third = rows.Where(r => r.Sequence == 3);
            await (with switch
            {
                "at" => third.ExecuteUpdateAsync(s => s.SetProperty(r => r.At, r => StoreDatabase.Start.AddMilliseconds(1))),
                "organization" => third.ExecuteUpdateAsync(s => s.SetProperty(r => r.Organization, StoreDatabase.Rival)),
                "actor" => third.ExecuteUpdateAsync(s => s.SetProperty(r => r.Actor, "user:2")),
                "action" => third.ExecuteUpdateAsync(s => s.SetProperty(r => r.Action, "a.c")),
                "subject" => third.ExecuteUpdateAsync(s => s.SetProperty(r => r.Subject, "thing:9")),
                "detail" => third.ExecuteUpdateAsync(s => s.SetProperty(r => r.Detail, "Why not.")),
                "detail to null" => third.ExecuteUpdateAsync(s => s.SetProperty(r => r.Detail, (string?)null)),
                "hash" => third.ExecuteUpdateAsync(s => s.SetProperty(r => r.Hash, new byte[32])),
                "delete" => third.ExecuteDeleteAsync(),
                "delete first" => rows.Where(r => r.Sequence == 1).ExecuteDeleteAsync(),
                _ => SwapAsync(db),
            });
        }

        var found = await Log.VerifyAsync();
        Assert.False(found.Valid);
        Assert.Equal(brokenAt, found.BrokenAt);
    }

    [Fact]
    public async Task Fields_that_run_into_each_other_hash_differently()
    {
        var row = new AuditRow { Sequence = 1, At = StoreDatabase.Start, Organization = "o", Actor = "ab", Action = "c", Subject = "s", Detail = null, Hash = [] };
        var other = new AuditRow { Sequence = 1, At = StoreDatabase.Start, Organization = "o", Actor = "a", Action = "bc", Subject = "s", Detail = "", Hash = [] };
        Assert.NotEqual(AuditChain.Hash([], row), AuditChain.Hash([], other));
        other.Actor = "ab";
        other.Action = "c";
        Assert.NotEqual(AuditChain.Hash([], row), AuditChain.Hash([], other));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Many_contexts_at_once_make_one_chain()
    {
        const int Writers = 8, Each = 12;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await Log.AppendAsync(StoreDatabase.Acme, new AuditDraft($"user:{w}", "a.b", $"thing:{i}"));
        })));
        Assert.Equal(new AuditVerification(true, Writers * Each, null), await Log.VerifyAsync());
        var rows = await database.AuditAsync();
        Assert.All(rows.GroupBy(r => r.Actor), g => Assert.Equal(Each, g.Count()));
    }

    [Fact]
    public async Task An_entry_goes_with_its_transaction()
    {
        await using var db = database.Open();
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.InTransactionAsync(async () =>
        {
            await AuditChain.AppendAsync(db, StoreDatabase.Acme, StoreDatabase.Draft, StoreDatabase.Start);
            throw new InvalidOperationException("The change failed after its entry.");
        }));
        Assert.Empty(await database.AuditAsync());
        await Log.AppendAsync(StoreDatabase.Acme, StoreDatabase.Draft);
        Assert.True((await Log.VerifyAsync()).Valid);
    }

    [Fact]
    public async Task Two_entries_of_one_transaction_are_both_in_the_chain()
    {
        await using var db = database.Open();
        await db.InTransactionAsync(async () =>
        {
            await AuditChain.AppendAsync(db, StoreDatabase.Acme, StoreDatabase.Draft, StoreDatabase.Start);
            await AuditChain.AppendAsync(db, StoreDatabase.Acme, StoreDatabase.Draft, StoreDatabase.Start);
        });
        Assert.Equal(new AuditVerification(true, 2, null), await Log.VerifyAsync());
    }

    [Fact]
    public async Task Without_a_transaction_there_is_no_entry()
    {
        await using var db = database.Open();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => AuditChain.AppendAsync(db, StoreDatabase.Acme, StoreDatabase.Draft, StoreDatabase.Start));
        Assert.Contains("InTransactionAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_detail_is_cut_between_characters()
    {
        await Log.AppendAsync(StoreDatabase.Acme, StoreDatabase.Draft with { Detail = new string('x', 1_998) + "🌍🌍" });
        await Log.AppendAsync(StoreDatabase.Acme, StoreDatabase.Draft with { Detail = new string('x', 2_000) });
        var details = (await database.AuditAsync()).ConvertAll(r => r.Detail!);
        Assert.Equal(new string('x', 1_998) + "…", details[0]);
        Assert.Equal(2_000, details[1].Length);
        Assert.True((await Log.VerifyAsync()).Valid);
    }

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task<int> SwapAsync(EspForgeDbContext db)
    {
        await db.Set<AuditRow>().Where(r => r.Sequence == 2).ExecuteUpdateAsync(s => s.SetProperty(r => r.Sequence, 99));
        await db.Set<AuditRow>().Where(r => r.Sequence == 3).ExecuteUpdateAsync(s => s.SetProperty(r => r.Sequence, 2));
        return await db.Set<AuditRow>().Where(r => r.Sequence == 99).ExecuteUpdateAsync(s => s.SetProperty(r => r.Sequence, 3));
    }
}
