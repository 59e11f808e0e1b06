using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A plan while it is being read from somebody's text.</summary>
internal sealed class ImportDraft(PinImportOptions options, BoardCatalog catalog)
{
    private readonly List<PinUse> _uses = [];
    private readonly HashSet<PinUse> _known = [];
    private readonly List<PinImportNote> _notes = [];
    private readonly SortedDictionary<string, SortedSet<int>> _wake = new(StringComparer.Ordinal);
    private int[] _shared = [];
    private int _moreNotes;
    private int _moreUses;

    public PinImportOptions Options => options;

    public List<string> Choices { get; } = [];

    public IReadOnlyList<PinUse> Uses => _uses;

    public Board? Board { get; private set; } = options.Board is { } id ? catalog.FindBoard(id) : null;

    public Chip? Chip { get; private set; } = catalog.FindChip(options.Chip ?? (options.Board is { } id ? catalog.FindBoard(id)?.ChipId : null) ?? "");

    public PlanConsole? Console { get; set; }

    public PsramMode? Psram { get; set; }

    public FlashMode? FlashMode { get; set; }

    public bool? Wifi { get; set; }

    public Fault? CheckOptions()
    {
        if (options.Board is not null && Board is null)
            return new Fault("import-board-unknown", $"There is no board '{options.Board}'. See 'espforge boards list'.");
        if (options.Chip is not null && Chip is null)
            return new Fault("import-board-unknown", $"There is no chip '{options.Chip}'; known are {string.Join(", ", catalog.ChipIds)}.");
        if (options.Chip is not null && Board is not null && !string.Equals(options.Chip, Board.ChipId, StringComparison.Ordinal))
            return new Fault("import-board-unknown", $"The board '{Board.Id}' has the chip '{Board.ChipId}', not '{options.Chip}'.");
        return null;
    }

    public void Ignore(int? line, string message) => Note(line, PinImportNoteKind.Ignored, message);

    public void Assume(int? line, string message) => Note(line, PinImportNoteKind.Assumed, message);

    /// <summary>Takes a board by its id, if nobody has named one.</summary>
    public bool TryBoard(string id)
    {
        if (Board is not null || Chip is not null)
            return true;
        if (catalog.FindBoard(id) is not { } board)
            return false;
        (Board, Chip) = (board, board.Chip);
        return true;
    }

    /// <summary>Takes a chip by its id, if nobody has named one.</summary>
    public bool TryChip(string id)
    {
        if (Chip is not null)
            return true;
        Chip = catalog.FindChip(id);
        return Chip is not null;
    }

    /// <summary>Takes a board by what PlatformIO calls it. Several boards may go by one name; the choice is noted.</summary>
    public bool TryPlatformIoBoard(string name, int? line)
    {
        if (Board is not null || TryExact(name))
            return true;
        var boards = catalog.Boards.Where(board => string.Equals(board.PlatformioBoard, name, StringComparison.OrdinalIgnoreCase) && (Chip is null || string.Equals(board.ChipId, Chip.Id, StringComparison.Ordinal))).ToList();
        if (boards.Count == 0)
            return false;
        (Board, Chip) = (boards[0], boards[0].Chip);
        if (boards.Count > 1)
            Assume(line, $"'{Shown(name)}' is {boards[0].Id}; it could be {string.Join(" or ", boards.Skip(1).Select(board => board.Id))} as well.");
        return true;
    }

    /// <summary>Takes a use. The direction is left out where the words imply it.</summary>
    public void Add(int? line, int gpio, string function, string? signal, PinDirection? direction = null, PinPull? pull = null) =>
        Add(line, new PinUse(gpio, function, signal, direction, pull));

