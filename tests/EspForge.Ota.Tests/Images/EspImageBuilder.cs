using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota.Tests.Images;

/// <summary>Writes application images as esptool does, from the format's description, right or wrong.</summary>
internal sealed record EspImageBuilder
{
    public byte Magic { get; init; } = 0xE9;

    public ushort ChipId { get; init; } = 5;

    public byte? SegmentCount { get; init; }

    public byte FlashMode { get; init; } = 2;

    public byte HashAppended { get; init; } = 1;

    public string Version { get; init; } = "1.2.0";

    public string Project { get; init; } = "lamp";

    public uint SecureVersion { get; init; }

    public uint DescriptorMagic { get; init; } = 0xABCD5432;

    /// <summary>Bytes after the descriptor in segment 0, then the lengths of the other segments.</summary>
    public int[] Segments { get; init; } = [16, 64, 32];

    public byte[] Build()
    {
        var image = new List<byte>();
        var header = new byte[24];
        header[0] = Magic;
        header[1] = SegmentCount ?? (byte)Segments.Length;
        header[2] = FlashMode;
        header[3] = 0x2F;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), 0x4038_0000);
        header[8] = 0xEE;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(12), ChipId);
        header[23] = HashAppended;
        image.AddRange(header);

        byte checksum = 0xEF;
        for (var i = 0; i < Segments.Length; i++)
        {
            byte[] filling = [.. Enumerable.Range(0, Segments[i]).Select(b => (byte)((b * 7) + i))];
            byte[] data = i == 0 ? [.. Descriptor(), .. filling] : filling;
            var head = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(head, 0x3C00_0020u + ((uint)i << 16));
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), (uint)data.Length);
            image.AddRange(head);
            image.AddRange(data);
            foreach (var b in data) checksum ^= b;
        }

        while (image.Count % 16 != 15) image.Add(0);
        image.Add(checksum);
        if (HashAppended == 1) image.AddRange(SHA256.HashData([.. image]));
        return [.. image];
    }

    private byte[] Descriptor()
    {
        var descriptor = new byte[256];
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor, DescriptorMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor.AsSpan(4), SecureVersion);
        Encoding.UTF8.GetBytes(Version).CopyTo(descriptor, 16);
        Encoding.UTF8.GetBytes(Project).CopyTo(descriptor, 48);
        Encoding.UTF8.GetBytes("12:00:00").CopyTo(descriptor, 80);
        Encoding.UTF8.GetBytes("Feb  1 2026").CopyTo(descriptor, 96);
        Encoding.UTF8.GetBytes("v5.5.2").CopyTo(descriptor, 112);
        return descriptor;
    }
}
