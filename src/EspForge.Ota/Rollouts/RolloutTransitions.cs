using System.Globalization;

namespace EspForge.Ota;

/// <summary>
/// The rollout's state machine: draft → running → paused ⇄ running → completed | rolledBack | cancelled. Pure: each returns the changed rollout with the next revision, or the fault
/// <c>rollout-state</c> and a sentence. <see cref="IRolloutStore.TryChangeAsync"/> keeps it if no one else was first.
/// </summary>
public static class RolloutTransitions
{
    /// <summary>Admits the first stage. From draft.</summary>
    public static Outcome<Rollout> Start(this Rollout rollout, DateTimeOffset now, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        return rollout.State == RolloutState.Draft ? Admit(rollout, 0, now, reason ?? "Started.") : Refuse(rollout, "started", "only a draft can be");
    }

    /// <summary>Makes no new offers; what a device has begun it ends. From running.</summary>
    public static Outcome<Rollout> Pause(this Rollout rollout, DateTimeOffset now, string? reason = null) =>
        Move(rollout, rollout?.State == RolloutState.Running, RolloutState.Paused, now, reason ?? "Paused.", "paused", "only a running one can be");

    /// <summary>
    /// Goes on, from paused. A person's word stands for what the gate would pause for again: a stage that ended but proves too little is passed (the next one is admitted, or the rollout
    /// completes), and silent devices are waited for once more from now on. Otherwise the stage keeps its clock.
    /// </summary>
    public static Outcome<Rollout> Resume(this Rollout rollout, RolloutHealth health, DateTimeOffset now, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        if (rollout.State != RolloutState.Paused) return Refuse(rollout, "resumed", "only a paused one can be");
        var resumed = rollout with { State = RolloutState.Running };
        var (decision, cause) = RolloutGate.Read(resumed, health, now);
        var again = decision.Verdict == RolloutVerdict.Pause ? cause : GateCause.Other;
        return again switch
        {
            GateCause.Proof when IsLast(rollout) => Changed(rollout, RolloutState.Completed, now, reason ?? "Completed by hand: the last stage proves too little for its gate."),
            GateCause.Proof => Admit(rollout, rollout.CurrentStage + 1, now, reason ?? string.Create(CultureInfo.InvariantCulture, $"Resumed: stage {rollout.CurrentStage + 1} was passed by hand.")),
            GateCause.Silence => Admit(rollout, rollout.CurrentStage, now, reason ?? "Resumed: the silent devices are waited for once more."),
            _ => Changed(rollout, RolloutState.Running, now, reason ?? "Resumed."),
        };
    }

    /// <summary>Stops because of failures; no more offers. From running or paused.</summary>
    public static Outcome<Rollout> RollBack(this Rollout rollout, DateTimeOffset now, string? reason = null) =>
        Move(rollout, rollout?.State is RolloutState.Running or RolloutState.Paused, RolloutState.RolledBack, now, reason ?? "Rolled back.", "rolled back", "only a running or paused one can be");

    /// <summary>Gives up; no more offers. From draft, running or paused.</summary>
    public static Outcome<Rollout> Cancel(this Rollout rollout, DateTimeOffset now, string? reason = null) =>
        Move(
            rollout, rollout?.State is RolloutState.Draft or RolloutState.Running or RolloutState.Paused, RolloutState.Cancelled, now, reason ?? "Cancelled.", "cancelled", "only a draft, running or paused one can be");

    /// <summary>Does what the gate decided; the decision's sentence becomes the reason. From running. <see cref="RolloutVerdict.Wait"/> returns the rollout as it is, revision included.</summary>
    public static Outcome<Rollout> Apply(this Rollout rollout, RolloutDecision decision, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        ArgumentNullException.ThrowIfNull(decision);
        if (decision.Verdict == RolloutVerdict.Wait) return rollout;
        if (rollout.State != RolloutState.Running) return Refuse(rollout, "moved by its gate", "only a running one can be");
        return decision.Verdict switch
        {
            RolloutVerdict.Advance when IsLast(rollout) => new Fault("rollout-state", $"There is no stage after the last one: '{rollout.Name}' completes or stops."),
            RolloutVerdict.Advance => Admit(rollout, rollout.CurrentStage + 1, now, decision.Reason),
            RolloutVerdict.Complete when !IsLast(rollout) => new Fault("rollout-state", $"'{rollout.Name}' has stages that were not admitted yet: it cannot complete."),
            RolloutVerdict.Complete => Changed(rollout, RolloutState.Completed, now, decision.Reason),
            RolloutVerdict.Pause => Changed(rollout, RolloutState.Paused, now, decision.Reason),
            RolloutVerdict.RollBack => Changed(rollout, RolloutState.RolledBack, now, decision.Reason),
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision.Verdict, "Not a verdict."),
        };
    }

    private static bool IsLast(Rollout rollout) => rollout.CurrentStage >= rollout.Stages.Count - 1;

    private static Outcome<Rollout> Move(Rollout? rollout, bool allowed, RolloutState to, DateTimeOffset now, string reason, string verb, string rule)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        return allowed ? Changed(rollout, to, now, reason) : Refuse(rollout, verb, rule);
    }

    private static Rollout Admit(Rollout rollout, int stage, DateTimeOffset now, string reason) => Changed(rollout, RolloutState.Running, now, reason) with
    {
        CurrentStage = stage,
        Stages = [.. rollout.Stages.Select((s, i) => i == stage ? s with { StartedAt = now } : s)],
    };

    private static Rollout Changed(Rollout rollout, RolloutState to, DateTimeOffset now, string reason) =>
        rollout with { State = to, Reason = reason, ChangedAt = now, Revision = rollout.Revision + 1 };

    private static Fault Refuse(Rollout rollout, string verb, string rule) => new("rollout-state", $"'{rollout.Name}' is {RolloutGate.Word(rollout.State)} and cannot be {verb}: {rule}.");
}
