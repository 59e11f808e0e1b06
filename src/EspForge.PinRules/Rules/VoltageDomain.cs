namespace EspForge.PinRules.Rules;

/// <summary>The pin works at the memory's 1.8 V.</summary>
internal sealed class VoltageDomain : IPinRule
{
    public string Id => "PIN006";

    public string Class => "voltage-domain";

    public void Check(PinCheck check)
    {
        var last = -1;
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Gpio == last || !PinCheck.Has(check.Memory.LowVoltage & ~check.Dead, use.Gpio))
                continue;
            last = use.Gpio;
            check.Report(
                this, PinSeverity.Warning, [use.Gpio],
                $"GPIO{use.Gpio} works at 1.8 V on {check.ModuleText}, with its memory. A 3.3 V part on it reads wrong levels or overloads the pad. Move {use.Use.Name}, or shift the level.",
                "chip datasheet, power domains of SPICLK_P and SPICLK_N", use.Use);
        }
    }
}
