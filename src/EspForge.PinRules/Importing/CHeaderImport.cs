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
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private CEnumerators? _enum;
    private CArray? _array;
    private int _depth;

    public Fault? Read(string text)
    {
        var lines = CLine.Split(text);
        var generated = ReadOpening(text);
        foreach (var macro in draft.Options.Defines)
            Define(macro);
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
        var inVariant = _defined.Contains("Pins_Arduino_h") || _constants.ContainsKey("A0") && _constants.ContainsKey("SDA");
        foreach (var constant in _inOrder)
        {
            if (constant.Array is { } array)
                TakeArray(array);
            else if (!inVariant || !IsAlias(constant))
                Take(constant, inCamera, generated);
        }

        return null;
    }

    // "-D NAME" and "-D NAME=VALUE".
    private void Define(string macro)
    {
        var equals = macro.IndexOf('=', StringComparison.Ordinal);
        var name = (equals < 0 ? macro : macro[..equals]).Trim();
        _defined.Add(name);
        if (equals > 0)
            _given[name] = CValue.Bare(macro[(equals + 1)..]);
    }

    // In the pins_arduino.h of a board D0, A0, T0 and DAC1 are further names of pins, TX1 may be TX, and the pin of an RGB LED stands under another name.
    private bool IsAlias(Constant constant) =>
        IsPinAlias(constant.Name) || constant.Name is "DAC1" or "DAC2" || _constants.ContainsKey(constant.Value) || constant.Value.StartsWith("SOC_GPIO_PIN_COUNT", StringComparison.Ordinal);

    private static bool IsPinAlias(string name) =>
        name.Length is 2 or 3 && name[0] is 'A' or 'D' or 'T' && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

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

        // What is left of a line that ends an enum or an array is read on.
        var code = line.Code;
        if (_enum is not null)
        {
            if (_enum.Feed(line, code) is not { } rest)
                return;
            (_enum, code) = (null, rest);
        }
        else if (_array is not null)
        {
            if (_array.Feed(code) is not { } rest)
                return;
            (_array, code) = (null, rest);
        }

        if (CEnumerators.Start(code) is var head and >= 0)
        {
            _enum = new CEnumerators(code[head..].Split('{')[0], Keep);
            if (_enum.Feed(line, code[head..]) is not null)
                _enum = null;
            return;
        }

        foreach (var statement in code.Split(';'))
        {
            ReadStatement(line, statement.TrimStart(' ', '\t', '}'));
            if (_array is not null)
                return;
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
        if (text.StartsWith("namespace") && text.IndexOf('{') is var body and > 0)
            text = text[(body + 1)..].TrimStart();
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
        if (text.IndexOf('[') is var bracket and > 0 && NameEnd(text) is var length && text[length..bracket].Trim().IsEmpty && length > 0)
        {
            ReadArray(line, text[..length].ToString(), text[bracket..]);
            return;
        }

        foreach (var declared in text.ToString().Split(','))
        {
            var part = declared.AsSpan().Trim();
            var end = NameEnd(part);
            if (end == 0)
                return;
            var name = part[..end].ToString();
            var rest = part[end..].TrimStart();
            if (rest.StartsWith('='))
                Keep(line, name, rest[1..].Trim().ToString());
            else if (rest.StartsWith('{') && rest.EndsWith('}'))
                Keep(line, name, rest[1..^1].Trim().ToString());
            else
                return;
        }
    }

    // "rows[] = { 1, 2, 3 }", "[ROWS] {1,", and on the next lines the rest.
    private void ReadArray(CLine line, string name, ReadOnlySpan<char> rest)
    {
        var (close, open) = (rest.IndexOf(']'), rest.IndexOf('{'));
        if (close < 0 || open < 0)
            return;
        if (open < close || !rest[(close + 1)..open].Trim().TrimStart('=').Trim().IsEmpty)
        {
            if (CArray.Title(name).IsPin)
                draft.Ignore(line.Number, $"{ImportDraft.Shown(name)} is not a plain row of pins.");
            return;
        }

        var array = new CArray(line, name);
        if (_inOrder.Count >= MaxConstants)
            return;
        _inOrder.Add(new Constant(name, "", line.Number, line.Remark) { Array = array });
        if (array.Feed(rest[open..].ToString()) is null)
            _array = array;
    }

    private void TakeArray(CArray array)
    {
        var title = CArray.Title(array.Name);
        var values = array.Elements() is { } elements ? elements.Select(element => (Value: Resolve(element, out var isGpio), IsGpio: isGpio, IsNone: CValue.IsNone(element))).ToList() : [];
        if (!title.IsPin && !values.Exists(value => value.IsGpio))
            return;
        var pins = values.Where(value => value is { IsNone: false, Value: not null }).ToList();
        if (values.Count == 0 || values.Exists(value => value is { IsNone: false, Value: null }) || pins.Exists(value => value.Value is < 0 or > PlanWords.MaxGpio) || pins.DistinctBy(value => value.Value).Count() < pins.Count)
        {
            draft.Ignore(array.Line, $"{ImportDraft.Shown(array.Name)} is not a plain row of pins.");
            return;
        }

        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { IsNone: false, Value: { } gpio })
                continue;
            var (function, signal) = CArray.Element(title, i);
            draft.Add(array.Line, (int)gpio, function, signal);
        }
    }

    private void Keep(CLine line, string name, string value, bool isPin = false)
    {
        // "#define LED_BUILTIN LED_BUILTIN" makes a constant visible to #ifdef.
        if (string.Equals(name, value, StringComparison.Ordinal))
            return;
        if (_constants.Remove(name, out var before))
            _inOrder.Remove(before);
        else if (_inOrder.Count >= MaxConstants)
            return;
        var constant = new Constant(name, CValue.Bare(value), line.Number, line.Remark) { IsPin = isPin };
        _constants[name] = constant;
        _inOrder.Add(constant);
    }

    private void Take(Constant constant, bool inCamera, bool generated)
    {
        var name = PinNameReader.Read(constant.Name, inCamera);
        if (generated && (constant.Name.StartsWith("FREQUENCY_HZ_", StringComparison.Ordinal) || constant.Name.StartsWith("RESOLUTION_BITS_", StringComparison.Ordinal) || constant.Name.StartsWith("RMT_SYMBOLS_", StringComparison.Ordinal)))
            return;
        var value = Resolve(constant.Value, out var isGpio);
        var isPin = name.IsPin || isGpio || constant.IsPin && !name.IsOther || generated && constant.Name.StartsWith("PIN_", StringComparison.Ordinal);
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
            if (value <= 54 && !name.IsOther && !IsPinAlias(constant.Name))
                draft.Ignore(constant.Line, $"{ImportDraft.Shown(constant.Name)} does not say that it is a pin.");
            return;
        }

        if (generated)
            draft.Add(constant.Line, CRemark.Read(constant.Name, constant.Remark, name) with { Gpio = (int)value.Value });
        else
            draft.Add(constant.Line, (int)value.Value, name.Function, name.Signal);
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

            if (_given.TryGetValue(value, out var given))
            {
                value = given;
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
        for (var hop = 0; hop < MaxAliases; hop++)
        {
            var value = _constants.TryGetValue(name, out var constant) ? constant.Value : _given.GetValueOrDefault(name);
            if (value is null)
                break;
            if (CValue.Number(value) is { } number)
                return number;
            name = value;
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

    private sealed record Constant(string Name, string Value, int Line, string Remark)
    {
        public bool IsPin { get; init; }

        public CArray? Array { get; init; }
    }
}
