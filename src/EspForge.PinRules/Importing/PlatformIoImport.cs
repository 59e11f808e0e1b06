using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Reads <c>platformio.ini</c>: the board of an environment, its memory, and the pins among its <c>-D</c> flags.</summary>
internal sealed class PlatformIoImport(ImportDraft draft)
{
    private const int MaxHops = 8;
    private const int MaxValue = 16_384;
    private const int MaxLookups = 1_000;

    private readonly Dictionary<string, Dictionary<string, (int Line, string Value)>> _sections = new(StringComparer.Ordinal);
    private int _lookups;

    public Fault? Read(string text)
    {
        if (ReadSections(text) is { } malformed)
            return malformed;
        var environments = _sections.Keys.Where(name => name.StartsWith("env:", StringComparison.Ordinal)).Select(name => name[4..]).ToList();
        draft.Choices.AddRange(environments);
        if (draft.Options.Environment is { } wanted && !environments.Contains(wanted, StringComparer.Ordinal))
            return new Fault("import-environment-unknown", $"There is no environment '{wanted}'; the file has {(environments.Count == 0 ? "none" : string.Join(", ", environments.Take(40).Select(ImportDraft.Shown)))}.");
        var standard = Value("platformio", "default_envs", 0)?.Value.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(environments.Contains);
        var environment = draft.Options.Environment ?? standard ?? environments.FirstOrDefault();
        if (environments.Count > 1 && draft.Options.Environment is null)
            draft.Assume(null, $"The file has {environments.Count} environments: '{ImportDraft.Shown(environment!)}' is taken.");
        var section = environment is null ? "env" : "env:" + environment;
        ReadHardware(section);
        if (Value(section, "build_flags", 0) is { } flags)
            ReadFlags(flags.Line, flags.Value);
        return null;
    }

    private Fault? ReadSections(string text)
    {
        Dictionary<string, (int, string)>? section = null;
        string? key = null;
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.TrimEnd();
            var bare = line.TrimStart();
            if (bare.IsEmpty || bare[0] is ';' or '#')
                continue;
            if (line[0] == '[')
            {
                var end = line.IndexOf(']');
                if (end < 2)
                    return new Fault("import-malformed", $"Line {number} opens a section without a name.");
                var name = line[1..end].Trim().ToString();
                if (!_sections.TryGetValue(name, out section))
                    _sections[name] = section = new Dictionary<string, (int, string)>(StringComparer.Ordinal);
                key = null;
            }
            else if (char.IsWhiteSpace(line[0]) && key is not null && section is not null)
            {
                var (start, value) = section[key];
                if (value.Length + bare.Length < MaxValue)
                    section[key] = (start, value + "\n" + WithoutComment(bare).ToString());
            }
            else if (line.IndexOf('=') is var equals and > 0 && section is not null)
            {
                key = line[..equals].Trim().ToString();
                section[key] = (number, WithoutComment(line[(equals + 1)..]).Trim().ToString());
            }
            else
            {
                draft.Ignore(number, "It is neither a section nor a setting.");
                key = null;
            }
        }

