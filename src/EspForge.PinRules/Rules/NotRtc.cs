using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>A pin is to wake the chip, and cannot.</summary>
internal sealed class NotRtc : IPinRule
{
    public string Id => "PIN022";

    public string Class => "not-rtc";

    public void Check(PinCheck check)
    {
        if (check.Plan.Wake.Count == 0)
            return;
        foreach (var (source, gpios) in check.Plan.Wake)
        {
            var wake = check.Chip.SleepWake;
            var exists = source switch
            {
                "ext0" => wake.Ext0,
                "ext1" => wake.Ext1,
                "gpio" => wake.GpioWakeup,
                "touch" => check.Chip.Peripherals.TouchChannels > 0,
                _ => check.Chip.PinsWith(PinTraits.Rtc) != 0,
            };
            var able = check.Chip.PinsWith(source switch
            {
                "gpio" => PinTraits.DeepSleepWake,
                "ext1" => PinTraits.DeepSleepWake,
                "touch" => PinTraits.Touch,
                _ => PinTraits.Rtc,
            });
            foreach (var gpio in gpios)
            {
                if (exists && PinCheck.Has(able, gpio))
                    continue;
                var why = exists
                    ? $"GPIO{gpio} is not in the {check.Chip.RtcDomain} domain of {check.Chip.Name}, or lacks what {source} needs, and is off in deep sleep"
                    : $"{check.Chip.Name} has no wake source {source}";
                var uses = check.UsesOf(gpio);
                check.Report(
                    this, PinSeverity.Error, [gpio], $"GPIO{gpio} cannot wake the chip through {source}: {why}. Wake by a pin that can.",
                    "ESP-IDF soc/rtc_io_channel.h and soc/soc_caps.h", uses.Length > 0 && exists ? uses[0].Use : null);
            }
        }
    }
}
