using System.Security.Cryptography;

namespace EspForge.Ota.Tests.Images;

public sealed class HostImageTests
{
    private static readonly HostImageHeader Header = new("lamp", "1.2.0", "esp32c3", "x86_64", "0.1.0", DateTimeOffset.UnixEpoch.AddDays(20_000));

    internal static byte[] Good() => HostImage.Pack(Header, [0x7F, (byte)'E', (byte)'L', (byte)'F', .. Enumerable.Range(0, 60).Select(i => (byte)i)]);

    /// <summary>The good image after a change to the header, with the header's hash made right again.</summary>
    private static byte[] With(Action<byte[]> change)
    {
        var image = Good();
        change(image);
        SHA256.HashData(image.AsSpan(0, 224), image.AsSpan(224, 32));
        return image;
    }

    private static void Refused(byte[] image, string says)
    {
        var fault = ImageReader.Read(image).Fault;
        Assert.Equal("image-malformed", fault?.Code);
        Assert.Contains(says, fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_says_what_it_is()
    {
        var image = Good();
        Assert.Equal(
            new ImageInfo(ImageFormat.Host, "esp32c3", "lamp", "1.2.0", image.Length, Convert.ToHexStringLower(SHA256.HashData(image)), "0.1.0"),
            ImageReader.Read(image).Value);
    }

    [Fact]
    public void Every_flipped_byte_is_noticed()
    {
        var image = Good();
        for (var i = 0; i < image.Length; i++)
        {
            image[i] ^= 0x20;
            Assert.False(ImageReader.Read(image).IsSuccess, $"byte {i}");
            image[i] ^= 0x20;
        }
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        var image = Good();
        for (var length = 0; length < image.Length; length++) Assert.False(ImageReader.Read(image.AsMemory(0, length)).IsSuccess, $"{length} bytes");
        Refused([.. image, 0], "Bytes follow the payload");
    }

    [Fact]
    public void Each_break_of_the_format_is_named()
    {
        Refused(With(i => i[4] = 2), "version 2");
        Refused(With(i => i[6] = 1), "257 bytes");
        Refused(With(i => i[12] = 1), "Flags");
        Refused(With(i => i[223] = 1), "reserved");
        Refused(With(i => i[16] = 0), "project");
        Refused(With(i => i.AsSpan(48, 32).Fill((byte)'1')), "version");
        Refused(With(i => i[47] = 1), "project"); // something after the first NUL
        Refused(With(i => i[80] = 0xFF), "chip");
        Refused(With(i => i[96] = (byte)'y'), "architecture");
        Refused(With(i => i[112] = 0x1B), "agent version");
        Refused(With(i => i[256] = 0), "no ELF");
        Refused(With(i => i[8] = 3), "no ELF");
        Refused(With(i => i[8]++), "ends in its payload");
        Refused(With(i => i[136] ^= 1), "payload's SHA-256");
    }

    [Fact]
    public void A_payload_beyond_16_MiB_is_refused_before_it_is_read() =>
        Assert.Equal("image-too-large", ImageReader.Read(With(i => i[11] = 0x7F)).Fault?.Code);

    [Fact]
    public void What_does_not_fit_cannot_be_packed()
    {
        Assert.Throws<ArgumentException>(() => HostImage.Pack(Header, "MZ"u8));
        Assert.Throws<ArgumentException>(() => HostImage.Pack(Header with { Architecture = "mips" }, "\u007FELF"u8));
        Assert.Throws<ArgumentException>(() => HostImage.Pack(Header with { Project = new string('p', 32) }, "\u007FELF"u8));
        Assert.Throws<ArgumentException>(() => HostImage.Pack(Header with { Version = "" }, "\u007FELF"u8));
        Assert.Throws<ArgumentException>(() => HostImage.Pack(Header with { Chip = "a\0b" }, "\u007FELF"u8));
    }
}
