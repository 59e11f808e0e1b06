using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Build.Tests.Tools;

/// <summary>Makes small ESP images and partition tables as the real tools lay them out.</summary>
internal static class EspImages
{
    public static byte[] Create(ushort chip, string project, string version, int extraBytes = 512)
    {
        var segment = new byte[256 + extraBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 0xABCD5432);
        Encoding.UTF8.GetBytes(version, segment.AsSpan(16, 32));
        Encoding.UTF8.GetBytes(project, segment.AsSpan(48, 32));
        for (var i = 256; i < segment.Length; i++)
            segment[i] = (byte)(i * 7);
        return Wrap(chip, segment);
    }

    public static byte[] WithoutDescriptor(ushort chip) => Wrap(chip, new byte[64]);

    /// <summary>Two slots and a data partition; ends with the table's own hash and erased flash.</summary>
    public static byte[] Partitions(uint firstSlot, uint secondSlot)
    {
        var table = new byte[0xC00];
        table.AsSpan().Fill(0xFF);
        var at = 0;
        foreach (var (type, subtype, size) in new (byte, byte, uint)[] { (1, 2, 0x5000), (1, 0, 0x2000), (0, 0x10, firstSlot), (0, 0x11, secondSlot) })
        {
            var entry = table.AsSpan(at, 32);
            entry.Clear();
            (entry[0], entry[1], entry[2], entry[3]) = (0xAA, 0x50, type, subtype);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], size);
            at += 32;
        }

        (table[at], table[at + 1]) = (0xEB, 0xEB);
        return table;
    }

    private static byte[] Wrap(ushort chip, byte[] segment)
    {
        var end = 24 + 8 + segment.Length;
        end += 16 - (end % 16);
        var image = new byte[end + 32];
        (image[0], image[1], image[2], image[23]) = (0xE9, 1, 2, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(12), chip);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(24), 0x3F400020);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(28), (uint)segment.Length);
        segment.CopyTo(image, 32);
        image[end - 1] = segment.Aggregate((byte)0xEF, (sum, b) => (byte)(sum ^ b));
        SHA256.HashData(image.AsSpan(0, end), image.AsSpan(end));
        return image;
    }
}
