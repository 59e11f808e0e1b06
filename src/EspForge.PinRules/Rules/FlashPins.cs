using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>The program is read through this pin.</summary>
internal sealed class FlashPins : IPinRule
{
    public string Id => "PIN003";

    public string Class => "flash";

    public void Check(PinCheck check)
    {
        var last = -1;
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Gpio == last || !PinCheck.Has(check.Memory.Flash | check.Memory.FlashUnlessNamed & ~check.Memory.VddSpiUnlessNamed, use.Gpio) || PartWords.IsMemoryLine(use, check.Chip))
                continue;
            last = use.Gpio;
            IReadOnlyList<PinRepair> repairs = CouldBeDualFlash(check, use.Gpio)
                ? [PinRepair.SetPlan("Say flashMode dio, if the flash is wired with two data lines and the board brings this pin out", "flashMode", "dio")]
                : [];
            var sure = PinCheck.Has(check.Memory.Flash, use.Gpio);
            check.Report(
                this, sure ? PinSeverity.Error : PinSeverity.Warning, [use.Gpio],
                sure
                    ? $"GPIO{use.Gpio} is a line of the flash on {check.ModuleText}: the program is read through it, so any other use crashes the chip. Move {use.Use.Name}."
                    : $"GPIO{use.Gpio} is a line of the flash on most {check.Chip.Name} modules, where {use.Use.Name} crashes the chip.{Hint(check, use.Gpio)} Move {use.Use.Name}, or name the module.",
                "ESP-IDF soc/spi_pins.h and the package's datasheet", use.Use, repairs);
        }
    }

    // Said only where no module is known: some packages wire the flash to other pins.
    private static string Hint(PinCheck check, int gpio)
    {
        if (check.Plan.Module is not null || check.Board is not null)
            return "";
        foreach (var variant in check.Chip.Flash.Variants)
        {
            if (variant is { Kind: ReservationKind.Flash, Modules.Count: > 0 } && !variant.Uses.Contains(gpio))
                return $" Some packages, such as {variant.Modules[0]}, leave it free.";
        }

        return "";
    }

    private static bool CouldBeDualFlash(PinCheck check, int gpio)
    {
        if (check.Plan.FlashMode is not null)
            return false;
        foreach (var variant in check.Chip.Flash.Variants)
        {
            if (variant.FlashModes.Contains(FlashMode.Dio) && !variant.Uses.Contains(gpio) && !ModuleName.HasAny(check.Plan.Module ?? check.Board?.Module, variant.ExceptModules))
                return true;
        }

        return false;
    }
}
