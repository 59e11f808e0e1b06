namespace EspForge.Ota;

/// <summary>The payload of a manifest as deterministic CBOR (docs/protocol.md section 3, RFC 8949 section 4.2.1).</summary>
public static class ManifestCodec
{
    /// <summary>Longest manifest, envelope included, in bytes.</summary>
    public const int MaximumBytes = 2_048;

    private const int KeyCount = 11;

    private enum Key
    {
        FormatVersion = 1,
        Sequence = 2,
        Product = 3,
        Chip = 4,
        Version = 5,
        Image = 6,
        MinimumAgentVersion = 7,
        MinimumVersion = 8,
        SecurityEpoch = 9,
        IssuedAt = 10,
        ExpiresAt = 11,
    }

    private enum ImageKey
    {
        Format = 1,
        Size = 2,
        Sha256 = 3,
        Path = 4,
    }

    /// <summary>The one encoding of the payload. Throws <see cref="ArgumentException"/> when <see cref="ManifestPayload.Check"/> has something to say.</summary>
    public static byte[] Encode(ManifestPayload payload)
    {
        Span<byte> buffer = stackalloc byte[MaximumBytes];
        return buffer[..Encode(payload, buffer)].ToArray();
    }

    /// <summary>Reads a payload. Fault <c>manifest-malformed</c> for anything but the one deterministic encoding of a complete payload.</summary>
    public static Outcome<ManifestPayload> Decode(ReadOnlySpan<byte> encoded) =>
        Read(encoded) is { } payload ? payload : new Fault("manifest-malformed", "The manifest's payload is not the deterministic CBOR map of docs/protocol.md section 3.");

    internal static int Encode(ManifestPayload payload, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(payload);
        if (payload.Check() is { } fault) throw new ArgumentException(fault.Message, nameof(payload));

        var cbor = new CborWriter(buffer);
        cbor.Map(KeyCount - (payload.MinimumAgentVersion is null ? 1 : 0) - (payload.MinimumVersion is null ? 1 : 0));
        cbor.Unsigned((ulong)Key.FormatVersion);
        cbor.Unsigned(ManifestPayload.FormatVersion);
        cbor.Unsigned((ulong)Key.Sequence);
        cbor.Unsigned((ulong)payload.Sequence);
        Text(ref cbor, Key.Product, payload.Product);
        Text(ref cbor, Key.Chip, payload.Chip);
        Text(ref cbor, Key.Version, payload.Version);
        cbor.Unsigned((ulong)Key.Image);
        Image(ref cbor, payload.Image);
        if (payload.MinimumAgentVersion is not null) Text(ref cbor, Key.MinimumAgentVersion, payload.MinimumAgentVersion);
        if (payload.MinimumVersion is not null) Text(ref cbor, Key.MinimumVersion, payload.MinimumVersion);
        cbor.Unsigned((ulong)Key.SecurityEpoch);
        cbor.Unsigned(payload.SecurityEpoch);
        cbor.Unsigned((ulong)Key.IssuedAt);
        cbor.Unsigned((ulong)payload.IssuedAt.ToUnixTimeMilliseconds());
        cbor.Unsigned((ulong)Key.ExpiresAt);
        cbor.Unsigned((ulong)payload.ExpiresAt.ToUnixTimeMilliseconds());
        return cbor.Length;
    }

