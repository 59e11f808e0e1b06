using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>The 32 kHz crystal works on its two pads only; and with something else on them there is no crystal.</summary>
internal sealed class Crystal32kPads : IPinRule
{
    public string Id => "PIN026";

    public string Class => "xtal-32k";

    public void Check(PinCheck check)
    {
        var pads = check.Chip.PinsWith(PinTraits.Xtal32k);
        var crystal = check.Chip.Crystal;
        PinUse? first = null;
        var taken = 0UL;
        foreach (ref readonly var use in check.Uses)
        {
            if (!check.IsLive(use.Gpio))
                continue;
            if (use.Peripheral == PinPeripheral.Crystal)
            {
                if (!PinCheck.Has(pads, use.Gpio))
                {
                    check.Report(
                        this, PinSeverity.Error, [use.Gpio],
                        $"GPIO{use.Gpio} is no pad of the 32 kHz crystal: on {check.Chip.Name} it works on GPIO{Math.Min(crystal.P, crystal.N)} and GPIO{Math.Max(crystal.P, crystal.N)} only. Move {use.Use.Name} there.",
                        "ESP-IDF soc/io_mux_reg.h", use.Use);
                }
            }
            else if (PinCheck.Has(pads, use.Gpio))
            {
                first ??= use.Use;
                taken |= PinCheck.Bit(use.Gpio);
            }
        }

        if (first is null)
            return;
        var gpios = PinCheck.List(taken);
        check.Report(
            this, PinSeverity.Info, gpios,
            $"{string.Join(", ", gpios.Select(gpio => $"GPIO{gpio}"))}: pads of the 32 kHz crystal on {check.Chip.Name}. With {first.Name} on them the RTC runs from its internal oscillator. Keep them free if time has to be exact in sleep.",
            "ESP-IDF soc/io_mux_reg.h; hardware design guidelines, RTC clock source", first);
    }
}
