using System.Buffers;
using System.Globalization;
using System.Text;

namespace EspForge.PinRules;

/// <summary>Names and text from a plan, made safe for the formats they go into.</summary>
internal static class PinNames
{
    private static readonly SearchValues<char> CsvSpecial = SearchValues.Create("\",\r\n;\t");

    /// <summary>One C identifier a use, all different. The prefix keeps them off keywords and digits; a name that is taken gets <c>_2</c>, <c>_3</c> …</summary>
    public static List<string> Identifiers(IReadOnlyList<PinUse> uses)
    {
        var wanted = new List<string>(uses.Count);
        var plain = new HashSet<string>(StringComparer.Ordinal);
        foreach (var use in uses)
        {
            var name = "PIN_" + Word(use.Function);
            if (!string.IsNullOrEmpty(use.Signal))
                name += "_" + Word(use.Signal);
            wanted.Add(name);
            plain.Add(name);
        }

        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new List<string>(uses.Count);
        foreach (var name in wanted)
        {
            // A counted name must not take the one that another use has by itself.
            var unique = name;
            for (var n = 2; !taken.Add(unique);)
            {
                do
                    unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{n++}");
                while (plain.Contains(unique));
            }

            names.Add(unique);
        }

        return names;
    }

    /// <summary>Upper-case letters, digits and single underscores; <c>X</c> where nothing is left.</summary>
    public static string Word(string text)
    {
        var word = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit(letter))
                word.Append(char.ToUpperInvariant(letter));
            else if (word.Length > 0 && word[^1] != '_')
                word.Append('_');
        }

        while (word.Length > 0 && word[^1] == '_')
            word.Length--;
        return word.Length == 0 ? "X" : word.ToString();
    }

    public static string Lower(string identifier) => identifier.ToLowerInvariant();

    /// <summary>For comments: printable ASCII on one line, and nothing that ends the comment, opens another, or continues the line.</summary>
    public static string Comment(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var letter in text)
            safe.Append(letter is >= ' ' and <= '~' and not ('*' or '\\' or '/' or '?' or '<' or '>') ? letter : '.');
        return safe.Replace("--", "..").ToString();
    }

    /// <summary>A double-quoted YAML scalar. Also a legal JSON string.</summary>
    public static string Yaml(string text)
    {
        var safe = new StringBuilder(text.Length + 2).Append('"');
        foreach (var letter in text)
        {
            if (letter is '"' or '\\')
                safe.Append('\\').Append(letter);
            else if (letter is >= ' ' and <= '~' || letter >= '\u00a1' && !char.IsSurrogate(letter) && letter is not ('\u2028' or '\u2029' or '\ufeff' or >= '\ufffe'))
                safe.Append(letter);
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
        }

        // ESPHome substitutes $name and ${name} in every string.
        return safe.Replace("$", "").Append('"').ToString();
    }

    /// <summary>Text or attribute of XML; what XML cannot hold becomes U+FFFD.</summary>
    public static string Xml(string text)
    {
        var safe = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (char.IsHighSurrogate(letter) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                safe.Append(letter).Append(text[++i]);
                continue;
            }

            _ = letter switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '"' => safe.Append("&quot;"),
                '\'' => safe.Append("&#39;"),
                '\t' or '\n' or '\r' => safe.Append(' '),
                < ' ' or '\u007f' or >= '\ufffe' => safe.Append('\ufffd'),
                _ when char.IsSurrogate(letter) => safe.Append('\ufffd'),
                _ => safe.Append(letter),
            };
        }

        return safe.ToString();
    }

    // Half a surrogate pair has no place in a UTF-8 file.
    private static string Whole(string text)
    {
        var at = 0;
        while (at < text.Length && !char.IsSurrogate(text[at]))
            at++;
        return at == text.Length ? text : string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
    }

    /// <summary>A table cell of Markdown: one line, no markup, no HTML.</summary>
    public static string Markdown(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var letter in Whole(text))
        {
            if (letter is '&')
                safe.Append("&amp;");
            else if (letter is '<')
                safe.Append("&lt;");
            else if (letter is '>')
                safe.Append("&gt;");
            else if (letter is '\\' or '|' or '`' or '*' or '_' or '[' or ']' or '~' or '#' or '!' or '@')
                safe.Append('\\').Append(letter);
            else
                safe.Append(char.IsControl(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter);
        }

        return safe.ToString().Trim();
    }

    /// <summary>A cell of RFC 4180. What a spreadsheet would run as a formula gets an apostrophe in front.</summary>
    public static string Csv(string text)
    {
        text = Whole(text);
        var start = text.AsSpan().TrimStart();
        if (text.Length > 0 && (text[0] is '\t' or '\r' or '\n' || !start.IsEmpty && start[0] is '=' or '+' or '-' or '@' or '\uff1d' or '\uff0b' or '\uff0d' or '\uff20'))
            text = "'" + text;
        return text.AsSpan().IndexOfAny(CsvSpecial) < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A string of a devicetree, quotes included: printable ASCII.</summary>
    public static string Dts(string text) => $"\"{Comment(text).Replace('"', '\'')}\"";
}
