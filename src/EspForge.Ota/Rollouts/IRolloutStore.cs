namespace EspForge.Ota;

/// <summary>A device's place in a rollout and what became of its offer.</summary>
public sealed record RolloutMember
{
    /// <summary>The rollout.</summary>
    public required Guid RolloutId { get; init; }

    /// <summary>The device.</summary>
    public required string DeviceId { get; init; }

    /// <summary>SHA-256(salt ‖ deviceId), 64 lower-case hex digits; its rank.</summary>
    public required string Hash { get; init; }

    /// <summary>Index of its stage; never changes.</summary>
    public required int Stage { get; init; }

    /// <summary>The offer, 32 hex digits, once it was made.</summary>
    public string? OfferId { get; init; }

    /// <summary>Where it stands.</summary>
    public required OfferState State { get; init; }

    /// <summary>Download progress, 0–100.</summary>
    public int? Percent { get; init; }

    /// <summary>Code of docs/protocol.md section 4 when it failed.</summary>
    public string? Error { get; init; }

    /// <summary>The device's own sentence about it.</summary>
    public string? Detail { get; init; }

    /// <summary>Version it ran when the offer was made.</summary>
    public string? FromVersion { get; init; }

    /// <summary>When the offer was made.</summary>
    public DateTimeOffset? OfferedAt { get; init; }

    /// <summary>When its state last changed.</summary>
    public DateTimeOffset? ChangedAt { get; init; }
}

/// <summary>What a device reports about an offer (docs/protocol.md 2.3).</summary>
public sealed record OfferReport(string OfferId, OfferState State, int? Percent, string? Error, string? Detail);

/// <summary>What became of a report.</summary>
public enum ReportOutcome
{
    /// <summary>It changed the offer.</summary>
    Recorded,

    /// <summary>Repeated, late, or after a terminal state.</summary>
    Ignored,

    /// <summary>Not an offer of this device.</summary>
    UnknownOffer,
}

/// <summary>Keeps rollouts, their members and offers. Set-based: no method loads the fleet. Changes write their audit entry in the same transaction.</summary>
public interface IRolloutStore
{
    /// <summary>The rollout, or <see langword="null"/>.</summary>
    Task<Rollout?> FindAsync(string organization, Guid id, CancellationToken cancel = default);

    /// <summary>Newest first, at most <paramref name="limit"/> (1–500).</summary>
    Task<IReadOnlyList<Rollout>> ListAsync(string organization, int limit, CancellationToken cancel = default);

    /// <summary>Rollouts of every organization that a worker must look at: those that run.</summary>
    Task<IReadOnlyList<Rollout>> ListRunningAsync(CancellationToken cancel = default);

    /// <summary>The ids of the devices that match, unordered (streamed: a fleet may be large).</summary>
    IAsyncEnumerable<string> MatchAsync(string organization, string product, string chip, RolloutFilter filter, CancellationToken cancel = default);

    /// <summary>Keeps the rollout and its members in one transaction.</summary>
    Task AddAsync(Rollout rollout, IReadOnlyList<RolloutMember> members, AuditDraft entry, CancellationToken cancel = default);

    /// <summary>Replaces state, stage, reason and stage starts if the revision is still <paramref name="seen"/>; otherwise changes nothing and returns <see langword="false"/>.</summary>
    Task<bool> TryChangeAsync(Rollout changed, int seen, AuditDraft entry, CancellationToken cancel = default);

    /// <summary>Counts per stage, one grouped query.</summary>
    Task<RolloutHealth> CountAsync(Rollout rollout, DateTimeOffset now, CancellationToken cancel = default);

    /// <summary>Members ordered by stage, then hash; at most <paramref name="limit"/> (1–10,000) after <paramref name="skip"/>.</summary>
    Task<IReadOnlyList<RolloutMember>> MembersAsync(Guid rolloutId, int skip, int limit, CancellationToken cancel = default);

    /// <summary>
    /// The offer of this device, if one is due: an open offer of a running rollout again, else a new one in the newest running rollout whose admitted stages hold the device
    /// (a device that joined later is judged by the frozen thresholds and becomes a member). <see langword="null"/> when nothing is due or it runs the version already
    /// (then a waiting member becomes confirmed without an offer).
    /// </summary>
    Task<RolloutMember?> OfferAsync(string organization, string deviceId, string runningVersion, string newOfferId, DateTimeOffset now, CancellationToken cancel = default);

    /// <summary>Records a report: never backwards, the first terminal state stays, the same one twice changes nothing.</summary>
    Task<ReportOutcome> ReportAsync(string deviceId, OfferReport report, DateTimeOffset now, CancellationToken cancel = default);
}
