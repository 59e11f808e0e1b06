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
            if (use.Peripheral is not (PinPeripheral.Ethernet or PinPeripheral.Sdmmc) || string.IsNullOrEmpty(use.Use.Signal) || !check.IsLive(use.Gpio))
                continue;
            var allowed = use.Peripheral == PinPeripheral.Ethernet ? EthernetPins(check, use.Use.Signal) : SdmmcPins(check, use.Use.Signal);
            if (allowed == 0 || PinCheck.Has(allowed, use.Gpio))
                continue;
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                $"{use.Use.Name} cannot be on GPIO{use.Gpio}: on {check.Chip.Name} it does not go through the GPIO matrix and works only on {Names(allowed)}.",
                use.Peripheral == PinPeripheral.Ethernet ? "ESP-IDF emac_periph.c" : "ESP-IDF soc/sdmmc_pins.h", use.Use);
        }
    }

    private static ulong EthernetPins(PinCheck check, string signal)
    {
        if (check.Chip.EmacRmiiIomux is not { } table)
            return 0;
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

    private static ulong SdmmcPins(PinCheck check, string signal)
    {
        var mask = 0UL;
        foreach (var slot in check.Chip.Sdmmc)
        {
            if (slot.GpioMatrix)
                return 0;
            if (slot.Iomux is not null && slot.Iomux.TryGetValue(signal.ToLowerInvariant(), out var gpio))
                mask |= PinCheck.Bit(gpio);
        }

        return mask;
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
