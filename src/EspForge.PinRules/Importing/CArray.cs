using System.Buffers;
using System.Globalization;
using System.Text;

namespace EspForge.PinRules;

/// <summary>Reads an array of pins, which may run over several lines: <c>const int rows[] = { 1, 2, 3 };</c>.</summary>
internal sealed class CArray(CLine line, string name)
{
    private const int MaxElements = 256;
    private const int MaxBody = 16_384;

    private static readonly SearchValues<char> Structure = SearchValues.Create("{}\"'[]");

    private readonly StringBuilder _body = new();
    private int _depth;

    /// <summary>Where it starts.</summary>
    public int Line => line.Number;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Takes more of the text, from the opening brace on. What follows the closing one; null where it is not closed yet.</summary>
    public string? Feed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (_body.Length < MaxBody)
                _body.Append(text[i]);
            if (text[i] == '{')
                _depth++;
            else if (text[i] == '}' && --_depth <= 0)
                return text[(i + 1)..];
        }

        _body.Append(' ');
        return null;
    }

    /// <summary>Its elements as they are written; null where it holds something other than a plain row of values.</summary>
    public List<string>? Elements()
    {
        var text = _body.ToString().Trim();
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}' || text.AsSpan(1, text.Length - 2).IndexOfAny(Structure) >= 0)
            return null;
        var elements = text[1..^1].Split(',', StringSplitOptions.TrimEntries).Select(CValue.Bare).ToList();
        if (elements.Count > 0 && elements[^1].Length == 0)
            elements.RemoveAt(elements.Count - 1);
        return elements.Count is 0 or > MaxElements || elements.Exists(element => element.Length == 0) ? null : elements;
    }

    /// <summary>
    /// What its elements are called, and whether the name alone makes them pins: <c>rowPins</c> is row0, row1 …, <c>leds</c> is led0, <c>i2c_sda_pins</c> is
    /// i2c0 sda0.
    /// </summary>
    public static PinName Title(string name)
    {
        var words = PinNameReader.Words(name);
        var said = words.RemoveAll(word => word is "pin" or "pins" or "gpio" or "gpios" or "gpionum" or "pads") > 0;
        if (words.Count > 1 && words[^1] is "list" or "array" or "arr" or "map" or "table")
            words.RemoveAt(words.Count - 1);
        if (words.Count == 0)
            return new PinName("pin", null, said, !said);
        if (words[^1].Length > 3 && words[^1].EndsWith('s') && !words[^1].EndsWith("ss", StringComparison.Ordinal))
            words[^1] = words[^1] is "switches" ? "switch" : words[^1][..^1];
        var grid = words[^1] is "row" or "col" or "column";
        var read = PinNameReader.Read(string.Join('_', words) + (said || grid ? "_pin" : ""));
        return read with { IsPin = said || grid || read.IsPin };
    }

    /// <summary>The name of one element.</summary>
    public static (string Function, string? Signal) Element(PinName title, int index)
    {
        var number = index.ToString(CultureInfo.InvariantCulture);
        if (title.Signal is { } signal)
            return (title.Function, signal + (char.IsAsciiDigit(signal[^1]) ? "_" : "") + number);
        return (title.Function + (char.IsAsciiDigit(title.Function[^1]) ? "-" : "") + number, null);
    }
}
