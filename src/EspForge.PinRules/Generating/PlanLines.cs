using System.Text;
using System.Text.Json;

namespace EspForge.PinRules;

/// <summary>Where the uses of a plan start in its JSON. Lines and columns count from 1, columns in UTF-16.</summary>
internal sealed class PlanLines
{
    private readonly List<(int Line, int Column)> _uses = [];

    public static PlanLines None { get; } = new();

    /// <summary>Where the plan starts.</summary>
    public (int Line, int Column)? Root { get; private init; }

    /// <summary>Where the use with this index starts, or null.</summary>
    public (int Line, int Column)? UseAt(int index) => index < _uses.Count ? _uses[index] : null;

    public static PlanLines Of(ReadOnlySpan<byte> json)
    {
        var lines = new PlanLines { Root = (1, 1) };
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        var inUses = false;
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
                    inUses = reader.ValueTextEquals("uses"u8);
                else if (inUses && reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.StartObject)
                    lines._uses.Add(Place(json, (int)reader.TokenStartIndex));
            }
        }
        catch (JsonException)
        {
            return None;
        }

        return lines;
    }

    private static (int Line, int Column) Place(ReadOnlySpan<byte> json, int at)
    {
        var before = json[..at];
        var start = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[start..]) + 1);
    }
}