    /// <summary>The same with everything a use can say.</summary>
    public void Add(int? line, PinUse wanted)
    {
        var function = Cut(wanted.Function) is { Length: > 0 } word ? word : "pin";
        if (wanted.Gpio is < 0 or > PlanWords.MaxGpio)
        {
            Ignore(line, string.Create(CultureInfo.InvariantCulture, $"{function} is on {wanted.Gpio}, which is no GPIO number."));
            return;
        }

        var use = wanted with { Function = function, Signal = string.IsNullOrWhiteSpace(wanted.Signal) ? null : Cut(wanted.Signal), Direction = null };
        if (wanted.Direction is { } direction && PinFunction.Read(use).Direction != direction)
            use = use with { Direction = direction };
        if (!_known.Add(use))
            return;
        if (_uses.Count == PinPlan.MaxUses)
            _moreUses++;
        else
            _uses.Add(use);
    }

    /// <summary>Takes a pin that wakes the chip.</summary>
    public void Wake(string source, int gpio)
    {
        if (!_wake.TryGetValue(source, out var gpios))
            _wake[source] = gpios = [];
        gpios.Add(gpio);
    }

    /// <summary>Takes the pins that the text itself says several things use; only where several do is that an override.</summary>
    public void Share(IEnumerable<int> gpios) => _shared = [.. gpios.Where(gpio => _uses.Count(use => use.Gpio == gpio) > 1)];

    public Outcome<PinImported> Finish(string format)
    {
        if (_uses.Count == 0 && Board is null && Chip is null)
            return new Fault("import-empty", "The text names no pin, no board and no chip that could be told.");
        if (_moreUses > 0)
            Ignore(null, string.Create(CultureInfo.InvariantCulture, $"A plan has at most {PinPlan.MaxUses} uses; {_moreUses} are left out."));
        if (Chip is null)
            AssumeChip();
        var notes = _notes.OrderBy(note => note.Line ?? 0).ToList();
        if (_moreNotes > 0)
            notes.Add(new PinImportNote(null, PinImportNoteKind.Ignored, string.Create(CultureInfo.InvariantCulture, $"{_moreNotes} more notes are left out.")));
        var plan = new PinPlan
        {
            Board = Board?.Id,
            Chip = Board is null ? Chip!.Id : null,
            Console = Console,
            Psram = Psram,
            FlashMode = FlashMode,
            Wifi = Wifi,
            Wake = _wake.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<int>)[.. pair.Value], StringComparer.Ordinal),
            Overrides = _shared.Length == 0 ? [] : [new PinOverride("duplicate", _shared, "The configuration says allow_other_uses.")],
            Uses = [.. _uses.OrderBy(use => use.Gpio).ThenBy(use => use.Function, StringComparer.Ordinal).ThenBy(use => use.Signal, StringComparer.Ordinal)],
        };
        return new PinImported(plan, format, notes, Choices);
    }

    public static string Shown(string text) => PinNames.Comment(text.Length <= 64 ? text : text[..64] + "...");

    // The first of the common chips that has every pin.
    private void AssumeChip()
    {
        foreach (var id in new[] { "esp32", "esp32s3", "esp32p4" })
        {
            if (catalog.FindChip(id) is { } chip && (id is "esp32p4" || _uses.All(use => chip.FindPin(use.Gpio) is not null)))
            {
                Chip = chip;
                break;
            }
        }

        Chip ??= catalog.Chips[0];
        Assume(null, $"Nothing names the board or chip: taken as {Chip.Name}. Name the board to be sure.");
    }

    private bool TryExact(string name)
    {
        if (catalog.FindBoard(name) is not { } board || Chip is not null && !string.Equals(board.ChipId, Chip.Id, StringComparison.Ordinal))
            return false;
        (Board, Chip) = (board, board.Chip);
        return true;
    }

    private void Note(int? line, PinImportNoteKind kind, string message)
    {
        if (_notes.Count < PinImport.MaxNotes - 1)
            _notes.Add(new PinImportNote(line, kind, message));
        else
            _moreNotes++;
    }

    // What a plan takes: at most 64 characters, and valid Unicode.
    private static string Cut(string text)
    {
        text = text.Trim();
        if (text.Length > PinPlanReader.MaxText)
            text = text[..PinPlanReader.MaxText].Trim();
        return string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '.' : source[i];
        });
    }
}
