using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>A data line of USB is used for something else.</summary>
internal sealed class UsbLines : IPinRule
{
    public string Id => "PIN012";

    public string Class => "usb";

    public void Check(PinCheck check)
    {
        var serialJtag = check.Chip.PinsWith(PinTraits.UsbSerialJtag);
        var otg = check.Chip.PinsWith(PinTraits.UsbOtg);
        if (((serialJtag | otg) & check.Used) == 0)
            return;
        foreach (ref readonly var use in check.Uses)
        {
            if (!PinCheck.Has(serialJtag | otg, use.Gpio) || !check.IsLive(use.Gpio) || use.Peripheral is PinPeripheral.Usb or PinPeripheral.Jtag)
                continue;
            var asked = check.Plan.Console == PlanConsole.UsbSerialJtag && PinCheck.Has(serialJtag, use.Gpio)
                || check.Plan.Console == PlanConsole.UsbOtg && PinCheck.Has(otg, use.Gpio);
            var onBoard = check.Board?.Usb?.Native is { } native && (native.Dm == use.Gpio || native.Dp == use.Gpio);
            var severity = asked ? PinSeverity.Error : (check.Plan.Console is PlanConsole.Uart0 or PlanConsole.None || KeepsUart(check)) && !onBoard ? PinSeverity.Info : onBoard || PinCheck.Has(serialJtag, use.Gpio) ? PinSeverity.Warning : PinSeverity.Info;
            var pullUp = check.Chip.Usb.PullUpPins.Contains(use.Gpio) ? " Its USB pull-up is on after reset." : "";
            check.Report(
                this, severity, [use.Gpio],
                asked
                    ? $"GPIO{use.Gpio} is a USB data line and the plan puts the console on USB: {use.Use.Name} takes the console away. Move it, or put the console elsewhere."
                    : $"GPIO{use.Gpio} is a USB data line{(onBoard ? " and wired to the board's connector" : "")}: with {use.Use.Name} on it there is no flashing, console or debugging over USB.{pullUp} Move it, if USB is wanted.",
                "ESP-IDF soc/usb_pins.h and soc/io_mux_reg.h", use.Use,
                asked ? [PinRepair.SetPlan("Put the console on UART0", "console", "uart0")] : []);
        }
    }

    // A plan that gives both pins of the console's UART to a serial line has its console and its download there.
    private static bool KeepsUart(PinCheck check) => check.Plan.Console is null && check.Board is null
        && HasSerial(check.UsesOf(check.Chip.Console.Tx)) && HasSerial(check.UsesOf(check.Chip.Console.Rx));

    private static bool HasSerial(ReadOnlySpan<ReadUse> uses)
    {
        foreach (ref readonly var use in uses)
        {
            if (use.Peripheral == PinPeripheral.Uart ? use.Function.Index <= 0 : PartWords.IsSerialLine(use))
                return true;
        }

        return false;
    }
}
