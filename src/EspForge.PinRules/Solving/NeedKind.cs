using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>What the words of a need ask for.</summary>
internal static class NeedKind
{
    public static readonly IReadOnlyList<string> Known =
        ["i2c", "uart", "spi", "sdcard", "twai", "i2s", "pwm", "rmt", "pcnt", "mcpwm", "adc", "touch", "dac", "input", "output", "interrupt", "wake"];

    /// <summary>The one word for a kind that has several.</summary>
    public static string Of(string kind) => kind.Trim().ToLowerInvariant() switch
    {
        "ledc" => "pwm",
        "can" => "twai",
        "sdmmc" or "sd" => "sdcard",
        "analog" => "adc",
        var word => word,
    };

    /// <summary>The lines a kind has where the request does not say.</summary>
    public static IReadOnlyList<string> Signals(string kind) => kind switch
    {
        "i2c" => ["sda", "scl"],
        "uart" or "twai" => ["tx", "rx"],
        "spi" => ["sck", "mosi", "miso", "cs"],
        "i2s" => ["bclk", "ws", "dout"],
        "rmt" => ["tx"],
        _ => [""],
    };

    /// <summary>How many controllers there are, from which number; null = the kind has no numbered controllers.</summary>
    public static (int First, int Count)? Controllers(string kind, Chip chip) => kind switch
    {
        "i2c" => (0, chip.Peripherals.I2c),
        "uart" => (0, chip.Peripherals.Uart),
        "spi" => (2, chip.Peripherals.SpiGeneralPurpose),
        "twai" => (0, chip.Peripherals.Twai),
        "i2s" => (0, chip.Peripherals.I2s),
        "mcpwm" => (0, chip.Peripherals.McpwmGroups),
        "sdmmc" => (0, chip.Sdmmc.Count),
        _ => null,
    };

    /// <summary>What the controllers of a group are called.</summary>
    public static string Controller(string group) => group switch
    {
        "i2c" => "I2C controller",
        "uart" => "UART",
        "spi" => "SPI host",
        "twai" => "CAN controller",
        "i2s" => "I2S controller",
        "mcpwm" => "motor PWM group",
        "sdmmc" => "SD/MMC slot",
        _ => group,
    };

    /// <summary>
    /// The channels of a kind. RMT of ESP32 and S2 sends and receives on every channel; on the others the lower half sends and the upper half
    /// receives (ESP-IDF soc/soc_caps.h, SOC_RMT_TX_CANDIDATES_PER_GROUP).
    /// </summary>
    public static (string Stem, string Words, int First, int Count)? Channels(string kind, string signal, Chip chip)
    {
        var has = chip.Peripherals;
        switch (kind)
        {
            case "pwm":
                return ("ledc", "LED PWM channel", 0, has.LedcChannels);
            case "pcnt":
                return ("pcnt", "pulse counter", 0, has.PcntUnits);
            case "rmt" when chip.Id is "esp32" or "esp32s2":
                return ("rmt", "RMT channel", 0, has.RmtChannels);
            case "rmt":
                var half = has.RmtChannels / 2;
                return signal is "rx" or "in" ? ("rmt", "RMT receive channel", half, half) : ("rmt", "RMT send channel", 0, half);
            default:
                return null;
        }
    }

    public static PinPeripheral? PeripheralOf(string group) => group switch
    {
        "i2c" => PinPeripheral.I2c,
        "uart" => PinPeripheral.Uart,
        "spi" => PinPeripheral.Spi,
        "twai" => PinPeripheral.Twai,
        "i2s" => PinPeripheral.I2s,
        "mcpwm" => PinPeripheral.Mcpwm,
        "sdmmc" => PinPeripheral.Sdmmc,
        "ledc" => PinPeripheral.Ledc,
        "pcnt" => PinPeripheral.Pcnt,
        "rmt" => PinPeripheral.Rmt,
        _ => null,
    };

    /// <summary>The direct signal of an SPI host that a line is; null = any pin will do for it.</summary>
    public static string? SpiSignal(string signal) => signal.ToLowerInvariant() switch
    {
        "sck" or "sclk" or "clk" => "clk",
        "mosi" or "copi" or "io0" or "d0" => "mosi",
        "miso" or "cipo" or "io1" or "d1" => "miso",
        "wp" or "quadwp" or "io2" or "d2" => "wp",
        "hd" or "quadhd" or "io3" or "d3" => "hd",
        _ => null,
    };

    /// <summary>The wake source that leaves most pins and most sources free.</summary>
    public static string WakeSource(Chip chip) =>
        chip.SleepWake.Ext1 ? "ext1" : chip.SleepWake.GpioWakeup ? "gpio" : chip.SleepWake.Ext0 ? "ext0" : "ulp";

    /// <summary>What the pins are called that a line of this kind needs.</summary>
    public static string Pins(string kind, bool adc1Only) => kind switch
    {
        "adc" => adc1Only ? "ADC1 pin" : "ADC pin",
        "touch" => "touch pin",
        "dac" => "DAC pin",
        "wake" => "pin that can wake the chip",
        "input" or "interrupt" => "pin for an input",
        "output" or "pwm" => "pin that can drive",
        _ => "pin that can carry them",
    };

    /// <summary>What several lines of this kind are called.</summary>
    public static string Uses(string kind) => kind switch
    {
        "adc" => "analog use",
        "touch" => "touch use",
        "dac" => "DAC use",
        "wake" => "wake-up use",
        "input" or "interrupt" => "input",
        "output" => "output",
        "pwm" => "PWM use",
        _ => "line",
    };
}
