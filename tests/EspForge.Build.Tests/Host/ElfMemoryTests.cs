using System.Buffers.Binary;
using EspForge.Build.Tests.Tools;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Build.Tests.Host;

public sealed class ElfMemoryTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Writable_sections_count_and_others_do_not(bool is64) =>
        Assert.Equal(new ElfMemory(1_000 + 24, 20_000), ElfMemory.Read(File(is64, (1, 6, 5_000), (1, 3, 1_000), (14, 3, 24), (8, 3, 20_000), (8, 0, 7), (1, 1, 9), (1, 2, 300))));

    [Fact]
    public void Files_that_are_none_or_are_cut_short_have_no_memory()
    {
        var whole = File(is64: true, (1, 3, 1_000), (8, 3, 20_000));
        for (var length = 0; length < whole.Length; length++)
            Assert.Null(ElfMemory.Read(whole.AsSpan(0, length)));
        foreach (var (offset, value) in new (int, byte)[] { (0, 0), (4, 3), (5, 2), (58, 8), (60, 0), (61, 0xFF), (47, 0xFF) })
        {
            var changed = whole.ToArray();
            changed[offset] = value;
            Assert.Null(ElfMemory.Read(changed));
        }
    }

    [Fact]
    public void A_section_of_no_sensible_size_is_refused() => Assert.Null(ElfMemory.Read(File(is64: true, (8, 3, long.MaxValue), (8, 3, long.MaxValue))));

    [Fact]
    public void Whatever_the_bytes_reading_does_not_fail()
    {
        var whole = File(is64: true, (1, 3, 1_000), (8, 3, 20_000));
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<(PositiveInt, byte)[]>(), (bytes, changes) =>
        {
            ElfMemory.Read(bytes);
            var changed = whole.ToArray();
            foreach (var (at, value) in changes)
                changed[at.Get % changed.Length] = value;
            return ElfMemory.Read(changed) is null or { DataBytes: >= 0, BssBytes: >= 0 };
        }).QuickCheckThrowOnFailure();
    }

    [ProgramFact("size")]
    public async Task It_counts_as_size_does()
    {
        var source = Path.Combine(_place.Root, "a.c");
        var program = Path.Combine(_place.Root, "a.elf");
        await System.IO.File.WriteAllTextAsync(source, "static char zero[12345]; static int set[100] = {1}; static _Thread_local int own;\nint main(int c, char **v) { own = c; zero[c] = v[0][0]; set[c]++; return zero[2] + set[3] + own; }\n");
        var sandbox = new ProcessSandbox();
        var view = new SandboxView(_place.Root, []);
        Assert.Equal(0, (await sandbox.CommandAsync(view, "gcc", "-O1", "-s", "-o", program, source)).Exit.Value);
        var (_, output, _) = await sandbox.CommandAsync(view, "size", "-B", program);
        var fields = output[1].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var memory = ElfMemory.Read(await System.IO.File.ReadAllBytesAsync(program))!;
        Assert.Equal((fields[1], fields[2]), (memory.DataBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), memory.BssBytes.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(memory.BssBytes > 12_345);
    }

    [Fact]
    public void The_slot_is_the_virtual_devices_own()
    {
        Assert.Equal(8 * 1024 * 1024, VirtualSlot.SizeBytes);
        Assert.Equal(4096, VirtualSlot.Read("/* */\n#define EF_SLOT_SIZE_DEFAULT (4096u)\n"));
        Assert.Null(VirtualSlot.Read("#define EF_SLOT_SIZE_DEFAULT sizeof(int)\n"));
    }

    private static byte[] File(bool is64, params (uint Type, long Flags, long Size)[] sections)
    {
        int header = is64 ? 64 : 52, entry = is64 ? 64 : 40;
        var file = new byte[header + (entry * (sections.Length + 1))];
        "\u007fELF"u8.CopyTo(file);
        (file[4], file[5]) = ((byte)(is64 ? 2 : 1), 1);
        file[is64 ? 40 : 32] = (byte)header;
        file[is64 ? 58 : 46] = (byte)entry;
        file[is64 ? 60 : 48] = (byte)(sections.Length + 1);
        for (var i = 0; i < sections.Length; i++)
        {
            var at = file.AsSpan(header + (entry * (i + 1)), entry);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], sections[i].Type);
            BinaryPrimitives.WriteUInt32LittleEndian(at[8..], (uint)sections[i].Flags);
            if (is64)
                BinaryPrimitives.WriteInt64LittleEndian(at[32..], sections[i].Size);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(at[20..], (uint)sections[i].Size);
        }

        return file;
    }
}
