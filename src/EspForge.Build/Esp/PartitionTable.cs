using System.Buffers.Binary;

namespace EspForge.Build;

/// <summary>What of a partition table concerns updates (ESP-IDF <c>esp_flash_partitions.h</c>: entries of 32 bytes, magic 0xAA 0x50).</summary>
internal static class PartitionTable
{
    private const int EntryBytes = 32;
    private const byte Application = 0;
    private const byte FirstSlot = 0x10;
    private const byte LastSlot = 0x1F;

    /// <summary>Size of the smallest slot, or of the one application partition where there are no slots; <see langword="null"/> where the bytes are no table.</summary>
    public static long? SlotBytes(ReadOnlySpan<byte> table)
    {
        long? slot = null, factory = null;
        for (; table.Length >= EntryBytes && table[0] == 0xAA && table[1] == 0x50; table = table[EntryBytes..])
        {
            if (table[2] != Application)
                continue;
            var size = (long)BinaryPrimitives.ReadUInt32LittleEndian(table[8..]);
            if (table[3] is >= FirstSlot and <= LastSlot)
                slot = Math.Min(slot ?? size, size);
            else
                factory = Math.Min(factory ?? size, size);
        }

        return slot ?? factory;
    }
}
