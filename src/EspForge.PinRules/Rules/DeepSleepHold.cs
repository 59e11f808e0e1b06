namespace EspForge.PinRules.Rules;

/// <summary>A level is to be held through deep sleep on a pad that loses it.</summary>
internal sealed class DeepSleepHold : IPinRule
{
    public string Id => "PIN032";

    public string Class => "not-rtc";

    public void Check(PinCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Use.Hold != true || !check.IsLive(use.Gpio) || !check.Chip.DigitalIoPads.Contains(use.Gpio))
                continue;
            check.Report(
                this, PinSeverity.Warning, [use.Gpio],
                $"GPIO{use.Gpio} is a digital pad of {check.Chip.Name}: it lets go of its level in deep sleep unless the firmware holds all digital pads together (gpio_deep_sleep_hold_en). Move {use.Use.Name} to a pin of the {check.Chip.RtcDomain} domain, or hold them all.",
                "ESP-IDF soc/soc_caps.h, SOC_GPIO_VALID_DIGITAL_IO_PAD_MASK; docs, GPIO hold", use.Use,
                PinRepair.SetUse($"Do without holding {use.Use.Name}", use.Use, "hold", "false"));
        }
    }
}
