using EspForge.Ota;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore.Tests.Rollouts;

public sealed class RolloutOffersTests : IDisposable
{
    private static readonly DateTimeOffset Now = FleetDatabase.Start.AddHours(1);

    private readonly FleetDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Only_devices_of_admitted_stages_are_offered_the_release()
    {
        var rollout = await AddAsync(20, [5, 20, 50, 100], current: 1);
        var offered = new List<RolloutMember>();
        foreach (var id in FleetDatabase.Ids(20))
        {
            if (await OfferAsync(id) is { } offer)
                offered.Add(offer);
        }

        Assert.Equal(4, offered.Count);
        Assert.All(offered, offer => Assert.True(offer.Stage <= 1));
        Assert.All(offered, offer => Assert.Equal((OfferState.Offered, "1.0.0", (DateTimeOffset?)Now), (offer.State, offer.FromVersion, offer.OfferedAt)));
        var kept = await _database.Rollouts().MembersAsync(rollout.Id, 0, 4);
        Assert.Equal(offered.OrderBy(offer => offer.DeviceId), kept.OrderBy(offer => offer.DeviceId));
    }

    [Fact]
    public async Task The_same_offer_is_given_until_it_ended()
    {
        await AddAsync(1, [100]);
        var first = await OfferAsync("d-000000");
        Assert.Equal(first, await OfferAsync("d-000000"));
        await ReportAsync(first!, OfferState.Downloading, 40);
        Assert.Equal(first!.OfferId, (await OfferAsync("d-000000"))!.OfferId);
        await ReportAsync(first, OfferState.Failed, error: "download-failed");

        Assert.Null(await OfferAsync("d-000000"));
    }

    [Theory]
    [InlineData(OfferState.Failed)]
    [InlineData(OfferState.RolledBack)]
    [InlineData(OfferState.Rejected)]
    [InlineData(OfferState.Confirmed)]
    public async Task What_ended_is_not_offered_again_in_the_same_rollout(OfferState end)
    {
        await AddAsync(3, [100]);
        await ReportAsync((await OfferAsync("d-000001"))!, end);

        Assert.Null(await OfferAsync("d-000001"));
        Assert.NotNull(await OfferAsync("d-000002"));
    }

