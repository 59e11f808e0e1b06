namespace EspForge.PinRules.Rules;

/// <summary>The pin is the supply of the flash.</summary>
internal sealed class VddSpiPin : IPinRule
{
    public string Id => "PIN005";

    public string Class => "vdd-spi";

    public void Check(PinCheck check)
    {
        var last = -1;
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Gpio == last || !PinCheck.Has((check.Memory.VddSpi | check.Memory.VddSpiUnlessNamed) & ~check.Memory.Flash & ~check.Memory.Psram, use.Gpio) || PartWords.IsMemoryLine(use, check.Chip))
                continue;
            last = use.Gpio;
            var efuse = Efuse(check, use.Gpio);

            // A bare chip may have it burnt; boards that bring the pin out do.
            var open = PinCheck.Has(check.Memory.VddSpiUnlessNamed, use.Gpio);
            check.Report(
                this, open ? PinSeverity.Warning : PinSeverity.Error, [use.Gpio],
                efuse is null
                    ? $"GPIO{use.Gpio} is VDD_SPI, the supply of the flash on {check.ModuleText}. Move {use.Use.Name}."
                    : $"GPIO{use.Gpio} is VDD_SPI, the supply of the flash, until the eFuse {efuse} is burnt and the flash is fed from elsewhere. {(open ? "The plan names no module, so it may be. " : "")}Move {use.Use.Name}, or list the eFuse.",
                "chip datasheet, VDD_SPI; hardware design guidelines", use.Use,
                efuse is null ? [] : [PinRepair.SetPlan($"List {efuse} as burnt, if it is", "efuses", efuse)]);
        }
    }

    private static string? Efuse(PinCheck check, int gpio)
    {
        foreach (var variant in check.Chip.Flash.Variants)
        {
            if (variant.FreedByEfuse is { } efuse && variant.Uses.Contains(gpio))
                return efuse;
        }

        return null;
    }
}
