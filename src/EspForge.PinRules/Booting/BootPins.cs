using System.Runtime.InteropServices;
using EspForge.Boards;

namespace EspForge.PinRules.Booting;

/// <summary>
/// The shared core of the strapping rule and the boot theatre: what level a strap has in a scenario, and whether that is the wanted one. It
/// allocates nothing, so the rule may ask on every keystroke.
/// </summary>
internal static class BootPins
{
    private static readonly BootScenario[] Scenarios = Enum.GetValues<BootScenario>();

    /// <summary>
    /// The first scenario that this strap makes fail, or null. The boot strap itself is low in the download scenarios, because a button or the
    /// flasher pulls it there; a strap that only gates the download cannot spoil a normal boot.
    /// </summary>
    public static StrapFailure? FirstFailure(PinCheck check, StrappingPin strap)
    {
        foreach (var scenario in Scenarios)
        {
            if (Fails(check, strap, scenario, out var level, out var driver))
                return new StrapFailure(scenario, level, driver);
        }

        return null;
    }

    /// <summary>Whether this strap makes the scenario fail.</summary>
    public static bool Fails(PinCheck check, StrappingPin strap, BootScenario scenario, out StrapLevel level, out PinUse? driver)
    {
        level = Level(check, strap, scenario, out driver);
        if (!Matters(check, strap, scenario) || IsDecidedByEfuse(check, strap))
            return false;
        return level.Level == PinLevel.Either || level.Level == (Wanted(check, strap) == PinLevel.High ? PinLevel.Low : PinLevel.High);
    }

    /// <summary>The level the product needs on this strap, where it has a wrong one at all.</summary>
    public static PinLevel Wanted(PinCheck check, StrappingPin strap) =>
        IsVoltage(strap) && check.Plan.VddSpiMillivolts == 1800 ? PinLevel.High
        : strap.DefaultPull == PinPull.Down ? PinLevel.Low
        : PinLevel.High;

    /// <summary>A strap without a pull of its own has a wrong level only where the table says that one is needed.</summary>
    public static bool HasWrongLevel(StrappingPin strap) => strap.Severity is StrappingSeverity.Critical or StrappingSeverity.DownloadOnly
        && (strap.DefaultPull != PinPull.None || strap.High?.StartsWith("needed", StringComparison.Ordinal) == true);

    public static bool IsVoltage(StrappingPin strap) => strap.Role.StartsWith("vdd-", StringComparison.Ordinal);

    /// <summary>The pin whose low level asks for the download mode.</summary>
    public static bool IsBoot(StrappingPin strap) => strap.Severity == StrappingSeverity.Critical && !IsVoltage(strap);

    /// <summary>eFuses, or a module whose memory runs at 1.8 V and has them burnt, decide the voltage instead of the pin.</summary>
    public static bool IsDecidedByEfuse(PinCheck check, StrappingPin strap) => IsVoltage(strap)
        && (check.HasEfuse("VDD_SPI_FORCE") || check.HasEfuse("XPD_SDIO_FORCE") || check.HasEfuse("SDIO_FORCE") || check.Memory.LowVoltage != 0 && check.Plan.VddSpiMillivolts is null);

    /// <summary>The level of a strap in a scenario, with what makes it.</summary>
    public static StrapLevel Level(PinCheck check, StrappingPin strap, BootScenario scenario, out PinUse? driver)
    {
        driver = null;

        // A module with 1.8 V memory carries the resistor that says so.
        // A resistor of the board outweighs the chip's own pull, but no driver.
        var fitted = check.BoardPull(strap.Gpio);
        var calm = fitted is null ? LevelSource.InternalPull : LevelSource.BoardPull;
        var idle = fitted is null && IsVoltage(strap) && check.Plan.VddSpiMillivolts == 1800 ? PinLevel.High : (fitted ?? strap.DefaultPull) switch { PinPull.Up => PinLevel.High, PinPull.Down => PinLevel.Low, _ => PinLevel.Floating };
        if (IsBoot(strap) && scenario == BootScenario.UartDownload)
            return new StrapLevel(PinLevel.Low, LevelSource.Flasher);
        if (check.ExternalPull(strap.Gpio) is { } pull)
            return new StrapLevel(pull == PinPull.Up ? PinLevel.High : PinLevel.Low, LevelSource.ExternalPull);
        if (!PinCheck.Has(check.Used & ~check.Dead, strap.Gpio))
            return new StrapLevel(idle, calm);
        var high = (PinUse?)null;
        foreach (ref readonly var use in check.UsesOf(strap.Gpio))
        {
            switch (use.Function.FarSide)
            {
                case FarSide.Either when scenario is BootScenario.ResetWhileRunning or BootScenario.BrownOut && strap.Severity == StrappingSeverity.Critical:
                    driver = use.Use;
                    return new StrapLevel(PinLevel.Either, LevelSource.FarSide);
                case FarSide.Charged when scenario == BootScenario.BrownOut && IsVoltage(strap):
                    driver = use.Use;
                    return new StrapLevel(PinLevel.High, LevelSource.Charge);
                case FarSide.High:
                    high ??= use.Use;
                    break;
            }
        }

        if (high is null)
            return new StrapLevel(idle, calm);
        driver = high;
        return new StrapLevel(PinLevel.High, LevelSource.FarSide);
    }

    // The boot strap and the voltage matter to a normal start; what gates the download matters to the download.
    private static bool Matters(PinCheck check, StrappingPin strap, BootScenario scenario)
    {
        if (!HasWrongLevel(strap))
            return false;
        if (IsVoltage(strap))
            return true;
        var normal = scenario is BootScenario.ColdStart or BootScenario.ResetWhileRunning or BootScenario.BrownOut;
        return IsBoot(strap) ? normal
            : scenario == BootScenario.UartDownload || scenario == BootScenario.UsbDownload && check.Chip.Usb.SerialJtag is null && check.Chip.Usb.Otg is not null;
    }
}

/// <summary>Where a level comes from.</summary>
internal enum LevelSource
{
    InternalPull,
    BoardPull,
    ExternalPull,
    FarSide,
    Charge,
    Flasher,
}

/// <summary>A level and where it comes from.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StrapLevel(PinLevel Level, LevelSource Source);

/// <summary>Why a strap makes a scenario fail.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StrapFailure(BootScenario Scenario, StrapLevel Level, PinUse? Driver)
{
    /// <summary>The scenario and the cause as a sentence.</summary>
    public string Sentence(int gpio) => $"{BootWords.Title(Scenario)}: {Cause(gpio)}";

    private string Cause(int gpio) => Level.Source switch
    {
        LevelSource.ExternalPull => $"the resistor outside pulls it {(Level.Level == PinLevel.High ? "high" : "low")}, against that.",
        LevelSource.BoardPull => $"a resistor of the board pulls it {(Level.Level == PinLevel.High ? "high" : "low")}, against that.",
        LevelSource.Charge => $"{Driver?.Name} keeps its charge and holds it high.",
        LevelSource.FarSide when Level.Level == PinLevel.Either => $"the other end of {Driver?.Name} drives push-pull and can hold the wrong level.",
        LevelSource.FarSide => $"{Driver?.Name} idles high, through the pull-up or driver of its other end, and holds the wrong level.",
        _ => $"GPIO{gpio} has the wrong level by itself.",
    };
}
