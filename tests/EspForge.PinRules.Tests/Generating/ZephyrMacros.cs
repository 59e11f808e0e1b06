using System.Globalization;

namespace EspForge.PinRules.Tests.Generating;

/// <summary>
/// Which pin control macros and which nodes Zephyr has for a chip, without the pin's number: facts of zephyrproject-rtos/hal_espressif, zephyr/port/pincfgs,
/// and of Zephyr's own trees.
/// </summary>
internal static class ZephyrMacros
{
    public static IEnumerable<string> Of(string chip)
    {
        foreach (var uart in Enumerable.Range(0, Uarts(chip)))
        {
            foreach (var line in new[] { "TX", "RX", "RTS", "CTS" }.Concat(uart < 2 || chip is "esp32p4" or "esp32c61" ? ["DTR", "DSR"] : []))
                yield return Name("UART", uart, line);
        }

        foreach (var (stem, lines) in Tables(chip))
        {
            foreach (var line in lines.Split(' '))
                yield return $"{stem}_{line}";
        }
    }

    /// <summary>The labels, in order.</summary>
    public static IEnumerable<string> Nodes(string chip) => Names(chip).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Names(string chip)
    {
        foreach (var node in new[] { "adc0", "adc1", "gpio0", "gpio1", "usb_serial", "i2c0", "i2c1", "spi2", "spi3", "ledc0" })
            yield return node;
        for (var uart = 0; uart < Uarts(chip); uart++)
            yield return Name("uart", uart, "").TrimEnd('_');
        foreach (var (stem, _) in Tables(chip))
        {
            if (stem is "SMI")
            {
                yield return "mdio";
                yield return "eth";
            }
            else if (!stem.StartsWith("SPIM", StringComparison.Ordinal) && stem is not ("LEDC" or "RMII"))
            {
                yield return stem.StartsWith("PCNT", StringComparison.Ordinal) ? "pcnt" : stem.ToLowerInvariant();
            }
        }

        if (chip is "esp32" or "esp32s2")
            yield return "dac";
    }

    private static IEnumerable<(string Stem, string Lines)> Tables(string chip)
    {
        const string Clocked = "I_BCK I_WS I_SD O_BCK O_WS O_SD";
        const string Motor = "OUT0A OUT0B OUT1A OUT1B OUT2A OUT2B SYNC0 SYNC1 SYNC2 FAULT0 FAULT1 FAULT2 CAP0 CAP1 CAP2";
        yield return ("I2C0", "SDA SCL");
        yield return ("I2C1", "SDA SCL");
        yield return ("SPIM2", "MISO MOSI SCLK CSEL CSEL1 CSEL2");
        yield return ("SPIM3", "MISO MOSI SCLK CSEL CSEL1 CSEL2");
        yield return ("LEDC", "CH0 CH1 CH2 CH3 CH4 CH5");
        foreach (var twai in chip switch { "esp32" or "esp32s2" or "esp32s3" or "esp32c3" or "esp32h2" => ["TWAI"], "esp32c5" or "esp32c6" => ["TWAI0", "TWAI1"], "esp32p4" => new[] { "TWAI0", "TWAI1", "TWAI2" }, _ => [] })
            yield return (twai, "TX RX");
        foreach (var i2s in chip switch { "esp32" or "esp32s3" or "esp32p4" => ["I2S0", "I2S1"], "esp32s2" => ["I2S0"], "esp32c2" => [], _ => new[] { "I2S" } })
            yield return (i2s, chip is "esp32" ? Clocked : "MCLK " + Clocked);
        foreach (var motor in chip switch { "esp32" or "esp32s3" => ["MCPWM0", "MCPWM1"], "esp32c5" or "esp32c6" or "esp32h2" or "esp32p4" => new[] { "MCPWM0" }, _ => [] })
            yield return (motor, Motor);
        for (var unit = 0; unit < chip switch { "esp32" => 8, "esp32s2" or "esp32s3" or "esp32c5" or "esp32c6" or "esp32h2" or "esp32p4" => 4, _ => 0 }; unit++)
            yield return (string.Create(CultureInfo.InvariantCulture, $"PCNT{unit}"), "CH0SIG CH0CTRL CH1SIG CH1CTRL");
        if (chip is "esp32" or "esp32s2" or "esp32s3" or "esp32c3")
            yield return ("RMT", chip is "esp32c3" ? "OUT0 OUT1 IN0 IN1" : "OUT0 OUT1 OUT2 OUT3 IN0 IN1 IN2 IN3");
        if (chip is "esp32s3")
        {
            yield return ("SDHC0", "CLKOUT CMD DATA0 DATA1 DATA2 DATA3 CD WP");
            yield return ("LCD_CAM", "CAM_CLK CAM_PCLK H_ENABLE_CAM V_SYNC_CAM DATA_IN0 DATA_IN1 DATA_IN2 DATA_IN3 DATA_IN4 DATA_IN5 DATA_IN6 DATA_IN7");
        }

        if (chip is "esp32s3" or "esp32p4")
            yield return ("SDHC1", "CLKOUT CMD DATA0 DATA1 DATA2 DATA3");
        if (chip is "esp32" or "esp32p4")
            yield return ("SMI", "MDC MDIO");
        if (chip is "esp32p4")
            yield return ("RMII", "CLK TX_EN TXD0 TXD1 CRS_DV RXD0 RXD1");
    }

    private static int Uarts(string chip) => chip switch { "esp32" or "esp32s3" or "esp32c61" => 3, "esp32p4" => 5, _ => 2 };

    private static string Name(string stem, int index, string line) => string.Create(CultureInfo.InvariantCulture, $"{stem}{index}_{line}");
}
