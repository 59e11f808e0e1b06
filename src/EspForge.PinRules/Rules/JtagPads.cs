using System.Numerics;
using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>Pads of JTAG are used for something else. One finding for all of them: it is one debugger that is lost.</summary>
internal sealed class JtagPads : IPinRule
{
    public string Id => "PIN013";

    public string Class => "jtag";

    public void Check(PinCheck check)
    {
        var pads = check.Chip.PinsWith(PinTraits.Jtag) & check.Used & ~check.Dead;
        if (pads == 0)
            return;
        PinUse? first = null;
        var taken = 0UL;
        foreach (ref readonly var use in check.Uses)
        {
            if (!PinCheck.Has(pads, use.Gpio) || use.Peripheral == PinPeripheral.Jtag)
                continue;
            first ??= use.Use;
            taken |= PinCheck.Bit(use.Gpio);
        }

        if (first is null)
            return;
        var gpios = new int[BitOperations.PopCount(taken)];
        for (var i = 0; i < gpios.Length; i++, taken &= taken - 1)
            gpios[i] = BitOperations.TrailingZeroCount(taken);
        var other = check.Chip.Usb.SerialJtag is null ? "there is no debugging by JTAG" : "a JTAG probe on the pads does not work, debugging over USB does";
        check.Report(
            this, PinSeverity.Info, gpios,
            $"{string.Join(", ", gpios.Select(gpio => $"GPIO{gpio}"))}: pads of JTAG on {check.Chip.Name}. With other uses on them {other}. Keep them free if you want a probe.",
            "ESP-IDF soc/io_mux_reg.h", first);
    }
}
