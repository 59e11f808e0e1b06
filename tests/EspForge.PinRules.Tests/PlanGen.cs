using EspForge.Boards;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.PinRules.Tests;

/// <summary>Random plans over all chips and boards.</summary>
internal static class PlanGen
{
    private static readonly string[] Functions =
        ["i2c0", "i2c1", "spi2", "spi3", "uart0", "uart1", "uart2", "adc", "touch0", "dac0", "ledc0", "rmt0", "i2s0", "sdmmc", "camera", "eth", "usb", "jtag", "led", "button", "lora", "display", "gizmo", "ws2812", "valve", "xtal32k", "lp_uart0", "lp_i2c0", "vext"];

    private static readonly string?[] Signals = [null, "sda", "scl", "sck", "mosi", "miso", "cs", "tx", "rx", "d0", "clk", "int", "rst", "txd0"];

    private static readonly Gen<PinUse> Use =
        from gpio in Gen.Choose(0, 56)
        from function in Gen.Elements(Functions)
        from signal in Gen.Elements(Signals)
        from direction in Gen.Elements<PinDirection?>(null, null, null, PinDirection.In, PinDirection.Out, PinDirection.Io, PinDirection.Analog)
        from pull in Gen.Elements<PinPull?>(null, null, PinPull.Up, PinPull.Down, PinPull.None)
        from frequency in Gen.Elements<int?>(null, null, null, 1_000, 5_000, 40_000_000, 80_000_000)
        from bits in Gen.Elements<int?>(null, null, 8, 14, 20)
        from current in Gen.Elements<int?>(null, null, null, 2, 25, 60)
        from symbols in Gen.Elements<int?>(null, null, null, 48, 192)
        from hold in Gen.Elements<bool?>(null, null, true, false)
        select new PinUse(gpio, function, signal, direction, pull) { FrequencyHz = frequency, ResolutionBits = bits, DriveMilliamps = current, RmtSymbols = symbols, Hold = hold };

    public static readonly Gen<PinPlan> Plan =
        from onBoard in Gen.Elements(true, false)
        from board in Gen.Elements(BoardCatalog.Default.BoardIds.ToArray())
        from chip in Gen.Elements(BoardCatalog.Default.ChipIds.ToArray())
        from uses in Gen.ListOf(Use)
        from wifi in Gen.Elements<bool?>(null, true, false)
        from console in Gen.Elements<PlanConsole?>(null, PlanConsole.Uart0, PlanConsole.UsbSerialJtag, PlanConsole.UsbOtg, PlanConsole.None)
        from psram in Gen.Elements<PsramMode?>(null, PsramMode.None, PsramMode.Quad, PsramMode.Octal)
        from flash in Gen.Elements<FlashMode?>(null, FlashMode.Qio, FlashMode.Dio, FlashMode.Opi)
        from pulled in Gen.Choose(0, 48)
        from pull in Gen.Elements(PinPull.Up, PinPull.Down)
        from wake in Gen.Elements<string?>(null, "ext0", "ext1", "gpio", "touch", "ulp")
        from millivolts in Gen.Elements<int?>(null, null, 1800, 3300)
        from efuses in Gen.Elements<string[]>([], ["VDD_SPI_AS_GPIO"], ["VDD_SPI_FORCE"])
        select new PinPlan
        {
            Board = onBoard ? board : null,
            Chip = onBoard ? null : chip,
            Uses = [.. uses.Take(PinPlan.MaxUses)],
            Wifi = wifi,
            Console = console,
            Psram = psram,
            FlashMode = flash,
            ExternalPull = new Dictionary<int, PinPull> { [pulled] = pull },
            Interrupts = [39],
            VddSpiMillivolts = millivolts,
            Efuses = efuses,
            Wake = wake is null ? new Dictionary<string, IReadOnlyList<int>>() : new Dictionary<string, IReadOnlyList<int>> { [wake] = [pulled] },
        };
}
