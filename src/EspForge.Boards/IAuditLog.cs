namespace EspForge;

/// <summary>One entry of the audit log, as written. Entries are never changed; each holds the hash of everything before it.</summary>
/// <param name="Sequence">Position in the log, 1 and up without gaps.</param>
/// <param name="At">When it was written, to the millisecond.</param>
/// <param name="Organization">The organization it belongs to.</param>
/// <param name="Actor">Who, as in <see cref="AuditDraft.Actor"/>.</param>
/// <param name="Action">What, as in <see cref="AuditDraft.Action"/>.</param>
/// <param name="Subject">On what, as in <see cref="AuditDraft.Subject"/>.</param>
/// <param name="Detail">Why or how.</param>
/// <param name="Hash">SHA-256 over the previous entry's hash and this entry's fields, 64 lower-case hex digits.</param>
public sealed record AuditEntry(long Sequence, DateTimeOffset At, string Organization, string Actor, string Action, string Subject, string? Detail, string Hash);

/// <summary>What reading the whole chain found.</summary>
/// <param name="Valid">Whether every entry follows from the one before it.</param>
/// <param name="Entries">How many entries were read.</param>
/// <param name="BrokenAt">The first sequence that does not follow, or <see langword="null"/>.</param>
public sealed record AuditVerification(bool Valid, long Entries, long? BrokenAt);

/// <summary>The append-only, hash-chained record of who changed what. Stores write their own entries; this is for changes that have no store, and for reading.</summary>
public interface IAuditLog
{
    /// <summary>Writes one entry in a transaction of its own, or in the one that is open. Throws when it cannot: an audited change must then not happen.</summary>
    Task AppendAsync(string organization, AuditDraft draft, CancellationToken cancel = default);

    /// <summary>Newest first, at most <paramref name="limit"/> (1–500), with a sequence below <paramref name="before"/>, of one action or of all.</summary>
    Task<IReadOnlyList<AuditEntry>> ListAsync(string organization, long? before, string? action, int limit, CancellationToken cancel = default);

    /// <summary>What was written about one subject, such as <c>rollout:ID</c>: newest first, at most <paramref name="limit"/> (1–500).</summary>
    Task<IReadOnlyList<AuditEntry>> ListOfAsync(string organization, string subject, int limit, CancellationToken cancel = default);

    /// <summary>Reads the whole log, of every organization, and recomputes the chain.</summary>
    Task<AuditVerification> VerifyAsync(CancellationToken cancel = default);
}
