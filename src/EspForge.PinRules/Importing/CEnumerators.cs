using System.Text;

namespace EspForge.PinRules;

/// <summary>Reads the body of an <c>enum</c>, which may run over many lines: each enumerator with its value, counted on from the last that was given.</summary>
/// <param name="head">What stands before the brace: <c>enum class Pin : uint8_t</c>.</param>
/// <param name="keep">Takes an enumerator: line, name, value, and whether the enum's name says that all are pins.</param>
internal sealed class CEnumerators(string head, Action<CLine, string, string, bool> keep)
{
    private readonly StringBuilder _text = new();
    private readonly bool _ofPins = PinNameReader.Words(head).Exists(word => word is "pin" or "pins" or "gpio" or "gpios" or "pinout" or "pinmap");
    private bool _inBody;
    private CLine? _first;
    private long? _next;

    /// <summary>Takes more of the text. What follows the closing brace; null where it is not closed yet.</summary>
    public string? Feed(CLine line, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!_inBody)
            {
                // A forward declaration has no body.
                if (text[i] == ';')
                    return text[i..];
                _inBody = text[i] == '{';
            }
            else if (text[i] is ',' or '}')
            {
                End();
                if (text[i] == '}')
                    return text[(i + 1)..];
            }
            else
            {
                if (_text.Length == 0 && !char.IsWhiteSpace(text[i]))
                    _first = line;
                if (_text.Length < PinImport.MaxText && (_text.Length > 0 || !char.IsWhiteSpace(text[i])))
                    _text.Append(text[i]);
            }
        }

        if (_text.Length > 0)
            _text.Append(' ');
        return null;
    }

    /// <summary>Where a line starts an enum: <c>enum Pin {</c>, <c>typedef enum {</c>, <c>enum class Pin : uint8_t {</c>; -1 where it starts none.</summary>
    public static int Start(string code)
    {
        var text = code.AsSpan();
        foreach (var word in (ReadOnlySpan<string>)["typedef", "static", "const"])
        {
            if (text.StartsWith(word) && text.Length > word.Length && char.IsWhiteSpace(text[word.Length]))
                text = text[word.Length..].TrimStart();
        }

        var isEnum = text.StartsWith("enum") && (text.Length == 4 || !char.IsAsciiLetterOrDigit(text[4]) && text[4] != '_');
        return isEnum && text.IndexOfAny('=', ')') is var sign && (sign < 0 || text.IndexOf('{') is var open and >= 0 && open < sign) ? code.Length - text.Length : -1;
    }

    private void End()
    {
        var text = _text.ToString().Trim();
        _text.Clear();
        if (text.Length == 0 || _first is not { } line)
            return;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = (equals < 0 ? text : text[..equals]).Trim();
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_') || char.IsAsciiDigit(name[0]))
            return;
        if (equals >= 0)
        {
            var value = CValue.Bare(text[(equals + 1)..]);
            _next = CValue.Number(value) + 1;
            keep(line, name, value, _ofPins);
        }
        else if (_next is { } counted)
        {
            // Only after a value that is given: states and commands that count from 0 are no pins.
            keep(line, name, counted.ToString(System.Globalization.CultureInfo.InvariantCulture), _ofPins);
            _next++;
        }
    }
}
