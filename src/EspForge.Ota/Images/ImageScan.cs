using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota;

/// <summary>One pass over an image: counts and hashes every byte it hands out. Memory does not grow with the image.</summary>
internal sealed class ImageScan(Stream stream) : IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[65_536];

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Reads exactly this many bytes; <see langword="false"/> when the image ends before.</summary>
    public bool Fill(Span<byte> into)
    {
        if (stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false) < into.Length) return false;
        _sha256.AppendData(into);
        Position += into.Length;
        return true;
    }

    /// <summary>Reads as many bytes as there are, at most this many; how many there were.</summary>
    public int FillUpTo(Span<byte> into)
    {
        var read = stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        _sha256.AppendData(into[..read]);
        Position += read;
        return read;
    }

    /// <summary>Reads this many bytes piece by piece; <see langword="false"/> when the image ends before.</summary>
    public bool Pass(long length, Action<ReadOnlySpan<byte>> piece)
    {
        while (length > 0)
        {
            var part = _buffer.AsSpan(0, (int)Math.Min(length, _buffer.Length));
            if (!Fill(part)) return false;
            piece(part);
            length -= part.Length;
        }

        return true;
    }

    /// <summary>Whether nothing follows. Looks at one byte more, so it is the last thing asked.</summary>
    public bool IsAtEnd() => stream.ReadByte() < 0;

    /// <summary>SHA-256 over everything read so far.</summary>
    public byte[] Hash() => _sha256.GetCurrentHash();

    public void Dispose() => _sha256.Dispose();

    /// <summary>A text of a fixed field: UTF-8 without control characters, at least one byte, ended by NUL; <see langword="null"/> when it is none.</summary>
    public static string? Text(ReadOnlySpan<byte> field, bool zeroPadded)
    {
        var length = field.IndexOf((byte)0);
        if (length < 1 || (zeroPadded && field[length..].ContainsAnyExcept((byte)0))) return null;
        var text = field[..length];
        if (!System.Text.Unicode.Utf8.IsValid(text)) return null;
        foreach (var b in text)
            if (b is < 0x20 or 0x7F)
                return null;
        return Encoding.UTF8.GetString(text);
    }

    public static Fault Malformed(string sentence) => new("image-malformed", sentence);
}
