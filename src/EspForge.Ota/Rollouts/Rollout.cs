namespace EspForge.Ota;

/// <summary>Where a rollout stands: draft → running → paused ⇄ running → completed | rolledBack | cancelled.</summary>
public enum RolloutState
{
    /// <summary>Created, not started.</summary>
    Draft,

    /// <summary>Stages are admitted as gates pass.</summary>
    Running,

    /// <summary>No new offers; what a device has begun it ends.</summary>
    Paused,

    /// <summary>The last gate passed.</summary>
    Completed,

    /// <summary>Stopped because of failures, or by a person; no offers.</summary>
    RolledBack,

    /// <summary>Given up before it ended; no offers.</summary>
    Cancelled,
}

/// <summary>Where a device stands with an offer (docs/protocol.md 2.3). The first four past <see cref="Waiting"/> are on the way, in this order.</summary>
public enum OfferState
{
    /// <summary>Member, not offered yet.</summary>
    Waiting,

    /// <summary>The manifest was given to the device.</summary>
    Offered,

    /// <summary>The device fetches the image.</summary>
    Downloading,

    /// <summary>The device checks the image.</summary>
    Verifying,

    /// <summary>The device switches its boot record.</summary>
    Applying,

    /// <summary>The device restarts.</summary>
    Rebooting,

    /// <summary>The new image runs on probation.</summary>
    Confirming,

    /// <summary>The new image stays. Terminal.</summary>
    Confirmed,

    /// <summary>The download or its check failed. Terminal.</summary>
    Failed,

    /// <summary>The new image ran and the device returned by itself. Terminal.</summary>
    RolledBack,

    /// <summary>The device refused the manifest. Terminal.</summary>
    Rejected,

    /// <summary>The rollout ended before the device began. Terminal.</summary>
    Cancelled,
}

/// <summary>What must hold before the next stage is admitted.</summary>
public sealed record Gate
{
    /// <summary>Least time the stage must have run since its start.</summary>
    /// <value>0 … 30 days; the default is 10 minutes.</value>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Least count of devices of this stage that must have ended (confirmed or failed). A smaller stage needs all of its devices.</summary>
    /// <value>1 … 1,000,000; the default is 1.</value>
    public int MinimumReports { get; init; } = 1;

    /// <summary>Highest share of failures that is accepted.</summary>
    /// <value>0 … 1; the default is 0.05.</value>
    public double MaximumFailureRate { get; init; } = 0.05;

    /// <summary>Level of the one-sided exact binomial (Clopper–Pearson) bounds.</summary>
    /// <value>0.5 … 0.999; the default is 0.95.</value>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Whether a stage that is too small to prove the rate waits for a person (pause) instead of going on when all of its devices confirmed.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool RequireProof { get; init; }

    /// <summary>A device admitted to the stage that has not ended after this time is silent.</summary>
    /// <value>10 seconds … 30 days; the default is 24 hours.</value>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Highest share of silent devices that is accepted; above it the rollout pauses.</summary>
    /// <value>0 … 1; the default is 0.2.</value>
    public double MaximumSilentShare { get; init; } = 0.2;
}

/// <summary>One stage: every device up to <see cref="Percent"/> of the cohort.</summary>
/// <param name="Percent">Cumulative share of the cohort, 1–100, rising from stage to stage; the last is 100.</param>
/// <param name="Gate">What admits the next stage; of the last one, what completes the rollout.</param>
public sealed record StagePlan(int Percent, Gate Gate);

/// <summary>A stage as frozen at creation.</summary>
/// <param name="Percent">Cumulative share of the cohort.</param>
/// <param name="Size">Devices that entered with this stage at creation (not cumulative).</param>
/// <param name="Threshold">The rank hash of the stage's last device, 64 lower-case hex digits; a device belongs to the first stage whose threshold is not below its hash. The last stage's is all <c>f</c>.</param>
/// <param name="Gate">Its gate.</param>
/// <param name="StartedAt">When it was admitted, or <see langword="null"/>.</param>
public sealed record RolloutStage(int Percent, int Size, string Threshold, Gate Gate, DateTimeOffset? StartedAt);

/// <summary>Which devices a rollout is for, within the release's organization, product and chip.</summary>
/// <param name="Tags">All of these tags; empty = any.</param>
/// <param name="Group">This group, or any.</param>
/// <param name="Board">This board, or any.</param>
/// <param name="CurrentVersion">Running exactly this version, or any.</param>
public sealed record RolloutFilter(IReadOnlyList<string> Tags, string? Group, string? Board, string? CurrentVersion)
{
    /// <summary>Every device of the product.</summary>
    public static RolloutFilter Everything { get; } = new([], null, null, null);
}

/// <summary>A staged release.</summary>
public sealed record Rollout
{
    /// <summary>Id, UUID version 7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The organization that owns it.</summary>
    public required string Organization { get; init; }

    /// <summary>A name for people, 1–80 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The release devices are to run.</summary>
    public required Guid ReleaseId { get; init; }

    /// <summary>Its product.</summary>
    public required string Product { get; init; }

    /// <summary>Its chip.</summary>
    public required string Chip { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>32 random bytes, new for every rollout, so that the same devices are not canaries for ever.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>Which devices.</summary>
    public required RolloutFilter Filter { get; init; }

    /// <summary>1–20 stages.</summary>
    public required IReadOnlyList<RolloutStage> Stages { get; init; }

    /// <summary>Where it stands.</summary>
    public required RolloutState State { get; init; }

    /// <summary>Index of the stage admitted last; −1 before the start.</summary>
    public required int CurrentStage { get; init; }

    /// <summary>Why it is where it is, as a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Who created it, as an audit actor.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Counts every change: an update names the revision it saw and fails if another came first.</summary>
    public required int Revision { get; init; }
}

/// <summary>Counts of one stage's devices.</summary>
/// <param name="Size">Devices in the stage now, late ones included.</param>
/// <param name="Confirmed">Running the new version for good.</param>
/// <param name="Failed">Failed, rolled back or rejected.</param>
/// <param name="Working">Offered and not ended.</param>
/// <param name="Silent">Of <paramref name="Working"/> and the not yet offered: admitted longer ago than the gate's <see cref="Gate.SilentAfter"/>.</param>
public sealed record StageHealth(int Size, int Confirmed, int Failed, int Working, int Silent);

/// <summary>Counts of a rollout, one per stage, same order.</summary>
public sealed record RolloutHealth(IReadOnlyList<StageHealth> Stages);

/// <summary>What the gate says.</summary>
public enum RolloutVerdict
{
    /// <summary>Nothing to do yet.</summary>
    Wait,

    /// <summary>Admit the next stage.</summary>
    Advance,

    /// <summary>The last gate passed.</summary>
    Complete,

    /// <summary>A person must look.</summary>
    Pause,

    /// <summary>Stop: the stage failed.</summary>
    RollBack,
}

/// <summary>A verdict and why, in a sentence that a person can check against the counts.</summary>
/// <param name="Verdict">What to do.</param>
/// <param name="Reason">Why; for <see cref="RolloutVerdict.Wait"/> what is awaited: "advances in 02:10, or after 12 more confirmations".</param>
/// <param name="UpperBound">Upper confidence bound of the stage's failure rate, 0–1.</param>
/// <param name="LowerBound">Lower confidence bound of the stage's failure rate, 0–1.</param>
public sealed record RolloutDecision(RolloutVerdict Verdict, string Reason, double UpperBound, double LowerBound);
