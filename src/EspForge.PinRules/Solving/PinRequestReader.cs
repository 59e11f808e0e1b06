using System.Buffers;
using System.Globalization;
using System.Text.Json;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Reads a request from JSON. Whatever is not understood is refused, with the place.</summary>
public static class PinRequestReader
{
    private const int MaxNeeds = 64;
    private const string NeedFields = "kind, name, count, signals, speedHz, wifi, mode, bus, instance, source, direction, pull, gpios, near, locked, soldered";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads a request. A fault has the code <c>request-malformed</c> and starts with the path, such as <c>$.needs[3].count</c>.</summary>
    /// <param name="json">UTF-8, at most <see cref="PinPlanReader.MaxBytes"/>.</param>
    /// <param name="catalog">Where board and chip are looked up; the default is <see cref="BoardCatalog.Default"/>.</param>
    public static Outcome<PinRequest> Read(ReadOnlySpan<byte> json, BoardCatalog? catalog = null)
    {
        catalog ??= BoardCatalog.Default;
        if (json.Length > PinPlanReader.MaxBytes)
            return new Fault("request-malformed", $"$ is larger than {PinPlanReader.MaxBytes} bytes.");
        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), Options);
            var request = ReadRoot(document.RootElement, catalog);
            var verdicts = new PinVerdicts(request.Plan, catalog);
            BlockExpansion.Of(request, verdicts.Chip, verdicts.Board);
            return request;
        }
        catch (PinRequestException error)
        {
            return new Fault("request-malformed", error.Sentence);
        }
        catch (JsonException error)
        {
            return new Fault("request-malformed", error.LineNumber is null ? "$ is not valid JSON: a field is there twice." : string.Create(
                CultureInfo.InvariantCulture, $"{error.Path ?? "$"} is not valid JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}."));
        }
        catch (InvalidOperationException)
        {
            return new Fault("request-malformed", "$ holds a string that is not valid Unicode.");
        }
    }

    private static PinRequest ReadRoot(JsonElement root, BoardCatalog catalog)
    {
        PinPlan? plan = null;
        IReadOnlyList<int> locked = [];
        IReadOnlyList<int> free = [];
        IReadOnlyList<PinNeed> needs = [];
        foreach (var field in Fields(root, "$"))
        {
            var path = "$." + field.Name;
            switch (field.Name)
            {
                case "plan":
                    plan = ReadPlan(field.Value, catalog);
                    break;
                case "locked":
                    locked = Gpios(field.Value, path);
                    break;
                case "free":
                    free = Gpios(field.Value, path);
                    break;
                case "needs":
                    needs = List(field.Value, path, MaxNeeds, ReadNeed);
                    break;
                default:
                    throw Unknown("$", field.Name, "plan, locked, free, needs");
            }
        }

        if (plan is null)
            throw new PinRequestException("$", "lacks the field 'plan'.");
        return new PinRequest { Plan = plan, Locked = locked, Free = free, Needs = needs };
    }

    // The plan is read by its own reader; "uses" may be left out here.
    private static PinPlan ReadPlan(JsonElement value, BoardCatalog catalog)
    {
        var bytes = new ArrayBufferWriter<byte>();
        if (value.ValueKind == JsonValueKind.Object && !value.TryGetProperty("uses", out _))
        {
            using var json = new Utf8JsonWriter(bytes);
            json.WriteStartObject();
            foreach (var property in value.EnumerateObject())
                property.WriteTo(json);
            json.WriteStartArray("uses");
            json.WriteEndArray();
            json.WriteEndObject();
        }
        else
        {
            using var json = new Utf8JsonWriter(bytes);
            value.WriteTo(json);
        }

        if (PinPlanReader.Read(bytes.WrittenSpan, catalog).TryGet(out var plan, out var fault))
            return plan;
        var split = fault.Message.AsSpan().IndexOf(' ');
        throw new PinRequestException("$.plan" + fault.Message[1..split], fault.Message[(split + 1)..]);
    }

    private static PinNeed ReadNeed(JsonElement item, string path)
    {
        PinNeed? need = null;
        if (Fields(item, path).All(field => field.Name is not "kind"))
            throw new PinRequestException(path, "lacks the field 'kind'.");
        need = new PinNeed(Text(item.GetProperty("kind"), path + ".kind"));
        foreach (var field in item.EnumerateObject())
        {
            var at = $"{path}.{field.Name}";
            var value = field.Value;
            if (value.ValueKind == JsonValueKind.Null)
                continue;
            need = field.Name switch
            {
                "kind" => need,
                "name" => need with { Name = Text(value, at) },
                "count" => need with { Count = Number(value, at) },
                "signals" => need with { Signals = List(value, at, MaxNeeds, Text) },
                "speedHz" => need with { SpeedHz = Number(value, at) },
                "wifi" => need with { Wifi = Flag(value, at) },
                "mode" => need with { Mode = Text(value, at) },
                "bus" => need with { Bus = Text(value, at) },
                "instance" => need with { Instance = Number(value, at) },
                "source" => need with { Source = Text(value, at) },
                "direction" => need with { Direction = Choice(value, at, PlanWords.Directions) },
                "pull" => need with { Pull = Choice(value, at, PlanWords.Pulls) },
                "gpios" => need with { Gpios = Gpios(value, at) },
                "near" when value.ValueKind == JsonValueKind.String => need with { NearHeader = Text(value, at) },
                "near" => need with { NearGpio = Gpio(value, at) },
                "locked" => need with { Locked = Places(value, at) },
                "soldered" => need with { Soldered = Places(value, at) },
                _ => throw Unknown(path, field.Name, NeedFields),
            };
        }

        return need;
    }

    // A number for the only line of a need, or an object of line → GPIO.
    private static Dictionary<string, int> Places(JsonElement value, string path)
    {
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        if (value.ValueKind == JsonValueKind.Number)
        {
            places.Add("", Gpio(value, path));
            return places;
        }

        foreach (var field in Fields(value, path))
        {
            if (!places.TryAdd(field.Name, Gpio(field.Value, $"{path}.{field.Name}")))
                throw new PinRequestException(path, $"names the line '{field.Name}' twice.");
        }

        return places;
    }

    private static JsonElement.ObjectEnumerator Fields(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw new PinRequestException(path, "must be an object.");

    private static List<int> Gpios(JsonElement value, string path) => List(value, path, MaxNeeds, Gpio);

    private static List<T> List<T>(JsonElement value, string path, int max, Func<JsonElement, string, T> read)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new PinRequestException(path, "must be an array.");
        if (value.GetArrayLength() > max)
            throw new PinRequestException(path, $"has more than {max} entries.");
        var list = new List<T>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
            list.Add(read(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{list.Count}]")));
        return list;
    }

    private static string Text(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw new PinRequestException(path, "must be a string.");
        var text = value.GetString()!;
        if (text.Length > PinPlanReader.MaxText)
            throw new PinRequestException(path, $"is longer than {PinPlanReader.MaxText} characters.");
        return string.IsNullOrWhiteSpace(text) ? throw new PinRequestException(path, "must not be empty.") : text;
    }

    private static int Number(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw new PinRequestException(path, "must be a whole number.");

    private static bool Flag(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new PinRequestException(path, "must be true or false."),
    };

    private static int Gpio(JsonElement value, string path) => Number(value, path) is var gpio and >= 0 and <= PlanWords.MaxGpio
        ? gpio
        : throw new PinRequestException(path, $"must be a GPIO number from 0 to {PlanWords.MaxGpio}.");

    private static T Choice<T>(JsonElement value, string path, IReadOnlyList<(string Word, T Value)> words)
        where T : struct
    {
        var text = Text(value, path);
        foreach (var (word, choice) in words)
        {
            if (string.Equals(word, text, StringComparison.Ordinal))
                return choice;
        }

        throw new PinRequestException(path, $"must be one of {string.Join(", ", words.Select(pair => pair.Word))}, not '{text}'.");
    }

    private static PinRequestException Unknown(string path, string name, string known) =>
        new(path, $"has the unknown field '{(name.Length <= PinPlanReader.MaxText ? name : string.Concat(name.AsSpan(0, PinPlanReader.MaxText), "…"))}'; known are {known}.");
}
