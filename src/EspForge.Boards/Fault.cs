namespace EspForge;

/// <summary>An expected failure: a stable code for programs and a sentence a person can act on.</summary>
/// <param name="Code">Stable and lower-case, words joined by <c>-</c>, such as <c>image-malformed</c>. Never reused for another meaning.</param>
/// <param name="Message">What happened, why, and what to do, in one or two sentences. Holds no secret.</param>
public sealed record Fault(string Code, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Message}";
}
