using System.Text.Json;

namespace EspForge.Build;

/// <summary>What <c>idf.py size --format json</c> tells. Chips have data and instruction RAM apart (<c>dram</c>, <c>iram</c>) or as one (<c>diram</c>).</summary>
internal sealed record IdfSizes(long? RamUsedBytes, long? RamTotalBytes, long? FlashUsedBytes)
{
    public static IdfSizes? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new IdfSizes(Sum(root, "used_dram", "used_diram"), Sum(root, "dram_total", "diram_total"), Number(root, "total_size"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static long? Sum(JsonElement root, params string[] names)
    {
        var found = names.Select(name => Number(root, name)).Where(number => number is not null).ToList();
        return found.Count == 0 ? null : found.Sum();
    }

    private static long? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number : null;
}
