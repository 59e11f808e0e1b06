namespace EspForge.PinRules;

/// <summary>
/// The pin control of Zephyr, by peripheral: the node, the stem of its macros (<c>I2S0</c> of <c>I2S0_O_WS_GPIO25</c>) and the macro's word for each
/// line. Which chip has which macro is a fact of Espressif's pin configurations for Zephyr; where a chip has none there is nothing to write.
/// </summary>
internal static class ZephyrMatrix
{
    private static readonly (string, string)[] _uartDriven = [("tx", "TX"), ("rts", "RTS"), ("dtr", "DTR")];
    private static readonly (string, string)[] _uartRead = [("rx", "RX"), ("cts", "CTS"), ("dsr", "DSR")];

    /// <summary>Lines of a UART that it drives; DTR and DSR exist on the first two, on the P4 on all.</summary>
    public static ReadOnlySpan<(string Signal, string Word)> UartDriven(string chip, int index) => HasModem(chip, index) ? _uartDriven : _uartDriven.AsSpan(0, 2);

    /// <summary>Lines of a UART that it reads.</summary>
    public static ReadOnlySpan<(string Signal, string Word)> UartRead(string chip, int index) => HasModem(chip, index) ? _uartRead : _uartRead.AsSpan(0, 2);

    /// <summary>Node and stem of a CAN controller; null where Zephyr has none there.</summary>
    public static (string Node, string Stem)? Twai(string chip, int index) => chip switch
    {
        "esp32" or "esp32s2" or "esp32s3" or "esp32c3" or "esp32h2" when index == 0 => ("twai", "TWAI"),
        "esp32c5" or "esp32c6" when index < 2 => (Numbered("twai", index), Numbered("TWAI", index)),
        "esp32p4" when index < 3 => (Numbered("twai", index), Numbered("TWAI", index)),
        _ => null,
    };

    /// <summary>Node and stem of an I2S controller. Chips with one call it without a number.</summary>
    public static (string Node, string Stem)? I2s(string chip, int index, int count) => index >= count ? null : chip switch
    {
        "esp32" or "esp32s3" when index < 2 => (Numbered("i2s", index), Numbered("I2S", index)),
        "esp32s2" when index == 0 => ("i2s0", "I2S0"),
        "esp32p4" when index < 2 => (Numbered("i2s", index), Numbered("I2S", index)),
        "esp32c3" or "esp32c5" or "esp32c6" or "esp32c61" or "esp32h2" when index == 0 => ("i2s", "I2S"),
        _ => null,
    };

    /// <summary>Whether an I2S controller has a pin for its master clock in the matrix: on ESP32 it comes out of the clock outputs instead.</summary>
    public static bool HasMasterClock(string chip) => chip is not "esp32";

    /// <summary>Whether Zephyr has macros for the motor PWM groups, the pulse counter, RMT and the SD host of a chip.</summary>
    public static bool HasMotorPwm(string chip, int index) => chip switch { "esp32" or "esp32s3" => index < 2, "esp32c5" or "esp32c6" or "esp32h2" or "esp32p4" => index == 0, _ => false };

    public static bool HasCounter(string chip, int index) => chip switch
    {
        "esp32" => index < 8,
        "esp32s2" or "esp32s3" or "esp32c5" or "esp32c6" or "esp32h2" or "esp32p4" => index < 4,
        _ => false,
    };

    /// <summary>How many RMT channels send and how many receive.</summary>
    public static (int Out, int In) Rmt(string chip) => chip switch { "esp32" => (8, 8), "esp32s2" or "esp32s3" => (4, 4), "esp32c3" => (2, 2), _ => (0, 0) };

    public static bool HasSdHost(string chip, int slot) => chip switch { "esp32s3" => slot is 0 or 1, "esp32p4" => slot == 1, _ => false };

    /// <summary>The macro's word for a line of a motor PWM group: <c>out0a</c>, <c>0a</c>, <c>cap1</c>, <c>fault0</c>, <c>sync2</c>; null where it is none.</summary>
    public static string? MotorPwm(string signal)
    {
        var name = signal.StartsWith("out", StringComparison.Ordinal) || signal.StartsWith("pwm", StringComparison.Ordinal) ? signal[3..] : signal;
        if (name.Length == 2 && name[0] is >= '0' and <= '2' && name[1] is 'a' or 'b')
            return "OUT" + name.ToUpperInvariant();
        foreach (var stem in new[] { "cap", "fault", "sync" })
        {
            if (name.StartsWith(stem, StringComparison.Ordinal) && name.Length == stem.Length + 1 && name[^1] is >= '0' and <= '2')
                return name.ToUpperInvariant();
        }

        return null;
    }

    /// <summary>The macro's word for a line of a counter unit: <c>sig</c> or <c>pulse</c>, <c>ctrl</c> or <c>dir</c>, also with <c>ch1</c> before it.</summary>
    public static string? Counter(string signal)
    {
        var (channel, name) = signal.StartsWith("ch1", StringComparison.Ordinal) ? ("CH1", signal[3..])
            : signal.StartsWith("ch0", StringComparison.Ordinal) ? ("CH0", signal[3..]) : ("CH0", signal);
        return name.TrimStart('_', '-', ' ') switch
        {
            "" or "sig" or "signal" or "pulse" or "in" or "input" or "a" => channel + "SIG",
            "ctrl" or "control" or "dir" or "direction" or "b" => channel + "CTRL",
            _ => null,
        };
    }

    /// <summary>The macro's word for a line of the SD host.</summary>
    public static string? SdHost(string signal)
    {
        var name = signal.StartsWith("data", StringComparison.Ordinal) ? "d" + signal[4..] : signal.StartsWith("dat", StringComparison.Ordinal) ? "d" + signal[3..] : signal;
        return name switch
        {
            "clk" or "sck" => "CLKOUT",
            "cmd" => "CMD",
            "d0" or "d1" or "d2" or "d3" => "DATA" + name[1..],
            _ => null,
        };
    }

    /// <summary>The macro's word for a line of the camera interface of ESP32-S3, <see cref="PinBuses.Usual"/> names.</summary>
    public static string? Camera(string signal) => signal switch
    {
        "xclk" => "CAM_CLK",
        "pclk" => "CAM_PCLK",
        "href" => "H_ENABLE_CAM",
        "vsync" => "V_SYNC_CAM",
        _ when signal.Length is 2 or 3 && signal[0] == 'd' && int.TryParse(signal.AsSpan(1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var bit) && bit < 16 => "DATA_IN" + signal[1..],
        _ => null,
    };

    /// <summary>The macro's word for a data line of RMII on ESP32-P4, where they are a choice of pads; on ESP32 they are fixed and have none.</summary>
    public static string? Rmii(string signal) => signal switch
    {
        "ref_clk" => "CLK",
        "tx_en" or "txen" => "TX_EN",
        "txd0" or "tx0" => "TXD0",
        "txd1" or "tx1" => "TXD1",
        "rxd0" or "rx0" => "RXD0",
        "rxd1" or "rx1" => "RXD1",
        "crs_dv" or "crsdv" or "crs" or "rx_dv" => "CRS_DV",
        _ => null,
    };

    private static bool HasModem(string chip, int index) => chip is "esp32p4" or "esp32c61" || index < 2;

    private static string Numbered(string stem, int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{stem}{index}");
}
