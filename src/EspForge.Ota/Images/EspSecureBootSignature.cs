using System.Buffers.Binary;
using System.Globalization;

namespace EspForge.Ota;

/// <summary>
/// What secure boot appends to an application image: version 1, 68 bytes or 80 with their padding; version 2, 0xFF up to a sector's end and a sector of signature blocks
/// (ESP-IDF Programming Guide, "Secure Boot"; <c>esp_secure_boot.h</c>). It is part of the image, and the chip checks the signature; here only that it belongs to this image.
/// </summary>
internal static class EspSecureBootSignature
{
    private const int SectorBytes = 4096;
    private const int Version1Bytes = 68;
    private const int Version1PaddedBytes = 80;
    private const byte BlockMagic = 0xE7;
    private const int DigestOffset = 4;
    private const int DigestBytes = 32;

    /// <summary>Reads to the end of the file; a fault where something else follows the image.</summary>
    public static Fault? Read(ImageScan scan)
    {
        var end = scan.Position;
        var padding = (int)(-end & (SectorBytes - 1));
        var rest = new byte[padding + SectorBytes + 1];
        var count = scan.FillUpTo(rest.AsSpan(0, padding));
        var signed = scan.Hash();
        count += scan.FillUpTo(rest.AsSpan(padding));
        if (count == 0) return null;
        if (count is Version1Bytes or Version1PaddedBytes && BinaryPrimitives.ReadUInt32LittleEndian(rest) == 0) return null;

        var block = rest.AsSpan(padding);
        if (count != padding + SectorBytes || rest.AsSpan(0, padding).ContainsAnyExcept((byte)0xFF) || block[0] != BlockMagic)
        {
            return Says($"Bytes follow the image, which ends at {end}, and are no secure-boot signature. Use the application's own .bin, not a merged flash file.");
        }

        return block.Slice(DigestOffset, DigestBytes).SequenceEqual(signed) ? null : Says($"The secure-boot signature at {end + padding} is that of another image. Sign it again.");
    }

    private static Fault Says(FormattableString sentence) => ImageScan.Malformed(sentence.ToString(CultureInfo.InvariantCulture));
}
