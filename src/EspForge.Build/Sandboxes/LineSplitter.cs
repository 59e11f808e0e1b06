using System.Text;

namespace EspForge.Build;

/// <summary>Cuts a stream of bytes into lines of bounded length. What a line has beyond the bound is dropped, and the line says so.</summary>
internal sealed class LineSplitter(Action<string> onLine, int maxBytes = LineSplitter.DefaultMaxBytes)
{
    private const int DefaultMaxBytes = 8_000;

    private readonly byte[] _line = new byte[maxBytes];
    private int _length;
    private bool _isCut;
    private bool _hasContent;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            var take = Math.Min(part.Length, _line.Length - _length);
            part[..take].CopyTo(_line.AsSpan(_length));
            _length += take;
            _isCut |= take < part.Length;
            _hasContent = true;
            if (end < 0)
                return;
            Emit();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Gives the last line, if it had no end.</summary>
    public void Complete()
    {
        if (_hasContent)
            Emit();
    }

    private void Emit()
    {
        var text = Encoding.UTF8.GetString(_line.AsSpan(0, _length)).TrimEnd('\r');
        onLine(_isCut ? text + " …" : text);
        _length = 0;
        _isCut = false;
        _hasContent = false;
    }
}
