using System.Globalization;
using System.Text;

namespace EspForge.PinRules;

/// <summary>
/// Reads the YAML that configurations are written in: mappings, lists, flow collections, plain, quoted and block scalars, comments, tags, anchors and
/// aliases; the first document of a stream. What lies outside is refused with its line. Bounded in depth and nodes.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 20_000;

    private readonly List<Row> _rows;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private int _at;
    private int _depth;
    private int _nodes;

    private YamlReader(List<Row> rows) => _rows = rows;

    public static Outcome<YamlNode> Read(string text)
    {
        var rows = new List<Row>();
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.TrimEnd().TrimStart('\ufeff').ToString();
            if (line.StartsWith("---", StringComparison.Ordinal) && rows.Exists(row => !row.IsBlank) || line is "...")
                break;
            if (!line.StartsWith("---", StringComparison.Ordinal) && !line.StartsWith('%'))
                rows.Add(new Row(number, line));
        }

        var reader = new YamlReader(rows);
        try
        {
            reader.SkipBlank();
            if (reader._at == rows.Count)
                return reader.Node(1, entries: []);
            var root = reader.Block(reader.Current.Indent);
            reader.SkipBlank();
            return reader._at == rows.Count ? root : throw reader.Wrong("is not indented like the lines before it");
        }
        catch (YamlException error)
        {
            return new Fault("import-malformed", error.Message);
        }
    }

    private Row Current => _rows[_at];

    private YamlNode Block(int indent)
    {
        if (++_depth > MaxDepth)
            throw Wrong($"is nested deeper than {MaxDepth} levels");
        try
        {
            var text = Current.Text;
            if (text is "-" || text.StartsWith("- ", StringComparison.Ordinal))
                return List(indent);
            return KeyEnd(text) >= 0 ? Mapping(indent) : Inline(indent - 1, text);
        }
        finally
        {
            _depth--;
        }
    }

    private YamlNode List(int indent)
    {
        var node = Node(Current.Number, items: []);
        for (SkipBlank(); _at < _rows.Count && Current.Indent == indent && (Current.Text is "-" || Current.Text.StartsWith("- ", StringComparison.Ordinal)); SkipBlank())
        {
            var rest = Current.Text[1..];
            var inner = rest.TrimStart();
            if (inner.Length == 0 || inner[0] == '#')
            {
                var line = Current.Number;
                _at++;
                node.Items!.Add(Child(indent, line));
                continue;
            }

            // The item starts where its text does: "- id: x" is a mapping two columns in.
            _rows[_at] = new Row(Current.Number, new string(' ', indent + 1 + rest.Length - inner.Length) + inner);
            node.Items!.Add(Block(Current.Indent));
        }

        return node;
    }

    private YamlNode Mapping(int indent)
    {
        var node = Node(Current.Number, entries: []);
        for (SkipBlank(); _at < _rows.Count && Current.Indent == indent; SkipBlank())
        {
            var text = Current.Text;
            if (text is "-" || text.StartsWith("- ", StringComparison.Ordinal))
                break;
            var end = KeyEnd(text);
            if (end < 0)
                throw Wrong("has no key: a colon and a space are missing");
            var key = Key(text[..end].TrimEnd());
            var value = Inline(indent, text[(end + 1)..].TrimStart());
            if (key is "<<" && value.Entries is { } merged)
                node.Entries!.AddRange(merged.Where(entry => node[entry.Key] is null).Take(MaxNodes - _nodes));
            else
                node.Entries!.Add((key, value));
        }

        if (_at < _rows.Count && Current.Indent > indent)
            throw Wrong("is not indented like the lines before it");
        return node;
    }

    // The value behind a key or a dash; it may go on in the lines that are indented deeper.
    private YamlNode Inline(int indent, string rest)
    {
        var line = Current.Number;
        string? tag = null;
        string? anchor = null;
        while (rest.Length > 0 && rest[0] is '!' or '&')
        {
            var end = rest.IndexOf(' ', StringComparison.Ordinal) is var space and >= 0 ? space : rest.Length;
            if (rest[0] == '!')
                tag = rest[1..end];
            else
                anchor = rest[1..end];
            rest = rest[end..].TrimStart();
        }

        YamlNode node;
        if (rest.Length == 0 || rest[0] == '#')
        {
            _at++;
            node = Child(indent, line);
        }
        else if (rest[0] is '|' or '>')
        {
            node = Node(line, BlockScalar(indent, folded: rest[0] == '>'));
        }
        else if (rest[0] is '{' or '[' or '"' or '\'')
        {
            node = Flow(indent, rest);
        }
        else if (rest[0] == '*')
        {
            var name = rest[1..].Split(' ', '#')[0];
            _at++;
            return _anchors.GetValueOrDefault(name) ?? throw new YamlException($"Line {line}: the alias '{PinNames.Comment(name)}' names no anchor.");
        }
        else
        {
            node = Node(line, Plain(indent, rest));
        }

        node.Tag ??= tag;
        if (anchor is not null)
            _anchors[anchor] = node;
        return node;
    }

    // What stands below a key: deeper lines, or a list at the key's own indent.
    private YamlNode Child(int indent, int line)
    {
        SkipBlank();
        if (_at < _rows.Count && Current.Indent > indent)
            return Block(Current.Indent);
        if (_at < _rows.Count && Current.Indent == indent && indent >= 0 && (Current.Text is "-" || Current.Text.StartsWith("- ", StringComparison.Ordinal)) && !IsItem(line))
            return Block(indent);
        return Node(line);
    }

    // An empty item of a list is followed by its sibling, not by its content.
    private bool IsItem(int line) => _rows.Exists(row => row.Number == line && row.Text.StartsWith('-'));

    private string Plain(int indent, string rest)
    {
        var text = new StringBuilder(WithoutComment(rest));
        for (_at++; _at < _rows.Count; _at++)
        {
            if (Current.IsBlank)
                continue;
            if (Current.Indent <= indent || KeyEnd(Current.Text) >= 0 || Current.Text.StartsWith("- ", StringComparison.Ordinal))
                break;
            text.Append(' ').Append(WithoutComment(Current.Text));
        }

        return text.ToString();
    }

    private string BlockScalar(int indent, bool folded)
    {
        var text = new StringBuilder();
        var inner = -1;
        for (_at++; _at < _rows.Count; _at++)
        {
            var row = Current;
            if (row.Raw.Trim().Length > 0)
            {
                if (row.Indent <= indent)
                    break;
                if (inner < 0)
                    inner = row.Indent;
            }

            text.Append(row.Raw.Length > inner && inner >= 0 ? row.Raw[Math.Min(inner, row.Indent)..] : "").Append(folded ? ' ' : '\n');
        }

        return text.ToString().TrimEnd() + (folded ? "" : "\n");
    }

    private YamlNode Flow(int indent, string rest)
    {
        var start = Current.Number;
        var text = new StringBuilder(rest);
        var flow = new YamlFlow(this, start);
        while (true)
        {
            _at++;
            if (flow.TryRead(text.ToString(), out var node, out var end))
            {
                var tail = text.ToString()[end..].TrimStart();
                return tail.Length == 0 || tail[0] == '#' ? node : throw new YamlException($"Line {start}: there is more behind the value than a comment.");
            }

            while (_at < _rows.Count && _rows[_at].IsBlank)
                _at++;
            if (_at == _rows.Count || Current.Indent <= indent && Current.Text[0] is not ('}' or ']') || text.Length > PinPlanReader.MaxBytes)
                throw new YamlException($"Line {start}: a bracket or quote is not closed.");
            text.Append(' ').Append(Current.Text);
        }
    }

    internal YamlNode Node(int line, string? scalar = null, List<(string, YamlNode)>? entries = null, List<YamlNode>? items = null) =>
        ++_nodes > MaxNodes ? throw new YamlException($"Line {line}: the document has more than {MaxNodes} nodes.") : new YamlNode(line) { Scalar = scalar, Entries = entries, Items = items };

    internal static YamlException Fault(int line, string message) => new(string.Create(CultureInfo.InvariantCulture, $"Line {line} {message}."));

    private YamlException Wrong(string message) => Fault(Current.Number, message);

    private void SkipBlank()
    {
        while (_at < _rows.Count && Current.IsBlank)
            _at++;
        if (_at < _rows.Count && Current.Raw[Current.Indent] == '\t')
            throw Wrong("is indented with a tab");
    }

    private static string Key(string text) => text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;

    // Where the colon is that ends a key, or -1. A colon inside quotes or brackets ends none.
    private static int KeyEnd(string text)
    {
        if (text.Length == 0 || text[0] is '{' or '[' or '#' or '|' or '>' or '!' or '*' && !text.StartsWith("*.", StringComparison.Ordinal))
            return -1;
        var from = 0;
        if (text[0] is '"' or '\'')
        {
            from = text.IndexOf(text[0], 1) + 1;
            if (from == 0 || text[from..].TrimStart() is not { Length: > 0 } behind || behind[0] != ':')
                return -1;
        }

        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == ':' && (i + 1 == text.Length || text[i + 1] is ' ' or '\t'))
                return i;
            if (text[i] == '#' && i > 0 && text[i - 1] is ' ' or '\t')
                return -1;
        }

        return -1;
    }

    private static string WithoutComment(string text)
    {
        var at = text.IndexOf(" #", StringComparison.Ordinal);
        return (at < 0 ? text : text[..at]).Trim();
    }

    private readonly struct Row
    {
        public Row(int number, string raw)
        {
            (Number, Raw) = (number, raw);
            while (Indent < raw.Length && raw[Indent] == ' ')
                Indent++;
            Text = raw[Indent..].TrimEnd();
        }

        public int Number { get; }

        public string Raw { get; }

        public int Indent { get; }

        public string Text { get; }

        public bool IsBlank => Text.Length == 0 || Text[0] == '#';
    }
}

/// <summary>The document is not YAML that can be read.</summary>
internal sealed class YamlException(string message) : Exception(message);
