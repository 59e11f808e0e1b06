using System.Text.RegularExpressions;
using EspForge.Ota;

namespace EspForge.EntityFrameworkCore.Tests.Rollouts;

/// <summary>What the database does with a poll, a report and a count: it looks up, it never reads the fleet.</summary>
public sealed partial class RolloutQueryPlanTests : IDisposable
{
    private readonly FleetDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task An_offer_its_repetition_and_its_reports_read_no_table_from_end_to_end()
    {
        await AddAsync();
        _database.Listening = true;
        var store = _database.Rollouts();
        var offer = await store.OfferAsync(FleetDatabase.Acme, "d-000000", "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start);
        await store.OfferAsync(FleetDatabase.Acme, "d-000000", "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start);
        await store.OfferAsync(FleetDatabase.Acme, "late-1", "1.0.0", FleetDatabase.Offer(), FleetDatabase.Start);
        await store.OfferAsync(FleetDatabase.Acme, "d-000001", "1.1.0", FleetDatabase.Offer(), FleetDatabase.Start);
        await store.ReportAsync("d-000000", new OfferReport(offer!.OfferId!, OfferState.Downloading, 10, null, null), FleetDatabase.Start);
        await store.ReportAsync("d-000000", new OfferReport(offer.OfferId!, OfferState.Confirmed, null, null, null), FleetDatabase.Start);
        _database.Listening = false;

        Assert.Contains(_database.Plans, line => line.Contains("espforge_rollout_members", StringComparison.Ordinal));
        Assert.DoesNotContain(_database.Plans, line => Scan().IsMatch(line));
    }

    [Fact]
    public async Task A_count_reads_a_range_of_one_index_and_no_row()
    {
        var rollout = await AddAsync();
        _database.Listening = true;
        await _database.Rollouts().CountAsync(rollout, FleetDatabase.Start);
        _database.Listening = false;

        var line = Assert.Single(_database.Plans);
        Assert.StartsWith("SEARCH e USING COVERING INDEX IX_espforge_rollout_members_RolloutId_Stage_State_SilentFrom (RolloutId=?)", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advancing_stopping_and_a_page_of_members_are_ranges_of_indexes()
    {
        var rollout = await AddAsync();
        _database.Listening = true;
        await _database.Rollouts().TryChangeAsync(rollout with { State = RolloutState.Cancelled }, rollout.Revision, FleetDatabase.Draft);
        await _database.Rollouts().MembersAsync(rollout.Id, 10, 10);
        await _database.Rollouts().ListRunningAsync();
        _database.Listening = false;

        Assert.DoesNotContain(_database.Plans, line => Scan().IsMatch(line));
        Assert.DoesNotContain(_database.Plans, line => line.StartsWith("USE TEMP B-TREE", StringComparison.Ordinal));
    }

    private async Task<Rollout> AddAsync()
    {
        await _database.AddDevicesAsync([.. FleetDatabase.Ids(50), "late-1"]);
        return await _database.AddRolloutAsync(FleetDatabase.Ids(50), await _database.AddReleaseAsync(), [100]);
    }

    // The end of the audit chain is read by its index, backwards and one entry only; SQLite calls that a scan, too.
    [GeneratedRegex("^SCAN (?!CONSTANT ROW)(?!.*espforge_audit)")]
    private static partial Regex Scan();
}
