using System.Buffers.Binary;

namespace EspForge.Build;

/// <summary>What a linked program takes of memory, by the section headers of its file (System V ABI, chapter 4; 32 and 64 bits, little-endian), as <c>size</c> counts.</summary>
/// <param name="DataBytes">What is written to and comes with a value.</param>
/// <param name="BssBytes">What is written to and begins as zero.</param>
internal sealed record ElfMemory(long DataBytes, long BssBytes)
{
    private const int MaxSections = 4_096;
    private const uint NoBits = 8;
    private const ulong Write = 1;
    private const ulong Allocated = 2;

    // No program of ours comes near; sums of such sizes cannot overflow.
    private const ulong MaxSectionBytes = 1UL << 40;

    /// <summary>Reads a file; <see langword="null"/> where it is none, is cut short or has no sections.</summary>
    public static ElfMemory? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 52 || !file[..4].SequenceEqual("\u007fELF"u8) || file[4] is not (1 or 2) || file[5] != 1)
            return null;
        var is64 = file[4] == 2;
        if (is64 && file.Length < 64)
            return null;
        var at = is64 ? BinaryPrimitives.ReadUInt64LittleEndian(file[40..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[32..]);
        var entry = BinaryPrimitives.ReadUInt16LittleEndian(file[(is64 ? 58 : 46)..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[(is64 ? 60 : 48)..]);
        if (entry < (is64 ? 64 : 40) || count is 0 or > MaxSections || at > (ulong)file.Length || (ulong)entry * count > (ulong)file.Length - at)
            return null;
        long data = 0, bss = 0;
        for (var i = 0; i < count; i++)
        {
            var header = file.Slice((int)at + (i * entry), entry);
            var type = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            var flags = is64 ? BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
            var size = is64 ? BinaryPrimitives.ReadUInt64LittleEndian(header[32..]) : BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
            if ((flags & (Write | Allocated)) != (Write | Allocated))
                continue;
            if (size > MaxSectionBytes)
                return null;
            if (type == NoBits)
                bss += (long)size;
            else
                data += (long)size;
        }

        return new ElfMemory(data, bss);
    }
}
