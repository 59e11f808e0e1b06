using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EspForge.Boards;

namespace EspForge.Build;

/// <summary>
/// The header of an ESP image and what its application descriptor says (ESP-IDF <c>esp_app_format.h</c>, <c>esp_app_desc.h</c>): what a build has to know and to write of it.
/// Whether an image can be released is EspForge.Ota's to say, which this package does not know; a test holds the two together.
/// </summary>
/// <param name="Chip">Such as <c>esp32c3</c>.</param>
/// <param name="Project">Name of the project, or <see langword="null"/> without a descriptor.</param>
/// <param name="Version">Version, or <see langword="null"/> without a descriptor.</param>
internal sealed record EspImage(string Chip, string? Project, string? Version)
{
    private const int HeaderBytes = 24;
    private const int SegmentHeaderBytes = 8;
    private const int MaxSegments = 16;
    private const int DescriptorAt = HeaderBytes + SegmentHeaderBytes;
    private const int DescriptorBytes = 256;
    private const uint DescriptorMagic = 0xABCD5432;
    private const int HashBytes = 32;
    private const byte ChecksumSeed = 0xEF;

    /// <summary>Reads an application image and checks it: segments, checksum, appended SHA-256.</summary>
    public static Outcome<EspImage> Read(ReadOnlySpan<byte> image)
    {
        if (image.Length < DescriptorAt || image[0] != 0xE9)
            return Malformed("is no ESP image");
        if (ImageChips.NameOf(BinaryPrimitives.ReadUInt16LittleEndian(image[12..])) is not { } chip)
            return Malformed("is for a chip that is not known");
        if (!TryFindEnd(image, out var end, out var checksum))
            return Malformed("is not whole");
        if (image[end - 1] != checksum)
            return Malformed("has a wrong checksum");
        if (image[23] == 1 && (end + HashBytes > image.Length || !SHA256.HashData(image[..end]).AsSpan().SequenceEqual(image.Slice(end, HashBytes))))
            return Malformed("has a wrong hash");
        return HasDescriptor(image) ? new EspImage(chip, Text(image.Slice(DescriptorAt + 48, 32)), Text(image.Slice(DescriptorAt + 16, 32))) : new EspImage(chip, null, null);
    }

    /// <summary>
    /// Writes project and version into the descriptor, checksum and hash anew: a framework that is linked as a library brings a descriptor of its own, which
    /// names the library. Only for an image that was read before, has a descriptor, and ends with its hash (so carries no signature).
    /// </summary>
    public static bool TryStamp(Span<byte> image, string project, string version)
    {
        if (!HasDescriptor(image) || image[23] != 1 || !TryFindEnd(image, out var end, out _) || image.Length != end + HashBytes
            || !Put(image.Slice(DescriptorAt + 48, 32), project) || !Put(image.Slice(DescriptorAt + 16, 32), version))
            return false;
        TryFindEnd(image, out _, out var checksum);
        image[end - 1] = checksum;
        SHA256.HashData(image[..end], image.Slice(end, HashBytes));
        return true;
    }

    // The checksum is the last byte of the 16-byte line that the segments end in; there is always one.
    private static bool TryFindEnd(ReadOnlySpan<byte> image, out int end, out byte checksum)
    {
        checksum = ChecksumSeed;
        end = HeaderBytes;
        if (image[1] is < 1 or > MaxSegments)
            return false;
        for (var i = 0; i < image[1]; i++)
        {
            if (image.Length - end < SegmentHeaderBytes)
                return false;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(image[(end + 4)..]);
            end += SegmentHeaderBytes;
            if (length > image.Length - end)
                return false;
            foreach (var b in image.Slice(end, (int)length))
                checksum ^= b;
            end += (int)length;
        }

        end += 16 - (end % 16);
        return end <= image.Length;
    }

    private static bool HasDescriptor(ReadOnlySpan<byte> image) =>
        image.Length >= DescriptorAt + DescriptorBytes && BinaryPrimitives.ReadUInt32LittleEndian(image[(HeaderBytes + 4)..]) >= DescriptorBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(image[DescriptorAt..]) == DescriptorMagic;

    private static string? Text(ReadOnlySpan<byte> field)
    {
        var length = field.IndexOf((byte)0);
        if (length < 1)
            return null;
        var text = Encoding.UTF8.GetString(field[..length]);
        return text.Any(char.IsControl) || text.Contains('\ufffd', StringComparison.Ordinal) ? null : text;
    }

    private static bool Put(Span<byte> field, string text)
    {
        field.Clear();
        return Encoding.UTF8.TryGetBytes(text, field[..31], out _);
    }

    private static Fault Malformed(string how) => new("image-malformed", string.Create(CultureInfo.InvariantCulture, $"What the toolchain wrote {how}."));
}
