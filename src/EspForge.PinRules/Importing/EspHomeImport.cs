using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Reads an ESPHome configuration: chip, console and memory, and every pin of every component. What <c>!include</c> and packages bring in is noted, not fetched.</summary>
internal sealed class EspHomeImport(ImportDraft draft)
{
    private const int MaxVisits = 40_000;

    private readonly Dictionary<string, (int Line, string Value)> _substitutions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly SortedSet<int> _shared = [];
    private int _visits;

    public Fault? Read(string text)
    {
        if (!YamlReader.Read(text).TryGet(out var root, out var fault))
            return fault;
        if (root.Entries is null)
            return new Fault("import-malformed", "The text is no mapping at its outermost level: it is no ESPHome configuration.");
        foreach (var (key, value) in root["substitutions"]?.Entries ?? [])
        {
            if (value.Scalar is { } scalar)
                _substitutions[key] = (value.Line, scalar);
        }

        ReadHardware(root);
        foreach (var (domain, value) in root.Entries)
        {
            if (domain is "substitutions" or "esphome" or "esp32" or "packages" or "globals" or "script")
                continue;
            if (value.Items is not null)
            {
                for (var i = 0; i < value.Items.Count; i++)
                    ReadComponent(domain, value.Items[i], i);
            }
            else
            {
                ReadComponent(domain, value, 0);
            }
        }

        // A pin's substitution that no component takes is for one the file does not show.
        foreach (var (key, (line, value)) in _substitutions)
        {
            if (_used.Contains(key) || PinNameReader.Read(key) is not { IsPin: true } name || GpioOf(value) is not { } gpio)
                continue;
            draft.Add(line, gpio, name.Function, name.Signal);
        }

        draft.Share(_shared);
        return null;
    }

    private void ReadHardware(YamlNode root)
    {
        if (root["packages"] is { } packages)
            draft.Ignore(packages.Line, "Packages are not fetched; pins in them are missing.");
        var chip = root["esp32"] ?? (root["esphome"] is { } old && Text(old["platform"]) is { } platform && platform.Equals("esp32", StringComparison.OrdinalIgnoreCase) ? old : null);
        if (chip is not null)
        {
            var variant = Text(chip["variant"])?.ToLowerInvariant().Replace("-", "", StringComparison.Ordinal);
            var board = Text(chip["board"]);
            var known = variant is not null && draft.TryChip(variant);
            if (variant is not null && !known)
                draft.Ignore(chip["variant"]!.Line, $"The variant '{ImportDraft.Shown(variant)}' is not known.");
            if (board is not null && !draft.TryPlatformIoBoard(board, chip["board"]!.Line) && !known)
                draft.Ignore(chip["board"]!.Line, $"The board '{ImportDraft.Shown(board)}' is not known.");
            if (Text(chip["flash_mode"]) is { } flash)
            {
                foreach (var (word, mode) in PlanWords.FlashModes)
                    draft.FlashMode = string.Equals(word, flash, StringComparison.OrdinalIgnoreCase) ? mode : draft.FlashMode;
            }
        }

        if (root["wifi"] is not null)
            draft.Wifi = true;
        if (root["psram"] is { } psram)
            draft.Psram = Text(psram["mode"]) switch { "octal" => PsramMode.Octal, "quad" => PsramMode.Quad, "hex" => PsramMode.Hex, _ => draft.Psram };
        if (root["logger"] is { } logger)
        {
            draft.Console = Text(logger["hardware_uart"])?.ToUpperInvariant() switch
            {
                "UART0" => PlanConsole.Uart0,
                "USB_SERIAL_JTAG" => PlanConsole.UsbSerialJtag,
                "USB_CDC" => PlanConsole.UsbOtg,
                _ => Text(logger["baud_rate"]) is "0" ? PlanConsole.None : draft.Console,
            };
        }
    }

