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

/// <summary>What a build takes of the device's memory, where the toolchain says so.</summary>
/// <param name="RamUsedBytes">Static RAM used, in bytes: data with and without a first value.</param>
/// <param name="RamTotalBytes">RAM of the board, in bytes; none for a virtual device, which has the machine's.</param>
/// <param name="FlashUsedBytes">Flash the program takes, in bytes.</param>
/// <param name="FlashTotalBytes">Flash there is for a program, in bytes; none for a virtual device.</param>
/// <param name="SlotBytes">Size of the smallest slot of the partition table an update must fit, in bytes; for a virtual device of the slot it has by default.</param>
public sealed record BuildMemory(long? RamUsedBytes, long? RamTotalBytes, long? FlashUsedBytes, long? FlashTotalBytes, long? SlotBytes);

/// <summary>One of the files that are written to a device's flash by cable.</summary>
/// <param name="Name"><c>firmware</c>, <c>bootloader</c>, <c>partitions</c>, <c>boot_app0</c> or another word the toolchain has: 1–40 of <c>a-z 0-9 _ -</c>.</param>
/// <param name="OffsetBytes">Where in flash it goes, in bytes.</param>
/// <param name="Content">The bytes.</param>
public sealed record FlashPart(string Name, long OffsetBytes, ReadOnlyMemory<byte> Content)
{
    /// <summary>SHA-256 of <see cref="Content"/>, 64 lower-case hex digits.</summary>
    public string Sha256 => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Content.Span));
}

/// <summary>How a build ended.</summary>
public sealed record BuildOutcome
{
    /// <summary>The image, on success.</summary>
    public BuiltImage? Image { get; init; }

    /// <summary>
    /// Why there is no image: <c>build-invalid</c> (the request), <c>build-failed</c> (see <see cref="Messages"/>), <c>build-timeout</c>,
    /// <c>build-cancelled</c>, <c>build-limit</c> (disk, memory or output), <c>build-storage</c>, <c>dependencies-not-allowed</c>, <c>toolchain-missing</c>, <c>toolchain-failed</c>, <c>sandbox-unavailable</c> or <c>image-malformed</c>.
    /// </summary>
    public Fault? Fault { get; init; }

    /// <summary>Name of the toolchain.</summary>
    public string Toolchain { get; init; } = "";

    /// <summary>Whether an earlier build of the same inputs gave this outcome. Messages, memory and parts are those of that build.</summary>
    public bool FromCache { get; init; }

    /// <summary>SHA-256 over all inputs, 64 lower-case hex digits; <see langword="null"/> where the toolchain was not asked.</summary>
    public string? CacheKey { get; init; }

    /// <summary>What it takes of the device's memory, where the toolchain says so; also of a program that is too big.</summary>
    public BuildMemory? Memory { get; init; }

    /// <summary>The files to flash by cable, by offset; empty for host images.</summary>
    public IReadOnlyList<FlashPart> FlashParts { get; init; } = [];

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