        return _sections.Count == 0 ? new Fault("import-malformed", "The text has no section: it is no platformio.ini.") : null;
    }

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> value) => value.IndexOf(" ;") is var at and >= 0 ? value[..at].TrimEnd() : value;

    private void ReadHardware(string section)
    {
        if (Value(section, "board", 0) is { } board && !draft.TryPlatformIoBoard(board.Value, board.Line))
        {
            var chip = Value(section, "board_build.mcu", 0)?.Value ?? ChipIn(board.Value);
            if (chip is not null && draft.TryChip(chip.ToLowerInvariant()))
                draft.Assume(board.Line, $"The board '{ImportDraft.Shown(board.Value)}' is not known; its chip is taken as {draft.Chip!.Name}.");
            else
                draft.Ignore(board.Line, $"The board '{ImportDraft.Shown(board.Value)}' is not known.");
        }

        if (Value(section, "board_build.flash_mode", 0) is { } flash)
        {
            foreach (var (word, mode) in PlanWords.FlashModes)
            {
                if (string.Equals(word, flash.Value, StringComparison.OrdinalIgnoreCase))
                    draft.FlashMode = mode;
            }
        }

        if (Value(section, "board_build.arduino.memory_type", 0) is { } memory && memory.Value.Split('_') is [var flashBus, var psramBus])
        {
            draft.Psram = psramBus switch { "opi" => PsramMode.Octal, "qspi" when Value(section, "build_flags", 0)?.Value.Contains("BOARD_HAS_PSRAM", StringComparison.Ordinal) == true => PsramMode.Quad, _ => null };
            draft.FlashMode ??= flashBus is "opi" ? FlashMode.Opi : null;
        }
    }

    private void ReadFlags(int line, string flags)
    {
        var words = flags.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i].Trim('"', '\'');
            if (!word.StartsWith("-D", StringComparison.Ordinal))
                continue;
            var macro = word.Length > 2 ? word[2..] : i + 1 < words.Length ? words[++i].Trim('"', '\'') : "";
            var equals = macro.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                ReadUsbFlag(macro, "1");
                continue;
            }

            var (name, value) = (macro[..equals], CValue.Bare(macro[(equals + 1)..]));
            ReadUsbFlag(name, value);
            var read = PinNameReader.Read(name);
            if (CValue.IsNone(value) || (CValue.GpioName(value) ?? CValue.Number(value)) is not { } number)
                continue;
            if (read.IsPin || CValue.GpioName(value) is not null)
                draft.Add(line, (int)Math.Clamp(number, -1, 10_000), read.Function, read.Signal);
            else if (number is >= 0 and <= 54 && !read.IsOther && !name.StartsWith("ARDUINO_", StringComparison.Ordinal) && !name.StartsWith("CONFIG_", StringComparison.Ordinal))
                draft.Ignore(line, $"{ImportDraft.Shown(name)} does not say that it is a pin.");
        }
    }

    private void ReadUsbFlag(string name, string value)
    {
        if (name is "ARDUINO_USB_MODE")
            draft.Console = value is "1" ? PlanConsole.UsbSerialJtag : PlanConsole.UsbOtg;
    }

    // What the environment says, else what it extends, else [env]. ${section.key} is filled in.
    private (int Line, string Value)? Value(string section, string key, int hop)
    {
        if (hop > MaxHops || ++_lookups > MaxLookups)
            return null;
        (int Line, string Value)? found = null;
        if (_sections.TryGetValue(section, out var settings))
        {
            if (settings.TryGetValue(key, out var own))
                found = own;
            else if (settings.TryGetValue("extends", out var extends))
                found = extends.Value.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(8).Select(parent => Value(parent, key, hop + 1)).LastOrDefault(value => value is not null);
        }

        if (found is null && section.StartsWith("env:", StringComparison.Ordinal) && _sections.TryGetValue("env", out var common) && common.TryGetValue(key, out var shared))
            found = shared;
        return found is { } value ? (value.Line, Fill(value.Value, section, hop)) : null;
    }

    private string Fill(string text, string section, int hop)
    {
        for (var round = 0; round < 16 && text.Length < MaxValue; round++)
        {
            var start = text.IndexOf("${", StringComparison.Ordinal);
            var end = start < 0 ? -1 : text.IndexOf('}', start);
            if (end < 0)
                break;
            var name = text[(start + 2)..end];
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var from = dot <= 0 ? null : name[..dot] is "this" ? section : name[..dot];
            var value = from is null || from is "sysenv" ? "" : Value(from, name[(dot + 1)..], hop + 1)?.Value ?? "";
            text = string.Concat(text.AsSpan(0, start), value, text.AsSpan(end + 1));
        }

        return text;
    }

    private static string? ChipIn(string board)
    {
        var name = board.ToLowerInvariant().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        foreach (var chip in new[] { "esp32c61", "esp32c6", "esp32c5", "esp32c3", "esp32c2", "esp32s3", "esp32s2", "esp32h2", "esp32p4" })
        {
            if (name.Contains(chip, StringComparison.Ordinal))
                return chip;
        }

        return name.Contains("s3", StringComparison.Ordinal) ? "esp32s3" : name.Contains("esp32", StringComparison.Ordinal) ? "esp32" : null;
    }
}
