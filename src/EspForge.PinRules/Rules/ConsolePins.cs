namespace EspForge.PinRules.Rules;

/// <summary>The ROM logs and downloads on this pin.</summary>
internal sealed class ConsolePins : IPinRule
{
    public string Id => "PIN011";

    public string Class => "console";

    public void Check(PinCheck check)
    {
        var console = check.Chip.Console;
        var onUart = IsOnUart(check);
        foreach (ref readonly var use in check.Uses)
        {
            var isTx = use.Gpio == console.Tx;
            if (!isTx && use.Gpio != console.Rx || !check.IsLive(use.Gpio) || IsItself(use, console.Uart))
                continue;
            if (onUart || isTx && PartWords.Moves(use))
            {
                check.Report(
                    this, PinSeverity.Warning, [use.Gpio],
                    isTx
                        ? $"GPIO{use.Gpio} is TX of UART{console.Uart}: the ROM prints its log on it at every reset, into {use.Use.Name}{(onUart ? ", so does the firmware, and flashing by serial needs it" : "")}. Move {use.Use.Name}{(onUart ? ", or put the console elsewhere" : "")}."
                        : $"GPIO{use.Gpio} is RX of UART{console.Uart}: {use.Use.Name} disturbs the console and flashing by serial, and a USB bridge on the board drives against it. Move {use.Use.Name}, or put the console elsewhere.",
                    "ESP-IDF soc/uart_pins.h", use.Use, onUart ? ConsoleRepairs(check) : []);
            }
            else
            {
                check.Report(
                    this, PinSeverity.Info, [use.Gpio],
                    isTx
                        ? $"GPIO{use.Gpio} is TX of UART{console.Uart}: wherever the console is, the ROM prints its log on it at every reset, into {use.Use.Name}."
                        : $"GPIO{use.Gpio} is RX of UART{console.Uart}: with {use.Use.Name} on it there is no console and no download over UART{console.Uart}; USB is left.",
                    "ESP-IDF soc/uart_pins.h; hardware design guidelines, ROM log", use.Use);
            }
        }
    }

    // Said, or wired so by the board, or the chip has no USB of its own to put it on. A chip with USB leaves it open.
    private static bool IsOnUart(PinCheck check) => check.Plan.Console is { } said ? said == PlanConsole.Uart0
        : check.Board is not null ? check.Console == PlanConsole.Uart0
        : check.Chip.Usb.SerialJtag is null && check.Chip.Usb.Otg is null;

    // Whatever it is called, a line "tx" or "rx" on these pins is this UART; so is a receiver wired to it, such as a GPS.
    private static bool IsItself(in ReadUse use, int uart) => use.Peripheral == PinPeripheral.Uart ? use.Function.Index < 0 || use.Function.Index == uart
        : PartWords.IsSerialLine(use);

    private static IReadOnlyList<PinRepair> ConsoleRepairs(PinCheck check) =>
        [check.Chip.Usb.SerialJtag is not null
            ? PinRepair.SetPlan("Put the console on USB-Serial-JTAG", "console", "usb-serial-jtag")
            : PinRepair.SetPlan("Do without a console", "console", "none")];
}
