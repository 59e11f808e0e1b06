using EspForge.Ota;

namespace EspForge.AspNetCore;

/// <summary>Where people's word about rollouts is taken: loads, asks the state machine, keeps the change and announces it.</summary>
internal sealed class RolloutDesk(IRolloutStore rollouts, IReleaseStore releases, SigningKeyRing keys, EspForgeEvents events, TimeProvider time)
{
    private const int Tries = 10;
    private const int MaximumNameChars = 80;

    public static Fault NotFound { get; } = new("rollout-not-found", "There is no such rollout.");

    /// <summary>What the cohort would be; changes nothing. An empty one is an answer here, not a fault.</summary>
    public async Task<Outcome<RolloutPreviewView>> PreviewAsync(string organization, RolloutRequest request, IReadOnlyList<StagePlan> plan, RolloutFilter filter, CancellationToken cancel)
    {
        if (await releases.FindAsync(organization, request.ReleaseId, cancel) is not { } release)
            return ReleaseEndpoints.NotFound;
        var matching = rollouts.MatchAsync(organization, release.Product, release.Image.Chip, filter, cancel);
        var frozen = await Cohort.FreezeAsync(matching, Cohort.NewSalt(), plan, cancel);
        if (!frozen.TryGet(out var cohort, out var fault))
        {
            return string.Equals(fault.Code, "cohort-empty", StringComparison.Ordinal)
                ? new RolloutPreviewView(0, [.. plan.Select(stage => new StagePreviewView(stage.Percent, 0, 0))])
                : fault;
        }

        var cumulative = 0;
        return new RolloutPreviewView(cohort.Count, [.. cohort.Stages.Select(stage => new StagePreviewView(stage.Percent, stage.Size, cumulative += stage.Size))]);
    }

    public async Task<Outcome<Rollout>> CreateAsync(ApiCaller caller, RolloutRequest request, IReadOnlyList<StagePlan> plan, RolloutFilter filter, CancellationToken cancel)
    {
        if (await releases.FindAsync(caller.Organization, request.ReleaseId, cancel) is not { } release)
            return ReleaseEndpoints.NotFound;
        if (Expired(release) is { } expired)
            return expired;
        var added = await AddAsync(caller, release, request.Name, plan, filter, cancel);
        if (!added.TryGet(out var rollout, out var fault))
            return fault;
        return request.Start
            ? await StartAsync(caller, rollout.Id, null, cancel)
            : rollout;
    }

    /// <summary>Lets the offers begin. A release signed before another of its product is first issued again: devices that took the later one refuse every sequence below it.</summary>
    public async Task<Outcome<Rollout>> StartAsync(ApiCaller caller, Guid id, string? reason, CancellationToken cancel)
    {
        if (await rollouts.FindAsync(caller.Organization, id, cancel) is not { } draft)
            return NotFound;
        if (draft.Start(time.GetUtcNow(), reason).Fault is null)
        {
            if (await releases.FindAsync(caller.Organization, draft.ReleaseId, cancel) is not { } release)
                return ReleaseEndpoints.NotFound;
            if (Expired(release) is { } expired)
                return expired;
            if (release.Manifest.Sequence < await releases.LastSequenceAsync(caller.Organization, release.Product, cancel))
            {
                var reissued = await ReissueAsync(caller, release, $"A later release of {release.Product} exists, rollout {id}", cancel);
                if (reissued.Fault is { } fault)
                    return fault;
            }
        }

        return await ChangeAsync(caller, id, "rollout.start", reason, (rollout, now) => Task.FromResult(rollout.Start(now, reason)), cancel);
    }

    public Task<Outcome<Rollout>> PauseAsync(ApiCaller caller, Guid id, string? reason, CancellationToken cancel) =>
        ChangeAsync(caller, id, "rollout.pause", reason, (rollout, now) => Task.FromResult(rollout.Pause(now, reason)), cancel);

    public Task<Outcome<Rollout>> ResumeAsync(ApiCaller caller, Guid id, string? reason, CancellationToken cancel) =>
        ChangeAsync(caller, id, "rollout.resume", reason, async (rollout, now) => rollout.Resume(await rollouts.CountAsync(rollout, now, cancel), now, reason), cancel);

    public Task<Outcome<Rollout>> CancelAsync(ApiCaller caller, Guid id, string? reason, CancellationToken cancel) =>
        ChangeAsync(caller, id, "rollout.cancel", reason, (rollout, now) => Task.FromResult(rollout.Cancel(now, reason)), cancel);

    /// <summary>
    /// Stops the offers; with a release to return to, issues that one again above every sequence and starts a one-stage rollout of it to the devices that run the bad version. A rollout that was
    /// rolled back by its gate, or completed, has no offers to stop: then the return alone is done.
    /// </summary>
    public async Task<Outcome<Rollout>> RollBackAsync(ApiCaller caller, Guid id, string? reason, Guid? returnTo, CancellationToken cancel)
    {
        if (returnTo is not { } releaseId)
            return await ChangeAsync(caller, id, "rollout.rollback", reason, (rollout, now) => Task.FromResult(rollout.RollBack(now, reason)), cancel);

        // All that can be refused is refused before anything changes.
        if (await rollouts.FindAsync(caller.Organization, id, cancel) is not { } bad)
            return NotFound;
        if (await releases.FindAsync(caller.Organization, releaseId, cancel) is not { } good)
            return ReleaseEndpoints.NotFound;
        if (good.Id == bad.ReleaseId)
            return new Fault("rollout-invalid", "A rollout cannot return to the release it rolls back. Choose an older one.");
        if (!string.Equals(good.Product, bad.Product, StringComparison.Ordinal) || !string.Equals(good.Image.Chip, bad.Chip, StringComparison.Ordinal))
            return new Fault("rollout-invalid", $"{good.Product} {good.Version} for {good.Image.Chip} is not for these devices; they are {bad.Product} on {bad.Chip}.");

        var sentence = reason ?? $"Rolled back by hand; returns to {good.Version}.";
        var stopped = bad;
        if (bad.State is not (RolloutState.RolledBack or RolloutState.Completed))
        {
            var change = await ChangeAsync(caller, id, "rollout.rollback", sentence, (rollout, now) => Task.FromResult(rollout.RollBack(now, sentence)), cancel);
            if (!change.TryGet(out stopped, out var refused))
                return refused;
        }

        return await ReturnAsync(caller, stopped, good, cancel) is { } fault ? fault : stopped;
    }

