using EspForge.Boards;
using EspForge.PinRules.Booting;

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
            var failure = BootPins.FirstFailure(check, strap);
            var uses = check.UsesOf(strap.Gpio);
            if (failure is null && IsBootButton(check, uses))
                continue;
            Report(check, strap, failure?.Driver ?? uses[0].Use, failure);
        }
    }

    private void Report(PinCheck check, StrappingPin strap, PinUse use, StrapFailure? failure)
    {
        var right = BootPins.Wanted(check, strap);
        var needs = right == PinLevel.High ? "high" : "low";
        var effect = right == PinLevel.High ? strap.Low : strap.High;
        var role = strap.Severity == StrappingSeverity.Minor
            ? $"It selects {strap.Role.Replace('-', ' ')} only, which a normal boot does not need"
            : !BootPins.HasWrongLevel(strap) ? $"It takes part in choosing the download mode; low means: {strap.Low}"
            : $"It must be {needs}{(strap.Severity == StrappingSeverity.DownloadOnly ? " for serial download" : "")}; {(right == PinLevel.High ? "low" : "high")} means: {effect}";
        var message = failure is not { } fails
            ? $"GPIO{strap.Gpio} is latched at reset on {check.Chip.Name}. {role}. {use.Name} is fine as long as nothing drives it the other way during reset."
            : $"GPIO{strap.Gpio} is latched at reset on {check.Chip.Name}. {role}. {fails.Sentence(strap.Gpio)} Move {use.Name}, or make sure of the level at reset.";
        var word = right == PinLevel.High ? "up" : "down";
        check.Report(
            this, Grade(check, strap, failure), [strap.Gpio], message, strap.Docs.Count > 0 ? strap.Docs[0] : "chip datasheet, strapping pins", use,
            failure is null ? [] : [PinRepair.SetPlan($"Fit a strong pull-{word} at GPIO{strap.Gpio}", $"externalPull.{strap.Gpio}", word)]);
    }

    // What only spoils the download matters to a product that is updated that way: where the plan says so, or fits a resistor against it.
    private static PinSeverity Grade(PinCheck check, StrappingPin strap, StrapFailure? failure) => failure switch
    {
        null => PinSeverity.Info,
        { Level.Source: LevelSource.ExternalPull or LevelSource.BoardPull } => PinSeverity.Warning,
        _ when strap.Severity == StrappingSeverity.DownloadOnly && check.Plan.Console is not (PlanConsole.Uart0 or PlanConsole.UsbOtg) => PinSeverity.Info,
        _ => PinSeverity.Warning,
    };

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
