using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Ota.Tests.Images;

public sealed class EspImageTests
{
    private static void Refused(byte[] image, string says)
    {
        var fault = ImageReader.Read(image).Fault;
        Assert.Equal("image-malformed", fault?.Code);
        Assert.Contains(says, fault!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x0000, "esp32")]
    [InlineData(0x0002, "esp32s2")]
    [InlineData(0x0005, "esp32c3")]
    [InlineData(0x0009, "esp32s3")]
    [InlineData(0x000C, "esp32c2")]
    [InlineData(0x000D, "esp32c6")]
    [InlineData(0x0010, "esp32h2")]
    [InlineData(0x0012, "esp32p4")]
    [InlineData(0x0017, "esp32c5")]
    public void An_image_says_what_it_is(int chipId, string chip)
    {
        var image = new EspImageBuilder { ChipId = (ushort)chipId, SecureVersion = 3 }.Build();
        var info = ImageReader.Read(image).Value;
        Assert.Equal(new ImageInfo(ImageFormat.Esp, chip, "lamp", "1.2.0", image.Length, Convert.ToHexStringLower(SHA256.HashData(image)), null, 3), info);
    }

    [Fact]
    public void Every_flipped_byte_is_noticed()
    {
        var image = new EspImageBuilder().Build();
        for (var i = 0; i < image.Length; i++)
            foreach (var mask in new byte[] { 0x01, 0x80, 0xFF })
            {
                image[i] ^= mask;
                Assert.False(ImageReader.Read(image).IsSuccess, $"byte {i} ^ {mask:X2}");
                image[i] ^= mask;
            }

        Assert.True(ImageReader.Read(image).IsSuccess);
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        var image = new EspImageBuilder().Build();
        for (var length = 0; length < image.Length; length++) Assert.Equal("image-malformed", ImageReader.Read(image.AsMemory(0, length)).Fault?.Code);
    }

    [Fact]
    public void What_follows_the_image_is_refused()
    {
        var image = new EspImageBuilder().Build();
        Refused([.. image, 0xFF], "Bytes follow the image");
        Refused([.. image, .. new byte[4096]], "secure-boot");
        Refused([.. image, .. new byte[69]], "secure-boot");
        Refused([.. image, 1, .. new byte[67]], "secure-boot");
    }

    [Theory]
    [InlineData(68)]
    [InlineData(80)]
    public void A_secure_boot_v1_signature_is_part_of_the_image(int bytes)
    {
        byte[] image = [.. new EspImageBuilder().Build(), 0, 0, 0, 0, .. Enumerable.Range(0, bytes - 4).Select(b => (byte)(b * 11))];
        var info = ImageReader.Read(image.AsMemory()).Value;
        Assert.Equal((image.Length, Convert.ToHexStringLower(SHA256.HashData(image))), ((int)info.SizeBytes, info.Sha256));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(3_648)] // the image ends where a sector does, so that no padding is needed
    [InlineData(3_640)]
    public void A_secure_boot_v2_signature_must_be_of_this_image(int filling)
    {
        var image = new EspImageBuilder { Segments = [filling, 64] }.Build();
        byte[] padded = [.. image, .. Enumerable.Repeat((byte)0xFF, -image.Length & 4095)];
        byte[] sector = [0xE7, 3, 0, 0, .. SHA256.HashData(padded), .. Enumerable.Repeat((byte)0xFF, 4096 - 36)];
        Assert.Equal(padded.Length + 4096, ImageReader.Read(((byte[])[.. padded, .. sector]).AsMemory()).Value.SizeBytes);

        Refused([.. padded, .. sector, 0xFF], "secure-boot");
        Refused([.. padded, .. sector[..^1]], "secure-boot");
        sector[10] ^= 1;
        Refused([.. padded, .. sector], "another image");
    }

