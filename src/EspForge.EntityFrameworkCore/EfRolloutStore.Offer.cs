using EspForge.Ota;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>What a device that asks is given. Every query starts from one device, or from the few rollouts of its product: never from the fleet.</summary>
internal sealed partial class EfRolloutStore
{
    private const int OfferTries = 8;

    public async Task<RolloutMember?> OfferAsync(
        string organization, string deviceId, string runningVersion, string newOfferId, DateTimeOffset now, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(deviceId);
        ArgumentException.ThrowIfNullOrEmpty(newOfferId);
        var asking = new Asking(organization, deviceId, runningVersion, newOfferId, now);

        // What was read is changed only where it still is as it was read. Another poll, or a person, may have been first: then everything is read again.
        for (var attempt = 0; attempt < OfferTries; attempt++)
        {
            try
            {
                if (await TryOfferAsync(asking, cancel) is { } settled)
                    return settled.Member;
            }
            catch (DbUpdateException error) when (StoreTransaction.IsUniqueViolation(error))
            {
                // The device became a member in another poll meanwhile.
            }
        }

        throw new InvalidOperationException($"The offer of device {deviceId} changed {OfferTries} times while it was read.");
    }

    private async Task<Settled?> TryOfferAsync(Asking asking, CancellationToken cancel)
    {
        var device = await store.Db.Set<DeviceRow>().AsNoTracking()
            .Where(row => row.DeviceId == asking.DeviceId && row.Organization == asking.Organization)
            .Select(row => new { row.Product, row.Chip })
            .FirstOrDefaultAsync(cancel);
        if (device is null)
            return Settled.Nothing;

        // A manifest that has expired would only be refused by the device.
        var running = await Rollouts
            .Where(row => row.Organization == asking.Organization && row.Product == device.Product && row.Chip == device.Chip
                && row.State == RolloutState.Running
                && store.Db.Set<ReleaseRow>().Any(release => release.Id == row.ReleaseId && release.ExpiresAt > asking.Now))
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id)
            .ToListAsync(cancel);

        // An offer that a device has begun outlives the rollout's completion.
        var open = await OpenOffersAsync(asking, cancel);
        foreach (var (member, state, version) in open)
        {
            if (string.Equals(version, asking.RunningVersion, StringComparison.Ordinal))
            {
                // Past `applying` the device runs the version because of this offer; its own report says how it ended.
                if (member.State > OfferState.Applying)
                    return Settled.Nothing;
                return await RunsItAlreadyAsync(asking, member, version, cancel) ? Settled.Nothing : null;
            }

            if (state == RolloutState.Running || member.State != OfferState.Offered)
                return new Settled(member.ToMember());
        }