    private async Task<Fault?> ReturnAsync(ApiCaller caller, Rollout bad, Release good, CancellationToken cancel)
    {
        var filter = RolloutFilter.Everything with { CurrentVersion = bad.Version };
        var anyone = false;
        await foreach (var _ in rollouts.MatchAsync(caller.Organization, bad.Product, bad.Chip, filter, cancel))
        {
            anyone = true;
            break;
        }

        // Nobody runs it: the devices came back by themselves, or it never reached one. There is nothing to undo.
        if (!anyone)
            return null;

        var reissued = await ReissueAsync(caller, good, $"Return from {bad.Version} to {good.Version}, rollout {bad.Id}", cancel);
        if (!reissued.TryGet(out var release, out var fault))
            return fault;

        var added = await AddAsync(caller, release, Cut($"Return to {release.Version} from {bad.Name}"), [new StagePlan(100, bad.Stages[^1].Gate)], filter, cancel);
        if (!added.TryGet(out var rollout, out fault))
            return string.Equals(fault.Code, "cohort-empty", StringComparison.Ordinal) ? null : fault;
        var started = await ChangeAsync(caller, rollout.Id, "rollout.start", null, (draft, now) => Task.FromResult(draft.Start(now)), cancel);
        return started.Fault;
    }

    private Fault? Expired(Release release) => release.Manifest.ExpiresAt > time.GetUtcNow()
        ? null
        : new Fault("rollout-invalid", $"The manifest of {release.Product} {release.Version} expired: devices would refuse it. Release the image under a new version.");

    private async Task<Outcome<Release>> ReissueAsync(ApiCaller caller, Release release, string why, CancellationToken cancel)
    {
        var validity = release.Manifest.ExpiresAt - release.Manifest.IssuedAt;
        var reissued = await releases.ReissueAsync(
            caller.Organization,
            release.Id,
            (kept, sequence) => ReleaseSigner.Reissue(kept, sequence, keys.Active, time.GetUtcNow(), validity),
            caller.Draft("release.reissue", $"release:{release.Id}", why),
            cancel);
        if (reissued.Fault is null)
            events.Publish("release", caller.Organization, release.Id.ToString());
        return reissued;
    }

    private async Task<Outcome<Rollout>> AddAsync(ApiCaller caller, Release release, string? name, IReadOnlyList<StagePlan> plan, RolloutFilter filter, CancellationToken cancel)
    {
        var salt = Cohort.NewSalt();
        var frozen = await Cohort.FreezeAsync(rollouts.MatchAsync(caller.Organization, release.Product, release.Image.Chip, filter, cancel), salt, plan, cancel);
        if (!frozen.TryGet(out var cohort, out var fault))
            return fault;

        var now = Whole(time.GetUtcNow());
        var rollout = new Rollout
        {
            Id = Guid.CreateVersion7(now),
            Organization = caller.Organization,
            Name = name ?? Cut($"{release.Product} {release.Version}"),
            ReleaseId = release.Id,
            Product = release.Product,
            Chip = release.Image.Chip,
            Version = release.Version,
            Salt = salt,
            Filter = filter,
            Stages = cohort.Stages,
            State = RolloutState.Draft,
            CurrentStage = -1,
            CreatedAt = now,
            ChangedAt = now,
            CreatedBy = caller.Actor,
            Revision = 1,
        };
        var entry = caller.Draft("rollout.create", Subject(rollout.Id), $"{release.Product} {release.Version} to {cohort.Count} devices in {cohort.Stages.Count} stages");
        await rollouts.AddAsync(rollout, cohort.ToMembers(rollout.Id), entry, cancel);
        events.Publish("rollout", caller.Organization, rollout.Id.ToString());
        return rollout;
    }

    // The worker may decide between reading and changing; then the person's word is weighed again, by what is true now.
    private async Task<Outcome<Rollout>> ChangeAsync(
        ApiCaller caller, Guid id, string action, string? reason, Func<Rollout, DateTimeOffset, Task<Outcome<Rollout>>> change, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (await rollouts.FindAsync(caller.Organization, id, cancel) is not { } rollout)
                return NotFound;
            var outcome = await change(rollout, Whole(time.GetUtcNow()));
            if (!outcome.TryGet(out var changed, out var fault))
                return fault;
            if (await rollouts.TryChangeAsync(changed, rollout.Revision, caller.Draft(action, Subject(id), reason ?? changed.Reason), cancel))
            {
                events.Publish("rollout", caller.Organization, id.ToString());
                return changed;
            }
        }

        return new Fault("rollout-conflict", "The rollout changed while it was being changed. Try again.");
    }

    /// <summary>A rollout as the audit log names it.</summary>
    public static string Subject(Guid id) => $"rollout:{id}";

    // Times are kept to the millisecond: what is answered now is what will be read later.
    internal static DateTimeOffset Whole(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    private static string Cut(string name) => name.Length <= MaximumNameChars ? name : name[..(MaximumNameChars - 1)] + "…";
}
