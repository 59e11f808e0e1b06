using System.Runtime.CompilerServices;
using EspForge.Ota;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Rollouts and their members. Whatever touches many devices is one statement; offers and reports are in the partial files.</summary>
internal sealed partial class EfRolloutStore(StoreContext store) : IRolloutStore
{
    public async Task<Rollout?> FindAsync(string organization, Guid id, CancellationToken cancel = default) =>
        (await Rollouts.FirstOrDefaultAsync(row => row.Id == id && row.Organization == organization, cancel))?.ToRollout();

    public async Task<IReadOnlyList<Rollout>> ListAsync(string organization, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 500);
        var rows = await Rollouts.Where(row => row.Organization == organization)
            .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => row.ToRollout());
    }

    public async Task<IReadOnlyList<Rollout>> ListRunningAsync(CancellationToken cancel = default)
    {
        var rows = await Rollouts.Where(row => row.State == RolloutState.Running).ToListAsync(cancel);
        return rows.ConvertAll(row => row.ToRollout());
    }

    public async IAsyncEnumerable<string> MatchAsync(
        string organization, string product, string chip, RolloutFilter filter, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var matching = Matching(store.Db.Set<DeviceRow>().AsNoTracking().Where(row => row.Organization == organization && row.Product == product && row.Chip == chip), filter);
        await foreach (var deviceId in matching.Select(row => row.DeviceId).AsAsyncEnumerable().WithCancellation(cancel))
            yield return deviceId;
    }

    public Task AddAsync(Rollout rollout, IReadOnlyList<RolloutMember> members, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        ArgumentNullException.ThrowIfNull(members);
        return store.Db.InTransactionAsync(
            async () =>
            {
                await InsertAsync(RolloutRow.From(rollout), cancel);
                await ManyRows.InsertAsync(store.Db, members.Select(RolloutMemberRow.From), cancel);
                await AuditChain.AppendAsync(store.Db, rollout.Organization, entry, store.Now, cancel);
            },
            cancel);
    }

    public Task<bool> TryChangeAsync(Rollout changed, int seen, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(changed);
        var stages = RolloutRow.WriteStages(changed.Stages);
        return store.Db.InTransactionAsync(
            async () =>
            {
                var rows = await store.Db.Set<RolloutRow>()
                    .Where(row => row.Id == changed.Id && row.Organization == changed.Organization && row.Revision == seen)
                    .ExecuteUpdateAsync(
                        set => set
                            .SetProperty(row => row.State, changed.State)
                            .SetProperty(row => row.CurrentStage, changed.CurrentStage)
                            .SetProperty(row => row.Reason, changed.Reason)
                            .SetProperty(row => row.Stages, stages)
                            .SetProperty(row => row.ChangedAt, changed.ChangedAt)
                            .SetProperty(row => row.Revision, seen + 1),
                        cancel);
                if (rows == 0)
                    return false;

                if (changed.State is RolloutState.RolledBack or RolloutState.Cancelled)
                    await CancelMembersAsync(changed, cancel);
                await AuditChain.AppendAsync(store.Db, changed.Organization, entry, store.Now, cancel);
                return true;
            },
            cancel);
    }

    public async Task<RolloutHealth> CountAsync(Rollout rollout, DateTimeOffset now, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        var groups = await Members.Where(row => row.RolloutId == rollout.Id)
            .GroupBy(row => new { row.Stage, row.State })
            .Select(group => new { group.Key.Stage, group.Key.State, Count = group.Count(), Due = group.Count(row => row.SilentFrom == null || row.SilentFrom <= now) })
            .ToListAsync(cancel);

        var stages = new StageHealth[rollout.Stages.Count];
        for (var i = 0; i < stages.Length; i++)
        {
            var stage = rollout.Stages[i];
            var silenceCounts = stage.StartedAt is { } started && started + stage.Gate.SilentAfter <= now;
            int size = 0, confirmed = 0, failed = 0, working = 0, silent = 0;
            foreach (var group in groups.Where(group => group.Stage == i && group.State != OfferState.Cancelled))
            {
                size += group.Count;
                switch (group.State)
                {
                    case OfferState.Confirmed:
                        confirmed += group.Count;
                        break;
                    case OfferState.Failed or OfferState.RolledBack or OfferState.Rejected:
                        failed += group.Count;
                        break;
                    default:
                        working += group.State == OfferState.Waiting ? 0 : group.Count;
                        silent += silenceCounts ? group.Due : 0;
                        break;
                }
            }

            stages[i] = new StageHealth(size, confirmed, failed, working, silent);
        }

        return new RolloutHealth(stages);
    }

    public async Task<IReadOnlyList<RolloutMember>> MembersAsync(Guid rolloutId, int skip, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        var rows = await Members.Where(row => row.RolloutId == rolloutId)
            .OrderBy(row => row.Stage).ThenBy(row => row.Hash).Skip(skip).Take(limit).ToListAsync(cancel);
        return rows.ConvertAll(row => row.ToMember());
    }

    /// <summary>A device that is forgotten will not end what is open: its rollouts go on without it, and should it come back, it joins as a late one. What it ended stays counted.</summary>
    internal static Task ForgetDeviceAsync(DbContext db, string deviceId, CancellationToken cancel) =>
        db.Set<RolloutMemberRow>()
            .Where(row => row.DeviceId == deviceId && row.State != OfferState.Confirmed && row.State != OfferState.Failed && row.State != OfferState.RolledBack
                && row.State != OfferState.Rejected && row.State != OfferState.Cancelled)
            .ExecuteDeleteAsync(cancel);

    private static IQueryable<DeviceRow> Matching(IQueryable<DeviceRow> devices, RolloutFilter filter)
    {
        if (filter.Group is { } group)
            devices = devices.Where(row => row.Group == group);
        if (filter.Board is { } board)
            devices = devices.Where(row => row.Board == board);
        if (filter.CurrentVersion is { } version)
            devices = devices.Where(row => row.Version == version);
        foreach (var tag in filter.Tags)
            devices = devices.Where(row => row.Tags.Any(own => own.Tag == tag));
        return devices;
    }

    // A device that has begun goes on: what it does cannot be called back, and its report is worth having.
    private Task<int> CancelMembersAsync(Rollout rollout, CancellationToken cancel) =>
        store.Db.Set<RolloutMemberRow>()
            .Where(row => row.RolloutId == rollout.Id && (row.State == OfferState.Waiting || row.State == OfferState.Offered))
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, OfferState.Cancelled).SetProperty(row => row.ChangedAt, rollout.ChangedAt),
                cancel);

    // The context may be a host's own: only what was added here is let go.
    private async Task InsertAsync(object row, CancellationToken cancel)
    {
        store.Db.Add(row);
        await store.Db.SaveChangesAsync(cancel);
        store.Db.Entry(row).State = EntityState.Detached;
    }

    private IQueryable<RolloutRow> Rollouts => store.Db.Set<RolloutRow>().AsNoTracking();

    private IQueryable<RolloutMemberRow> Members => store.Db.Set<RolloutMemberRow>().AsNoTracking();
}
