namespace EspForge.PinRules.Rules;

/// <summary>PSRAM is wired to this pin, or may be.</summary>
internal sealed class PsramPins : IPinRule
{
    private const string Source = "ESP-IDF soc/spi_pins.h, components/esp_psram and the module's datasheet";

    public string Id => "PIN004";

    public string Class => "psram";

    public void Check(PinCheck check)
    {
        var last = -1;
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Gpio == last || PinCheck.Has(check.Memory.Flash, use.Gpio) || PartWords.IsMemoryLine(use, check.Chip))
                continue;
            last = use.Gpio;
            if (PinCheck.Has(check.Memory.Psram, use.Gpio))
            {
                check.Report(
                    this, PinSeverity.Error, [use.Gpio],
                    $"GPIO{use.Gpio} is a line of the PSRAM on {check.ModuleText}: it is wired inside the module, whether the firmware uses PSRAM or not. Move {use.Use.Name}.",
                    Source, use.Use);
            }
            else if (check.Dead != 0 && PinCheck.Has(check.Dead, use.Gpio))
            {
                continue;
            }
            else if (PinCheck.Has(check.Memory.PsramDenied, use.Gpio))
            {
                check.Report(
                    this, PinSeverity.Warning, [use.Gpio],
                    $"GPIO{use.Gpio} is a line of the PSRAM on {check.ModuleText}. The plan says there is none: true only of a board built without it. Check the module before wiring {use.Use.Name}.",
                    Source, use.Use);
            }
            else if (PinCheck.Has(check.Memory.PsramUnknown, use.Gpio))
            {
                check.Report(
                    this, PinSeverity.Info, [use.Gpio],
                    $"GPIO{use.Gpio} belongs to the PSRAM on {check.Chip.Name} modules that have it in that mode. Name the module or its PSRAM, so that {use.Use.Name} can be judged.",
                    Source, use.Use, PinRepair.SetPlan("Say that there is no PSRAM", "psram", "none"));
            }
        }
    }
}
