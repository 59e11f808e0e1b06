namespace EspForge;

/// <summary>What a caller calls one change, so that asking for it twice makes it once.</summary>
/// <param name="Organization">The caller's organization.</param>
/// <param name="Actor">Who, as in <see cref="AuditDraft.Actor"/>.</param>
/// <param name="Route">Method and address of the request.</param>
/// <param name="Key">The caller's own name for it.</param>
public sealed record IdempotencyKey(string Organization, string Actor, string Route, string Key);

/// <summary>An answer as it was given.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Type of the body.</param>
/// <param name="Location">Address of what was made.</param>
/// <param name="Body">The body; <see langword="null"/> when it was not kept.</param>
public sealed record IdempotentAnswer(int Status, string? ContentType, string? Location, byte[]? Body);

/// <summary>How much is kept, and for how long.</summary>
/// <param name="Keep">How long a key and its answer are kept.</param>
/// <param name="Patience">How long a request may take; one that took longer was cut off.</param>
/// <param name="MaxKeys">Most keys of one actor at a time.</param>
/// <param name="MaxBytes">Most bytes of answers of one actor; of a key beyond it only the status is kept.</param>
public sealed record IdempotencyLimits(TimeSpan Keep, TimeSpan Patience, int MaxKeys, long MaxBytes);

/// <summary>What is to be done with a request that has a key.</summary>
public enum IdempotencyVerdict
{
    /// <summary>The key is new: carry the request out.</summary>
    Begun,

    /// <summary>The request was answered; give the answer again.</summary>
    Answered,

    /// <summary>The request is being carried out.</summary>
    Busy,

    /// <summary>The request was begun and never ended: the host stopped. Nobody knows how far it came.</summary>
    Cut,

    /// <summary>The key was used for another request.</summary>
    Other,

    /// <summary>The actor has as many keys as are kept.</summary>
    Full,
}

/// <summary>What is to be done, and the answer where there is one.</summary>
public sealed record IdempotencyOutcome(IdempotencyVerdict Verdict, IdempotentAnswer? Answer = null);

/// <summary>Keeps the keys of changes with the answers that were given. A key is begun once, whatever the number of hosts and requests at once.</summary>
public interface IIdempotencyStore
{
    /// <summary>Takes the key for a request, or says what became of the request that took it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fingerprint">32 bytes that tell this request from another one.</param>
    /// <param name="now">The time.</param>
    /// <param name="limits">How much is kept.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IdempotencyOutcome> BeginAsync(IdempotencyKey key, byte[] fingerprint, DateTimeOffset now, IdempotencyLimits limits, CancellationToken cancel = default);

    /// <summary>Keeps the answer of a request that was begun.</summary>
    Task CompleteAsync(IdempotencyKey key, IdempotentAnswer answer, IdempotencyLimits limits, CancellationToken cancel = default);

    /// <summary>Gives the key back: the request changed nothing and may be sent again.</summary>
    Task AbandonAsync(IdempotencyKey key, CancellationToken cancel = default);

    /// <summary>Forgets keys that were begun before the time; how many.</summary>
    Task<int> ForgetAsync(DateTimeOffset begunBefore, CancellationToken cancel = default);
}
