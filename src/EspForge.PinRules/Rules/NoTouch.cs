using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>Touch is to be sensed on a pin without a touch channel.</summary>
internal sealed class NoTouch : IPinRule
{
    public string Id => "PIN019";

    public string Class => "no-touch";

    public void Check(PinCheck check)
    {
        var channels = check.Chip.PinsWith(PinTraits.Touch);
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Peripheral != PinPeripheral.Touch || PinCheck.Has(channels, use.Gpio) || !check.IsLive(use.Gpio))
                continue;
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                channels == 0
                    ? $"GPIO{use.Gpio}: {check.Chip.Name} has no touch sensor: {use.Use.Name} needs another chip or a touch controller."
                    : $"GPIO{use.Gpio} has no touch channel on {check.Chip.Name}. Move {use.Use.Name} to a pin that has one.",
                "ESP-IDF hal/touch_sensor_channel.h", use.Use);
        }
    }
}
