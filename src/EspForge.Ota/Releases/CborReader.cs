using System.Buffers.Binary;
using System.Text;

namespace EspForge.Ota;

/// <summary>
/// Reads deterministic CBOR and nothing else: a head that is not the shortest, an indefinite length, a reserved value or a string that runs past the end is refused.
/// After a refusal the position means nothing; the caller gives up.
/// </summary>
internal ref struct CborReader(ReadOnlySpan<byte> data)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = data;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool Unsigned(out ulong value) => Head(CborMajor.Unsigned, out value);

    public bool Integer(out long value)
    {
        value = 0;
        if (!AnyHead(out var major, out var argument) || major is not (CborMajor.Unsigned or CborMajor.Negative) || argument > long.MaxValue) return false;
        value = major == CborMajor.Unsigned ? (long)argument : -1 - (long)argument;
        return true;
    }

    public bool Array(out ulong count) => Head(CborMajor.Array, out count);

    public bool Map(out ulong pairs) => Head(CborMajor.Map, out pairs);

    public bool Tag(out ulong tag) => Head(CborMajor.Tag, out tag);

    public bool Bytes(out ReadOnlySpan<byte> value) => String(CborMajor.Bytes, out value);

    /// <summary>A text of 1 … <paramref name="maximumBytes"/> bytes of UTF-8 without U+0000.</summary>
    public bool Text(int maximumBytes, out string value)
    {
        value = "";
        if (!String(CborMajor.Text, out var bytes) || bytes.IsEmpty || bytes.Length > maximumBytes || bytes.Contains((byte)0)) return false;
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        value = StrictUtf8.GetString(bytes);
        return true;
    }

    private bool String(CborMajor wanted, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Head(wanted, out var length) || length > (ulong)_rest.Length) return false;
        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private bool Head(CborMajor wanted, out ulong argument) => AnyHead(out var major, out argument) && major == wanted;

    private bool AnyHead(out CborMajor major, out ulong argument)
    {
        major = default;
        argument = 0;
        if (_rest.IsEmpty) return false;
        var initial = _rest[0];
        major = (CborMajor)(initial >> 5);
        var info = initial & 31;
        if (info < 24)
        {
            argument = (ulong)info;
            _rest = _rest[1..];
            return true;
        }

        if (info > 27) return false; // 28–30 are reserved, 31 is an indefinite length
        var size = 1 << (info - 24);
        if (_rest.Length < 1 + size) return false;
        var bytes = _rest.Slice(1, size);
        (argument, var least) = info switch
        {
            24 => (bytes[0], 24UL),
            25 => (BinaryPrimitives.ReadUInt16BigEndian(bytes), 1UL << 8),
            26 => (BinaryPrimitives.ReadUInt32BigEndian(bytes), 1UL << 16),
            _ => (BinaryPrimitives.ReadUInt64BigEndian(bytes), 1UL << 32),
        };
        _rest = _rest[(1 + size)..];
        return argument >= least;
    }
}
