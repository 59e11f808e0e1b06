using System.Text.Json;

namespace EspForge.Boards;

/// <summary>
/// A value of a shipped file, read by name. A serializer of <see cref="CatalogJson"/>'s kind reads the same, but its code is generic over our types and
/// so compiled anew in every process, which takes longer than everything else a short command does.
/// </summary>
internal readonly struct CatalogNode(JsonElement value)
{
    /// <summary>The field, or null where it is missing or null.</summary>
    public CatalogNode? Find(string field) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(field, out var found) && found.ValueKind != JsonValueKind.Null ? new CatalogNode(found) : null;

    public CatalogNode Get(string field) => Find(field) ?? throw new JsonException($"The field '{field}' is missing.");

    public string Text(string field) => Get(field).AsText();

    public string? OptionalText(string field) => Find(field)?.AsText();

    public int Number(string field) => Get(field).AsNumber();

    public int? OptionalNumber(string field) => Find(field)?.AsNumber();

    /// <summary>The number, or 0 where it is missing.</summary>
    public int Count(string field) => Find(field)?.AsNumber() ?? 0;

    public long Long(string field) => Get(field).AsLong();

    public double Real(string field) => Get(field).AsReal();

    public bool Flag(string field) => Get(field).AsFlag();

    public bool? OptionalFlag(string field) => Find(field)?.AsFlag();

    public IReadOnlyList<int> Numbers(string field)
    {
        if (Find(field) is not { } list)
            return [];
        var numbers = new int[list.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = list[i].AsNumber();
        return numbers;
    }

    public IReadOnlyList<string> Texts(string field) => List(field, item => item.AsText());

    public IReadOnlyList<T> List<T>(string field, Func<CatalogNode, T> read)
    {
        if (Find(field) is not { } list)
            return [];
        var items = new T[list.Length];
        for (var i = 0; i < items.Length; i++)
            items[i] = read(list[i]);
        return items;
    }

    /// <summary>Name → number; null where it is missing.</summary>
    public Dictionary<string, int>? NumberMap(string field)
    {
        if (Find(field) is not { } map)
            return null;
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var property in map.Properties())
            numbers[property.Name] = property.Value.GetInt32();
        return numbers;
    }

    public JsonElement.ObjectEnumerator Properties() => value.EnumerateObject();

    public string AsText() => value.GetString() ?? throw new JsonException("A string is missing.");

    private int Length => value.GetArrayLength();

    private CatalogNode this[int index] => new(value[index]);

    private int AsNumber() => value.GetInt32();

    private long AsLong() => value.GetInt64();

    private double AsReal() => value.GetDouble();

    private bool AsFlag() => value.GetBoolean();
}
