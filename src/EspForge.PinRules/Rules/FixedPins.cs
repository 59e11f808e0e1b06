namespace EspForge.PinRules.Rules;

/// <summary>A peripheral that does not go through the GPIO matrix is on other pins than its own.</summary>
internal sealed class FixedPins : IPinRule
{
    public string Id => "PIN024";

    public string Class => "fixed-pins";

    public void Check(PinCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Peripheral is not (PinPeripheral.Ethernet or PinPeripheral.Sdmmc or PinPeripheral.LpUart or PinPeripheral.LpI2c) || PinFunction.SignalOf(use.Use).IsEmpty || !check.IsLive(use.Gpio))
                continue;
            var allowed = use.Peripheral switch
            {
                PinPeripheral.Ethernet => EthernetPins(check, use.Use),
                PinPeripheral.Sdmmc => SdmmcPins(check, PinFunction.SignalOf(use.Use).ToString()),
                _ => LowPowerPins(check, use),
            };
            if (allowed == 0 || PinCheck.Has(allowed, use.Gpio))
                continue;
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                $"{use.Use.Name} cannot be on GPIO{use.Gpio}: on {check.Chip.Name} it does not go through the GPIO matrix and works only on {Names(allowed)}.",
                use.Peripheral switch { PinPeripheral.Ethernet => "ESP-IDF emac_periph.c", PinPeripheral.Sdmmc => "ESP-IDF soc/sdmmc_pins.h", _ => "ESP-IDF soc/uart_pins.h and hal/i2c_ll.h" }, use.Use);
        }
    }

    /// <summary>Whether it is a line of RMII; "eth clk" or "eth rst" may be of a chip on SPI.</summary>
    public static bool IsRmii(PinUse use)
    {
        if (use.Function.StartsWith("rmii", StringComparison.OrdinalIgnoreCase) || use.Function.StartsWith("emac", StringComparison.OrdinalIgnoreCase))
            return true;
        var signal = PinFunction.SignalOf(use).ToString();
        return Any(signal, "mdc", "mdio", "tx_en", "txen", "crs_dv", "crsdv", "crs", "rx_dv", "ref_clk", "refclk", "clk_in", "clk_out", "clk50", "clki", "clko")
            || signal.Length is 3 or 4 && (signal.StartsWith("tx", StringComparison.OrdinalIgnoreCase) || signal.StartsWith("rx", StringComparison.OrdinalIgnoreCase)) && char.IsAsciiDigit(signal[^1]);
    }

    private static ulong EthernetPins(PinCheck check, PinUse use)
    {
        if (check.Chip.EmacRmiiIomux is not { } table || !IsRmii(use))
            return 0;
        var signal = PinFunction.SignalOf(use).ToString();
        var mask = 0UL;
        foreach (var (name, gpios) in table)
        {
            if (!IsSame(name, signal))
                continue;
            foreach (var gpio in gpios)
                mask |= PinCheck.Bit(gpio);
        }

        return mask;
    }

    // The low-power peripherals reach the low-power pads only, on some chips one pad each.
    private static ulong LowPowerPins(PinCheck check, in ReadUse use)
    {
        var signal = PinFunction.SignalOf(use.Use).ToString().ToLowerInvariant();
        if (use.Peripheral == PinPeripheral.LpI2c)
        {
            if (check.Chip.LpI2c is not { } i2c)
                return 0;
            return !i2c.Fixed ? check.Chip.PinsWith(EspForge.Boards.PinTraits.Rtc)
                : signal is "sda" && i2c.Sda is { } sda ? PinCheck.Bit(sda)
                : signal is "scl" && i2c.Scl is { } scl ? PinCheck.Bit(scl) : 0;
        }

        foreach (var port in check.Chip.Uart)
        {
            if (port.LowPower && port.Iomux.TryGetValue(signal is "tx" or "rx" ? signal + "d" : signal, out var gpio) && check.Chip.Id is "esp32c5" or "esp32c6")
                return PinCheck.Bit(gpio);
        }

        return check.Chip.PinsWith(EspForge.Boards.PinTraits.Rtc);
    }

    private static ulong SdmmcPins(PinCheck check, string signal)
    {
        var mask = 0UL;
        foreach (var slot in check.Chip.Sdmmc)
        {
            if (slot.GpioMatrix)
                return 0;
            if (slot.Iomux is not null && slot.Iomux.TryGetValue(SdmmcName(signal), out var gpio))
                mask |= PinCheck.Bit(gpio);
        }

        return mask;
    }

    private static string SdmmcName(string signal)
    {
        var name = signal.ToLowerInvariant();
        return name is "sck" ? "clk"
            : name.StartsWith("data", StringComparison.Ordinal) ? "d" + name[4..]
            : name.StartsWith("dat", StringComparison.Ordinal) ? "d" + name[3..]
            : name;
    }

    // Drivers call the reference clock many names; it is an input on one pin or an output on others.
    private static bool IsSame(string name, string signal)
    {
        if (string.Equals(name, signal, StringComparison.OrdinalIgnoreCase))
            return true;
        if (name is "clki" or "clko")
            return Any(signal, "clk", "ref_clk", "refclk", "clk_in", "clk_out", "clk50");
        return name switch
        {
            "tx_en" => Any(signal, "txen"),
            "txd0" => Any(signal, "tx0"),
            "txd1" => Any(signal, "tx1"),
            "rxd0" => Any(signal, "rx0"),
            "rxd1" => Any(signal, "rx1"),
            "crs_dv" => Any(signal, "crsdv", "crs", "rx_dv"),
            _ => false,
        };
    }

    private static bool Any(string signal, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (string.Equals(signal, name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string Names(ulong mask)
    {
        var names = new List<string>();
        for (; mask != 0; mask &= mask - 1)
            names.Add($"GPIO{System.Numerics.BitOperations.TrailingZeroCount(mask)}");
        return string.Join(", ", names);
    }
}
