using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Reads <c>#define</c>, <c>constexpr</c> and <c>const</c> pins of C and C++: pin headers, <c>camera_pins.h</c>, TFT_eSPI set-ups, sketches.</summary>
internal sealed class CHeaderImport(ImportDraft draft)
{
    private const int MaxConstants = 4_096;
    private const int MaxAliases = 8;

    private readonly Dictionary<string, Constant> _constants = new(StringComparer.Ordinal);
    private readonly List<Constant> _inOrder = [];
    private readonly HashSet<string> _defined = new(StringComparer.Ordinal) { "ESP32", "ESP_PLATFORM", "ARDUINO_ARCH_ESP32", "ARDUINO" };
    private readonly HashSet<string> _undefined = new(StringComparer.Ordinal) { "__cplusplus", "__INTELLISENSE__", "ESP8266", "ARDUINO_ARCH_ESP8266", "__AVR__", "ARDUINO_ARCH_RP2040", "STM32" };
    private int _depth;

    public Fault? Read(string text)
    {
        var lines = CLine.Split(text);
        var generated = ReadOpening(text);
        foreach (var macro in draft.Options.Defines)
            _defined.Add(macro);
        var branches = new CBranches(draft, ValueOf, IsDefined);
        branches.Prepare(lines);
        if (draft.Options.Model is { } model && Choose(branches, model) is { } unknown)
            return unknown;
        draft.Choices.AddRange(branches.Models);
        GuessChip(branches.Models);
        foreach (var line in lines)
        {
            if (!branches.Step(line) && branches.Active)
                ReadLine(line);
        }

        var inCamera = _inOrder.Exists(constant => constant.Name.Contains("XCLK", StringComparison.OrdinalIgnoreCase)) && _inOrder.Exists(constant => constant.Name.Contains("SIOD", StringComparison.OrdinalIgnoreCase));
        foreach (var constant in _inOrder)
            Take(constant, inCamera, generated);
        return null;
    }

    // "(board esp32-cam). Generated from the pin plan by espforge": our own header names its board.
    private bool ReadOpening(string text)
    {
        var at = text.IndexOf("). Generated from the pin plan by espforge", StringComparison.Ordinal);
        if (at < 0)
            return false;
        var open = text.LastIndexOf('(', at);
        var words = open < 0 ? [] : text[(open + 1)..at].Split(' ');
        if (words is ["board", var board])
            draft.TryBoard(board);
        else if (words is ["chip", var chip])
            draft.TryChip(chip);
        return true;
    }

    private Fault? Choose(CBranches branches, string model)
    {
        var chosen = branches.Models.Find(known => string.Equals(known, model, StringComparison.OrdinalIgnoreCase))
            ?? branches.Models.Find(known => known.EndsWith("_" + model, StringComparison.OrdinalIgnoreCase));
        if (chosen is null)
        {
            return new Fault("import-model-unknown", branches.Models.Count == 0
                ? "The text has no models to choose from."
                : $"The text has no model '{model}'; it has {string.Join(", ", branches.Models.Take(40).Select(ImportDraft.Shown))}.");
        }

        _defined.Add(chosen);
        _undefined.UnionWith(branches.Models.Where(known => !string.Equals(known, chosen, StringComparison.Ordinal)));
        return null;
    }

    // The boards of the camera examples of arduino-esp32.
    private void GuessChip(List<string> models)
    {
        var model = models.Find(_defined.Contains) ?? (models.Count > 0 && models[0].StartsWith("CAMERA_MODEL_", StringComparison.Ordinal) ? models[0] : null);
        switch (model)
        {
            case null:
                break;
            case "CAMERA_MODEL_AI_THINKER":
                draft.TryBoard("esp32-cam");
                break;
            case "CAMERA_MODEL_XIAO_ESP32S3":
                draft.TryBoard("xiao-esp32s3");
                break;
            case { } name when name.StartsWith("CAMERA_MODEL_", StringComparison.Ordinal):
                draft.TryChip(name.Contains("S3", StringComparison.Ordinal) ? "esp32s3" : name.Contains("S2", StringComparison.Ordinal) ? "esp32s2" : "esp32");
                break;
        }

        if (draft.Chip is null)
            return;
        _defined.Add("CONFIG_IDF_TARGET_" + draft.Chip.Id.ToUpperInvariant());
        foreach (var other in new[] { "ESP32", "ESP32S2", "ESP32S3", "ESP32C2", "ESP32C3", "ESP32C5", "ESP32C6", "ESP32C61", "ESP32H2", "ESP32P4" })
        {
            if (!string.Equals(other, draft.Chip.Id, StringComparison.OrdinalIgnoreCase))
                _undefined.Add("CONFIG_IDF_TARGET_" + other);
        }
    }

