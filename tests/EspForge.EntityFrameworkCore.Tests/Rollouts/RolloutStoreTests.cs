using EspForge.Ota;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore.Tests.Rollouts;

public sealed class RolloutStoreTests : IDisposable
{
    private readonly FleetDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task A_cohort_of_20_at_5_20_50_100_has_stages_of_1_3_6_and_10()
    {
        var rollout = await AddAsync(20, [5, 20, 50, 100]);

        Assert.Equal([1, 3, 6, 10], rollout.Stages.Select(stage => stage.Size));
        var health = await _database.Rollouts().CountAsync(rollout, FleetDatabase.Start);
        Assert.Equal([1, 3, 6, 10], health.Stages.Select(stage => stage.Size));
    }

    [Fact]
    public async Task What_was_added_is_found_again_in_full()
    {
        var release = await _database.AddReleaseAsync();
        var filter = new RolloutFilter(["beta", "indoor"], "hall", "lamp-1", "1.0.0");
        var rollout = await _database.AddRolloutAsync(FleetDatabase.Ids(40), release, [5, 20, 50, 100], filter: filter);

        Assert.Equivalent(rollout, await _database.Rollouts().FindAsync(FleetDatabase.Acme, rollout.Id), strict: true);
        Assert.Null(await _database.Rollouts().FindAsync("other", rollout.Id));
        Assert.Equivalent(rollout, Assert.Single(await _database.Rollouts().ListAsync(FleetDatabase.Acme, 500)), strict: true);
        Assert.Empty(await _database.Rollouts().ListAsync("other", 500));
    }

    [Fact]
    public async Task Members_come_by_stage_then_rank_in_pages_and_nobody_moves()
    {
        var rollout = await AddAsync(2_500, [5, 20, 50, 100]);
        var store = _database.Rollouts();
        var pages = new List<RolloutMember>();
        for (var skip = 0; skip < 2_500; skip += 700)
            pages.AddRange(await store.MembersAsync(rollout.Id, skip, 700));

        Assert.Equal(2_500, pages.Select(member => member.DeviceId).Distinct().Count());
        Assert.Equal(pages.OrderBy(member => member.Hash, StringComparer.Ordinal).Select(member => member.DeviceId), pages.Select(member => member.DeviceId));
        Assert.All(pages, member => Assert.Equal(Cohort.StageOf(member.Hash, rollout.Stages), member.Stage));
        Assert.All(pages, member => Assert.Equal(Cohort.Rank(rollout.Salt, member.DeviceId), member.Hash));

        // Advancing changes nobody's stage.
        Assert.True(await store.TryChangeAsync(rollout with { CurrentStage = 3 }, rollout.Revision, FleetDatabase.Draft));
        Assert.Equal(pages.Select(member => (member.DeviceId, member.Stage)), (await store.MembersAsync(rollout.Id, 0, 10_000)).Select(member => (member.DeviceId, member.Stage)));
    }

    [Fact]
    public async Task A_rollout_that_cannot_be_kept_whole_is_not_kept_at_all()
    {
        var release = await _database.AddReleaseAsync();
        var (rollout, members) = FleetDatabase.Freeze(FleetDatabase.Ids(2_000), release, [100], FleetDatabase.Start);

        // The last member is there twice: it is in the last batch, after two were written.
        await Assert.ThrowsAnyAsync<Exception>(() => _database.Rollouts().AddAsync(rollout, [.. members, members[^1]], FleetDatabase.Draft));

        await using var db = _database.Context();
        Assert.False(await db.Set<RolloutMemberRow>().AnyAsync());
        Assert.False(await db.Set<RolloutRow>().AnyAsync());
        Assert.Single(await _database.AuditAsync());
    }

