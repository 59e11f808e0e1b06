using System.Text;

namespace EspForge.Ota;

/// <summary>What a release manifest says (docs/protocol.md section 3).</summary>
public sealed record ManifestPayload
{
    /// <summary>The only format version there is.</summary>
    public const int FormatVersion = 1;

    /// <summary>Highest sequence, 2⁵³−1: every JSON reader holds it exactly.</summary>
    public const long MaximumSequence = (1L << 53) - 1;

    /// <summary>Longest product, in bytes.</summary>
    public const int MaximumProductBytes = 63;

    /// <summary>Longest chip id, in bytes.</summary>
    public const int MaximumChipBytes = 16;

    /// <summary>Anti-rollback sequence, 1 … 2⁵³−1, strictly increasing per product.</summary>
    public required long Sequence { get; init; }

    /// <summary>Product, 1–63 of <c>a-z 0-9 - _ .</c>, begins with a letter or digit.</summary>
    public required string Product { get; init; }

    /// <summary>Chip id of EspForge.Boards, at most 16 bytes.</summary>
    public required string Chip { get; init; }

    /// <summary>SemVer 2.0, at most 31 bytes.</summary>
    public required string Version { get; init; }

    /// <summary>The image to run.</summary>
    public required ManifestImage Image { get; init; }

    /// <summary>Least version of the agent that may take it, SemVer, or any.</summary>
    public string? MinimumAgentVersion { get; init; }

    /// <summary>Least running version that may take it, SemVer, or any.</summary>
    public string? MinimumVersion { get; init; }

    /// <summary>A device that has stored a higher one refuses.</summary>
    public uint SecurityEpoch { get; init; }

    /// <summary>Start of validity, whole milliseconds.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>End of validity, whole milliseconds: at this moment it is expired.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What keeps it from being signed, or <see langword="null"/>. Codes <c>release-invalid</c> (names the field) and <c>version-invalid</c>.</summary>
    public Fault? Check()
    {
        if (Sequence is < 1 or > MaximumSequence) return Invalid("sequence", $"must be 1 to {MaximumSequence}");
        if (!IsProduct(Product)) return Invalid("product", "must be 1–63 of a-z 0-9 - _ . and begin with a letter or digit");
        if (!IsChip(Chip)) return Invalid("chip", "must be 1–16 of a-z 0-9 -");
        if (SemVersion.Parse(Version).Fault is { } version) return version;
        if (MinimumAgentVersion is not null && SemVersion.Parse(MinimumAgentVersion).Fault is { } agent) return Invalid("minimumAgentVersion", agent.Message);
        if (MinimumVersion is not null && SemVersion.Parse(MinimumVersion).Fault is { } running) return Invalid("minimumVersion", running.Message);
        if (Image is null || !Enum.IsDefined(Image.Format)) return Invalid("image", "must be of the format esp or host");
        if (Image.SizeBytes is < 1 or > uint.MaxValue) return Invalid("image", "must have 1 to 4294967295 bytes");
        if (!ManifestImage.IsSha256(Image.Sha256)) return Invalid("image", "must name its SHA-256 as 64 lower-case hex digits");
        if (!ManifestImage.IsPath(Image.Path)) return Invalid("image", "must have a path of 1–127 printable ASCII characters that begins with /");
        if (IssuedAt.ToUnixTimeMilliseconds() < 0) return Invalid("issuedAt", "must not be before 1970");
        return ExpiresAt.ToUnixTimeMilliseconds() <= IssuedAt.ToUnixTimeMilliseconds() ? Invalid("expiresAt", "must be after issuedAt") : null;
    }

    /// <summary>Whether the text is a product: 1–63 of <c>a-z 0-9 - _ .</c>, beginning with a letter or digit.</summary>
    public static bool IsProduct(string? product)
    {
        if (product is null or { Length: 0 or > MaximumProductBytes } || !(char.IsAsciiLetterLower(product[0]) || char.IsAsciiDigit(product[0]))) return false;
        foreach (var c in product)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '.'))
                return false;
        return true;
    }

    private static bool IsChip(string? chip)
    {
        if (chip is null || chip.Length == 0 || Encoding.UTF8.GetByteCount(chip) > MaximumChipBytes) return false;
        foreach (var c in chip)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return false;
        return true;
    }

    private static Fault Invalid(string field, string rule) => new("release-invalid", $"{field}: {rule}.");
}

/// <summary>The image as a manifest names it.</summary>
/// <param name="Format">Its container.</param>
/// <param name="SizeBytes">Its length in bytes, at most 2³²−1.</param>
/// <param name="Sha256">SHA-256 over the whole file, 64 lower-case hex digits.</param>
/// <param name="Path">Where the host serves it, at most 127 bytes.</param>
public sealed record ManifestImage(ImageFormat Format, long SizeBytes, string Sha256, string Path)
{
    /// <summary>Longest path, in bytes.</summary>
    public const int MaximumPathBytes = 127;

    /// <summary>The image of a release, at its path on the host (docs/protocol.md 2.2).</summary>
    public static ManifestImage Of(ImageInfo image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new ManifestImage(image.Format, image.SizeBytes, image.Sha256, PathOf(image.Sha256));
    }

    /// <summary><c>/device/v1/images/{sha256}</c>.</summary>
    public static string PathOf(string sha256) => "/device/v1/images/" + sha256;

    /// <summary>Whether the text is 64 lower-case hex digits.</summary>
    public static bool IsSha256(string? text)
    {
        if (text is not { Length: 64 }) return false;
        foreach (var c in text)
            if (!char.IsAsciiHexDigitLower(c))
                return false;
        return true;
    }

    /// <summary>Whether the text can be a request path: 1–127 printable ASCII characters, from the root.</summary>
    internal static bool IsPath(string? path) =>
        path is { Length: > 0 and <= MaximumPathBytes } && path[0] == '/' && !path.AsSpan().ContainsAnyExceptInRange('\x21', '\x7E');

    internal static string NameOf(ImageFormat format) => format == ImageFormat.Esp ? "esp" : "host";
}