    private void ReadLine(CLine line)
    {
        if (line.Code.StartsWith('#'))
        {
            ReadDirective(line);
            return;
        }

        foreach (var statement in line.Code.Split(';'))
        {
            ReadStatement(line, statement.TrimStart(' ', '\t', '}'));
            foreach (var letter in statement)
                _depth += letter switch { '{' => 1, '}' => -1, _ => 0 };
            _depth = Math.Max(0, _depth);
        }
    }

    private void ReadDirective(CLine line)
    {
        var text = line.Code.AsSpan(1).TrimStart();
        if (text.StartsWith("undef"))
        {
            var gone = text["undef".Length..].Trim().ToString();
            _defined.Remove(gone);
            if (_constants.Remove(gone, out var constant))
                _inOrder.Remove(constant);
            return;
        }

        if (!text.StartsWith("define"))
            return;
        text = text["define".Length..].TrimStart();
        var end = NameEnd(text);
        if (end == 0 || end < text.Length && text[end] == '(')
            return;
        var name = text[..end].ToString();
        _defined.Add(name);
        if (!text[end..].Trim().IsEmpty)
            Keep(line, name, text[end..].Trim().ToString());
    }

    // "static const uint8_t LED = 2", "constexpr gpio_num_t LED{GPIO_NUM_2}", "int led = 2, relay = 4".
    private void ReadStatement(CLine line, string statement)
    {
        var text = statement.AsSpan().Trim();
        var (constant, typed) = (false, false);
        while (true)
        {
            var end = NameEnd(text);
            var word = text[..end];
            if (word is "const" or "constexpr")
                constant = true;
            else if (word is "int" or "byte" or "char" or "short" or "unsigned" or "uint8_t" or "int8_t" or "uint16_t" or "int16_t" or "uint32_t" or "int32_t" or "gpio_num_t" or "auto" or "size_t")
                typed = true;
            else if (word is not ("static" or "inline" or "std" or "extern" or "volatile" or "signed" or "long"))
                break;
            text = text[end..].TrimStart().TrimStart(':').TrimStart();
        }

        if (!typed || !constant && _depth > 0)
            return;
        foreach (var declared in text.ToString().Split(','))
        {
            var part = declared.AsSpan().Trim();
            var end = NameEnd(part);
            if (end == 0)
                return;
            var name = part[..end].ToString();
            var rest = part[end..].TrimStart();
            if (rest.StartsWith('['))
            {
                if (PinNameReader.Read(name).IsPin)
                    draft.Ignore(line.Number, $"{ImportDraft.Shown(name)} is an array; name its pins one by one.");
                return;
            }

            if (rest.StartsWith('='))
                Keep(line, name, rest[1..].Trim().ToString());
            else if (rest.StartsWith('{') && rest.EndsWith('}'))
                Keep(line, name, rest[1..^1].Trim().ToString());
            else
                return;
        }
    }

    private void Keep(CLine line, string name, string value)
    {
        if (_constants.Remove(name, out var before))
            _inOrder.Remove(before);
        else if (_inOrder.Count >= MaxConstants)
            return;
        var constant = new Constant(name, CValue.Bare(value), line.Number, line.Remark);
        _constants[name] = constant;
        _inOrder.Add(constant);
    }

