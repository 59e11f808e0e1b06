using System.Text.Json;

namespace EspForge.PinRules.Tests;

/// <summary>Pin maps and mistakes from public projects, as data: which pin of which chip does what, and where that can be read.</summary>
internal static class Corpus
{
    public static IReadOnlyList<(string Name, JsonElement Map)> Boards { get; } = Read("boards");

    public static IReadOnlyList<(string Name, JsonElement Mistake)> Mistakes { get; } = Read("mistakes");

    /// <summary>The plan of a map, with the words of each use joined as <paramref name="spelling"/> says.</summary>
    public static PinPlan PlanOf(JsonElement map, Spelling spelling)
    {
        var uses = map.GetProperty("uses").EnumerateArray().Select(text => Spelled(Plans.Use(text.GetString()!), spelling));
        return new PinPlan
        {
            Chip = map.GetProperty("chip").GetString(),
            Module = Text(map, "module"),
            Psram = Text(map, "psram") is { } psram ? PlanWords.Value(PlanWords.PsramModes, psram) : null,
            Console = Text(map, "console") is { } console ? PlanWords.Value(PlanWords.Consoles, console) : null,
            Wifi = map.TryGetProperty("wifi", out var wifi) ? wifi.GetBoolean() : null,
            Uses = [.. uses],
        };
    }

    public static PinUse Spelled(PinUse use, Spelling spelling) => spelling switch
    {
        Spelling.Phrase => use with { Function = use.Name, Signal = null },
        Spelling.Joined => use with { Function = use.Name.Replace(' ', '_'), Signal = null },
        Spelling.Capitals => use with { Function = use.Function.ToUpperInvariant(), Signal = use.Signal?.ToUpperInvariant() },
        _ => use,
    };

    public static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static List<(string, JsonElement)> Read(string name)
    {
        var entries = new List<(string, JsonElement)>();
        foreach (var resource in typeof(Corpus).Assembly.GetManifestResourceNames().Where(resource => resource == "corpus/" + name || resource.StartsWith($"corpus/{name}-", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = typeof(Corpus).Assembly.GetManifestResourceStream(resource)!;
            using var document = JsonDocument.Parse(stream);
            entries.AddRange(document.RootElement.EnumerateArray().Select(entry => (entry.GetProperty("name").GetString()!, entry.Clone())));
        }

        return entries;
    }
}

/// <summary>Ways people write one and the same use.</summary>
public enum Spelling
{
    Apart,
    Phrase,
    Joined,
    Capitals,
}
