using EspForge.Ota;

namespace EspForge.AspNetCore;

/// <summary>A rollout in a list.</summary>
internal record RolloutSummaryView(
    Guid Id, string Name, Guid ReleaseId, string Product, string Chip, string Version, RolloutState State, int CurrentStage, int StageCount, int Devices, int Confirmed, int Failed,
    string? Reason, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, string CreatedBy)
{
    public static RolloutSummaryView Of(Rollout rollout, RolloutHealth health) => new(
        rollout.Id,
        rollout.Name,
        rollout.ReleaseId,
        rollout.Product,
        rollout.Chip,
        rollout.Version,
        rollout.State,
        rollout.CurrentStage,
        rollout.Stages.Count,
        DevicesOf(rollout, health),
        health.Stages.Sum(stage => stage.Confirmed),
        health.Stages.Sum(stage => stage.Failed),
        rollout.Reason,
        rollout.CreatedAt,
        rollout.ChangedAt,
        rollout.CreatedBy);

    // Who joined later counts too; who was cancelled is no longer counted, and still was in it.
    protected static int DevicesOf(Rollout rollout, RolloutHealth health) => rollout.Stages.Zip(health.Stages, (stage, counts) => Math.Max(stage.Size, counts.Size)).Sum();
}

/// <summary>A rollout with its stages, what its gate says, and what was done with it.</summary>
internal sealed record RolloutView(
    Guid Id, string Name, Guid ReleaseId, string Product, string Chip, string Version, RolloutState State, int CurrentStage, int StageCount, int Devices, int Confirmed, int Failed,
    string? Reason, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, string CreatedBy, RolloutFilterView Filter, IReadOnlyList<StageView> Stages, RolloutDecision Decision,
    IReadOnlyList<RolloutLogView> Log)
    : RolloutSummaryView(Id, Name, ReleaseId, Product, Chip, Version, State, CurrentStage, StageCount, Devices, Confirmed, Failed, Reason, CreatedAt, ChangedAt, CreatedBy)
{
    public static RolloutView Of(Rollout rollout, RolloutHealth health, DateTimeOffset now, IReadOnlyList<AuditEntry> log) => new(
        rollout.Id,
        rollout.Name,
        rollout.ReleaseId,
        rollout.Product,
        rollout.Chip,
        rollout.Version,
        rollout.State,
        rollout.CurrentStage,
        rollout.Stages.Count,
        DevicesOf(rollout, health),
        health.Stages.Sum(stage => stage.Confirmed),
        health.Stages.Sum(stage => stage.Failed),
        rollout.Reason,
        rollout.CreatedAt,
        rollout.ChangedAt,
        rollout.CreatedBy,
        new RolloutFilterView(rollout.Filter.Tags, rollout.Filter.Group, rollout.Filter.Board, rollout.Filter.CurrentVersion),
        [.. rollout.Stages.Select((stage, i) => StageView.Of(stage, health.Stages[i]))],
        RolloutGate.Decide(rollout, health, now),
        [.. log.Select(entry => new RolloutLogView(entry.At, entry.Actor, entry.Action, entry.Detail))]);
}

/// <summary>Which devices a rollout is for.</summary>
internal sealed record RolloutFilterView(IReadOnlyList<string> Tags, string? Group, string? Board, string? CurrentVersion);

/// <summary>What must hold before the next stage is admitted; times in seconds, rates 0–1.</summary>
internal sealed record GateView(
    double SoakSeconds, int MinimumReports, double MaximumFailureRate, double Confidence, bool RequireProof, double SilentAfterSeconds, double MaximumSilentShare)
{
    public static GateView Of(Gate gate) => new(
        gate.Soak.TotalSeconds, gate.MinimumReports, gate.MaximumFailureRate, gate.Confidence, gate.RequireProof, gate.SilentAfter.TotalSeconds, gate.MaximumSilentShare);
}

/// <summary>A stage, its counts, and the bounds of its failure rate at the gate's confidence.</summary>
internal sealed record StageView(int Percent, GateView Gate, int Size, DateTimeOffset? StartedAt, StageHealthView Health, double UpperBound, double LowerBound)
{
    public static StageView Of(RolloutStage stage, StageHealth health)
    {
        var ended = health.Confirmed + health.Failed;
        return new(
            stage.Percent,
            GateView.Of(stage.Gate),
            stage.Size,
            stage.StartedAt,
            new StageHealthView(health.Size, health.Confirmed, health.Failed, health.Working, health.Silent, Math.Max(0, health.Size - ended - health.Working)),
            BinomialBound.Upper(health.Failed, ended, stage.Gate.Confidence),
            BinomialBound.Lower(health.Failed, ended, stage.Gate.Confidence));
    }
}

/// <summary>Counts of a stage's devices.</summary>
internal sealed record StageHealthView(int Size, int Confirmed, int Failed, int Working, int Silent, int Waiting);

/// <summary>One thing that was done with a rollout.</summary>
internal sealed record RolloutLogView(DateTimeOffset At, string Actor, string Action, string? Detail);

/// <summary>A device's place in a rollout.</summary>
internal sealed record RolloutMemberView(
    string DeviceId, int Stage, OfferState State, int? Percent, string? Error, string? Detail, string? FromVersion, DateTimeOffset? OfferedAt, DateTimeOffset? ChangedAt)
{
    public static RolloutMemberView Of(RolloutMember member) => new(
        member.DeviceId, member.Stage, member.State, member.Percent, member.Error, member.Detail, member.FromVersion, member.OfferedAt, member.ChangedAt);
}

/// <summary>What a rollout would be.</summary>
internal sealed record RolloutPreviewView(int Devices, IReadOnlyList<StagePreviewView> Stages);

/// <summary>How many devices a stage would hold, and with those before it.</summary>
internal sealed record StagePreviewView(int Percent, int Size, int Cumulative);
