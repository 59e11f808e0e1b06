using System.Globalization;
using System.Text.Json;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Reads a plan from JSON. Whatever is not understood is refused, with the place: a plan that is half read would be half checked.</summary>
public static class PinPlanReader
{
    /// <summary>Largest plan accepted, in bytes.</summary>
    public const int MaxBytes = 65_536;

    /// <summary>Longest string accepted, in characters.</summary>
    public const int MaxText = 64;

    private const int MaxEntries = 64;
    private const int MaxReason = 256;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Reads a plan. A fault has the code <c>plan-malformed</c> and starts with the path, such as <c>$.uses[3].gpio</c>.</summary>
    /// <param name="json">UTF-8, at most <see cref="MaxBytes"/>.</param>
    /// <param name="catalog">Where board and chip are looked up; the default is <see cref="BoardCatalog.Default"/>.</param>
    /// <param name="rules">The rules that an override may name; the default is <see cref="PinRuleSet.Default"/>.</param>
    public static Outcome<PinPlan> Read(ReadOnlySpan<byte> json, BoardCatalog? catalog = null, IReadOnlyList<IPinRule>? rules = null) => ReadDocument(json, root =>
    {
        var plan = ReadPlan(root, rules ?? PinRuleSet.Default);
        CheckHardware(plan, catalog ?? BoardCatalog.Default);
        return plan;
    });

    /// <summary>Reads one use on its own. Its <c>gpio</c> may be left out, where a pin for it is still being looked for; it is -1 then.</summary>
    /// <param name="json">UTF-8, at most <see cref="MaxBytes"/>.</param>
    public static Outcome<PinUse> ReadUse(ReadOnlySpan<byte> json) => ReadDocument(json, root => ReadUse(root, gpioRequired: false));