    [Fact]
    public async Task A_filter_matches_tags_group_board_and_version_of_its_own_product_only()
    {
        await _database.AddDevicesAsync(["plain-1"]);
        await _database.AddDevicesAsync(["full-1"], row =>
        {
            row.Group = "hall";
            row.Board = "lamp-1";
            row.Version = "0.9.0";
            row.Tags = [new() { DeviceId = row.DeviceId, Tag = "beta" }, new() { DeviceId = row.DeviceId, Tag = "indoor" }];
        });
        await _database.AddDevicesAsync(["half-1"], row => row.Tags = [new() { DeviceId = row.DeviceId, Tag = "beta" }]);
        await _database.AddDevicesAsync(["kettle-1"], row => row.Product = "kettle");
        await _database.AddDevicesAsync(["s3-1"], row => row.Chip = "esp32s3");
        await _database.AddDevicesAsync(["theirs-1"], organization: "other");

        Assert.Equal(["full-1", "half-1", "plain-1"], await MatchAsync(RolloutFilter.Everything));
        Assert.Equal(["full-1", "half-1"], await MatchAsync(RolloutFilter.Everything with { Tags = ["beta"] }));
        Assert.Equal(["full-1"], await MatchAsync(RolloutFilter.Everything with { Tags = ["indoor", "beta"] }));
        Assert.Equal(["full-1"], await MatchAsync(RolloutFilter.Everything with { Group = "hall" }));
        Assert.Equal(["full-1"], await MatchAsync(RolloutFilter.Everything with { Board = "lamp-1" }));
        Assert.Equal(["half-1", "plain-1"], await MatchAsync(RolloutFilter.Everything with { CurrentVersion = "1.0.0" }));
        Assert.Empty(await MatchAsync(RolloutFilter.Everything with { Tags = ["beta"], Group = "attic" }));
    }

