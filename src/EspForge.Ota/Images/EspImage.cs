using System.Buffers.Binary;
using System.Globalization;
using EspForge.Boards;

namespace EspForge.Ota;

/// <summary>Espressif's application image: header, segments, checksum, appended SHA-256, application descriptor (ESP-IDF <c>esp_app_format.h</c>, <c>esp_app_desc.h</c>).</summary>
internal static class EspImage
{
    public const byte Magic = 0xE9;
    public const byte Esp8266SecondMagic = 0xEA;

    private const int HeaderBytes = 24;
    private const int SegmentHeaderBytes = 8;
    private const int MaximumSegments = 16;
    private const int MaximumSegmentBytes = 16 * 1024 * 1024;
    private const int DescriptorBytes = 256;
    private const uint DescriptorMagic = 0xABCD5432;
    private const int HashBytes = 32;
    private const byte ChecksumSeed = 0xEF;

    public static Outcome<ImageInfo> Read(ImageScan scan, ReadOnlySpan<byte> magic)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        magic.CopyTo(header);
        if (!scan.Fill(header[magic.Length..])) return Truncated("header", scan.Position);
        if (IsEsp8266(header)) return Esp8266();

        var segments = header[1];
        if (segments is < 1 or > MaximumSegments) return Says($"The header names {segments} segments; 1 to {MaximumSegments} are allowed.");
        if (header[2] > 5) return Says($"The header names the flash mode {header[2]}, which there is not.");
        var chipId = BinaryPrimitives.ReadUInt16LittleEndian(header[12..]);
        if (ImageChips.NameOf(chipId) is not { } chip) return Says($"The header names the chip id 0x{chipId:X4}, which is not known.");
        if (header[23] != 1) return Says($"The image carries no SHA-256 of itself. Build it without --dont-append-digest.");

        byte checksum = ChecksumSeed;
        Span<byte> segment = stackalloc byte[SegmentHeaderBytes];
        Span<byte> descriptor = stackalloc byte[DescriptorBytes];
        for (var i = 0; i < segments; i++)
        {
            if (!scan.Fill(segment)) return Truncated($"header of segment {i}", scan.Position);
            var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(segment[4..]);
            if (length % 4 != 0) return Says($"Segment {i} has {length} bytes, which is no multiple of 4.");
            if (length >= MaximumSegmentBytes || scan.Position + length > ImageReader.MaximumBytes) return ImageReader.TooLarge();
            if (i == 0)
            {
                if (length < DescriptorBytes) return NoDescriptor();
                if (!scan.Fill(descriptor)) return Truncated("segment 0", scan.Position);
                if (BinaryPrimitives.ReadUInt32LittleEndian(descriptor) != DescriptorMagic) return NoDescriptor();
                checksum ^= Xor(descriptor);
                length -= DescriptorBytes;
            }

            if (!scan.Pass(length, piece => checksum ^= Xor(piece))) return Truncated($"segment {i}", scan.Position);
        }

        // The checksum is the last byte of the 16-byte line that the segments end in; there is always one.
        Span<byte> tail = stackalloc byte[16];
        tail = tail[..(16 - (int)(scan.Position % 16))];
        if (!scan.Fill(tail)) return Truncated("checksum", scan.Position);
        if (tail[^1] != checksum) return Says($"The checksum is 0x{tail[^1]:X2}, that of the segments 0x{checksum:X2}: the file is damaged.");

        var expected = scan.Hash();
        Span<byte> appended = stackalloc byte[HashBytes];
        if (!scan.Fill(appended)) return Truncated("appended SHA-256", scan.Position);
        if (!appended.SequenceEqual(expected)) return Says($"The appended SHA-256 is not that of the image: the file is damaged.");
        if (EspSecureBootSignature.Read(scan) is { } unknown) return unknown;
        if (scan.Position > ImageReader.MaximumBytes) return ImageReader.TooLarge();

        if (ImageScan.Text(descriptor.Slice(16, 32), zeroPadded: false) is not { } version) return Says($"The application descriptor's version is no text of 1 to 31 bytes.");
        if (ImageScan.Text(descriptor.Slice(48, 32), zeroPadded: false) is not { } project) return Says($"The application descriptor's project name is no text of 1 to 31 bytes.");
        return new ImageInfo(ImageFormat.Esp, chip, project, version, scan.Position, Convert.ToHexStringLower(scan.Hash()), SecureVersion: BinaryPrimitives.ReadUInt32LittleEndian(descriptor[4..]));
    }

    public static Fault Esp8266() => ImageScan.Malformed("This is an image for the ESP8266, which has no A/B slots with rollback and is not supported.");

    // An ESP8266 header has 8 bytes, so that at offset 8 its first segment's load address begins, in RAM, IRAM or mapped flash; a later chip has pin settings there.
    private static bool IsEsp8266(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) is (>= 0x3FFE_8000 and < 0x4000_0000) or (>= 0x4010_0000 and < 0x4030_0000);

    private static byte Xor(ReadOnlySpan<byte> bytes)
    {
        // Eight lanes at once; the data is whole words, the rest is for completeness.
        ulong wide = 0;
        foreach (var word in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(bytes)) wide ^= word;
        wide ^= wide >> 32;
        wide ^= wide >> 16;
        wide ^= wide >> 8;
        var result = (byte)wide;
        foreach (var b in bytes[(bytes.Length / 8 * 8)..]) result ^= b;
        return result;
    }

    private static Fault NoDescriptor() =>
        ImageScan.Malformed("The image has no application descriptor at its start: it is a bootloader, a merged flash file, or was not built with ESP-IDF 4 or later.");

    private static Fault Truncated(string where, long position) => Says($"The file ends in its {where}, after byte {position}.");

    private static Fault Says(FormattableString sentence) => ImageScan.Malformed(sentence.ToString(CultureInfo.InvariantCulture));
}
