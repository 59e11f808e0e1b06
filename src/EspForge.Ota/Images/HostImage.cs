using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota;

/// <summary>What the header of a host image says beside its payload.</summary>
/// <param name="Project">Project, 1–31 bytes.</param>
/// <param name="Version">Version, 1–31 bytes.</param>
/// <param name="Chip">Chip id that the virtual device stands for, 1–15 bytes.</param>
/// <param name="Architecture"><c>x86_64</c> or <c>aarch64</c>.</param>
/// <param name="AgentVersion">Version of the agent inside, 1–15 bytes.</param>
/// <param name="BuiltAt">When it was built; <see langword="null"/> is not recorded.</param>
public sealed record HostImageHeader(string Project, string Version, string Chip, string Architecture, string AgentVersion, DateTimeOffset? BuiltAt = null);

/// <summary>The host image of docs/protocol.md section 5: a header of 256 bytes, then the ELF executable that a virtual device runs.</summary>
public static class HostImage
{
    /// <summary>Length of the header, in bytes.</summary>
    public const int HeaderBytes = 256;

    private const int HashedBytes = 224;
    private const int HashBytes = 32;

    internal static ReadOnlySpan<byte> Magic => "EFHI"u8;

    /// <summary>Header and payload as one image. Throws <see cref="ArgumentException"/> when a field does not fit or the payload is no ELF file.</summary>
    public static byte[] Pack(HostImageHeader header, ReadOnlySpan<byte> elf)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (!elf.StartsWith("\u007FELF"u8)) throw new ArgumentException("The payload is no ELF file.", nameof(elf));
        if (elf.Length > ImageReader.MaximumBytes - HeaderBytes) throw new ArgumentException("The image would be larger than 16 MiB.", nameof(elf));
        if (!IsArchitecture(header.Architecture)) throw new ArgumentException("The architecture is x86_64 or aarch64.", nameof(header));

        var image = new byte[HeaderBytes + elf.Length];
        var head = image.AsSpan(0, HeaderBytes);
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], (uint)elf.Length);
        Write(header.Project, head.Slice(16, 32));
        Write(header.Version, head.Slice(48, 32));
        Write(header.Chip, head.Slice(80, 16));
        Write(header.Architecture, head.Slice(96, 16));
        Write(header.AgentVersion, head.Slice(112, 16));
        BinaryPrimitives.WriteInt64LittleEndian(head[128..], header.BuiltAt?.ToUnixTimeMilliseconds() ?? 0);
        SHA256.HashData(elf, head.Slice(136, HashBytes));
        SHA256.HashData(head[..HashedBytes], head[HashedBytes..]);
        elf.CopyTo(image.AsSpan(HeaderBytes));
        return image;
    }

    internal static Outcome<ImageInfo> Read(ImageScan scan)
    {
        Span<byte> head = stackalloc byte[HeaderBytes];
        Magic.CopyTo(head);
        if (!scan.Fill(head[Magic.Length..])) return Says($"The file ends in its header, after byte {scan.Position}.");

        Span<byte> hash = stackalloc byte[HashBytes];
        SHA256.HashData(head[..HashedBytes], hash);
        if (!hash.SequenceEqual(head[HashedBytes..])) return Says($"The header's SHA-256 is not that of the header: the file is damaged.");
        var (version, size) = (BinaryPrimitives.ReadUInt16LittleEndian(head[4..]), BinaryPrimitives.ReadUInt16LittleEndian(head[6..]));
        if (version != 1 || size != HeaderBytes) return Says($"The header has version {version} and {size} bytes; version 1 with {HeaderBytes} is known.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) != 0 || head[168..HashedBytes].ContainsAnyExcept((byte)0)) return Says($"Flags or reserved bytes of the header are set.");

        if (Text(head.Slice(16, 32)) is not { } project) return Says($"The header's project is no text of 1 to 31 bytes.");
        if (Text(head.Slice(48, 32)) is not { } imageVersion) return Says($"The header's version is no text of 1 to 31 bytes.");
        if (Text(head.Slice(80, 16)) is not { } chip) return Says($"The header's chip is no text of 1 to 15 bytes.");
        if (Text(head.Slice(96, 16)) is not { } architecture || !IsArchitecture(architecture)) return Says($"The header's architecture is neither x86_64 nor aarch64.");
        if (Text(head.Slice(112, 16)) is not { } agent) return Says($"The header's agent version is no text of 1 to 15 bytes.");

        var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        if (HeaderBytes + length > ImageReader.MaximumBytes) return ImageReader.TooLarge();
        using var payload = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> magic = stackalloc byte[4];
        if (length < magic.Length || !scan.Fill(magic) || !magic.SequenceEqual("\u007FELF"u8)) return Says($"The payload is no ELF file.");
        payload.AppendData(magic);
        if (!scan.Pass(length - magic.Length, payload.AppendData)) return Says($"The file ends in its payload, after byte {scan.Position}; the header names {length} bytes of it.");
        if (!scan.IsAtEnd()) return Says($"Bytes follow the payload, which ends at {scan.Position}.");
        if (!payload.GetHashAndReset().AsSpan().SequenceEqual(head.Slice(136, HashBytes))) return Says($"The payload's SHA-256 is not the one of the header: the file is damaged.");
        return new ImageInfo(ImageFormat.Host, chip, project, imageVersion, scan.Position, Convert.ToHexStringLower(scan.Hash()), agent);
    }

    private static bool IsArchitecture(string text) => text is "x86_64" or "aarch64";

    private static string? Text(ReadOnlySpan<byte> field) => ImageScan.Text(field, zeroPadded: true);

    private static void Write(string text, Span<byte> field)
    {
        if (!Encoding.UTF8.TryGetBytes(text, field[..^1], out _) || Text(field) is null)
            throw new ArgumentException($"'{text}' is no text of 1 to {field.Length - 1} bytes without control characters.", nameof(text));
    }

    private static Fault Says(FormattableString sentence) => ImageScan.Malformed(sentence.ToString(CultureInfo.InvariantCulture));
}