    [Fact]
    public void Each_break_of_the_format_is_named()
    {
        Refused(new EspImageBuilder { SegmentCount = 0 }.Build(), "0 segments");
        Refused(new EspImageBuilder { SegmentCount = 17 }.Build(), "17 segments");
        Refused(new EspImageBuilder { FlashMode = 9 }.Build(), "flash mode 9");
        Refused(new EspImageBuilder { ChipId = 0x7777 }.Build(), "chip id 0x7777");
        Refused(new EspImageBuilder { HashAppended = 0 }.Build(), "no SHA-256 of itself");
        Refused(new EspImageBuilder { HashAppended = 2 }.Build(), "no SHA-256 of itself");
        Refused(new EspImageBuilder { DescriptorMagic = 0 }.Build(), "no application descriptor");
        Refused(new EspImageBuilder { Segments = [16, 3] }.Build(), "no multiple of 4");
        Refused(new EspImageBuilder { Version = "" }.Build(), "version");
        Refused(new EspImageBuilder { Version = new string('1', 32) }.Build(), "version");
        Refused(new EspImageBuilder { Project = "a\nb" }.Build(), "project name");
    }

    [Fact]
    public void A_segment_that_reaches_beyond_any_flash_is_refused_before_it_is_read()
    {
        var image = new EspImageBuilder().Build();
        image[24 + 4 + 3] = 0x7F;
        Assert.Equal("image-too-large", ImageReader.Read(image).Fault?.Code);
    }

    [Fact]
    public void The_checksum_is_judged_on_its_own()
    {
        var image = new EspImageBuilder().Build();
        image[^33] ^= 0x5A;
        SHA256.HashData(image.AsSpan(0, image.Length - 32), image.AsSpan(image.Length - 32));
        Refused(image, "checksum");
    }

    [Fact]
    public void An_esp8266_image_is_recognised()
    {
        byte[] image = [0xE9, 0x01, 0x02, 0x40, 0x00, 0x00, 0x10, 0x40, 0x00, 0x00, 0x10, 0x40, 0x04, 0x00, 0x00, 0x00, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xEF];
        Refused(image, "ESP8266");
        Refused([0xEA, 0x04, 0x00, 0x00], "ESP8266");
    }

    [Fact]
    public void Other_files_are_named_by_what_they_are()
    {
        Refused([], "fewer than 4 bytes");
        Refused([0x7F, (byte)'E', (byte)'L', (byte)'F', 0], "bare ELF");
        Refused([.. "PK\u0003\u0004"u8, 0], "504B0304");
    }

    [Fact]
    public void An_image_of_many_segments_and_any_alignment_is_read()
    {
        var gen = Gen.NonEmptyListOf(Gen.Choose(0, 3_000)).Select(sizes => sizes.Take(16).Select(s => s * 4).ToArray());
        Prop.ForAll(gen.ToArbitrary(), sizes => ImageReader.Read(new EspImageBuilder { Segments = sizes }.Build()).IsSuccess).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var noise = Gen.ArrayOf(Gen.Choose(0, 255)).Select(a => a.Select(b => (byte)b).ToArray());
        Prop.ForAll(noise.ToArbitrary(), bytes => !ImageReader.Read(bytes).IsSuccess).QuickCheckThrowOnFailure();

        // Around a real image: noise written over a part of it, then cut or extended.
        var image = new EspImageBuilder().Build();
        var host = HostImageTests.Good();
        var damaged =
            from bytes in noise
            from original in Gen.Elements(image, host)
            from at in Gen.Choose(0, original.Length)
            from length in Gen.Choose(0, original.Length + 64)
            select Damage(original, bytes, at, length);
        Prop.ForAll(damaged.ToArbitrary(), bytes => !ImageReader.Read(bytes).IsSuccess || bytes.AsSpan().SequenceEqual(image) || bytes.AsSpan().SequenceEqual(host)).QuickCheckThrowOnFailure();

        static byte[] Damage(byte[] original, byte[] noise, int at, int length)
        {
            var copy = new byte[length];
            original.AsSpan(0, Math.Min(length, original.Length)).CopyTo(copy);
            for (var i = 0; i < noise.Length && at + i < length; i++) copy[at + i] = noise[i];
            return copy;
        }
    }

    [Fact]
    public void A_stream_that_gives_little_at_a_time_is_read_to_its_end()
    {
        var image = new EspImageBuilder { Segments = [16, 70_000] }.Build();
        using var stream = new Trickle(image);
        Assert.Equal(image.Length, ImageReader.Read(stream).Value.SizeBytes);
    }

    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));
    }
}
