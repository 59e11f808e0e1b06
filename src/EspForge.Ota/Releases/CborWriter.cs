using System.Buffers.Binary;
using System.Text;

namespace EspForge.Ota;

/// <summary>Writes deterministic CBOR (RFC 8949 section 4.2.1): shortest heads, definite lengths. The caller writes map keys in ascending order.</summary>
internal ref struct CborWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    public void Unsigned(ulong value) => Head(CborMajor.Unsigned, value);

    public void Integer(long value)
    {
        if (value >= 0) Head(CborMajor.Unsigned, (ulong)value);
        else Head(CborMajor.Negative, (ulong)(-1 - value));
    }

    public void Bytes(scoped ReadOnlySpan<byte> value)
    {
        Head(CborMajor.Bytes, (ulong)value.Length);
        Raw(value);
    }

    public void Text(string value)
    {
        Head(CborMajor.Text, (ulong)Encoding.UTF8.GetByteCount(value));
        Length += Encoding.UTF8.GetBytes(value, _buffer[Length..]);
    }

    public void Array(int count) => Head(CborMajor.Array, (ulong)count);

    public void Map(int pairs) => Head(CborMajor.Map, (ulong)pairs);

    public void Tag(ulong tag) => Head(CborMajor.Tag, tag);

    public void Raw(scoped ReadOnlySpan<byte> encoded)
    {
        encoded.CopyTo(_buffer[Length..]);
        Length += encoded.Length;
    }

    private void Head(CborMajor major, ulong argument)
    {
        var lead = (byte)((int)major << 5);
        var into = _buffer[Length..];
        switch (argument)
        {
            case < 24:
                into[0] = (byte)(lead | (byte)argument);
                Length += 1;
                break;
            case <= byte.MaxValue:
                into[0] = (byte)(lead | 24);
                into[1] = (byte)argument;
                Length += 2;
                break;
            case <= ushort.MaxValue:
                into[0] = (byte)(lead | 25);
                BinaryPrimitives.WriteUInt16BigEndian(into[1..], (ushort)argument);
                Length += 3;
                break;
            case <= uint.MaxValue:
                into[0] = (byte)(lead | 26);
                BinaryPrimitives.WriteUInt32BigEndian(into[1..], (uint)argument);
                Length += 5;
                break;
            default:
                into[0] = (byte)(lead | 27);
                BinaryPrimitives.WriteUInt64BigEndian(into[1..], argument);
                Length += 9;
                break;
        }
    }
}

/// <summary>Major types of RFC 8949 section 3.1.</summary>
internal enum CborMajor
{
    Unsigned = 0,
    Negative = 1,
    Bytes = 2,
    Text = 3,
    Array = 4,
    Map = 5,
    Tag = 6,
}
