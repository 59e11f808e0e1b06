using System.Text;

namespace EspForge.PinRules;

/// <summary>
/// What a user wrote between <c>USER CODE BEGIN name</c> and <c>USER CODE END name</c> in a generated file. Generating again keeps it to the byte;
/// a region that the new text has no place for is kept at its end. One instance serves one text.
/// </summary>
public sealed class UserRegions
{
    /// <summary>Longest previous text that is read, in characters.</summary>
    public const int MaxText = 1_048_576;

    private const string Begin = "USER CODE BEGIN ";
    private const string End = "USER CODE END ";
    private const int MaxName = 64;

    private readonly CommentStyle? _style;
    private readonly List<(string Name, string Body)> _kept;

    private UserRegions(CommentStyle? style, List<(string Name, string Body)> kept) => (_style, _kept) = (style, kept);

    /// <summary>No regions yet: the first text of its kind.</summary>
    public static UserRegions None(CommentStyle? style) => new(style, []);

    /// <summary>
    /// Reads the regions of <paramref name="previous"/>. A region that is not closed is refused with <c>code-region-open</c> and its line, because
    /// what belongs to it cannot be told; a text longer than <see cref="MaxText"/> with <c>code-too-large</c>.
    /// </summary>
    /// <param name="previous">The text that was generated last, as the user left it.</param>
    /// <param name="style">The format's comments.</param>
    public static Outcome<UserRegions> Read(string previous, CommentStyle style)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(style);
        if (previous.Length > MaxText)
            return new Fault("code-too-large", $"The previous file is longer than {MaxText} characters. Move your own code to a file of its own.");
        var kept = new List<(string, string)>();
        string? open = null;
        int start = 0, openLine = 0, line = 0;
        for (var at = 0; at < previous.Length;)
        {
            line++;
            var stop = previous.IndexOf('\n', at);
            var next = stop < 0 ? previous.Length : stop + 1;
            var words = Words(previous.AsSpan(at, next - at), style);
            if (open is null && NameAfter(words, Begin) is { } begun)
            {
                (open, start, openLine) = (begun, next, line);
            }
            else if (open is not null && NameAfter(words, End) is { } ended && string.Equals(ended, open, StringComparison.Ordinal))
            {
                kept.Add((open, previous[start..at]));
                open = null;
            }

            at = next;
        }

        return open is null
            ? new UserRegions(style, kept)
            : new Fault("code-region-open", $"Line {openLine} of the previous file begins the user region '{open}', and no line ends it. Add '{Marker(style, End, open)}' where it ends.");
    }

    /// <summary>Writes the region <paramref name="name"/> with what the user has in it. Nothing where the format has no comments.</summary>
    /// <param name="text">The text so far, at the start of a line.</param>
    /// <param name="name">Letters, digits, <c>_</c>, <c>-</c>, <c>.</c>; at most 64.</param>
    /// <param name="indent">White space before the markers.</param>
    public void Write(StringBuilder text, string name, string indent = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(name);
        if (_style is null)
            return;
        var body = "";
        for (var i = 0; i < _kept.Count; i++)
        {
            if (!string.Equals(_kept[i].Name, name, StringComparison.Ordinal))
                continue;
            body = _kept[i].Body;
            _kept.RemoveAt(i);
            break;
        }

        WriteOne(text, name, body, indent);
    }

    /// <summary>Writes the regions that had no place. Called last, where the format still takes comments.</summary>
    public void WriteRest(StringBuilder text, string indent = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (name, body) in _kept)
            WriteOne(text, name, body, indent);
        _kept.Clear();
    }

    private void WriteOne(StringBuilder text, string name, string body, string indent)
    {
        text.Append(indent).Append(Marker(_style!, Begin, name)).Append('\n');
        text.Append(body);
        text.Append(indent).Append(Marker(_style!, End, name)).Append('\n');
    }

    private static string Marker(CommentStyle style, string word, string name) =>
        style.Close.Length == 0 ? $"{style.Open} {word}{name}" : $"{style.Open} {word}{name} {style.Close}";

    private static ReadOnlySpan<char> Words(ReadOnlySpan<char> line, CommentStyle style)
    {
        line = line.Trim();
        return line.StartsWith(style.Open) && line.EndsWith(style.Close) && line.Length >= style.Open.Length + style.Close.Length
            ? line[style.Open.Length..^style.Close.Length].Trim()
            : [];
    }

    private static string? NameAfter(ReadOnlySpan<char> words, string marker)
    {
        if (!words.StartsWith(marker))
            return null;
        var name = words[marker.Length..].Trim();
        if (name.Length is 0 or > MaxName)
            return null;
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-' or '.'))
                return null;
        }

        return name.ToString();
    }
}
