using System.Globalization;

namespace EspForge.Ota;

/// <summary>The device a manifest is judged for.</summary>
public sealed record ManifestContext
{
    /// <summary>Its product.</summary>
    public required string Product { get; init; }

    /// <summary>Its chip.</summary>
    public required string Chip { get; init; }

    /// <summary>The container it runs.</summary>
    public required ImageFormat Format { get; init; }

    /// <summary>The version it runs.</summary>
    public required string Version { get; init; }

    /// <summary>The version of its agent.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>Highest sequence it ever applied, 0 = none.</summary>
    public long Sequence { get; init; }

    /// <summary>Security epoch it has stored.</summary>
    public uint SecurityEpoch { get; init; }

    /// <summary>Room for an image, in bytes.</summary>
    public required long SlotSizeBytes { get; init; }
}

/// <summary>Whether a device takes a verified manifest: the rows of docs/protocol.md section 4 after the signature, in their order.</summary>
public static class ManifestPolicy
{
    /// <summary>The first objection, or <see langword="null"/> when the device takes it. Without <paramref name="now"/> (a clock that was never set) the expiry is not judged.</summary>
    public static Fault? Judge(ManifestPayload payload, ManifestContext device, DateTimeOffset? now)
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(device);
        var p = payload;
        if (now is { } time && p.ExpiresAt.ToUnixTimeMilliseconds() <= time.ToUnixTimeMilliseconds()) return Says("manifest-expired", $"The manifest expired at {p.ExpiresAt:u}; it is {time:u}.");
        if (!Same(p.Product, device.Product)) return Says("product-mismatch", $"The release is for product {p.Product}, the device is {device.Product}.");
        if (!Same(p.Chip, device.Chip)) return Says("chip-mismatch", $"The release is for chip {p.Chip}, the device has {device.Chip}.");
        if (p.Image.Format != device.Format) return Says("format-mismatch", $"The image is of format {ManifestImage.NameOf(p.Image.Format)}, the device runs {ManifestImage.NameOf(device.Format)}.");
        if (p.Sequence <= device.Sequence) return Says("sequence-old", $"The manifest has sequence {p.Sequence}, the device has applied {device.Sequence}: only a higher one is taken.");
        if (p.SecurityEpoch < device.SecurityEpoch) return Says("epoch-old", $"The release has security epoch {p.SecurityEpoch}, the device requires {device.SecurityEpoch}.");
        if (IsBelow(device.AgentVersion, p.MinimumAgentVersion)) return Says("agent-too-old", $"The release needs agent {p.MinimumAgentVersion}, the device has {device.AgentVersion}.");
        if (IsBelow(device.Version, p.MinimumVersion)) return Says("version-too-old", $"The release needs version {p.MinimumVersion} to update from, the device runs {device.Version}.");
        return p.Image.SizeBytes > device.SlotSizeBytes ? Says("image-too-large", $"The image has {p.Image.SizeBytes} bytes, the slot {device.SlotSizeBytes}.") : null;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

    // A version that cannot be compared does not meet a minimum.
    private static bool IsBelow(string have, string? minimum) => minimum is not null && SemVersion.Compare(have, minimum) is not >= 0;

    private static Fault Says(string code, FormattableString sentence) => new(code, sentence.ToString(CultureInfo.InvariantCulture));
}
