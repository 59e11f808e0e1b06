namespace EspForge.PinRules.Rules;

/// <summary>The pin cannot drive.</summary>
internal sealed class InputOnly : IPinRule
{
    public string Id => "PIN007";

    public string Class => "inputonly";

    public void Check(PinCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (!use.Drives || !check.IsLive(use.Gpio) || !check.Chip.Pins[use.Gpio].InputOnly)
                continue;
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                $"GPIO{use.Gpio} is input-only on {check.Chip.Name}: it has no output driver, and {use.Use.Name} has to drive. Move it.",
                "ESP-IDF soc/soc_caps.h, SOC_GPIO_VALID_OUTPUT_GPIO_MASK", use.Use);
        }
    }
}
