using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Build;

/// <summary>The header of a host image (docs/protocol.md, section 5).</summary>
internal sealed record HostImage(string Project, string Version, string Chip, string Architecture, string AgentVersion)
{
    public const int HeaderBytes = 256;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the header and checks it, sizes and both hashes included.</summary>
    public static Outcome<HostImage> Read(ReadOnlySpan<byte> image)
    {
        if (image.Length <= HeaderBytes || !image[..4].SequenceEqual("EFHI"u8))
            return Malformed("is no host image");
        if (BinaryPrimitives.ReadUInt16LittleEndian(image[4..]) != 1 || BinaryPrimitives.ReadUInt16LittleEndian(image[6..]) != HeaderBytes)
            return Malformed("has a header of another version");
        if (!SHA256.HashData(image[..224]).AsSpan().SequenceEqual(image[224..256]))
            return Malformed("has a damaged header");
        if (BinaryPrimitives.ReadUInt32LittleEndian(image[8..]) != image.Length - HeaderBytes || !SHA256.HashData(image[HeaderBytes..]).AsSpan().SequenceEqual(image[136..168]))
            return Malformed("is not whole");
        if (BinaryPrimitives.ReadUInt32LittleEndian(image[12..]) != 0 || image[168..224].ContainsAnyExcept((byte)0))
            return Malformed("has flags this version does not know");
        try
        {
            return new HostImage(Text(image.Slice(16, 32)), Text(image.Slice(48, 32)), Text(image.Slice(80, 16)), Text(image.Slice(96, 16)), Text(image.Slice(112, 16)));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return Malformed("has a text that is not padded UTF-8");
        }
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        if (end < 1 || field[end..].ContainsAnyExcept((byte)0))
            throw new FormatException();
        return Strict.GetString(field[..end]);
    }

    private static Fault Malformed(string how) => new("image-malformed", $"What the toolchain wrote {how}.");
}
