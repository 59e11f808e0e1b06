using EspForge.Ota;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore.Tests.Rollouts;

public sealed class OfferReportsTests : IDisposable
{
    private static readonly OfferState[] Reportable =
    [
        OfferState.Offered, OfferState.Downloading, OfferState.Verifying, OfferState.Applying, OfferState.Rebooting, OfferState.Confirming,
        OfferState.Confirmed, OfferState.Failed, OfferState.RolledBack, OfferState.Rejected,
    ];

    private readonly FleetDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task The_same_report_twice_changes_nothing()
    {
        var offer = await OfferAsync();
        Assert.Equal(ReportOutcome.Recorded, await ReportAsync(offer, OfferState.Downloading, 10));
        Assert.Equal(ReportOutcome.Ignored, await ReportAsync(offer, OfferState.Downloading, 10));
        Assert.Equal(ReportOutcome.Ignored, await ReportAsync(offer, OfferState.Downloading, 5));
        Assert.Equal(ReportOutcome.Recorded, await ReportAsync(offer, OfferState.Downloading, 60));
        Assert.Equal(ReportOutcome.Recorded, await ReportAsync(offer, OfferState.Verifying));
        Assert.Equal(ReportOutcome.Ignored, await ReportAsync(offer, OfferState.Downloading, 90));

        await using var db = _database.Context();
        Assert.Equal(["Downloads 1.1.0", "Checks 1.1.0"], await db.Set<DeviceEventRow>().Where(row => row.Kind == "report").OrderBy(row => row.Id).Select(row => row.Text).ToListAsync());
    }

    [Fact]
    public async Task The_first_terminal_state_and_its_reason_stay()
    {
        var offer = await OfferAsync();
        await ReportAsync(offer, OfferState.RolledBack, error: "self-test-failed", detail: "The sensor did not answer.");
        Assert.Equal(ReportOutcome.Ignored, await ReportAsync(offer, OfferState.Confirmed));
        Assert.Equal(ReportOutcome.Ignored, await ReportAsync(offer, OfferState.Rejected, error: "sequence-old"));

        var member = await MemberAsync(offer);
        Assert.Equal((OfferState.RolledBack, "self-test-failed", "The sensor did not answer."), (member.State, member.Error, member.Detail));
    }

    [Fact]
    public async Task An_offer_of_another_device_is_not_known()
    {
        var offer = await OfferAsync();
        Assert.Equal(ReportOutcome.UnknownOffer, await _database.Rollouts().ReportAsync("d-000001", Report(offer, OfferState.Confirmed), FleetDatabase.Start));
        Assert.Equal(ReportOutcome.UnknownOffer, await _database.Rollouts().ReportAsync("d-000000", Report(offer, OfferState.Confirmed) with { OfferId = FleetDatabase.Offer() }, FleetDatabase.Start));
        Assert.Equal(OfferState.Offered, (await MemberAsync(offer)).State);
    }

    [Theory]
    [InlineData(OfferState.Waiting)]
    [InlineData(OfferState.Cancelled)]
    public async Task The_hosts_own_states_are_not_a_devices_to_report(OfferState state)
    {
        var offer = await OfferAsync();
        Assert.Equal(ReportOutcome.Ignored, await ReportAsync(offer, state));
        Assert.Equal(OfferState.Offered, (await MemberAsync(offer)).State);
    }

    [Fact]
    public async Task The_same_report_from_many_at_once_counts_once()
    {
        var offer = await OfferAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ReportAsync(offer, OfferState.Confirmed))));

        Assert.Single(outcomes, outcome => outcome == ReportOutcome.Recorded);
        await using var db = _database.Context();
        Assert.Single(await db.Set<DeviceEventRow>().Where(row => row.Kind == "report").ToListAsync());
    }

    [Fact]
    public async Task Different_terminal_reports_at_once_leave_one_end()
    {
        var offer = await OfferAsync();
        OfferState[] ends = [OfferState.Confirmed, OfferState.Failed, OfferState.RolledBack, OfferState.Rejected];
        var outcomes = await Task.WhenAll(ends.Select(end => Task.Run(async () => (End: end, Outcome: await ReportAsync(offer, end)))));

        var (end, _) = Assert.Single(outcomes, outcome => outcome.Outcome == ReportOutcome.Recorded);
        Assert.Equal(end, (await MemberAsync(offer)).State);
    }

    [Fact]
    public async Task Reports_in_any_order_and_number_count_as_the_model_says()
    {
        // Four devices; a run is any list of (device, state, percent), repeated and shuffled as the generator likes.
        const int Devices = 4;
        var ids = FleetDatabase.Ids(Devices);
        await _database.AddDevicesAsync(ids);
        var release = await _database.AddReleaseAsync();
        var runs = Gen.Choose(0, Devices - 1)
            .SelectMany(_ => Gen.Elements(Reportable), (device, state) => (device, state))
            .SelectMany(_ => Gen.Choose(0, 100), (report, percent) => (report.device, report.state, percent))
            .ListOf()
            .ToArbitrary();

        Prop.ForAll(runs, reports => RunAsync(ids, release, [.. reports, .. reports.Where((_, i) => i % 3 == 0)]).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    // The model knows nothing of the product's code: a rank per state, and who reached the end first.
    private async Task<bool> RunAsync(string[] ids, Release release, (int Device, OfferState State, int Percent)[] reports)
    {
        var rollout = await _database.AddRolloutAsync(ids, release, [100], at: FleetDatabase.Start);
        var model = new int[ids.Length];
        var offers = new string[ids.Length];
        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
        {
            // The rollouts of earlier runs are newer or as old: the offer is taken straight from this one's member.
            offers[i] = FleetDatabase.Offer();
            await using var db = _database.Context();
            await db.Set<RolloutMemberRow>().Where(row => row.RolloutId == rollout.Id && row.DeviceId == id)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, OfferState.Offered).SetProperty(row => row.OfferId, offers[i]));
        }

        foreach (var (device, state, percent) in reports)
        {
            var rank = Array.IndexOf(Reportable, state);
            var moves = model[device] < 6 && rank > model[device];
            var outcome = await _database.Rollouts().ReportAsync(ids[device], new OfferReport(offers[device], state, percent, null, null), FleetDatabase.Start);
            if (moves)
                model[device] = rank;
            if (moves && outcome != ReportOutcome.Recorded)
                return false;
        }

        var health = (await _database.Rollouts().CountAsync(rollout, FleetDatabase.Start)).Stages[0];
        return health == new StageHealth(ids.Length, model.Count(rank => rank == 6), model.Count(rank => rank > 6), model.Count(rank => rank < 6), 0);
    }

    private async Task<RolloutMember> OfferAsync()
    {
        await _database.AddDevicesAsync(FleetDatabase.Ids(2));
        await _database.AddRolloutAsync(FleetDatabase.Ids(2), await _database.AddReleaseAsync(), [100]);
        return (await _database.Rollouts().OfferAsync(FleetDatabase.Acme, "d-000000", "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start))!;
    }

    private async Task<RolloutMember> MemberAsync(RolloutMember offer) =>
        (await _database.Rollouts().MembersAsync(offer.RolloutId, 0, 10)).Single(member => member.DeviceId == offer.DeviceId);

    private Task<ReportOutcome> ReportAsync(RolloutMember offer, OfferState state, int? percent = null, string? error = null, string? detail = null) =>
        _database.Rollouts().ReportAsync(offer.DeviceId, Report(offer, state) with { Percent = percent, Error = error, Detail = detail }, FleetDatabase.Start);

    private static OfferReport Report(RolloutMember offer, OfferState state) => new(offer.OfferId!, state, null, null, null);
}
