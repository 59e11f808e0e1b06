using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EspForge.Cli;

/// <summary>Where in a plan's file a fault is: as editors and CI logs have it, <c>plan.json:5:17</c>.</summary>
internal static class PlanPlace
{
    /// <summary>The path with line and column, both from 1, of what <paramref name="message"/> is about; the path alone where that is no place in the JSON.</summary>
    /// <param name="path">The file.</param>
    /// <param name="json">Its bytes.</param>
    /// <param name="message">A message of <see cref="PinRules.PinPlanReader"/>, which starts with the field's path.</param>
    public static string Of(string path, ReadOnlySpan<byte> json, string message)
    {
        if (!message.StartsWith('$'))
            return path;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        long at = 0;
        try
        {
            if (reader.Read())
                Walk(ref reader, message.AsSpan(1), ref at);
            while (message.Contains("is not valid JSON", StringComparison.Ordinal) && reader.Read())
                at = reader.TokenStartIndex;
        }
        catch (JsonException error)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{path}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}");
        }

        if (message.Contains("is not valid JSON", StringComparison.Ordinal) || message.Contains("is larger than", StringComparison.Ordinal))
            return path;
        var before = json[..(int)at];
        var start = before.LastIndexOf((byte)'\n') + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{path}:{before.Count((byte)'\n') + 1}:{Encoding.UTF8.GetCharCount(before[start..]) + 1}");
    }

    // Follows ".uses[3].gpio" as far as the JSON goes.
    private static void Walk(ref Utf8JsonReader reader, ReadOnlySpan<char> way, ref long at)
    {
        at = reader.TokenStartIndex;
        while (!way.IsEmpty)
        {
            if (way[0] == '[' && reader.TokenType == JsonTokenType.StartArray && way.IndexOf(']') is var close and > 1
                && int.TryParse(way[1..close], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                reader.Read();
                for (; index > 0 && reader.TokenType != JsonTokenType.EndArray; index--)
                {
                    reader.Skip();
                    reader.Read();
                }

                if (reader.TokenType == JsonTokenType.EndArray)
                    return;
                way = way[(close + 1)..];
            }
            else if (way[0] == '.' && reader.TokenType == JsonTokenType.StartObject)
            {
                way = way[1..];
                var end = 0;
                while (end < way.Length && (char.IsAsciiLetterOrDigit(way[end]) || way[end] is '_' or '-'))
                    end++;
                if (end == 0 || !Find(ref reader, way[..end]))
                    return;
                way = way[end..];
            }
            else
            {
                // "has the unknown field 'x'" is about the field.
                const string unknown = " has the unknown field '";
                if (way.StartsWith(unknown) && reader.TokenType == JsonTokenType.StartObject && way[unknown.Length..] is var name && name.IndexOf('\'') is var quote and > 0)
                    Find(ref reader, name[..quote], ref at);
                return;
            }

            at = reader.TokenStartIndex;
        }
    }

    private static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<char> name)
    {
        long ignored = 0;
        return Find(ref reader, name, ref ignored);
    }

    private static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<char> name, ref long at)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var here = reader.ValueTextEquals(name);
            if (here)
                at = reader.TokenStartIndex;
            reader.Read();
            if (here)
                return true;
            reader.Skip();
        }

        return false;
    }
}