    private void ReadComponent(string domain, YamlNode node, int index)
    {
        if (node.Entries is null)
        {
            if (node.Tag is not null && node.Scalar is not null)
                draft.Ignore(node.Line, $"!{ImportDraft.Shown(node.Tag)} under '{ImportDraft.Shown(domain)}' is not followed.");
            return;
        }

        var platform = Text(node["platform"]);
        var id = Text(node["id"]);
        var name = Text(node["name"]);
        var component = new EspHomeComponent(domain, platform, id, name, index);
        Walk(component, node, "", 0);
    }

    private void Walk(EspHomeComponent component, YamlNode node, string path, int depth)
    {
        if (++_visits > MaxVisits || depth > 12)
            return;
        foreach (var (key, value) in node.Entries ?? [])
        {
            if (component.Domain is "deep_sleep" && ReadWake(path, key, value))
                continue;
            if (EspHomeComponent.IsPinKey(component.Domain, path, key))
            {
                ReadPins(component, path, key, value, node);
            }
            else if (component.Domain is "ethernet" && key is "clk_mode")
            {
                ReadClockMode(value);
            }
            else if (value.Entries is not null)
            {
                Walk(component, value, key, depth + 1);
            }
            else
            {
                foreach (var item in value.Items ?? [])
                    Walk(component, item, key, depth + 1);
            }
        }
    }

    private void ReadPins(EspHomeComponent component, string path, string key, YamlNode value, YamlNode parent)
    {
        if (value.Items is { } items)
        {
            for (var i = 0; i < items.Count && i < PinPlan.MaxUses; i++)
                ReadPin(component, path, key, items[i], parent, i);
        }
        else if (value.Entries is not null && value["number"] is null && (key is "pins" || key.EndsWith("_pins", StringComparison.Ordinal)))
        {
            // "data_pins: { red: [ … ], green: [ … ] }" and "i2c_pins: { sda:, scl: }".
            foreach (var (inner, pin) in value.Entries)
                ReadPins(component, key, inner, pin, value);
        }
        else
        {
            ReadPin(component, path, key, value, parent, -1);
        }
    }

    // What wakes the chip is no second use of its pin.
    private bool ReadWake(string path, string key, YamlNode value)
    {
        var source = key is "wakeup_pin" ? draft.Chip?.SleepWake.Ext0 is false ? "gpio" : "ext0" : path is "esp32_ext1_wakeup" && key is "pins" ? "ext1" : null;
        if (source is null)
            return false;
        foreach (var pin in value.Items ?? [value])
        {
            var number = pin.Entries is null ? pin : pin["number"];
            if (Text(number) is { } text && GpioOf(text) is { } gpio)
                draft.Wake(source, gpio);
            else
                draft.Ignore(pin.Line, $"The pin under '{ImportDraft.Shown(key)}' is not understood.");
        }

        return true;
    }

    // "GPIO17_OUT", as configurations said until they had "clk:" with a pin and a mode.
    private void ReadClockMode(YamlNode value)
    {
        if (Text(value) is not { } text)
            return;
        var parts = text.Split('_');
        if (parts.Length == 2 && parts[1].ToUpperInvariant() is "IN" or "OUT" && GpioOf(parts[0]) is { } gpio)
            draft.Add(value.Line, gpio, "eth", "ref_clk", parts[1].Equals("IN", StringComparison.OrdinalIgnoreCase) ? PinDirection.In : PinDirection.Out);
        else
            draft.Ignore(value.Line, $"The clock '{ImportDraft.Shown(text)}' under 'clk_mode' is not understood.");
    }

