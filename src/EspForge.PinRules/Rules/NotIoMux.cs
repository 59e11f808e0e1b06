using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>An SPI host is not on its direct pins: it works, through the GPIO matrix, at a lower clock.</summary>
internal sealed class NotIoMux : IPinRule
{
    private const string Source = "ESP-IDF docs, SPI master driver, GPIO matrix and IO_MUX; soc/spi_pins.h";

    public string Id => "PIN027";

    public string Class => "not-iomux";

    public void Check(PinCheck check)
    {
        for (var i = 0; i < check.Chip.Spi.Count; i++)
        {
            // "SPI2" is index 2; a use without number may be on any host, and is held against a clock that no host reaches.
            var index = check.Chip.Spi[i].Host[^1] - '0';
            Judge(check, index, check.Chip.Spi[i].Iomux);
        }

        Judge(check, -1, check.Chip.Spi.Count > 0 ? check.Chip.Spi[0].Iomux : null);
    }

    private void Judge(PinCheck check, int index, IReadOnlyDictionary<string, int>? direct)
    {
        var off = 0UL;
        var reads = false;
        var clock = (PinUse?)null;
        var frequency = 0;
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Peripheral != PinPeripheral.Spi || use.Function.Index != index || !check.IsLive(use.Gpio))
                continue;
            var name = Name(PinFunction.SignalOf(use.Use));
            if (name is null)
                continue;
            reads |= name is "miso";
            frequency = Math.Max(frequency, use.Use.FrequencyHz ?? 0);
            if (name is "clk")
                clock = use.Use;
            if (direct is null || !direct.TryGetValue(name, out var gpio) || gpio != use.Gpio)
                off |= PinCheck.Bit(use.Gpio);
        }

        // Over the matrix the answer of the other end comes back late: the ESP32 then reads at most at 26.6 MHz.
        var limit = check.Chip.Id is "esp32" && reads ? 26_600_000 : 40_000_000;
        if (off == 0 || clock is null || frequency <= limit && (direct is null || index < 0))
            return;
        var fast = frequency > limit;
        var gpios = PinCheck.List(off);
        check.Report(
            this, fast ? PinSeverity.Warning : PinSeverity.Info, gpios,
            $"{string.Join(", ", gpios.Select(pin => $"GPIO{pin}"))}: not the direct pins of {check.Chip.Name}'s {(index < 0 ? "SPI" : $"SPI{index}")}{Pins(direct)}. Through the GPIO matrix it works up to {limit / 1e6:0.#} MHz{(fast ? $", and {clock.Name} asks for {frequency / 1e6:0.#} MHz: data is read wrong. Use the direct pins, or a lower clock" : ". Use the direct pins where you need more")}.",
            Source, clock, fast ? [PinRepair.SetUse($"Run {clock.Name} at {limit / 1e6:0.#} MHz", clock, "frequencyHz", PinRepair.Number(limit))] : []);
    }

    private static string? Name(ReadOnlySpan<char> signal) => signal switch
    {
        _ when signal.Equals("clk", StringComparison.OrdinalIgnoreCase) || signal.Equals("sck", StringComparison.OrdinalIgnoreCase) || signal.Equals("sclk", StringComparison.OrdinalIgnoreCase) => "clk",
        _ when signal.Equals("mosi", StringComparison.OrdinalIgnoreCase) || signal.Equals("copi", StringComparison.OrdinalIgnoreCase) => "mosi",
        _ when signal.Equals("miso", StringComparison.OrdinalIgnoreCase) || signal.Equals("cipo", StringComparison.OrdinalIgnoreCase) => "miso",
        _ => null,
    };

    private static string Pins(IReadOnlyDictionary<string, int>? direct) =>
        direct is null ? "" : $" (clk {direct["clk"]}, mosi {direct["mosi"]}, miso {direct["miso"]})";
}