    internal static ManifestPayload? Read(ReadOnlySpan<byte> encoded)
    {
        var cbor = new CborReader(encoded);
        if (!cbor.Map(out var pairs) || pairs > KeyCount) return null;

        ulong sequence = 0, epoch = 0, issuedAt = 0, expiresAt = 0;
        string? product = null, chip = null, version = null, minimumAgent = null, minimumVersion = null;
        ManifestImage? image = null;
        ulong previous = 0;
        var seen = 0;
        for (ulong i = 0; i < pairs; i++)
        {
            // Ascending also means that none occurs twice.
            if (!cbor.Unsigned(out var key) || key <= previous || key > KeyCount) return null;
            previous = key;
            seen |= 1 << (int)key;
            var good = (Key)key switch
            {
                Key.FormatVersion => cbor.Unsigned(out var format) && format == ManifestPayload.FormatVersion,
                Key.Sequence => cbor.Unsigned(out sequence) && sequence is >= 1 and <= ManifestPayload.MaximumSequence,
                Key.Product => cbor.Text(ManifestPayload.MaximumProductBytes, out product!),
                Key.Chip => cbor.Text(ManifestPayload.MaximumChipBytes, out chip!),
                Key.Version => Version(ref cbor, out version),
                Key.Image => Image(ref cbor, out image),
                Key.MinimumAgentVersion => Version(ref cbor, out minimumAgent),
                Key.MinimumVersion => Version(ref cbor, out minimumVersion),
                Key.SecurityEpoch => cbor.Unsigned(out epoch) && epoch <= uint.MaxValue,
                Key.IssuedAt => cbor.Unsigned(out issuedAt),
                _ => cbor.Unsigned(out expiresAt),
            };
            if (!good) return null;
        }

        const int Optional = (1 << (int)Key.MinimumAgentVersion) | (1 << (int)Key.MinimumVersion);
        const int All = (1 << (KeyCount + 1)) - 2;
        if ((seen | Optional) != All || !cbor.AtEnd || expiresAt <= issuedAt) return null;
        return new ManifestPayload
        {
            Sequence = (long)sequence,
            Product = product!,
            Chip = chip!,
            Version = version!,
            Image = image!,
            MinimumAgentVersion = minimumAgent,
            MinimumVersion = minimumVersion,
            SecurityEpoch = (uint)epoch,
            IssuedAt = Time(issuedAt),
            ExpiresAt = Time(expiresAt),
        };
    }

    private static void Text(ref CborWriter cbor, Key key, string value)
    {
        cbor.Unsigned((ulong)key);
        cbor.Text(value);
    }

    private static void Image(ref CborWriter cbor, ManifestImage image)
    {
        cbor.Map(4);
        cbor.Unsigned((ulong)ImageKey.Format);
        cbor.Text(ManifestImage.NameOf(image.Format));
        cbor.Unsigned((ulong)ImageKey.Size);
        cbor.Unsigned((ulong)image.SizeBytes);
        cbor.Unsigned((ulong)ImageKey.Sha256);
        cbor.Bytes(Convert.FromHexString(image.Sha256));
        cbor.Unsigned((ulong)ImageKey.Path);
        cbor.Text(image.Path);
    }

    private static bool Version(ref CborReader cbor, out string? version) => cbor.Text(SemVersion.MaximumBytes, out version!) && SemVersion.IsValid(version);

    private static bool Image(ref CborReader cbor, out ManifestImage? image)
    {
        image = null;
        if (!cbor.Map(out var pairs) || pairs != 4) return false;
        if (!IsNext(ref cbor, ImageKey.Format) || !cbor.Text(4, out var name) || name is not ("esp" or "host")) return false;
        if (!IsNext(ref cbor, ImageKey.Size) || !cbor.Unsigned(out var size) || size > uint.MaxValue) return false;
        if (!IsNext(ref cbor, ImageKey.Sha256) || !cbor.Bytes(out var sha256) || sha256.Length != 32) return false;
        if (!IsNext(ref cbor, ImageKey.Path) || !cbor.Text(ManifestImage.MaximumPathBytes, out var path) || !ManifestImage.IsPath(path)) return false;
        image = new ManifestImage(name is "esp" ? ImageFormat.Esp : ImageFormat.Host, (long)size, Convert.ToHexStringLower(sha256), path);
        return true;
    }

    private static bool IsNext(ref CborReader cbor, ImageKey key) => cbor.Unsigned(out var found) && found == (ulong)key;

    // A device holds 64 bits of milliseconds; what lies past the calendar's end is "never" here.
    private static DateTimeOffset Time(ulong milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(milliseconds, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
