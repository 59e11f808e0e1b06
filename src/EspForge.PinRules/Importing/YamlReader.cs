using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EspForge.PinRules;

/// <summary>
/// Reads the first document of a YAML stream (YAML 1.2, by YamlDotNet's parser) into nodes that keep their line and their tag. Bounded in depth and nodes; an
/// alias is the node it names, not a copy, so nothing grows by being named often.
/// </summary>
internal sealed class YamlReader
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 20_000;

    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser;
    private int _nodes;

    private YamlReader(Parser parser) => _parser = parser;

    /// <summary>The root of the document; an empty mapping where the text has none. Fault <c>import-malformed</c> names the line.</summary>
    public static Outcome<YamlNode> Read(string text)
    {
        using var reader = new StringReader(text.TrimStart('\ufeff'));

        // Comments may hold what no YAML scalar may: the scanner drops them.
        var scanner = new Scanner(reader, skipComments: true);
        try
        {
            var parser = new Parser(scanner);
            parser.Consume<StreamStart>();
            return parser.Accept<StreamEnd>(out _) ? new YamlNode(1) { Entries = [] } : new YamlReader(parser).Document();
        }
        catch (YamlException error)
        {
            // The scanner names where the collection began that it was in; a reader wants to know where it stopped. A quote is lost where it was opened.
            var inQuotes = error.Message.Contains("quoted scalar", StringComparison.Ordinal);
            return Malformed(error is SemanticErrorException || inQuotes ? error.Start.Line : scanner.CurrentPosition.Line, Sentence(error));
        }
        catch (InvalidOperationException)
        {
            // What the scanner throws where a flow collection is left open in the middle of a word.
            return Malformed(scanner.CurrentPosition.Line, "a bracket is not closed, or a value is not quoted that must be.");
        }
        catch (ArgumentException)
        {
            // What the parser throws of a tag that is no URI, such as "!![a]".
            return Malformed(scanner.CurrentPosition.Line, "a tag has characters that none may have.");
        }
    }

    private static Fault Malformed(long line, string sentence) => new("import-malformed", $"Line {line}: {PinNames.Comment(sentence)}");

    private Outcome<YamlNode> Document()
    {
        _parser.Consume<DocumentStart>();
        return Node(0);
    }

    private YamlNode Node(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            return _anchors.GetValueOrDefault(alias.Value.Value) ?? throw Wrong(alias, $"the alias '{alias.Value.Value}' names no anchor.");
        if (!_parser.Accept<NodeEvent>(out var start))
            throw Wrong(_parser.Current!, "a value is missing.");
        if (depth > MaxDepth)
            throw Wrong(start, $"it is nested deeper than {MaxDepth} levels.");
        if (++_nodes > MaxNodes)
            throw Wrong(start, $"the document has more than {MaxNodes} nodes.");
        var tag = start.Tag.IsEmpty || start.Tag.IsNonSpecific ? null : start.Tag.Value.TrimStart('!');
        var line = (int)start.Start.Line;
        if (_parser.TryConsume<Scalar>(out var scalar))
            return Named(start, new YamlNode(line) { Scalar = IsNothing(scalar) ? null : scalar.Value, Tag = tag });
        if (_parser.TryConsume<SequenceStart>(out _))
        {
            var list = Named(start, new YamlNode(line) { Items = [], Tag = tag });
            while (!_parser.TryConsume<SequenceEnd>(out _))
                list.Items!.Add(Node(depth + 1));
            return list;
        }

        _parser.Consume<MappingStart>();
        var mapping = Named(start, new YamlNode(line) { Entries = [], Tag = tag });
        var merged = new List<(string Key, YamlNode Value)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
            AddEntry(mapping, merged, depth);

        // What is merged in gives way to what stands here, wherever in the mapping "<<" is.
        foreach (var entry in merged)
        {
            if (++_nodes > MaxNodes)
                throw Wrong(start, $"the document has more than {MaxNodes} nodes.");
            if (mapping[entry.Key] is null)
                mapping.Entries!.Add(entry);
        }

        return mapping;
    }

    private void AddEntry(YamlNode mapping, List<(string Key, YamlNode Value)> merged, int depth)
    {
        if (!_parser.TryConsume<Scalar>(out var key))
            throw Wrong(_parser.Current!, "a key is no plain text.");
        var value = Node(depth + 1);
        if (key.Value is not "<<")
            mapping.Entries!.Add((key.Value, value));
        else
            merged.AddRange((value.Items ?? [value]).SelectMany(source => source.Entries ?? []).Take(MaxNodes));
    }

    private YamlNode Named(NodeEvent start, YamlNode node)
    {
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor.Value] = node;
        return node;
    }

    // "key:" with nothing behind it.
    private static bool IsNothing(Scalar scalar) => scalar is { Style: ScalarStyle.Plain, Value.Length: 0 };

    private static SemanticErrorException Wrong(ParsingEvent at, string message) => new(at.Start, at.End, message);

    private static string Sentence(YamlException error)
    {
        var text = (error.InnerException?.Message ?? error.Message).Trim();
        return text.EndsWith('.') ? text : text + ".";
    }
}