    private static Outcome<T> ReadDocument<T>(ReadOnlySpan<byte> json, Func<Field, T> read)
        where T : notnull
    {
        if (json.Length > MaxBytes)
            return new Fault("plan-malformed", $"$ is larger than {MaxBytes} bytes.");
        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), Options);
            return read(new Field("$", document.RootElement));
        }
        catch (PlanException error)
        {
            return new Fault("plan-malformed", error.Message);
        }
        catch (JsonException error)
        {
            // A field that is there twice is found after reading, and has no place.
            return new Fault("plan-malformed", error.LineNumber is null ? "$ is not valid JSON: a field is there twice." : string.Create(
                CultureInfo.InvariantCulture, $"{error.Path ?? "$"} is not valid JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}."));
        }
        catch (InvalidOperationException)
        {
            return new Fault("plan-malformed", "$ holds a string that is not valid Unicode.");
        }
    }

    private static PinPlan ReadPlan(Field root, IReadOnlyList<IPinRule> rules)
    {
        var plan = new PinPlan();
        foreach (var field in root.Fields())
        {
            plan = field.Name switch
            {
                "board" => plan with { Board = field.OptionalText() },
                "chip" => plan with { Chip = field.OptionalText() },
                "module" => plan with { Module = field.OptionalText() },
                "flashMode" => plan with { FlashMode = field.Choice(PlanWords.FlashModes) },
                "psram" => plan with { Psram = field.Choice(PlanWords.PsramModes) },
                "vddSpiMillivolts" => plan with { VddSpiMillivolts = field.IsNull ? null : Millivolts(field) },
                "efuses" => plan with { Efuses = field.List(MaxEntries, item => item.Text()) },
                "wifi" => plan with { Wifi = field.OptionalFlag() },
                "console" => plan with { Console = field.Choice(PlanWords.Consoles) },
                "externalPull" => plan with { ExternalPull = ReadExternalPull(field) },
                "wake" => plan with { Wake = ReadWake(field) },
                "interrupts" => plan with { Interrupts = field.List(MaxEntries, item => item.Gpio()) },
                "uses" => plan with { Uses = field.List(PinPlan.MaxUses, item => ReadUse(item, gpioRequired: true)) },
                "overrides" => plan with { Overrides = field.List(MaxEntries, item => ReadOverride(item, rules)) },
                _ => throw field.Unknown(root, "board, chip, module, flashMode, psram, vddSpiMillivolts, efuses, wifi, console, externalPull, wake, interrupts, uses, overrides"),
            };
        }

        if (!root.Has("uses"))
            throw new PlanException("$ lacks the field 'uses'.");
        return plan;
    }

    private static PinUse ReadUse(Field item, bool gpioRequired)
    {
        var use = new PinUse(-1, "");
        foreach (var field in item.Fields())
        {
            use = field.Name switch
            {
                "gpio" => use with { Gpio = field.Gpio() },
                "function" => use with { Function = field.Text() },
                "signal" => use with { Signal = field.OptionalText() },
                "direction" => use with { Direction = field.Choice(PlanWords.Directions) },
                "pull" => use with { Pull = field.Choice(PlanWords.Pulls) },
                "frequencyHz" => use with { FrequencyHz = field.OptionalNumber(1, 200_000_000) },
                "resolutionBits" => use with { ResolutionBits = field.OptionalNumber(1, 20) },
                "driveMilliamps" => use with { DriveMilliamps = field.OptionalNumber(1, 1000) },
                "rmtSymbols" => use with { RmtSymbols = field.OptionalNumber(1, 4096) },
                "hold" => use with { Hold = field.OptionalFlag() },
                _ => throw field.Unknown(item, "gpio, function, signal, direction, pull, frequencyHz, resolutionBits, driveMilliamps, rmtSymbols, hold"),
            };
        }

        item.Require("function");
        if (gpioRequired)
            item.Require("gpio");
        return use;
    }

    private static PinOverride ReadOverride(Field item, IReadOnlyList<IPinRule> rules)
    {
        var entry = new PinOverride("", [], "");
        foreach (var field in item.Fields())
        {
            entry = field.Name switch
            {
                "rule" => entry with { Rule = field.Text() },
                "gpios" => entry with { Gpios = field.List(MaxEntries, gpio => gpio.Gpio()) },
                "reason" => entry with { Reason = field.Text(MaxReason) },
                _ => throw field.Unknown(item, "rule, gpios, reason"),
            };
        }

        item.Require("rule", "gpios", "reason");
        if (rules.All(rule => !PinRuleSet.IsNamed(rule, entry.Rule)))
            throw new PlanException($"{item.Path}.rule names no rule: '{entry.Rule}'. Use an id (PIN010) or a class (strapping).");
        return entry;
    }

    private static Dictionary<int, PinPull> ReadExternalPull(Field parent)
    {
        var pulls = new Dictionary<int, PinPull>();
        foreach (var field in parent.Fields())
        {
            if (!int.TryParse(field.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var gpio) || gpio > PlanWords.MaxGpio)
                throw new PlanException($"{parent.Path} has the field '{field.Name}', which is not a GPIO number.");
            pulls[gpio] = field.Choice(PlanWords.Pulls) ?? PinPull.None;
        }

        return pulls;
    }

    private static Dictionary<string, IReadOnlyList<int>> ReadWake(Field parent)
    {
        var wake = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);
        foreach (var field in parent.Fields())
        {
            wake[field.Name] = field.Name is "ext0" or "ext1" or "gpio" or "touch" or "ulp"
                ? field.List(MaxEntries, item => item.Gpio())
                : throw field.Unknown(parent, "ext0, ext1, gpio, touch, ulp");
        }

        return wake;
    }

    private static int Millivolts(Field field) => field.Number() is var value and (1800 or 3300)
        ? value
        : throw new PlanException($"{field.Path} must be 1800 or 3300.");

    private static void CheckHardware(PinPlan plan, BoardCatalog catalog)
    {
        if (plan.Board is null && plan.Chip is null)
            throw new PlanException("$ names neither a board nor a chip: add \"board\" or \"chip\".");
        if (plan.Chip is not null && catalog.FindChip(plan.Chip) is null)
            throw new PlanException($"$.chip names the unknown chip '{plan.Chip}'; known are {string.Join(", ", catalog.ChipIds)}.");
        if (plan.Board is null)
            return;
        var board = catalog.FindBoard(plan.Board) ?? throw new PlanException($"$.board names the unknown board '{plan.Board}'; 'espforge boards list' shows the known ones.");
        if (plan.Chip is not null && !string.Equals(plan.Chip, board.ChipId, StringComparison.Ordinal))
            throw new PlanException($"$.chip says '{plan.Chip}', but the board '{board.Id}' has '{board.ChipId}'.");
    }

    private sealed class PlanException(string message) : Exception(message);

    /// <summary>A JSON value and the way to it.</summary>
    private readonly struct Field(string path, JsonElement value, string name = "")
    {
        public string Path => path;

        public string Name => name;

        public bool IsNull => value.ValueKind == JsonValueKind.Null;

        public IEnumerable<Field> Fields()
        {
            if (value.ValueKind != JsonValueKind.Object)
                throw Wrong("an object");
            var parent = path;
            return value.EnumerateObject().Select(property => new Field($"{parent}.{property.Name}", property.Value, property.Name));
        }

        public bool Has(string field) => value.TryGetProperty(field, out _);

        public void Require(params ReadOnlySpan<string> fields)
        {
            foreach (var field in fields)
            {
                if (!Has(field))
                    throw new PlanException($"{path} lacks the field '{field}'.");
            }
        }

        public PlanException Unknown(Field parent, string known) => new($"{parent.Path} has the unknown field '{Shown(name)}'; known are {known}.");

        public List<T> List<T>(int max, Func<Field, T> read)
        {
            if (value.ValueKind == JsonValueKind.Null)
                return [];
            if (value.ValueKind != JsonValueKind.Array)
                throw Wrong("an array");
            if (value.GetArrayLength() > max)
                throw new PlanException($"{path} has more than {max} entries.");
            var list = new List<T>(value.GetArrayLength());
            foreach (var item in value.EnumerateArray())
                list.Add(read(new Field(string.Create(CultureInfo.InvariantCulture, $"{path}[{list.Count}]"), item)));
            return list;
        }

        public string Text(int max = MaxText)
        {
            if (value.ValueKind != JsonValueKind.String)
                throw Wrong("a string");
            var text = value.GetString()!;
            if (text.Length > max)
                throw new PlanException($"{path} is longer than {max} characters.");
            return text.AsSpan().Trim().IsEmpty ? throw new PlanException($"{path} must not be empty.") : text;
        }

        public string? OptionalText() => IsNull ? null : Text();

        public bool? OptionalFlag() => value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong("true or false"),
        };

        public int Number() => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong("a whole number");

        public int? OptionalNumber(int min, int max)
        {
            if (IsNull)
                return null;
            var number = Number();
            return number >= min && number <= max ? number
                : throw new PlanException(string.Create(CultureInfo.InvariantCulture, $"{path} must be a whole number from {min} to {max}."));
        }

        public int Gpio() => Number() is var gpio and >= 0 and <= PlanWords.MaxGpio
            ? gpio
            : throw new PlanException($"{path} must be a GPIO number from 0 to {PlanWords.MaxGpio}.");

        public T? Choice<T>(IReadOnlyList<(string Word, T Value)> words)
            where T : struct
        {
            if (IsNull)
                return null;
            var text = Text();
            foreach (var (word, choice) in words)
            {
                if (string.Equals(word, text, StringComparison.Ordinal))
                    return choice;
            }

            throw new PlanException($"{path} must be one of {string.Join(", ", words.Select(pair => pair.Word))}, not '{text}'.");
        }

        private PlanException Wrong(string wanted) => new($"{path} must be {wanted}.");

        private static string Shown(string text) => text.Length <= MaxText ? text : string.Concat(text.AsSpan(0, MaxText), "…");
    }
}
