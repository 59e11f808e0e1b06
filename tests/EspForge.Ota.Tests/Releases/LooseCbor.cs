using System.Text;

namespace EspForge.Ota.Tests.Releases;

/// <summary>CBOR with no rules kept, to write what a reader must refuse.</summary>
internal sealed class LooseCbor
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public LooseCbor Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public LooseCbor Uint(ulong value) => Head(0, value);

    public LooseCbor Int(long value) => value >= 0 ? Head(0, (ulong)value) : Head(1, (ulong)(-1 - value));

    public LooseCbor Bytes(ReadOnlySpan<byte> value) => Head(2, (ulong)value.Length).Raw(value);

    public LooseCbor Text(string value) => Head(3, (ulong)Encoding.UTF8.GetByteCount(value)).Raw(Encoding.UTF8.GetBytes(value));

    public LooseCbor Array(ulong count) => Head(4, count);

    public LooseCbor Map(ulong count) => Head(5, count);

    public LooseCbor Tag(ulong tag) => Head(6, tag);

    /// <summary>A head whose argument takes at least <paramref name="least"/> bytes after the first.</summary>
    public LooseCbor Head(int major, ulong argument, int least = 0)
    {
        var size = argument switch { < 24 => 0, <= byte.MaxValue => 1, <= ushort.MaxValue => 2, <= uint.MaxValue => 4, _ => 8 };
        size = Math.Max(size, least);
        var info = size switch { 0 => (int)argument, 1 => 24, 2 => 25, 4 => 26, _ => 27 };
        _bytes.Add((byte)((major << 5) | info));
        for (var i = size - 1; i >= 0; i--) _bytes.Add((byte)(argument >> (8 * i)));
        return this;
    }
}
