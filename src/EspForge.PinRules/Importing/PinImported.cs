namespace EspForge.PinRules;

/// <summary>What kind of note an import leaves.</summary>
public enum PinImportNoteKind
{
    /// <summary>A line was not understood, or says nothing about a pin.</summary>
    Ignored,

    /// <summary>Something the text does not say was decided.</summary>
    Assumed,
}

/// <summary>What an import has to say about one line, or about the whole.</summary>
/// <param name="Line">The line, from 1; null where it is about no line.</param>
/// <param name="Kind">What kind of note it is.</param>
/// <param name="Message">A sentence.</param>
public sealed record PinImportNote(int? Line, PinImportNoteKind Kind, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Line is null ? Message : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {Line}: {Message}");
}

/// <summary>How to read a text. Everything may be left out; the text then has to say it, or it is assumed and noted.</summary>
public sealed record PinImportOptions
{
    /// <summary>The file's name; its ending tells the format.</summary>
    public string? FileName { get; init; }

    /// <summary><c>c-header</c>, <c>esphome</c> or <c>platformio</c>; null = by the name, then by the text.</summary>
    public string? Format { get; init; }

    /// <summary>The id of the board; it goes before what the text says.</summary>
    public string? Board { get; init; }

    /// <summary>The id of the chip, where there is no board.</summary>
    public string? Chip { get; init; }

    /// <summary>Which of the variants of a header: the macro that selects it, such as <c>CAMERA_MODEL_AI_THINKER</c>. Null = the first.</summary>
    public string? Model { get; init; }

    /// <summary>Which environment of a <c>platformio.ini</c>. Null = the default, else the first.</summary>
    public string? Environment { get; init; }

    /// <summary>Macros that are defined.</summary>
    public IReadOnlyList<string> Defines { get; init; } = [];
}

/// <summary>What was read.</summary>
/// <param name="Plan">The plan. It names a board or a chip.</param>
/// <param name="Format">How the text was read: <c>c-header</c>, <c>esphome</c> or <c>platformio</c>.</param>
/// <param name="Notes">What was ignored and assumed, by line; at most <see cref="PinImport.MaxNotes"/>.</param>
/// <param name="Choices">The models or environments the text has, where it has several.</param>
public sealed record PinImported(PinPlan Plan, string Format, IReadOnlyList<PinImportNote> Notes, IReadOnlyList<string> Choices);
