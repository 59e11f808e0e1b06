using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A use with what generated files call it.</summary>
/// <param name="Use">The use.</param>
/// <param name="Identifier">A name that is unique in the plan and legal in C: <c>PIN_I2C0_SDA</c>.</param>
/// <param name="Label">What the board prints next to the pin, or null.</param>
/// <param name="Direction">Which way it goes, said or implied; null where the words leave it open.</param>
public sealed record NamedUse(PinUse Use, string Identifier, string? Label, PinDirection? Direction)
{
    /// <summary>The pin.</summary>
    public int Gpio => Use.Gpio;

    /// <summary>What the plan says of its electrical set-up, in the order of the plan's fields: <c>5000 Hz</c>, <c>10 bits</c>, <c>20 mA</c>, <c>64 symbols</c>, <c>hold</c>.</summary>
    internal IEnumerable<string> Details
    {
        get
        {
            if (Use.FrequencyHz is { } hertz)
                yield return string.Create(CultureInfo.InvariantCulture, $"{hertz} Hz");
            if (Use.ResolutionBits is { } bits)
                yield return string.Create(CultureInfo.InvariantCulture, $"{bits} bits");
            if (Use.DriveMilliamps is { } milliamps)
                yield return string.Create(CultureInfo.InvariantCulture, $"{milliamps} mA");
            if (Use.RmtSymbols is { } symbols)
                yield return string.Create(CultureInfo.InvariantCulture, $"{symbols} symbols");
            if (Use.Hold is { } hold)
                yield return hold ? "hold" : "no hold";
        }
    }

    /// <summary>Constants besides the pin's own, such as <c>FREQUENCY_HZ_LEDC0</c>. No use has such a name: those start with <c>PIN_</c>.</summary>
    internal IEnumerable<(string Name, int Value)> Constants
    {
        get
        {
            if (Use.FrequencyHz is { } hertz)
                yield return (FrequencyName, hertz);
            if (Use.ResolutionBits is { } bits)
                yield return ("RESOLUTION_BITS_" + Stem, bits);
            if (Use.RmtSymbols is { } symbols)
                yield return ("RMT_SYMBOLS_" + Stem, symbols);
        }
    }

    internal string FrequencyName => "FREQUENCY_HZ_" + Stem;

    private string Stem => Identifier["PIN_".Length..];

    /// <summary>What a generated file says about it: name, what the plan says of direction, pull and set-up, and the board's label. <see cref="PinImport"/> reads it back.</summary>
    internal string Remark
    {
        get
        {
            var remark = Use.Name;
            if (Use.Direction is { } direction)
                remark += ", " + PlanWords.Word(PlanWords.Directions, direction);
            if (Use.Pull is PinPull.Up or PinPull.Down)
                remark += Use.Pull == PinPull.Up ? ", pull-up" : ", pull-down";
            foreach (var detail in Details)
                remark += ", " + detail;
            return Label is null ? remark : $"{remark}, on {Label}";
        }
    }
}

/// <summary>A plan made ready for generators: looked up, sorted by GPIO and name, checked when first asked for.</summary>
public sealed class PinSheet
{
    private readonly BoardCatalog _catalog;
    private PinReport? _report;

    /// <summary>Makes <paramref name="plan"/> ready.</summary>
    /// <param name="plan">A plan whose board and chip are in the catalog; else <see cref="ArgumentException"/>.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    public PinSheet(PinPlan plan, BoardCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _catalog = catalog ?? BoardCatalog.Default;
        Plan = plan;
        Board = plan.Board is null ? null : _catalog.FindBoard(plan.Board);
        Chip = _catalog.FindChip(plan.Chip ?? Board?.ChipId ?? "") ?? throw new ArgumentException("The plan's board or chip is not in the catalog.", nameof(plan));
        var uses = plan.Uses.ToList();
        uses.Sort(PinUseOrder.Compare);
        var names = PinNames.Identifiers(uses);
        Uses = [.. uses.Select((use, i) => new NamedUse(use, names[i], Board?.LabelOf(use.Gpio), PinFunction.Read(use).Direction))];
    }

    /// <summary>The plan.</summary>
    public PinPlan Plan { get; }

    /// <summary>Its board, where it names one.</summary>
    public Board? Board { get; }

    /// <summary>Its chip.</summary>
    public Chip Chip { get; }

    /// <summary>Its uses by GPIO, then name.</summary>
    public IReadOnlyList<NamedUse> Uses { get; }

    /// <summary>What the rules say.</summary>
    public PinReport Report => _report ??= PinChecker.Check(Plan, _catalog);

    /// <summary>The board's or chip's name and id in words: <c>AI-Thinker ESP32-CAM (board esp32-cam)</c>.</summary>
    internal string Subject => Board is null ? $"{Chip.Name} (chip {Chip.Id})" : $"{Board.Name} (board {Board.Id})";

    /// <summary>The sentence every generated file opens with. <see cref="PinImport"/> reads the id back.</summary>
    internal string Opening => $"Pins of {Subject}. Generated from the pin plan by espforge; change the plan, not this file.";

    /// <summary>The PSRAM of this plan's module; null where nothing says.</summary>
    internal PsramMode? Psram => Plan.Psram
        ?? (Plan.Module is { } module ? ModuleName.PsramOf(module, Chip) : null)
        ?? (Plan.Module is null && Board is not null ? Board.PsramMode ?? PsramMode.None : null);

    /// <summary>Where the console is: the plan's word, else the chip's USB where the board has no bridge, else UART0.</summary>
    internal PlanConsole Console => Plan.Console ?? (Board?.Usb is { NativeOnly: true }
        ? Chip.Peripherals.UsbSerialJtag ? PlanConsole.UsbSerialJtag : PlanConsole.UsbOtg
        : PlanConsole.Uart0);

    /// <summary>The worst finding on a pin that nobody has accepted, or null.</summary>
    internal PinFinding? WorstOf(int gpio)
    {
        foreach (var finding in Report.Findings)
        {
            if (finding.Gpios.Contains(gpio))
                return finding;
        }

        return null;
    }

    internal static string SeverityWord(PinSeverity severity) => severity switch
    {
        PinSeverity.Error => "error",
        PinSeverity.Warning => "warning",
        _ => "info",
    };
}
