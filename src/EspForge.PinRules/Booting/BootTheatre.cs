using EspForge.Boards;

namespace EspForge.PinRules.Booting;

/// <summary>One strap at the moment it is latched.</summary>
/// <param name="Gpio">The pin.</param>
/// <param name="Role">What it decides.</param>
/// <param name="InternalPull">The chip's own pull at reset.</param>
/// <param name="ExternalPull">The resistor outside: the plan's word, else the board's.</param>
/// <param name="Driver">What holds it, in words; null where a pull alone does.</param>
/// <param name="Level">The level.</param>
/// <param name="Wanted">The level the scenario needs; null where any will do.</param>
/// <param name="Fails">Whether this strap makes the scenario fail.</param>
public sealed record StrapReading(int Gpio, string Role, PinPull InternalPull, PinPull? ExternalPull, string? Driver, PinLevel Level, PinLevel? Wanted, bool Fails);

/// <summary>One scenario, played.</summary>
/// <param name="Scenario">Which.</param>
/// <param name="Title">Its name.</param>
/// <param name="Straps">The straps, by GPIO.</param>
/// <param name="Mode">What the ROM does.</param>
/// <param name="WantedMode">What it should do.</param>
/// <param name="VddSpiMillivolts">The memory's supply the straps select; null where no strap does, or it is open.</param>
/// <param name="RomLog">Whether the ROM prints its log on the console UART; null where a level leaves it open.</param>
/// <param name="Passes">Whether the product starts, or can be flashed, in this scenario.</param>
/// <param name="Gpio">The first pin at fault.</param>
/// <param name="Sentence">What happens, in words.</param>
/// <param name="Repair">A way out; null where it passes.</param>
public sealed record BootScene(
    BootScenario Scenario, string Title, IReadOnlyList<StrapReading> Straps, BootMode Mode, BootMode WantedMode, int? VddSpiMillivolts, bool? RomLog, bool Passes, int? Gpio,
    string Sentence, PinRepair? Repair);

