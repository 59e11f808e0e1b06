using System.Buffers.Binary;
using EspForge.Boards;
using EspForge.Build.Tests.Tools;
using EspForge.Ota;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Build.Tests.Esp;

/// <summary>Two packages that do not know each other read images: what a build gives, a release takes, and both find the same in it.</summary>
public class ReleasableImageTests
{
    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0005)]
    [InlineData(0x0020)]
    public void Both_read_the_same_from_an_image(int chip)
    {
        var image = EspImages.Create((ushort)chip, "lamp", "1.2.0-rc.1");
        var built = EspImage.Read(image).Value;
        var released = ImageReader.Read(image.AsMemory()).Value;
        Assert.Equal((ImageChips.NameOf(chip), "lamp", "1.2.0-rc.1"), (built.Chip, built.Project, built.Version));
        Assert.Equal((built.Chip, built.Project, built.Version, (long)image.Length), (released.Chip, released.Project, released.Version, released.SizeBytes));
    }

    [Fact]
    public void A_stamped_image_can_be_released()
    {
        var image = EspImages.Create(9, "arduino-lib-builder", "esp-idf: v4.4.7 38eeba213a");
        Assert.True(EspImage.TryStamp(image, "sensor", "1.2.0"));
        var released = ImageReader.Read(image.AsMemory()).Value;
        Assert.Equal(("esp32s3", "sensor", "1.2.0"), (released.Chip, released.Project, released.Version));
    }

    [Fact]
    public void What_a_release_takes_a_build_takes_whatever_was_changed_in_it()
    {
        var whole = EspImages.Create(5, "lamp", "1.0.0", 64);
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt, byte)[]>(), changes =>
        {
            var image = whole.ToArray();
            foreach (var (at, value) in changes)
                image[at.Get % image.Length] = value;
            return !ImageReader.Read(image.AsMemory()).TryGet(out var released, out _) || (EspImage.Read(image).TryGet(out var built, out _) && built.Chip == released.Chip && built.Version == released.Version);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Neither_takes_a_chip_that_is_not_known()
    {
        var image = EspImages.Create(0x0007, "lamp", "1.0.0");
        Assert.Equal(7, BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(12)));
        Assert.Null(ImageChips.NameOf(7));
        Assert.Equal("image-malformed", EspImage.Read(image).Fault?.Code);
        Assert.Equal("image-malformed", ImageReader.Read(image.AsMemory()).Fault?.Code);
    }
}
