using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>ADC2 of this chip does not work for single reads.</summary>
internal sealed class Adc2Unsupported : IPinRule
{
    public string Id => "PIN018";

    public string Class => "adc2-unsupported";

    public void Check(PinCheck check)
    {
        if (!check.Chip.Adc2.Present || check.Chip.Adc2.OneshotSupported)
            return;
        var adc2Only = check.Chip.PinsWith(PinTraits.Adc2) & ~check.Chip.PinsWith(PinTraits.Adc1);
        foreach (ref readonly var use in check.Uses)
        {
            if (!use.NeedsAdc || !PinCheck.Has(adc2Only, use.Gpio) || !check.IsLive(use.Gpio))
                continue;
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                $"GPIO{use.Gpio} is a channel of ADC2 only, which gives wrong values on {check.Chip.Name} and which ESP-IDF refuses. Move {use.Use.Name} to a pin of ADC1.",
                $"{check.Chip.Name} errata; ESP-IDF docs, ADC oneshot mode", use.Use);
        }
    }
}
