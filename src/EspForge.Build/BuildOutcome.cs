namespace EspForge.Build;

/// <summary>An image that was built, and what its header says.</summary>
public sealed record BuiltImage
{
    /// <summary>The bytes, header included.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>SHA-256 of <see cref="Content"/>, 64 lower-case hex digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary><c>host</c> or <c>esp</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Name the image carries.</summary>
    public required string ProjectName { get; init; }

    /// <summary>Version the image carries.</summary>
    public required string Version { get; init; }

    /// <summary>Chip the image is for.</summary>
    public required string Chip { get; init; }

    /// <summary>Version of the agent inside.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>Size of <see cref="Content"/> in bytes.</summary>
    public long SizeBytes => Content.Length;

    /// <summary>The bytes as a stream that cannot be written to.</summary>
    public Stream OpenRead() =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(Content, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(Content.ToArray(), writable: false);
}

/// <summary>How a build ended.</summary>
public sealed record BuildOutcome
{
    /// <summary>The image, on success.</summary>
    public BuiltImage? Image { get; init; }

    /// <summary>
    /// Why there is no image: <c>build-invalid</c> (the request), <c>build-failed</c> (see <see cref="Messages"/>), <c>build-timeout</c>,
    /// <c>build-cancelled</c>, <c>build-storage</c>, <c>toolchain-missing</c>, <c>toolchain-failed</c>, <c>sandbox-unavailable</c> or <c>image-malformed</c>.
    /// </summary>
    public Fault? Fault { get; init; }

    /// <summary>What compiler and linker said, in order, each once; at most 500.</summary>
    public IReadOnlyList<BuildMessage> Messages { get; init; } = [];

    /// <summary>Name of the sandbox the build ran in; empty when it did not come that far.</summary>
    public string Sandbox { get; init; } = "";

    /// <summary>Whether that sandbox isolates.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Whether some of the log was left out.</summary>
    public bool IsLogTruncated { get; init; }

    /// <summary>Whether there is an image.</summary>
    public bool IsSuccess => Image is not null;
}