    private void Take(Constant constant, bool inCamera, bool generated)
    {
        var name = PinNameReader.Read(constant.Name, inCamera);
        var value = Resolve(constant.Value, out var isGpio);
        var isPin = name.IsPin || isGpio || generated && constant.Name.StartsWith("PIN_", StringComparison.Ordinal);
        if (value is null)
        {
            if (isPin && !CValue.IsNone(constant.Value) && !constant.Value.StartsWith('"') && !_defined.Contains(constant.Value) && constant.Value is not ("HIGH" or "LOW" or "true" or "false"))
                draft.Ignore(constant.Line, $"The value of {ImportDraft.Shown(constant.Name)} is not understood: '{ImportDraft.Shown(constant.Value)}'.");
            return;
        }

        if (value is < 0 or 255)
            return;
        if (!isPin || value > PlanWords.MaxGpio)
        {
            if (value <= 54 && !name.IsOther)
                draft.Ignore(constant.Line, $"{ImportDraft.Shown(constant.Name)} does not say that it is a pin.");
            return;
        }

        var (function, signal, direction, pull) = generated ? Remark(constant, name) : (name.Function, name.Signal, null, null);
        draft.Add(constant.Line, (int)value.Value, function, signal, direction, pull);
    }

    // Our own comment has the exact words: "i2c0 sda, io, pull-up, on 21".
    private static (string Function, string? Signal, PinDirection? Direction, PinPull? Pull) Remark(Constant constant, PinName name)
    {
        var parts = constant.Remark.Split(", ");
        var words = parts[0].Split(' ');
        PinDirection? direction = null;
        PinPull? pull = null;
        foreach (var part in parts.Skip(1))
        {
            foreach (var (word, value) in PlanWords.Directions)
                direction = string.Equals(part, word, StringComparison.Ordinal) ? value : direction;
            pull = part switch { "pull-up" => PinPull.Up, "pull-down" => PinPull.Down, _ => pull };
        }

        var exact = words.Length <= 2 && constant.Name.StartsWith("PIN_" + string.Join('_', words.Select(PinNames.Word)), StringComparison.Ordinal);
        return exact ? (words[0], words.ElementAtOrDefault(1), direction, pull) : (name.Function, name.Signal, direction, pull);
    }

    // A number, a GPIO's name, a name the board prints, or another constant.
    private long? Resolve(string value, out bool isGpio)
    {
        isGpio = false;
        for (var hop = 0; hop < MaxAliases; hop++)
        {
            if (CValue.IsNone(value))
                return null;
            if (CValue.Number(value) is { } number)
                return number;
            if (_constants.TryGetValue(value, out var alias))
            {
                value = alias.Value;
                continue;
            }

            if (CValue.GpioName(value) is not { } gpio && !TryBoardName(value, out gpio))
                return null;
            isGpio = true;
            return gpio;
        }

        return null;
    }

    private bool TryBoardName(string value, out int gpio)
    {
        gpio = 0;
        if (draft.Board is not { } board || value.Length is 0 or > 8)
            return false;
        if (board.PinNames.TryGetValue(value, out gpio))
            return true;
        var pin = board.Headers.SelectMany(header => header.Pins).FirstOrDefault(pin => string.Equals(pin.Label, value, StringComparison.Ordinal) && pin.Gpio is not null && char.IsAsciiLetter(value[0]));
        gpio = pin?.Gpio ?? 0;
        return pin is not null;
    }

    private long? ValueOf(string name)
    {
        for (var hop = 0; hop < MaxAliases && _constants.TryGetValue(name, out var constant); hop++)
        {
            if (CValue.Number(constant.Value) is { } number)
                return number;
            name = constant.Value;
        }

        return _defined.Contains(name) && !_constants.ContainsKey(name) ? 1 : null;
    }

    private bool? IsDefined(string name) => _defined.Contains(name) || _constants.ContainsKey(name) ? true : _undefined.Contains(name) ? false : null;

    private static int NameEnd(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        return end > 0 && char.IsAsciiDigit(text[0]) ? 0 : end;
    }

    private sealed record Constant(string Name, string Value, int Line, string Remark);
}
