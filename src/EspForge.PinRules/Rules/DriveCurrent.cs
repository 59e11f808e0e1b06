namespace EspForge.PinRules.Rules;

/// <summary>The use draws more current than the pad gives.</summary>
internal sealed class DriveCurrent : IPinRule
{
    private const string Source = "chip datasheet, DC characteristics; ESP-IDF hal/gpio_types.h, drive capability";

    public string Id => "PIN031";

    public string Class => "current";

    public void Check(PinCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Use.DriveMilliamps is not { } wanted || !check.IsLive(use.Gpio))
                continue;
            var drive = check.Chip.Drive;
            var weak = check.Chip.Id is "esp32" && string.Equals(check.Chip.Pins[use.Gpio].PowerDomain, "VDD_SDIO", StringComparison.Ordinal);
            var most = weak ? 20 : drive.PerPinSourceMax;
            var usual = Math.Min(most, drive.CapLevelsApproxMa[drive.DefaultCap]);
            if (wanted > most)
            {
                check.Report(
                    this, PinSeverity.Error, [use.Gpio],
                    $"GPIO{use.Gpio} gives at most about {most} mA on {check.Chip.Name}{(weak ? ", as it is fed from VDD_SDIO" : "")}, and {use.Use.Name} draws {wanted} mA: the pad is overloaded. Put a transistor in between.",
                    Source, null, PinRepair.SetUse($"Drive {use.Use.Name} through a transistor: 2 mA", use.Use, "driveMilliamps", "2"));
            }
            else if (wanted > usual || wanted > drive.PerPinSinkMax)
            {
                check.Report(
                    this, PinSeverity.Warning, [use.Gpio],
                    $"GPIO{use.Gpio} gives about {usual} mA at its default drive strength and sinks at most {drive.PerPinSinkMax} mA; {use.Use.Name} draws {wanted} mA. Raise the drive strength, or put a transistor in between.",
                    Source, null, PinRepair.SetUse($"Drive {use.Use.Name} through a transistor: 2 mA", use.Use, "driveMilliamps", "2"));
            }
        }
    }
}
