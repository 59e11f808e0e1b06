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
            if (use.Gpio == last || !PinCheck.Has(check.Memory.Flash, use.Gpio))
                continue;
            last = use.Gpio;
            IReadOnlyList<PinRepair> repairs = CouldBeDualFlash(check, use.Gpio)
                ? [PinRepair.SetPlan("Say flashMode dio, if the flash is wired with two data lines and the board brings this pin out", "flashMode", "dio")]
                : [];
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                $"GPIO{use.Gpio} is a line of the flash on {check.ModuleText}: the program is read through it, so any other use crashes the chip. Move {use.Use.Name}.{Hint(check, use.Gpio)}",
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
                return $" Some packages, such as {variant.Modules[0]}, leave it free: name the module if it is one of them.";
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