/// <summary>
/// Plays how a product comes out of reset: which level each strapping pin has, and what the chip's ROM makes of it. The strapping rule asks the same
/// core, so the two never disagree.
/// </summary>
public static class BootTheatre
{
    /// <summary>The five scenarios, in the order of <see cref="BootScenario"/>.</summary>
    /// <param name="plan">A plan whose board and chip are in the catalog; else <see cref="ArgumentException"/>.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    public static IReadOnlyList<BootScene> Play(PinPlan plan, BoardCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var check = new PinCheck();
        check.Begin(plan, catalog ?? BoardCatalog.Default);
        return [.. Enum.GetValues<BootScenario>().Select(scenario => Play(check, scenario))];
    }

    private static BootScene Play(PinCheck check, BootScenario scenario)
    {
        var title = BootWords.Title(scenario);
        var usb = check.Chip.Usb;
        if (scenario == BootScenario.UsbDownload && usb.SerialJtag is null && usb.Otg is null)
        {
            return new BootScene(
                scenario, title, Readings(check, scenario), BootMode.NotAvailable, BootMode.NotAvailable, Voltage(check, scenario), Log(check, scenario), true, null,
                $"{check.Chip.Name} has no USB of its own.", null);
        }

        var wanted = scenario is BootScenario.UartDownload or BootScenario.UsbDownload ? BootMode.JointDownload : BootMode.SpiBoot;
        if (scenario == BootScenario.UsbDownload && UsbTaken(check) is { } taken)
        {
            return new BootScene(
                scenario, title, Readings(check, scenario), BootMode.NotAvailable, wanted, Voltage(check, scenario), Log(check, scenario), false, taken.Gpio,
                $"{title}: GPIO{taken.Gpio} is a USB data line and carries {taken.Name}, so no host sees the chip.", new PinRepair($"Take {taken.Name} out", new PinChange(PinChangeKind.Remove, taken)));
        }

        var straps = Readings(check, scenario);
        var mode = Mode(check, scenario);
        foreach (var strap in check.Chip.Strapping)
        {
            if (BootPins.Fails(check, strap, scenario, out var level, out var driver))
            {
                var sentence = $"GPIO{strap.Gpio} is {BootWords.Id(level.Level)}. " + new StrapFailure(scenario, level, driver).Sentence(strap.Gpio) + " " + Effect(strap, level.Level);
                return new BootScene(scenario, title, straps, mode, wanted, Voltage(check, scenario), Log(check, scenario), false, strap.Gpio, sentence.TrimEnd(), Repair(check, strap, driver));
            }
        }

        return new BootScene(scenario, title, straps, mode, wanted, Voltage(check, scenario), Log(check, scenario), true, null, Fine(check, scenario), null);
    }

    private static List<StrapReading> Readings(PinCheck check, BootScenario scenario)
    {
        var readings = new List<StrapReading>();
        foreach (var strap in check.Chip.Strapping)
        {
            if (strap.Severity == StrappingSeverity.None)
                continue;
            var fails = BootPins.Fails(check, strap, scenario, out var level, out var driver);
            var words = level.Source switch
            {
                LevelSource.Flasher => "the BOOT button or the flasher",
                LevelSource.Charge => $"{driver?.Name}, through its charge",
                LevelSource.FarSide => $"the other end of {driver?.Name}",
                _ => null,
            };
            PinLevel? wanted = !BootPins.HasWrongLevel(strap) || BootPins.IsDecidedByEfuse(check, strap) ? null
                : BootPins.IsBoot(strap) && scenario == BootScenario.UartDownload ? PinLevel.Low
                : BootPins.IsBoot(strap) && scenario == BootScenario.UsbDownload ? null
                : BootPins.Wanted(check, strap);
            readings.Add(new StrapReading(strap.Gpio, strap.Role, strap.DefaultPull, check.ExternalPull(strap.Gpio) ?? check.BoardPull(strap.Gpio), words, level.Level, wanted, fails));
        }

        return readings;
    }

    // The boot strap high starts the program; low, the gate decides between the download mode and a combination that is not supported.
    private static BootMode Mode(PinCheck check, BootScenario scenario)
    {
        if (scenario == BootScenario.UsbDownload && check.Chip.Usb.SerialJtag is not null)
            return BootMode.JointDownload;
        var boot = PinLevel.High;
        var gate = true;
        var open = false;
        foreach (var strap in check.Chip.Strapping)
        {
            var level = BootPins.Level(check, strap, scenario, out _).Level;
            if (BootPins.IsBoot(strap))
                boot = scenario == BootScenario.UsbDownload ? PinLevel.Low : level;
            else if (!BootPins.IsVoltage(strap) && BootPins.HasWrongLevel(strap))
                (gate, open) = (gate && (level == BootPins.Wanted(check, strap) || level == PinLevel.Floating), open || level == PinLevel.Either);
        }

        return boot switch
        {
            PinLevel.Either => BootMode.Undefined,
            PinLevel.Low when open => BootMode.Undefined,
            PinLevel.Low => gate ? BootMode.JointDownload : BootMode.Invalid,
            _ => BootMode.SpiBoot,
        };
    }

    private static int? Voltage(PinCheck check, BootScenario scenario)
    {
        foreach (var strap in check.Chip.Strapping)
        {
            if (!BootPins.IsVoltage(strap))
                continue;
            if (BootPins.IsDecidedByEfuse(check, strap))
                return check.Plan.VddSpiMillivolts ?? (check.Memory.LowVoltage != 0 ? 1800 : null);
            return BootPins.Level(check, strap, scenario, out _).Level switch { PinLevel.Low => 3300, PinLevel.High => 1800, _ => null };
        }

        return null;
    }

    // Only the ESP32 silences its ROM by a pin alone; the others need an eFuse first, and print as they leave the factory.
    private static bool? Log(PinCheck check, BootScenario scenario)
    {
        foreach (var strap in check.Chip.Strapping)
        {
            if (strap.Role.StartsWith("rom-log", StringComparison.Ordinal))
                return BootPins.Level(check, strap, scenario, out _).Level switch { PinLevel.Low => false, PinLevel.High => true, _ => null };
        }

        return true;
    }

    private static PinUse? UsbTaken(PinCheck check)
    {
        var lines = check.Chip.PinsWith(check.Chip.Usb.SerialJtag is not null ? PinTraits.UsbSerialJtag : PinTraits.UsbOtg);
        foreach (ref readonly var use in check.Uses)
        {
            if (PinCheck.Has(lines, use.Gpio) && check.IsLive(use.Gpio) && use.Peripheral is not (PinPeripheral.Usb or PinPeripheral.Jtag))
                return use.Use;
        }

        return null;
    }

    private static string Effect(StrappingPin strap, PinLevel level) => level switch
    {
        PinLevel.Low => strap.Low is null ? "" : $"Low means: {strap.Low}.",
        PinLevel.High => strap.High is null ? "" : $"High means: {strap.High}.",
        _ => "Which mode starts depends on the moment.",
    };

    private static PinRepair Repair(PinCheck check, StrappingPin strap, PinUse? driver)
    {
        var word = BootPins.Wanted(check, strap) == PinLevel.High ? "up" : "down";
        var pull = PinRepair.SetPlan($"Fit a strong pull-{word} at GPIO{strap.Gpio}", $"externalPull.{strap.Gpio}", word);
        return driver is null ? pull : PinRepair.Move(check.Plan, driver, check.Catalog) ?? pull;
    }

    private static string Fine(PinCheck check, BootScenario scenario) => scenario switch
    {
        BootScenario.UartDownload => $"{check.Chip.Name} enters the download mode.",
        BootScenario.UsbDownload => $"{check.Chip.Name} enters the download mode over USB.",
        _ => $"{check.Chip.Name} starts the program in flash.",
    };
}
