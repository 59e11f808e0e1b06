namespace EspForge.PinRules.Rules;

/// <summary>The chip has the pin, but the package, module or board does not bring it out.</summary>
internal sealed class NotBonded : IPinRule
{
    public string Id => "PIN002";

    public string Class => "not-bonded";

    public void Check(PinCheck check)
    {
        var lost = check.NotBroughtOut(PinSeverity.Error);
        var doubtful = check.NotBroughtOut(PinSeverity.Warning);
        var last = -1;
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Gpio == last)
                continue;
            last = use.Gpio;
            if (PinCheck.Has(check.Memory.NotBonded, use.Gpio))
            {
                Report(check, use, PinSeverity.Error, $"GPIO{use.Gpio} has no pad on {check.ModuleText}: nothing can be wired to it. Move {use.Use.Name}.", "module and package pin tables");
            }
            else if (PinCheck.Has(lost, use.Gpio))
            {
                Report(check, use, PinSeverity.Error, $"{check.Board!.Name} brings GPIO{use.Gpio} to no header and no part. Move {use.Use.Name} to a pin of its headers.", "header tables of the board's user guide");
            }
            else if (PinCheck.Has(doubtful, use.Gpio))
            {
                Report(check, use, PinSeverity.Warning,
                    $"GPIO{use.Gpio} is on no header we know of {check.Board!.Name}; it may be a test pad. Look at the board before wiring {use.Use.Name}.", "the vendor's pinout picture");
            }
            else if (PinCheck.Has(check.Memory.NotBondedUnknown, use.Gpio))
            {
                Report(check, use, PinSeverity.Warning,
                    $"GPIO{use.Gpio} is bonded out on some {check.Chip.Name} packages only. Say which module it is, or move {use.Use.Name}.", "chip datasheets, package pin tables");
            }
        }
    }

    private void Report(PinCheck check, in ReadUse use, PinSeverity severity, string message, string source) =>
        check.Report(this, severity, [use.Gpio], message, source, use.Use);
}