    [Fact]
    public async Task Of_two_changes_that_saw_the_same_revision_one_is_made()
    {
        var rollout = await AddAsync(10, [100]);
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() =>
            _database.Rollouts().TryChangeAsync(rollout with { State = RolloutState.Paused, Reason = $"number {i}" }, rollout.Revision, FleetDatabase.Draft))));

        Assert.Single(results, changed => changed);
        var now = await _database.Rollouts().FindAsync(FleetDatabase.Acme, rollout.Id);
        Assert.Equal(rollout.Revision + 1, now!.Revision);
        Assert.Equal(RolloutState.Paused, now.State);
        Assert.Equal(3, (await _database.AuditAsync()).Count);
    }

    [Fact]
    public async Task Only_running_rollouts_are_the_workers_whatever_their_organization()
    {
        var running = await AddAsync(5, [100]);
        var release = await _database.AddReleaseAsync("9.0.0", "other");
        var theirs = await _database.AddRolloutAsync(FleetDatabase.Ids(5, "t"), release, [100]);
        await _database.AddRolloutAsync(FleetDatabase.Ids(5, "u"), release, [100], state: RolloutState.Paused);

        Assert.Equal(new[] { running.Id, theirs.Id }.Order(), (await _database.Rollouts().ListRunningAsync()).Select(rollout => rollout.Id).Order());
    }

    [Theory]
    [InlineData(RolloutState.Cancelled)]
    [InlineData(RolloutState.RolledBack)]
    public async Task A_stopped_rollout_cancels_who_has_not_begun_and_leaves_who_has(RolloutState end)
    {
        var rollout = await AddAsync(6, [50, 100]);
        var store = _database.Rollouts();
        var offers = new List<RolloutMember>();
        foreach (var id in FleetDatabase.Ids(6))
        {
            if (await store.OfferAsync(FleetDatabase.Acme, id, "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start) is { } offer)
                offers.Add(offer);
        }

        Assert.Equal(3, offers.Count);
        await ReportAsync(offers[0], OfferState.Downloading);
        await ReportAsync(offers[1], OfferState.Confirmed);
        Assert.True(await store.TryChangeAsync(rollout with { State = end }, rollout.Revision, FleetDatabase.Draft));

        var members = await store.MembersAsync(rollout.Id, 0, 100);
        Assert.Equal(4, members.Count(member => member.State == OfferState.Cancelled));
        Assert.Equal(OfferState.Downloading, members.Single(member => member.DeviceId == offers[0].DeviceId).State);
        Assert.Equal(ReportOutcome.Recorded, await ReportAsync(offers[0], OfferState.Verifying));
        Assert.Equal(ReportOutcome.Ignored, await ReportAsync(offers[2], OfferState.Downloading));
        foreach (var id in FleetDatabase.Ids(6))
            Assert.Null(await store.OfferAsync(FleetDatabase.Acme, id, "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start));
    }

    [Fact]
    public async Task The_silent_are_those_who_did_not_end_in_time_and_late_ones_have_their_own_time()
    {
        var rollout = await AddAsync(4, [100]);
        var store = _database.Rollouts();
        var after = rollout.Stages[0].Gate.SilentAfter;
        var later = FleetDatabase.Start + after - TimeSpan.FromMinutes(1);
        var ids = FleetDatabase.Ids(4);
        await ReportAsync((await store.OfferAsync(FleetDatabase.Acme, ids[0], "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start))!, OfferState.Confirmed);
        await ReportAsync((await store.OfferAsync(FleetDatabase.Acme, ids[1], "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start))!, OfferState.Downloading);
        await _database.AddDevicesAsync(["late-1"]);
        Assert.NotNull(await store.OfferAsync(FleetDatabase.Acme, "late-1", "1.0.0", FleetDatabase.Offer(), later));

        Assert.Equal(new StageHealth(5, 1, 0, 2, 0), (await store.CountAsync(rollout, later)).Stages[0]);
        Assert.Equal(new StageHealth(5, 1, 0, 2, 3), (await store.CountAsync(rollout, FleetDatabase.Start + after)).Stages[0]);
        Assert.Equal(new StageHealth(5, 1, 0, 2, 4), (await store.CountAsync(rollout, later + after)).Stages[0]);
    }

    [Fact]
    public async Task A_forgotten_device_leaves_what_is_open_and_stays_in_what_it_ended()
    {
        var rollout = await AddAsync(3, [100]);
        var store = _database.Rollouts();
        foreach (var id in FleetDatabase.Ids(2))
            await store.OfferAsync(FleetDatabase.Acme, id, "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start);
        await ReportAsync((await store.MembersAsync(rollout.Id, 0, 10)).Single(member => member.DeviceId == "d-000000"), OfferState.Confirmed);
        foreach (var id in FleetDatabase.Ids(3))
            Assert.True(await new EfDeviceStore(_database.Store()).RemoveAsync(FleetDatabase.Acme, id, FleetDatabase.Draft));

        Assert.Equal("d-000000", Assert.Single(await store.MembersAsync(rollout.Id, 0, 10)).DeviceId);
        Assert.Equal(new StageHealth(1, 1, 0, 0, 0), (await store.CountAsync(rollout, FleetDatabase.Start)).Stages[0]);
    }

    private async Task<Rollout> AddAsync(int devices, int[] percents)
    {
        await _database.AddDevicesAsync(FleetDatabase.Ids(devices));
        return await _database.AddRolloutAsync(FleetDatabase.Ids(devices), await _database.AddReleaseAsync(), percents);
    }

    private async Task<string[]> MatchAsync(RolloutFilter filter)
    {
        var ids = new List<string>();
        await foreach (var id in _database.Rollouts().MatchAsync(FleetDatabase.Acme, FleetDatabase.Product, FleetDatabase.Chip, filter))
            ids.Add(id);
        return [.. ids.Order(StringComparer.Ordinal)];
    }

    private Task<ReportOutcome> ReportAsync(RolloutMember offer, OfferState state) =>
        _database.Rollouts().ReportAsync(offer.DeviceId, new OfferReport(offer.OfferId!, state, null, null, null), FleetDatabase.Start);
}
