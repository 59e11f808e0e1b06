using System.Text.Json;

namespace EspForge.Cli.Server;

/// <summary>Fields of the API's answers.</summary>
internal static class Fields
{
    public static string Text(this JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var field) ? field.ValueKind switch
        {
            JsonValueKind.String => field.GetString()!,
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            _ => field.GetRawText(),
        } : "";

    public static JsonElement? Member(this JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Object && value.TryGetProperty(name, out var field) && field.ValueKind is not JsonValueKind.Null ? field : null;

    public static long Number(this JsonElement value, string name) => value.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var whole) ? whole : 0;

    /// <summary>Text of a server for a terminal: without what a terminal would act on.</summary>
    public static string Plain(string text) => string.Create(text.Length, text, (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
            span[i] = char.IsControl(source[i]) && source[i] is not '\t' ? '\uFFFD' : source[i];
    });

    /// <summary>Writes columns, as wide as their longest cell.</summary>
    public static void Table(TextWriter output, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = new List<IReadOnlyList<string>> { heads };
        lines.AddRange(rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Plain)]));
        var widths = Enumerable.Range(0, heads.Count).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            output.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
