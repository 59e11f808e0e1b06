using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>A voltage is to be driven on a pin without a DAC.</summary>
internal sealed class NoDac : IPinRule
{
    public string Id => "PIN020";

    public string Class => "no-dac";

    public void Check(PinCheck check)
    {
        var channels = check.Chip.PinsWith(PinTraits.Dac);
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Peripheral != PinPeripheral.Dac || PinCheck.Has(channels, use.Gpio) || !check.IsLive(use.Gpio))
                continue;
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                channels == 0
                    ? $"GPIO{use.Gpio}: {check.Chip.Name} has no DAC: drive {use.Use.Name} by PWM and a filter, I2S, or a DAC of its own."
                    : $"GPIO{use.Gpio} has no DAC on {check.Chip.Name}. Move {use.Use.Name} to a pin that has one.",
                "ESP-IDF soc/dac_channel.h", use.Use);
        }
    }
}
