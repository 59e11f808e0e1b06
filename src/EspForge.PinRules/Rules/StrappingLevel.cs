using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>
/// The pin is latched at reset. Never an error: most shipped boards use a critical one. It is a warning where something can hold the wrong level at
/// reset, and an info where nothing is known to.
/// </summary>
internal sealed class StrappingLevel : IPinRule
{
    public string Id => "PIN010";

    public string Class => "strapping";

    public void Check(PinCheck check)
    {
        for (var i = 0; i < check.Chip.Strapping.Count; i++)
        {
            var strap = check.Chip.Strapping[i];
            if (strap.Severity == StrappingSeverity.None || !PinCheck.Has(check.Used & ~check.Dead, strap.Gpio))
                continue;
            var right = RightLevel(check, strap);
            var uses = check.UsesOf(strap.Gpio);
            var worst = uses[0];
            var scenario = (string?)null;
            foreach (ref readonly var use in uses)
            {
                scenario = Scenario(check, strap, right, use);
                if (scenario is not null)
                {
                    worst = use;
                    break;
                }
            }

            if (scenario is null && IsBootButton(check, uses))
                continue;
            Report(check, strap, right, worst.Use, scenario);
        }
    }

    private void Report(PinCheck check, StrappingPin strap, PinPull right, PinUse use, string? scenario)
    {
        var severity = scenario is null ? PinSeverity.Info : PinSeverity.Warning;
        var needs = right == PinPull.Up ? "high" : "low";
        var effect = right == PinPull.Up ? strap.Low : strap.High;
        var role = strap.Severity == StrappingSeverity.Minor
            ? $"It selects {strap.Role.Replace('-', ' ')} only, which a normal boot does not need"
            : !HasWrongLevel(strap) ? $"It takes part in choosing the download mode; low means: {strap.Low}"
            : $"It must be {needs}{(strap.Severity == StrappingSeverity.DownloadOnly ? " for serial download" : "")}; {(right == PinPull.Up ? "low" : "high")} means: {effect}";
        var message = scenario is null
            ? $"GPIO{strap.Gpio} is latched at reset on {check.Chip.Name}. {role}. {use.Name} is fine as long as nothing drives it the other way during reset."
            : $"GPIO{strap.Gpio} is latched at reset on {check.Chip.Name}. {role}. {scenario} Move {use.Name}, or make sure of the level at reset.";
        check.Report(this, severity, [strap.Gpio], message, strap.Docs.Count > 0 ? strap.Docs[0] : "chip datasheet, strapping pins", use);
    }

    // What can hold the wrong level, as a sentence; null where nothing is known to.
    private static string? Scenario(PinCheck check, StrappingPin strap, PinPull right, in ReadUse use)
    {
        if (!HasWrongLevel(strap) || IsDecidedByEfuse(check, strap))
            return null;
        var external = check.ExternalPull(strap.Gpio);
        if (external is not null)
            return external == right ? null : $"The resistor outside pulls it {(external == PinPull.Up ? "high" : "low")}, against that.";
        return use.Function.FarSide switch
        {
            FarSide.High when right == PinPull.Down => $"{use.Use.Name} idles high, through the pull-up or driver of its other end, and holds the wrong level.",
            FarSide.Either when strap.Severity == StrappingSeverity.Critical => $"The other end of {use.Use.Name} drives push-pull and can hold the wrong level during reset.",
            _ => null,
        };
    }

    // A strap without a pull of its own has a wrong level only where the table says that one is needed.
    private static bool HasWrongLevel(StrappingPin strap) => strap.Severity != StrappingSeverity.Minor
        && (strap.DefaultPull != PinPull.None || strap.High?.StartsWith("needed", StringComparison.Ordinal) == true);

    private static PinPull RightLevel(PinCheck check, StrappingPin strap) =>
        IsVoltage(strap) && check.Plan.VddSpiMillivolts == 1800 ? PinPull.Up
        : strap.DefaultPull == PinPull.Down ? PinPull.Down
        : PinPull.Up;

    private static bool IsDecidedByEfuse(PinCheck check, StrappingPin strap) =>
        IsVoltage(strap) && (check.HasEfuse("VDD_SPI_FORCE") || check.HasEfuse("XPD_SDIO_FORCE") || check.HasEfuse("SDIO_FORCE"));

    private static bool IsVoltage(StrappingPin strap) => strap.Role.StartsWith("vdd-", StringComparison.Ordinal);

    // The board's own button on its boot strap, used as a button: that is what it is for.
    private static bool IsBootButton(PinCheck check, ReadOnlySpan<ReadUse> uses)
    {
        if (check.Board is null || uses is not [var use] || use.Drives)
            return false;
        for (var i = 0; i < check.Board.Onboard.Count; i++)
        {
            var part = check.Board.Onboard[i];
            if (part.Gpio == use.Gpio && string.Equals(part.Function, "button", StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
