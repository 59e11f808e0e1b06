using EspForge.Ota;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>What devices report about their offers.</summary>
internal sealed partial class EfRolloutStore
{
    private const int ReportTries = 16;

    public async Task<ReportOutcome> ReportAsync(string deviceId, OfferReport report, DateTimeOffset now, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(deviceId);
        ArgumentNullException.ThrowIfNull(report);

        // The row is changed only where it still is as it was judged; of two reports at once the later one is judged again, by what the other left.
        for (var attempt = 0; attempt < ReportTries; attempt++)
        {
            var seen = await (
                from row in Members
                join rollout in Rollouts on row.RolloutId equals rollout.Id
                where row.OfferId == report.OfferId && row.DeviceId == deviceId
                select new { Member = row, rollout.Organization, rollout.Version }).FirstOrDefaultAsync(cancel);
            if (seen is null)
                return ReportOutcome.UnknownOffer;
            var (state, percent, changed) = OfferProgress.Next(seen.Member.State, seen.Member.Percent, report.State, report.Percent);
            if (!changed)
                return ReportOutcome.Ignored;

            // The reason belongs to the state that brought it; progress within a state leaves it as it is.
            var moved = state != seen.Member.State;
            var next = seen.Member.ToMember() with
            {
                State = state,
                Percent = percent,
                Error = moved ? report.Error : seen.Member.Error,
                Detail = moved ? report.Detail : seen.Member.Detail,
                ChangedAt = now,
            };
            if (await RecordAsync(seen.Member, next, seen.Organization, seen.Version, cancel))
                return ReportOutcome.Recorded;
        }

        throw new InvalidOperationException($"Offer {report.OfferId} changed {ReportTries} times while a report on it was judged.");
    }

    private Task<bool> RecordAsync(RolloutMemberRow seen, RolloutMember next, string organization, string version, CancellationToken cancel) =>
        store.Db.InTransactionAsync(
            async () =>
            {
                var changed = await store.Db.Set<RolloutMemberRow>()
                    .Where(row => row.RolloutId == seen.RolloutId && row.DeviceId == seen.DeviceId && row.State == seen.State && row.Percent == seen.Percent)
                    .ExecuteUpdateAsync(
                        set => set
                            .SetProperty(row => row.State, next.State)
                            .SetProperty(row => row.Percent, next.Percent)
                            .SetProperty(row => row.Error, next.Error)
                            .SetProperty(row => row.Detail, next.Detail)
                            .SetProperty(row => row.ChangedAt, next.ChangedAt),
                        cancel);
                if (changed == 0)
                    return false;

                // A download's progress is on the device's page already; its timeline keeps the steps.
                if (next.State != seen.State)
                {
                    DeviceTimeline.Add(store.Db, organization, seen.DeviceId, next.ChangedAt!.Value, "report", Sentence(next, version), seen.RolloutId);
                    await store.Db.SaveChangesAsync(cancel);
                }

                return true;
            },
            cancel);

    private static string Sentence(RolloutMember member, string version)
    {
        var what = member.State switch
        {
            OfferState.Downloading => $"Downloads {version}",
            OfferState.Verifying => $"Checks {version}",
            OfferState.Applying => $"Switches to {version}",
            OfferState.Rebooting => $"Restarts into {version}",
            OfferState.Confirming => $"Runs {version} on probation",
            OfferState.Confirmed => $"Confirmed {version}",
            OfferState.Failed => $"{version} failed",
            OfferState.RolledBack => $"Returned from {version} by itself",
            OfferState.Rejected => $"Refused {version}",
            _ => $"Was offered {version}",
        };
        return (member.Error, member.Detail) switch
        {
            (null, null) => what,
            (null, var detail) => $"{what}: {detail}",
            (var error, null) => $"{what}: {error}",
            var (error, detail) => $"{what}: {error}, {detail}",
        };
    }
}
