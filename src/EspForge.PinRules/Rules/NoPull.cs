using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>A pull is asked for on a pin that has none inside.</summary>
internal sealed class NoPull : IPinRule
{
    public string Id => "PIN008";

    public string Class => "no-pull";

    public void Check(PinCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (!check.IsLive(use.Gpio) || use.Use.Pull is not (PinPull.Up or PinPull.Down))
                continue;
            var pin = check.Chip.Pins[use.Gpio];
            var up = use.Use.Pull == PinPull.Up;
            if (pin.FixedPull is not null || (up ? pin.PullUp : pin.PullDown) || (check.ExternalPull(use.Gpio) ?? check.BoardPull(use.Gpio)) == use.Use.Pull)
                continue;
            var word = up ? "up" : "down";
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                $"GPIO{use.Gpio} has no internal pull-{word} on {check.Chip.Name}: {use.Use.Name} would float. Fit a resistor and say so in externalPull, or move it.",
                "ESP-IDF rtc_io_periph.c and chip datasheet", use.Use,
                PinRepair.SetPlan($"Fit a pull-{word} resistor at GPIO{use.Gpio}", $"externalPull.{use.Gpio}", word));
        }
    }
}