        return running.Count == 0 ? Settled.Nothing : await TryNewOfferAsync(asking, running, cancel);
    }

    private async Task<Settled?> TryNewOfferAsync(Asking asking, List<RolloutRow> running, CancellationToken cancel)
    {
        var ids = running.ConvertAll(row => row.Id);
        var members = await Members.Where(row => row.DeviceId == asking.DeviceId && ids.Contains(row.RolloutId)).ToListAsync(cancel);
        var reached = await ReachedAsync(asking, cancel);
        foreach (var row in running)
        {
            var member = members.Find(candidate => candidate.RolloutId == row.Id);

            // What it runs or has tried came from a newer rollout: its sequence is higher, and a device refuses a lower one. Nobody is to wait for it.
            if (row.CreatedAt < reached)
            {
                if (member is { State: OfferState.Waiting } && member.Stage <= row.CurrentStage && !await SettleOvertakenAsync(asking, member, row.Version, cancel))
                    return null;
                continue;
            }

            if (member is { State: not OfferState.Waiting })
            {
                // An offer that was not open a moment ago: another poll was first, and what it got is this one's answer, too.
                if (!OfferProgress.IsTerminal(member.State))
                    return null;
                continue;
            }

            if (member?.Stage > row.CurrentStage)
                continue;
            if (string.Equals(row.Version, asking.RunningVersion, StringComparison.Ordinal))
                return member is null || await RunsItAlreadyAsync(asking, member, row.Version, cancel) ? Settled.Nothing : null;
            if (member is null)
            {
                var rollout = row.ToRollout();
                var rank = Cohort.Rank(rollout.Salt, asking.DeviceId);
                var stage = Cohort.StageOf(rank, rollout.Stages);
                if (stage > row.CurrentStage || !await MatchesAsync(asking, rollout.Filter, cancel))
                    continue;
                member = await JoinAsync(asking, rollout, rank, stage, cancel);
            }

            return await TakeAsync(asking, member, row.Version, cancel) is { } offered ? new Settled(offered) : null;
        }

        return Settled.Nothing;
    }

    private async Task<List<OpenOffer>> OpenOffersAsync(Asking asking, CancellationToken cancel)
    {
        // The states are spelled out: a range of an enumeration that is stored as text is no range.
        var offers = await (
            from member in Members
            join rollout in Rollouts on member.RolloutId equals rollout.Id
            where member.DeviceId == asking.DeviceId && rollout.Organization == asking.Organization
                && (member.State == OfferState.Offered || member.State == OfferState.Downloading || member.State == OfferState.Verifying
                    || member.State == OfferState.Applying || member.State == OfferState.Rebooting || member.State == OfferState.Confirming)
                && (rollout.State == RolloutState.Running || rollout.State == RolloutState.Paused || rollout.State == RolloutState.Completed)
            orderby rollout.CreatedAt descending, rollout.Id descending
            select new { Member = member, rollout.State, rollout.Version }).ToListAsync(cancel);
        return offers.ConvertAll(offer => new OpenOffer(offer.Member, offer.State, offer.Version));
    }

    /// <summary>When the newest rollout was created that this device ended with another image in its slot.</summary>
    private async Task<DateTimeOffset?> ReachedAsync(Asking asking, CancellationToken cancel) =>
        await (
            from member in Members
            join rollout in Rollouts on member.RolloutId equals rollout.Id
            where member.DeviceId == asking.DeviceId && rollout.Organization == asking.Organization
                && (member.State == OfferState.Confirmed || member.State == OfferState.RolledBack)
            orderby rollout.CreatedAt descending
            select (DateTimeOffset?)rollout.CreatedAt).FirstOrDefaultAsync(cancel);

    private Task<bool> MatchesAsync(Asking asking, RolloutFilter filter, CancellationToken cancel) =>
        Matching(store.Db.Set<DeviceRow>().AsNoTracking().Where(row => row.DeviceId == asking.DeviceId), filter with { CurrentVersion = null })
            .AnyAsync(row => filter.CurrentVersion == null || filter.CurrentVersion == asking.RunningVersion, cancel);

    private Task<RolloutMemberRow> JoinAsync(Asking asking, Rollout rollout, string rank, int stage, CancellationToken cancel) =>
        store.Db.InTransactionAsync(
            async () =>
            {
                var member = new RolloutMemberRow
                {
                    RolloutId = rollout.Id,
                    DeviceId = asking.DeviceId,
                    Hash = rank,
                    Stage = stage,
                    State = OfferState.Waiting,
                    ChangedAt = asking.Now,
                    SilentFrom = asking.Now + rollout.Stages[stage].Gate.SilentAfter,
                };
                await InsertAsync(member, cancel);
                return member;
            },
            cancel);

    private Task<RolloutMember?> TakeAsync(Asking asking, RolloutMemberRow member, string version, CancellationToken cancel) =>
        store.Db.InTransactionAsync(
            async () =>
            {
                // The rollout is asked again in the statement itself: one that was paused since gives no offer.
                var taken = await store.Db.Set<RolloutMemberRow>()
                    .Where(row => row.RolloutId == member.RolloutId && row.DeviceId == member.DeviceId && row.State == OfferState.Waiting
                        && store.Db.Set<RolloutRow>().Any(rollout => rollout.Id == row.RolloutId && rollout.State == RolloutState.Running && rollout.CurrentStage >= row.Stage))
                    .ExecuteUpdateAsync(
                        set => set
                            .SetProperty(row => row.OfferId, asking.NewOfferId)
                            .SetProperty(row => row.State, OfferState.Offered)
                            .SetProperty(row => row.FromVersion, asking.RunningVersion)
                            .SetProperty(row => row.OfferedAt, asking.Now)
                            .SetProperty(row => row.ChangedAt, asking.Now),
                        cancel);
                if (taken == 0)
                    return null;

                DeviceTimeline.Add(store.Db, asking.Organization, asking.DeviceId, asking.Now, "offer", $"Offered {version}", member.RolloutId);
                await store.Db.SaveChangesAsync(cancel);
                return member.ToMember() with
                {
                    OfferId = asking.NewOfferId,
                    State = OfferState.Offered,
                    FromVersion = asking.RunningVersion,
                    OfferedAt = asking.Now,
                    ChangedAt = asking.Now,
                };
            },
            cancel);

    private Task<bool> RunsItAlreadyAsync(Asking asking, RolloutMemberRow member, string version, CancellationToken cancel) =>
        EndAsync(asking, member, OfferState.Confirmed, "already running", $"Runs {version} already", cancel);

    private Task<bool> SettleOvertakenAsync(Asking asking, RolloutMemberRow member, string version, CancellationToken cancel) =>
        string.Equals(version, asking.RunningVersion, StringComparison.Ordinal)
            ? RunsItAlreadyAsync(asking, member, version, cancel)
            : EndAsync(asking, member, OfferState.Cancelled, "overtaken by a newer rollout", $"Is no longer offered {version}: a newer rollout was first", cancel);

    private Task<bool> EndAsync(Asking asking, RolloutMemberRow member, OfferState state, string detail, string sentence, CancellationToken cancel) =>
        store.Db.InTransactionAsync(
            async () =>
            {
                var ended = await store.Db.Set<RolloutMemberRow>()
                    .Where(row => row.RolloutId == member.RolloutId && row.DeviceId == member.DeviceId && row.State == member.State)
                    .ExecuteUpdateAsync(
                        set => set
                            .SetProperty(row => row.State, state)
                            .SetProperty(row => row.Detail, detail)
                            .SetProperty(row => row.FromVersion, asking.RunningVersion)
                            .SetProperty(row => row.ChangedAt, asking.Now),
                        cancel);
                if (ended == 0)
                    return false;

                DeviceTimeline.Add(store.Db, asking.Organization, asking.DeviceId, asking.Now, "offer", sentence, member.RolloutId);
                await store.Db.SaveChangesAsync(cancel);
                return true;
            },
            cancel);

    private sealed record Asking(string Organization, string DeviceId, string RunningVersion, string NewOfferId, DateTimeOffset Now);

    private sealed record OpenOffer(RolloutMemberRow Member, RolloutState State, string Version);

    /// <summary>An answer that stands; its absence means that something moved and all is to be read again.</summary>
    private sealed record Settled(RolloutMember? Member)
    {
        public static Settled Nothing { get; } = new((RolloutMember?)null);
    }
}
