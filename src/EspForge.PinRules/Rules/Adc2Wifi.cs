using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>ADC2 is read while Wi-Fi uses it. Without an arbiter (ESP32) the read fails; with one it may time out.</summary>
internal sealed class Adc2Wifi : IPinRule
{
    public string Id => "PIN017";

    public string Class => "adc2-wifi";

    public void Check(PinCheck check)
    {
        if (!check.Chip.Adc2.WifiConflict || check.Plan.Wifi == false)
            return;
        var adc2Only = check.Chip.PinsWith(PinTraits.Adc2) & ~check.Chip.PinsWith(PinTraits.Adc1);
        foreach (ref readonly var use in check.Uses)
        {
            if (!use.NeedsAdc || !PinCheck.Has(adc2Only, use.Gpio) || !check.IsLive(use.Gpio))
                continue;
            var sure = check.Plan.Wifi == true && !check.Chip.Adc2.Arbiter;
            var what = check.Chip.Adc2.Arbiter ? "reads can time out while Wi-Fi is on" : "every read fails while Wi-Fi is on";
            var when = check.Plan.Wifi == true ? "" : " The plan does not say whether it is.";
            check.Report(
                this, sure ? PinSeverity.Error : check.Chip.Adc2.Arbiter && check.Plan.Wifi is null ? PinSeverity.Info : PinSeverity.Warning, [use.Gpio],
                $"GPIO{use.Gpio} is a channel of ADC2, which the Wi-Fi driver uses on {check.Chip.Name}: {what}.{when} Move {use.Use.Name} to a pin of ADC1.",
                "ESP-IDF docs, ADC oneshot mode, hardware limitations", use.Use,
                check.Plan.Wifi is null ? [PinRepair.SetPlan("Say that Wi-Fi is not used", "wifi", "false")] : []);
        }
    }
}
