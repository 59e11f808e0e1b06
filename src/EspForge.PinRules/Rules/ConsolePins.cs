namespace EspForge.PinRules.Rules;

/// <summary>The ROM logs and downloads on this pin.</summary>
internal sealed class ConsolePins : IPinRule
{
    public string Id => "PIN011";

    public string Class => "console";

    public void Check(PinCheck check)
    {
        var console = check.Chip.Console;
        foreach (ref readonly var use in check.Uses)
        {
            var isTx = use.Gpio == console.Tx;
            if (!isTx && use.Gpio != console.Rx || !check.IsLive(use.Gpio) || use.Peripheral == PinPeripheral.Uart && use.Function.Index == console.Uart)
                continue;
            if (check.Console == PlanConsole.Uart0)
            {
                check.Report(
                    this, PinSeverity.Warning, [use.Gpio],
                    isTx
                        ? $"GPIO{use.Gpio} is TX of UART{console.Uart}: the ROM and the firmware print their log on it, into {use.Use.Name}, and flashing by serial needs it. Move {use.Use.Name}, or put the console elsewhere."
                        : $"GPIO{use.Gpio} is RX of UART{console.Uart}: {use.Use.Name} disturbs the console and flashing by serial, and a USB bridge on the board drives against it. Move {use.Use.Name}, or put the console elsewhere.",
                    "ESP-IDF soc/uart_pins.h", use.Use, ConsoleRepairs(check));
            }
            else if (isTx)
            {
                check.Report(
                    this, PinSeverity.Info, [use.Gpio],
                    $"GPIO{use.Gpio} is TX of UART{console.Uart}: although the console is elsewhere, the ROM prints its log on it at every reset, into {use.Use.Name}.",
                    "ESP-IDF soc/uart_pins.h; hardware design guidelines, ROM log", use.Use);
            }
        }
    }

    private static IReadOnlyList<PinRepair> ConsoleRepairs(PinCheck check) =>
        [check.Chip.Usb.SerialJtag is not null
            ? PinRepair.SetPlan("Put the console on USB-Serial-JTAG", "console", "usb-serial-jtag")
            : PinRepair.SetPlan("Do without a console", "console", "none")];
}
