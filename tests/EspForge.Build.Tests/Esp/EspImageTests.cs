using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Esp;

public class EspImageTests
{
    [Theory]
    [InlineData(0, "esp32")]
    [InlineData(5, "esp32c3")]
    [InlineData(9, "esp32s3")]
    [InlineData(13, "esp32c6")]
    public void Chip_project_and_version_are_read(int chip, string expected) =>
        Assert.Equal(new EspImage(expected, "lamp", "1.2.0-rc.1"), EspImage.Read(EspImages.Create((ushort)chip, "lamp", "1.2.0-rc.1")).Value);

    [Fact]
    public void An_image_without_a_descriptor_names_its_chip_alone() => Assert.Equal(new EspImage("esp32s2", null, null), EspImage.Read(EspImages.WithoutDescriptor(2)).Value);

    [Fact]
    public void An_image_with_any_byte_changed_or_missing_is_malformed()
    {
        var image = EspImages.Create(5, "lamp", "1.0.0", 64);
        for (var i = 0; i < image.Length; i++)
        {
            // Who speaks of 23 takes the hash away, and the checksum says nothing of the header.
            if (i == 23)
                continue;
            image[i] ^= 0x55;
            Assert.False(EspImage.Read(image).IsSuccess, $"byte {i}");
            image[i] ^= 0x55;
        }

        for (var length = 0; length < image.Length; length++)
            Assert.False(EspImage.Read(image.AsSpan(0, length)).IsSuccess, $"length {length}");
    }

    [Fact]
    public void A_stamped_image_is_whole_and_says_what_it_was_given()
    {
        var image = EspImages.Create(0, "arduino-lib-builder", "esp-idf: v4.4.7 38eeba213a");
        Assert.True(EspImage.TryStamp(image, "sensor", "1.2.0"));
        Assert.Equal(new EspImage("esp32", "sensor", "1.2.0"), EspImage.Read(image).Value);
        Assert.False(EspImage.TryStamp(EspImages.WithoutDescriptor(0), "sensor", "1.2.0"));
        Assert.False(EspImage.TryStamp([.. image, 1, 2, 3, 4], "sensor", "1.2.0"));
    }

    [Fact]
    public void The_smallest_slot_counts()
    {
        Assert.Equal(0x130000, PartitionTable.SlotBytes(EspImages.Partitions(0x140000, 0x130000)));
        Assert.Null(PartitionTable.SlotBytes(new byte[64]));
        Assert.Null(PartitionTable.SlotBytes([]));
    }

    [Theory]
    [InlineData("0x10000", 65_536L)]
    [InlineData("65536", 65_536L)]
    [InlineData("0X1000", 4_096L)]
    [InlineData("-1", null)]
    [InlineData("0x100000000", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Offsets_are_read_as_the_tools_write_them(string? text, long? expected) => Assert.Equal(expected, EspOutput.ParseOffset(text));

    [Theory]
    [InlineData("RAM:   [==        ]  15.2% (used 49844 bytes from 327680 bytes)", 49_844L, 327_680L)]
    [InlineData("RAM:   [          ]   0.0% (used 9 bytes from 2048 bytes)", 9L, 2_048L)]
    public void Lines_of_memory_are_read(string line, long used, long total)
    {
        var lines = new MemoryLines();
        lines.Add(line);
        lines.Add("RAM: [broken (used 1 bytes from 2 bytes)");
        Assert.Equal(new BuildMemory(used, total, null, null, null), lines.ToMemory(null));
        Assert.Null(new MemoryLines().ToMemory(null));
    }
}
