namespace EspForge.Build;

/// <summary>One command of an installation.</summary>
/// <param name="Program">A name or an absolute path.</param>
/// <param name="Arguments">Passed as they are, without a shell.</param>
internal sealed record InstallStep(string Program, IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Nothing is run where this path exists: one that is there only after the step ended well, never one that it makes on the way.</summary>
    public string? SkipIfExists { get; init; }

    /// <summary>A file the installer writes once the step has ended well.</summary>
    public string? Marks { get; init; }

    /// <summary>
    /// The directory the step makes, as one of its arguments says. It is made under another name beside it and renamed once the step has ended well; what
    /// an earlier attempt left under either name goes first.
    /// </summary>
    public string? Makes { get; init; }

    /// <summary>The step is run only where this directory has something in it.</summary>
    public string? OnlyIfFilled { get; init; }

    /// <summary>What a person types.</summary>
    public string InWords => string.Join(' ', [.. Environment.Select(pair => $"{pair.Key}={pair.Value}"), Program, .. Arguments]);
}