    private void ReadPin(EspHomeComponent component, string path, string key, YamlNode value, YamlNode parent, int index)
    {
        if (++_visits > MaxVisits)
            return;
        if (value.Tag is not null && value.Scalar is not null)
        {
            draft.Ignore(value.Line, $"The pin under '{ImportDraft.Shown(key)}' is behind !{ImportDraft.Shown(value.Tag)}.");
            return;
        }

        // "pins: [ { pin: 4, level: true } ]": each item wraps its pin.
        if (value.Entries is not null && value["number"] is null && index >= 0)
        {
            Walk(component, value, key, 1);
            return;
        }

        if (value.Entries is not null && EspHomeComponent.Expander(value) is { } expander)
        {
            draft.Ignore(value.Line, $"The pin under '{ImportDraft.Shown(key)}' is on the expander {ImportDraft.Shown(expander)}, not on the chip.");
            return;
        }

        var number = value.Entries is null ? value : value["number"];
        if (Text(number) is not { } text)
            return;
        if (GpioOf(text) is not { } gpio)
        {
            draft.Ignore(value.Line, $"The pin '{ImportDraft.Shown(text)}' under '{ImportDraft.Shown(key)}' is not understood.");
            return;
        }

        var (direction, pull) = ReadMode(value["mode"]);
        pull ??= Text(parent[key + "_pullup_enabled"]) switch { "true" => PinPull.Up, "false" => PinPull.None, _ => null };
        if (IsTrue(value["allow_other_uses"]))
            _shared.Add(gpio);
        var onUart = draft.Console is { } console ? console is PlanConsole.Uart0 : draft.Chip?.Id is null or "esp32";
        var (function, signal) = component.UseOf(path, key, index, Text(parent["interface"]), draft.Chip?.Peripherals.Uart ?? 0, onUart);
        draft.Add(value.Line, gpio, function, signal, direction ?? component.DirectionOf(key), pull);
    }

    private (PinDirection? Direction, PinPull? Pull) ReadMode(YamlNode? mode)
    {
        if (mode is null)
            return (null, null);
        if (Text(mode) is { } word)
        {
            return word.ToUpperInvariant() switch
            {
                "INPUT_PULLUP" => (PinDirection.In, PinPull.Up),
                "INPUT_PULLDOWN" => (PinDirection.In, PinPull.Down),
                "INPUT" => (PinDirection.In, null),
                "OUTPUT" => (PinDirection.Out, null),
                "OUTPUT_OPEN_DRAIN" or "INPUT_OUTPUT_OPEN_DRAIN" => (PinDirection.Io, null),
                "ANALOG" => (PinDirection.Analog, null),
                _ => (null, null),
            };
        }

        var (input, output) = (IsTrue(mode["input"]), IsTrue(mode["output"]));
        PinDirection? direction = input && output || IsTrue(mode["open_drain"]) ? PinDirection.Io : output ? PinDirection.Out : input ? PinDirection.In : null;
        return (direction, IsTrue(mode["pullup"]) ? PinPull.Up : IsTrue(mode["pulldown"]) ? PinPull.Down : null);
    }

    private bool IsTrue(YamlNode? node) => Text(node)?.ToLowerInvariant() is "true" or "yes" or "on";

    // The text of a scalar with its substitutions filled in.
    private string? Text(YamlNode? node)
    {
        if (node?.Scalar is not { } text || node.Tag is not null)
            return null;
        for (var round = 0; round < 8 && text.Length < 1_024; round++)
        {
            var start = text.IndexOf('$', StringComparison.Ordinal);
            if (start < 0 || start + 1 == text.Length)
                break;
            var braced = text[start + 1] == '{';
            var from = start + (braced ? 2 : 1);
            var end = from;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
                end++;
            if (!_substitutions.TryGetValue(text[from..end], out var value))
                break;
            _used.Add(text[from..end]);
            text = string.Concat(text.AsSpan(0, start), value.Value, text.AsSpan(Math.Min(text.Length, braced ? end + 1 : end)));
        }

        return text;
    }

    // GPIO4, GPIO04, 4, and what the board prints.
    private int? GpioOf(string text)
    {
        text = text.Trim();
        var digits = text.StartsWith("GPIO", StringComparison.OrdinalIgnoreCase) ? text[4..] : text;
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var gpio))
            return gpio;
        if (draft.Board is not { } board || text.Length is 0 or > 8)
            return null;
        if (board.PinNames.TryGetValue(text, out gpio))
            return gpio;
        return board.Headers.SelectMany(header => header.Pins).FirstOrDefault(pin => pin.Gpio is not null && string.Equals(pin.Label, text, StringComparison.OrdinalIgnoreCase))?.Gpio;
    }
}
