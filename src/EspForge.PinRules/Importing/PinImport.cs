using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Reads the pins out of what a project already has: C headers, camera and display set-ups, ESPHome configurations, <c>platformio.ini</c>.</summary>
public static class PinImport
{
    /// <summary>Longest text accepted, in characters.</summary>
    public const int MaxText = 262_144;

    /// <summary>Most lines accepted.</summary>
    public const int MaxLines = 8_192;

    /// <summary>Most notes kept; one more says how many there were.</summary>
    public const int MaxNotes = 200;

    /// <summary>
    /// Reads a plan. Whatever is not understood is left out and noted; it never throws for what is in <paramref name="text"/>. Faults:
    /// <c>import-too-large</c>, <c>import-format-unknown</c>, <c>import-malformed</c> (with the line), <c>import-board-unknown</c>,
    /// <c>import-model-unknown</c>, <c>import-environment-unknown</c>, <c>import-empty</c> (no pin in it).
    /// </summary>
    /// <param name="text">The text, at most <see cref="MaxText"/> characters and <see cref="MaxLines"/> lines.</param>
    /// <param name="options">What the text does not say.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    public static Outcome<PinImported> Read(string text, PinImportOptions? options = null, BoardCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= new PinImportOptions();
        if (text.Length > MaxText)
            return new Fault("import-too-large", $"The text is longer than {MaxText} characters.");
        if (text.AsSpan().Count('\n') >= MaxLines)
            return new Fault("import-too-large", $"The text has more than {MaxLines} lines.");
        var draft = new ImportDraft(options, catalog ?? BoardCatalog.Default);
        if (draft.CheckOptions() is { } wrong)
            return wrong;
        var format = options.Format ?? FormatOf(options.FileName) ?? FormatOf(text.AsSpan());
        var fault = format switch
        {
            "c-header" => new CHeaderImport(draft).Read(text),
            "esphome" => new EspHomeImport(draft).Read(text),
            "platformio" => new PlatformIoImport(draft).Read(text),
            null => new Fault("import-format-unknown", "The text is no C header, no ESPHome configuration and no platformio.ini that could be told. Name its format: c-header, esphome or platformio."),
            _ => new Fault("import-format-unknown", $"There is no import for '{format}'; known are c-header, esphome and platformio."),
        };
        return fault is null ? draft.Finish(format!) : fault;
    }

    private static string? FormatOf(string? fileName) => Path.GetExtension(fileName ?? "").ToLowerInvariant() switch
    {
        ".h" or ".hpp" or ".hh" or ".c" or ".cc" or ".cpp" or ".ino" => "c-header",
        ".yaml" or ".yml" => "esphome",
        ".ini" => "platformio",
        _ => null,
    };

    private static string? FormatOf(ReadOnlySpan<char> text)
    {
        foreach (var raw in text.EnumerateLines())
        {
            var line = raw.Trim();
            if (line.StartsWith("[env") || line.StartsWith("[platformio]"))
                return "platformio";
            if (line.StartsWith("#define") || line.StartsWith("#pragma") || line.StartsWith("#if") || line.StartsWith("#include") || line.StartsWith("constexpr ") || line.StartsWith("enum ") || line.StartsWith("typedef enum") || line.StartsWith("namespace ") || line.StartsWith("int ")
                || line.StartsWith("const ") || line.StartsWith("static ") || line.StartsWith("//") || line.StartsWith("/*"))
                return "c-header";
            if (!raw.IsEmpty && char.IsAsciiLetter(raw[0]) && line.EndsWith(":") && line.IndexOfAny(' ', '(') < 0)
                return "esphome";
        }

        return null;
    }
}