    [Fact]
    public async Task Many_polls_of_one_device_at_once_get_one_offer()
    {
        await AddAsync(1, [100]);
        var offers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OfferAsync("d-000000"))));

        Assert.Single(offers.Select(offer => offer!.OfferId).Distinct());
        await using var db = _database.Context();
        Assert.Single(await db.Set<DeviceEventRow>().Where(row => row.Kind == "offer").ToListAsync());
    }

    [Fact]
    public async Task Many_polls_at_once_of_a_device_that_joined_later_make_one_member_and_one_offer()
    {
        var rollout = await AddAsync(3, [100]);
        await _database.AddDevicesAsync(["late-1"]);
        var offers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OfferAsync("late-1"))));

        Assert.Single(offers.Select(offer => offer!.OfferId).Distinct());
        Assert.Equal(4, (await _database.Rollouts().MembersAsync(rollout.Id, 0, 100)).Count);
    }

    [Fact]
    public async Task Devices_that_join_later_are_judged_by_the_frozen_thresholds()
    {
        var rollout = await AddAsync(40, [5, 20, 50, 100], current: 1);
        var before = await _database.Rollouts().MembersAsync(rollout.Id, 0, 1_000);
        var late = FleetDatabase.Ids(60, "late");
        await _database.AddDevicesAsync(late);
        var joined = new List<RolloutMember>();
        foreach (var id in late)
        {
            if (await OfferAsync(id) is { } offer)
                joined.Add(offer);
        }

        var due = late.Where(id => Cohort.StageOf(Cohort.Rank(rollout.Salt, id), rollout.Stages) <= 1);
        Assert.Equal(due.Order(), joined.Select(offer => offer.DeviceId).Order());
        var after = await _database.Rollouts().MembersAsync(rollout.Id, 0, 1_000);
        Assert.Equal(40 + joined.Count, after.Count);
        Assert.Equal(before.Select(member => (member.DeviceId, member.Stage)), after.Where(member => !joined.Exists(offer => offer.DeviceId == member.DeviceId)).Select(member => (member.DeviceId, member.Stage)));
        Assert.Equal(joined.GroupBy(offer => offer.Stage).Sum(stage => stage.Count()), (await _database.Rollouts().CountAsync(rollout, Now)).Stages.Sum(stage => stage.Size) - 40);
    }

    [Fact]
    public async Task A_device_that_joined_later_and_does_not_match_the_filter_stays_out()
    {
        await _database.AddDevicesAsync(FleetDatabase.Ids(2), row => row.Group = "hall");
        await _database.AddRolloutAsync(FleetDatabase.Ids(2), await _database.AddReleaseAsync(), [100], filter: RolloutFilter.Everything with { Group = "hall", CurrentVersion = "1.0.0" });
        await _database.AddDevicesAsync(["attic-1"], row => row.Group = "attic");
        await _database.AddDevicesAsync(["hall-9"], row => row.Group = "hall");

        Assert.Null(await OfferAsync("attic-1"));
        Assert.Null(await OfferAsync("hall-9", "0.9.0"));
        Assert.NotNull(await OfferAsync("hall-9"));
    }

    [Fact]
    public async Task Another_product_chip_or_organization_gets_nothing()
    {
        await AddAsync(2, [100]);
        await _database.AddDevicesAsync(["kettle-1"], row => row.Product = "kettle");
        await _database.AddDevicesAsync(["s3-1"], row => row.Chip = "esp32s3");
        await _database.AddDevicesAsync(["theirs-1"], organization: "other");

        Assert.Null(await OfferAsync("kettle-1"));
        Assert.Null(await OfferAsync("s3-1"));
        Assert.Null(await _database.Rollouts().OfferAsync("other", "theirs-1", "1.0.0", FleetDatabase.Offer(), Now));
        Assert.Null(await _database.Rollouts().OfferAsync("other", "d-000000", "1.0.0", FleetDatabase.Offer(), Now));
        Assert.Null(await OfferAsync("nobody-1"));
    }

    [Fact]
    public async Task A_paused_rollout_repeats_only_what_was_begun_and_resumes_with_the_same_offers()
    {
        var rollout = await AddAsync(3, [100]);
        var begun = (await OfferAsync("d-000000"))!;
        var offered = (await OfferAsync("d-000001"))!;
        await ReportAsync(begun, OfferState.Downloading);
        Assert.True(await _database.Rollouts().TryChangeAsync(rollout with { State = RolloutState.Paused }, rollout.Revision, FleetDatabase.Draft));

        Assert.Equal(begun.OfferId, (await OfferAsync("d-000000"))?.OfferId);
        Assert.Null(await OfferAsync("d-000001"));
        Assert.Null(await OfferAsync("d-000002"));

        Assert.True(await _database.Rollouts().TryChangeAsync(rollout with { State = RolloutState.Running }, rollout.Revision + 1, FleetDatabase.Draft));
        Assert.Equal(offered.OfferId, (await OfferAsync("d-000001"))?.OfferId);
        Assert.NotNull(await OfferAsync("d-000002"));
    }

    [Fact]
    public async Task A_rollout_that_was_paused_between_reading_and_offering_gives_no_offer()
    {
        var rollout = await AddAsync(30, [100]);
        var polls = Enumerable.Range(0, 30).Select(i => Task.Run(() => OfferAsync($"d-{i:D6}"))).ToList();
        var stopped = Task.Run(() => _database.Rollouts().TryChangeAsync(rollout with { State = RolloutState.Cancelled }, rollout.Revision, FleetDatabase.Draft));
        await Task.WhenAll(polls);
        Assert.True(await stopped);

        Assert.All(await _database.Rollouts().MembersAsync(rollout.Id, 0, 100), member => Assert.Equal(OfferState.Cancelled, member.State));
    }

    [Fact]
    public async Task In_two_running_rollouts_the_newest_is_offered_and_the_older_never_after_it()
    {
        var ids = FleetDatabase.Ids(4);
        await _database.AddDevicesAsync(ids);
        var older = await _database.AddRolloutAsync(ids, await _database.AddReleaseAsync("1.1.0"), [100]);
        var newer = await _database.AddRolloutAsync(ids, await _database.AddReleaseAsync("1.2.0"), [100], at: FleetDatabase.Start.AddMinutes(5));

        var offer = (await OfferAsync("d-000000"))!;
        Assert.Equal(newer.Id, offer.RolloutId);
        await ReportAsync(offer, OfferState.Confirmed);
        Assert.Null(await OfferAsync("d-000000", "1.2.0"));

        // A download that failed left the device as it was: the older rollout may still serve it.
        var failed = (await OfferAsync("d-000001"))!;
        await ReportAsync(failed, OfferState.Failed);
        Assert.Equal(older.Id, (await OfferAsync("d-000001"))!.RolloutId);
    }

    [Fact]
    public async Task Of_two_rollouts_of_one_release_the_older_counts_who_was_confirmed_through_the_newer()
    {
        var ids = FleetDatabase.Ids(3);
        await _database.AddDevicesAsync(ids);
        var release = await _database.AddReleaseAsync("1.1.0");
        var older = await _database.AddRolloutAsync(ids, release, [100]);
        var newer = await _database.AddRolloutAsync(ids, release, [100], at: FleetDatabase.Start.AddMinutes(5));
        foreach (var id in ids)
        {
            var offer = (await OfferAsync(id))!;
            Assert.Equal(newer.Id, offer.RolloutId);
            await ReportAsync(offer, OfferState.Confirmed);
            Assert.Null(await OfferAsync(id, "1.1.0"));
        }

        var members = await _database.Rollouts().MembersAsync(older.Id, 0, 10);
        Assert.All(members, member => Assert.Equal((OfferState.Confirmed, "already running"), (member.State, member.Detail)));
        Assert.Equal(3, (await _database.Rollouts().CountAsync(older, Now)).Stages[0].Confirmed);
    }

    [Fact]
    public async Task A_rollout_does_not_wait_for_devices_that_a_newer_one_took_further()
    {
        var ids = FleetDatabase.Ids(3);
        await _database.AddDevicesAsync(ids);
        var older = await _database.AddRolloutAsync(ids, await _database.AddReleaseAsync("1.1.0"), [100]);
        await _database.AddRolloutAsync(ids, await _database.AddReleaseAsync("1.2.0"), [100], at: FleetDatabase.Start.AddMinutes(5));
        var taken = (await OfferAsync("d-000000"))!;
        await ReportAsync(taken, OfferState.Confirmed);
        Assert.Null(await OfferAsync("d-000000", "1.2.0"));
        var left = (await OfferAsync("d-000001"))!;
        await ReportAsync(left, OfferState.RolledBack);
        Assert.Null(await OfferAsync("d-000001"));

        var members = (await _database.Rollouts().MembersAsync(older.Id, 0, 10)).ToDictionary(member => member.DeviceId, StringComparer.Ordinal);
        Assert.Equal((OfferState.Cancelled, "overtaken by a newer rollout"), (members["d-000000"].State, members["d-000000"].Detail));
        Assert.Equal(OfferState.Cancelled, members["d-000001"].State);
        Assert.Equal(OfferState.Waiting, members["d-000002"].State);
        Assert.Equal(1, (await _database.Rollouts().CountAsync(older, Now)).Stages[0].Size);
    }

    [Fact]
    public async Task A_device_outside_the_newest_rollouts_stages_gets_the_older_one()
    {
        var ids = FleetDatabase.Ids(20);
        await _database.AddDevicesAsync(ids);
        var older = await _database.AddRolloutAsync(ids, await _database.AddReleaseAsync("1.1.0"), [100]);
        var newer = await _database.AddRolloutAsync(ids, await _database.AddReleaseAsync("1.2.0"), [5, 100], at: FleetDatabase.Start.AddMinutes(5));
        var offers = new List<RolloutMember>();
        foreach (var id in ids)
            offers.Add((await OfferAsync(id))!);

        Assert.Single(offers, offer => offer.RolloutId == newer.Id);
        Assert.Equal(19, offers.Count(offer => offer.RolloutId == older.Id));
    }

    [Fact]
    public async Task Who_runs_the_version_already_is_confirmed_without_an_offer()
    {
        var rollout = await AddAsync(2, [100]);
        Assert.Null(await OfferAsync("d-000000", "1.1.0"));

        var member = (await _database.Rollouts().MembersAsync(rollout.Id, 0, 10)).Single(m => m.DeviceId == "d-000000");
        Assert.Equal((OfferState.Confirmed, "already running", (string?)null), (member.State, member.Detail, member.OfferId));
        Assert.Equal(1, (await _database.Rollouts().CountAsync(rollout, Now)).Stages[0].Confirmed);
    }

    [Fact]
    public async Task A_stage_that_is_not_admitted_does_not_count_who_runs_the_version_already()
    {
        var rollout = await AddAsync(20, [5, 100]);
        foreach (var id in FleetDatabase.Ids(20))
            Assert.Null(await OfferAsync(id, "1.1.0"));

        var health = await _database.Rollouts().CountAsync(rollout, Now);
        Assert.Equal([1, 0], health.Stages.Select(stage => stage.Confirmed));
    }

    [Theory]
    [InlineData(OfferState.Offered, OfferState.Confirmed)]
    [InlineData(OfferState.Applying, OfferState.Confirmed)]
    [InlineData(OfferState.Rebooting, OfferState.Rebooting)]
    [InlineData(OfferState.Confirming, OfferState.Confirming)]
    public async Task An_open_offer_whose_version_runs_is_left_to_its_report_once_it_was_applied(OfferState reported, OfferState kept)
    {
        var rollout = await AddAsync(1, [100]);
        var offer = (await OfferAsync("d-000000"))!;
        await ReportAsync(offer, reported);

        Assert.Null(await OfferAsync("d-000000", "1.1.0"));
        Assert.Equal(kept, (await _database.Rollouts().MembersAsync(rollout.Id, 0, 1))[0].State);
        await ReportAsync(offer, OfferState.Confirmed);
        Assert.Equal(OfferState.Confirmed, (await _database.Rollouts().MembersAsync(rollout.Id, 0, 1))[0].State);
    }

    [Fact]
    public async Task What_was_begun_is_given_again_after_the_rollout_completed()
    {
        var rollout = await AddAsync(2, [100]);
        var offer = (await OfferAsync("d-000000"))!;
        await ReportAsync(offer, OfferState.Downloading);
        Assert.True(await _database.Rollouts().TryChangeAsync(rollout with { State = RolloutState.Completed }, rollout.Revision, FleetDatabase.Draft));

        Assert.Equal(offer.OfferId, (await OfferAsync("d-000000"))?.OfferId);
    }

    [Fact]
    public async Task A_manifest_that_expired_is_not_offered()
    {
        await AddAsync(1, [100]);
        Assert.Null(await _database.Rollouts().OfferAsync(FleetDatabase.Acme, "d-000000", "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start.AddDays(91)));
        Assert.NotNull(await OfferAsync("d-000000"));
    }

    [Fact]
    public async Task The_newest_offer_of_each_device_is_what_its_page_shows()
    {
        var ids = FleetDatabase.Ids(3);
        await _database.AddDevicesAsync(ids);
        await _database.AddRolloutAsync(ids, await _database.AddReleaseAsync("1.1.0"), [100]);
        await ReportAsync((await OfferAsync(ids[0]))!, OfferState.Failed, error: "download-failed");
        await ReportAsync((await OfferAsync(ids[1]))!, OfferState.Downloading, 30);
        await _database.AddRolloutAsync(ids, await _database.AddReleaseAsync("1.2.0"), [100], at: FleetDatabase.Start.AddMinutes(5));
        await _database.Rollouts().OfferAsync(FleetDatabase.Acme, ids[0], "1.0.0", FleetDatabase.Offer(), Now.AddMinutes(1));

        var offers = await new EfDeviceOffers(_database.Store()).CurrentAsync(FleetDatabase.Acme, ids);
        Assert.Equal(2, offers.Count);
        Assert.Equal(("1.2.0", "offered"), (offers[ids[0]].Version, offers[ids[0]].State));
        Assert.Equal(("1.1.0", "downloading", (int?)30), (offers[ids[1]].Version, offers[ids[1]].State, offers[ids[1]].Percent));
        Assert.Empty(await new EfDeviceOffers(_database.Store()).CurrentAsync("other", ids));
    }

    private async Task<Rollout> AddAsync(int devices, int[] percents, int current = 0)
    {
        await _database.AddDevicesAsync(FleetDatabase.Ids(devices));
        return await _database.AddRolloutAsync(FleetDatabase.Ids(devices), await _database.AddReleaseAsync(), percents, current);
    }

    private Task<RolloutMember?> OfferAsync(string id, string version = "1.0.0") =>
        _database.Rollouts().OfferAsync(FleetDatabase.Acme, id, version, FleetDatabase.Offer(), Now);

    private Task<ReportOutcome> ReportAsync(RolloutMember offer, OfferState state, int? percent = null, string? error = null) =>
        _database.Rollouts().ReportAsync(offer.DeviceId, new OfferReport(offer.OfferId!, state, percent, error, null), Now);
}
