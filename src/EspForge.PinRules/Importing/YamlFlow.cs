using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace EspForge.PinRules;

/// <summary>Reads what stands in brackets or quotes: <c>{number: 4, inverted: true}</c>, <c>[GPIO4, GPIO5]</c>, <c>"GPIO4"</c>.</summary>
internal sealed class YamlFlow(YamlReader reader, int line)
{
    private const int MaxDepth = 16;

    private string _text = "";
    private int _at;
    private int _depth;
    private bool _more;

    /// <summary>Reads the value <paramref name="text"/> starts with. False where it is not closed yet.</summary>
    public bool TryRead(string text, [NotNullWhen(true)] out YamlNode? node, out int end)
    {
        (_text, _at, _depth, _more) = (text, 0, 0, false);
        node = Value();
        end = _at;
        return !_more;
    }

    private YamlNode Value()
    {
        Skip();
        if (++_depth > MaxDepth)
            throw YamlReader.Fault(line, $"is nested deeper than {MaxDepth} levels");
        string? tag = null;
        while (Peek is '!' or '&')
        {
            var start = _at;
            while (!_more && Peek is not (' ' or ',' or ']' or '}' or '\0'))
                _at++;
            if (_text[start] == '!')
                tag = _text[(start + 1).._at];
            Skip();
        }

        var node = Peek switch
        {
            '{' => Mapping(),
            '[' => List(),
            '"' or '\'' => reader.Node(line, Quoted()),
            _ => reader.Node(line, Plain()),
        };
        node.Tag = tag;
        _depth--;
        return node;
    }

    private YamlNode Mapping()
    {
        var entries = new List<(string, YamlNode)>();
        _at++;
        while (true)
        {
            Skip();
            if (Take('}') || _more)
                break;
            var key = Peek is '"' or '\'' ? Quoted() : Plain();
            Skip();
            var value = Take(':') ? Value() : reader.Node(line);
            if (_more)
                break;
            entries.Add((key, value));
            Skip();
            if (!Take(',') && Peek != '}' && !_more)
                throw YamlReader.Fault(line, "lacks a comma or a closing brace");
        }

        return reader.Node(line, entries: entries);
    }

    private YamlNode List()
    {
        var items = new List<YamlNode>();
        _at++;
        while (true)
        {
            Skip();
            if (Take(']') || _more)
                break;
            items.Add(Value());
            if (_more)
                break;
            Skip();
            if (!Take(',') && Peek != ']' && !_more)
                throw YamlReader.Fault(line, "lacks a comma or a closing bracket");
        }

        return reader.Node(line, items: items);
    }

    private string Quoted()
    {
        var quote = Peek;
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var letter = _text[_at];
            if (letter == quote)
            {
                if (quote == '\'' && _at + 1 < _text.Length && _text[_at + 1] == '\'')
                {
                    text.Append('\'');
                    _at++;
                    continue;
                }

                _at++;
                return text.ToString();
            }

            if (quote == '"' && letter == '\\' && _at + 1 < _text.Length)
                Escape(text);
            else
                text.Append(letter);
        }

        _more = true;
        return "";
    }

    private void Escape(StringBuilder text)
    {
        var letter = _text[++_at];
        var digits = letter switch { 'x' => 2, 'u' => 4, _ => 0 };
        if (digits > 0 && _at + digits < _text.Length && int.TryParse(_text.AsSpan(_at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            text.Append((char)code);
            _at += digits;
            return;
        }

        text.Append(letter switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '0' => '\0', _ => letter });
    }

    private string Plain()
    {
        var start = _at;
        while (_at < _text.Length && _text[_at] is not (',' or ']' or '}' or '[' or '{') && !(_text[_at] == ':' && (_at + 1 == _text.Length || _text[_at + 1] is ' ' or ',' or ']' or '}')))
            _at++;
        if (_at == _text.Length)
            _more = true;
        else if (_at == start && _text[_at] is not (',' or ']' or '}' or ':'))
            throw YamlReader.Fault(line, "has a bracket where a value belongs");
        return _text[start.._at].Trim();
    }

    private char Peek => _at < _text.Length ? _text[_at] : '\0';

    private void Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
        if (_at == _text.Length)
            _more = true;
    }

    private bool Take(char letter)
    {
        if (Peek != letter)
            return false;
        _at++;
        return true;
    }
}
