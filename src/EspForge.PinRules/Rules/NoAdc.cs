using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>A voltage is to be read on a pin without an ADC channel.</summary>
internal sealed class NoAdc : IPinRule
{
    public string Id => "PIN016";

    public string Class => "no-adc";

    public void Check(PinCheck check)
    {
        var channels = check.Chip.PinsWith(PinTraits.Adc1) | check.Chip.PinsWith(PinTraits.Adc2);
        foreach (ref readonly var use in check.Uses)
        {
            if (!use.NeedsAdc || PinCheck.Has(channels, use.Gpio) || !check.IsLive(use.Gpio))
                continue;
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                $"GPIO{use.Gpio} has no ADC channel on {check.Chip.Name}, and {use.Use.Name} reads a voltage. Move it to a pin that has one.",
                "ESP-IDF soc/adc_channel.h", use.Use);
        }
    }
}
