namespace EspForge.PinRules.Rules;

/// <summary>The chip has no GPIO of this number.</summary>
internal sealed class Nonexistent : IPinRule
{
    public string Id => "PIN001";

    public string Class => "nonexistent";

    public void Check(PinCheck check)
    {
        var last = -1;
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Gpio == last || check.Chip.FindPin(use.Gpio) is not null)
                continue;
            last = use.Gpio;
            var why = use.Gpio < check.Chip.GpioCount ? "the number is a hole" : $"the highest is GPIO{check.Chip.GpioCount - 1}";
            check.Report(
                this, PinSeverity.Error, [use.Gpio], $"{check.Chip.Name} has no GPIO{use.Gpio}: {why}. Give {use.Use.Name} a pin that exists.",
                "ESP-IDF soc/soc_caps.h, SOC_GPIO_VALID_GPIO_MASK", use.Use);
        }
    }
}
