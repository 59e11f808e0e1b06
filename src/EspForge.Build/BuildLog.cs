using System.Text;

namespace EspForge.Build;

/// <summary>The log of one build: numbers lines, hides the machine's paths, keeps the size, and reads messages out of what passes by.</summary>
internal sealed class BuildLog(IProgress<BuildLine>? sink, int maxBytes)
{
    internal const int MaxLineCharacters = 8_192;

    private readonly Lock _lock = new();
    private readonly MessageParser _parser = new();
    private readonly List<(string Path, string Replacement)> _hidden = [];
    private int _number;
    private long _bytes;

    public bool IsTruncated { get; private set; }

    public IReadOnlyList<BuildMessage> Messages
    {
        get
        {
            lock (_lock)
                return [.. _parser.Messages];
        }
    }

    /// <summary>From now on <paramref name="path"/> is written as <paramref name="replacement"/>; longer paths go first.</summary>
    public void Hide(string path, string replacement)
    {
        lock (_lock)
        {
            _hidden.Add((path, replacement));
            _hidden.Sort((a, b) => b.Path.Length.CompareTo(a.Path.Length));
        }
    }

    public void Note(string text) => Write(BuildLineSource.Note, text);

    public void Write(BuildLineSource stream, string text)
    {
        lock (_lock)
        {
            // Notes are the host's own, and few: how it ended is told however long the log is.
            if (IsTruncated && stream != BuildLineSource.Note)
                return;
            var line = Clean(text);
            _bytes += Encoding.UTF8.GetByteCount(line) + 1;
            if (_bytes > maxBytes && stream != BuildLineSource.Note)
            {
                IsTruncated = true;
                sink?.Report(new BuildLine(++_number, BuildLineSource.Note, $"The log is longer than {maxBytes.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} bytes; the rest is left out."));
                return;
            }

            if (stream != BuildLineSource.Note)
                _parser.Add(line);
            sink?.Report(new BuildLine(++_number, stream, line));
        }
    }

    private string Clean(string text)
    {
        foreach (var (path, replacement) in _hidden)
            text = text.Replace(path, replacement, StringComparison.Ordinal);
        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length && builder.Length < MaxLineCharacters; i++)
        {
            if (text[i] == '\e')
            {
                i = EndOfEscape(text, i);
                continue;
            }

            // Letters that turn the direction of those around them would let a line say something else than it shows.
            if (text[i] is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))
                continue;
            if (!char.IsControl(text[i]) || text[i] == '\t')
                builder.Append(text[i]);
        }

        return builder.ToString();
    }

    // ECMA-48: ESC [ parameters final; ESC ] (and P, X, ^, _) text up to BEL or ESC \; otherwise ESC, intermediates, final. The index of the last character.
    private static int EndOfEscape(string text, int i)
    {
        if (i + 1 >= text.Length)
            return i;
        var kind = text[++i];
        if (kind == '[')
        {
            for (i++; i < text.Length && text[i] is >= ' ' and <= '?'; i++)
            {
            }

            return i;
        }

        if (kind is ']' or 'P' or 'X' or '^' or '_')
        {
            for (i++; i < text.Length && text[i] is not '\a'; i++)
            {
                if (text[i] == '\e')
                    return i + 1;
            }

            return i;
        }

        while (i < text.Length && text[i] is >= ' ' and <= '/')
            i++;
        return i;
    }
}
