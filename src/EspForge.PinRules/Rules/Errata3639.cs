namespace EspForge.PinRules.Rules;

/// <summary>ESP32: powering certain RTC peripherals pulls GPIO36 and GPIO39 low for about 80 ns, which an interrupt sees.</summary>
internal sealed class Errata3639 : IPinRule
{
    public string Id => "PIN023";

    public string Class => "errata-36-39";

    public void Check(PinCheck check)
    {
        if (check.Chip.Id is not "esp32")
            return;
        for (var i = 0; i < check.Plan.Interrupts.Count; i++)
        {
            var gpio = check.Plan.Interrupts[i];
            if (gpio is not (36 or 39))
                continue;
            var uses = check.UsesOf(gpio);
            check.Report(
                this, PinSeverity.Warning, [gpio],
                $"GPIO{gpio} sees a low pulse of about 80 ns whenever the ADC, touch or Wi-Fi power saving switches on: its interrupt fires for nothing. Filter it, poll, or move it.",
                "ESP32 errata: GPIO36 and GPIO39 pulled low when RTC peripherals power on", uses.Length > 0 ? uses[0].Use : null);
        }
    }
}
