using System.Text.Json;

namespace EspForge.Build;

/// <summary>
/// What <c>idf.py size</c> tells: in the format <c>json2</c> (ESP-IDF 5.3 and later) a list of memories by name, in <c>json</c> (before 6.0) one object. Chips have data
/// and instruction RAM apart (<c>DRAM</c>, <c>IRAM</c>), as one (<c>DIRAM</c>), or in part as one; what is for instructions alone does not count.
/// </summary>
internal sealed record IdfSizes(long? RamUsedBytes, long? RamTotalBytes, long? FlashUsedBytes)
{
    /// <summary>The formats to ask for, the best first: none is known to every version.</summary>
    public static IReadOnlyList<string> FormatsOf(string version) => Version.TryParse(version, out var number) switch
    {
        true when number >= new Version(6, 0) => ["json2"],
        true when number >= new Version(5, 3) => ["json2", "json"],
        _ => ["json"],
    };

    public static IdfSizes? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var sizes = root.TryGetProperty("layout", out var layout)
                ? ReadLayout(layout, Number(root, "total_size"))
                : new IdfSizes(Sum(root, "used_dram", "used_diram"), Sum(root, "dram_total", "diram_total"), Number(root, "total_size"));
            return sizes is { RamUsedBytes: null, FlashUsedBytes: null } ? null : sizes;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IdfSizes ReadLayout(JsonElement layout, long? imageBytes)
    {
        long? used = null, total = null;
        foreach (var memory in layout.EnumerateArray())
        {
            if (!memory.TryGetProperty("name", out var name) || name.GetString() is not ("DRAM" or "DIRAM") || Number(memory, "used") is not { } part)
                continue;
            used = (used ?? 0) + part;
            total = (total ?? 0) + (Number(memory, "total") ?? 0);
        }

        return new IdfSizes(used, total is 0 ? null : total, imageBytes);
    }

    private static long? Sum(JsonElement root, params string[] names)
    {
        var found = names.Select(name => Number(root, name)).Where(number => number is not null).ToList();
        return found.Count == 0 ? null : found.Sum();
    }

    private static long? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number is >= 0 and <= uint.MaxValue ? number : null;
}
