using System.Globalization;

namespace EspForge.PinRules;

/// <summary>A component of ESPHome, as far as it tells what its pins are for.</summary>
/// <param name="Domain">The top-level key: <c>i2c</c>, <c>sensor</c> …</param>
/// <param name="Platform">Its platform, or null.</param>
/// <param name="Id">Its id, or null.</param>
/// <param name="Name">Its name, or null.</param>
/// <param name="Index">Its place in the list.</param>
internal sealed record EspHomeComponent(string Domain, string? Platform, string? Id, string? Name, int Index)
{
    /// <summary>Whether a key holds a pin or a list of pins.</summary>
    public static bool IsPinKey(string domain, string path, string key) =>
        key is "pin" or "pins" or "pin_a" or "pin_b" or "pin_c" or "pin_d" or "pin_reset" || key.EndsWith("_pin", StringComparison.Ordinal) || key.EndsWith("_pins", StringComparison.Ordinal)
        || key is "sda" or "scl" && (domain is "i2c" || path is "i2c_pins");

    /// <summary>The expander a pin is on: its mapping names one besides the pin's own keys.</summary>
    public static string? Expander(YamlNode pin)
    {
        foreach (var (key, _) in pin.Entries ?? [])
        {
            if (key is not ("number" or "inverted" or "mode" or "allow_other_uses" or "ignore_strapping_warning" or "ignore_pin_validation_error" or "drive_strength" or "id" or "interrupt"))
                return key;
        }

        return null;
    }

    /// <summary>The function and signal of a pin.</summary>
    /// <param name="path">The key of the mapping around it; empty at the component's own level.</param>
    /// <param name="key">The pin's key.</param>
    /// <param name="index">Its place in a list; -1 where it stands alone.</param>
    /// <param name="hardware">The <c>interface</c> of an SPI bus.</param>
    /// <param name="uarts">How many UARTs the chip has; 0 = not known.</param>
    /// <param name="consoleOnUart">Whether the log goes to UART0, which is then not for others.</param>
    public (string Function, string? Signal) UseOf(string path, string key, int index, string? hardware, int uarts = 0, bool consoleOnUart = true)
    {
        switch (Domain)
        {
            case "i2c" when key is "sda" or "scl":
                return (Bus("i2c", Index), key);
            case "spi":
                return (hardware is "spi2" or "spi3" ? hardware : Bus("spi", Index + 2), key switch { "clk_pin" => "sck", "mosi_pin" => "mosi", "miso_pin" => "miso", _ => Numbered(Signal(key), index) });
            case "uart":
                // The one that the console leaves is the last to be taken.
                return (Bus("uart", Index + 1 == uarts && !consoleOnUart ? 0 : Index + 1), Signal(key));
            case "canbus" when Platform is "esp32_can":
                return (Bus("twai", -1), Signal(key));
            case "i2s_audio":
                return (Bus("i2s", Index), key switch { "i2s_lrclk_pin" => "ws", "i2s_bclk_pin" => "bclk", "i2s_mclk_pin" => "mclk", _ => Signal(key) });
            case "speaker" or "microphone" when key is "i2s_dout_pin" or "i2s_din_pin":
                return (Bus("i2s", 0), key is "i2s_dout_pin" ? "dout" : "din");
            case "esp32_camera":
                return ("camera", Camera(path, key, index));
            case "ethernet":
                return ("eth", path is "clk" ? "ref_clk" : key is "clk_pin" ? "ref_clk" : Signal(key));
        }

        if (Own() is { } own)
            return key is "pin" ? own : (own.Signal is null ? own.Function : $"{own.Function}-{own.Signal}", Numbered(Signal(key), index));
        return (Fallback(), key is "pin" ? null : Numbered(Signal(key), index));
    }

    /// <summary>Which way a pin goes by its component; null where it leaves that open.</summary>
    public PinDirection? DirectionOf(string key) => (Domain, Platform) switch
    {
        (_, "adc") when key is "pin" => PinDirection.Analog,
        ("binary_sensor", "gpio") or ("sensor", "pulse_counter" or "pulse_meter" or "duty_cycle") or ("remote_receiver", _) when key is "pin" => PinDirection.In,
        ("output", "ledc" or "gpio" or "sigma_delta_output" or "slow_pwm") or ("switch" or "light" or "status_led" or "remote_transmitter", _) when key is "pin" => PinDirection.Out,
        ("one_wire" or "dallas", _) when key is "pin" => PinDirection.Io,
        ("sensor", "rotary_encoder") => PinDirection.In,
        (_, "uln2003") when key.StartsWith("pin_", StringComparison.Ordinal) => PinDirection.Out,
        _ => null,
    };

    // "bus_i2c0" and "i2c1" say which one it is; another id does not, and drivers count.
    private string Bus(string stem, int index)
    {
        var words = Id is null ? [] : PinNameReader.Words(Id);
        words.RemoveAll(word => word is "bus");
        if (words.Count > 0 && words[0].StartsWith(stem, StringComparison.Ordinal) && words[0][stem.Length..].All(char.IsAsciiDigit) && (words.Count == 1 || words[0].Length > stem.Length))
            return words[0];
        if (stem is "spi" && words is ["hspi" or "vspi" or "fspi", ..] || stem is "twai" && words is ["can", ..])
            return words[0];
        return index < 0 ? stem : stem + index.ToString(CultureInfo.InvariantCulture);
    }

    // The component's own id ("pin_status_led") or name ("Status LED").
    private (string Function, string? Signal)? Own()
    {
        var text = Id ?? Name;
        if (text is null || PinNameReader.Words(text) is not { Count: > 0 } words || words.TrueForAll(word => word is "pin" or "gpio"))
            return null;
        var name = PinNameReader.Read(text);
        return (name.Function, name.Signal);
    }

    private string Fallback() => (Domain, Platform) switch
    {
        ("one_wire" or "dallas", _) => "onewire",
        ("status_led", _) => "status-led",
        ("remote_transmitter", _) => "ir-transmitter",
        ("remote_receiver", _) => "ir-receiver",
        (_, "adc") => "adc",
        (_, null or "gpio") => Domain.Replace('_', '-'),
        _ => Platform.Replace('_', '-'),
    };

    private static string Signal(string key) => key switch
    {
        "reset_pin" => "rst",
        "enable_pin" => "en",
        "interrupt_pin" => "int",
        "irq_pin" => "irq",
        "pin_a" or "pin_b" or "pin_c" or "pin_d" => key[4..],
        "pin_reset" => "button",
        _ when key.EndsWith("_pins", StringComparison.Ordinal) => key[..^5],
        _ when key.EndsWith("_pin", StringComparison.Ordinal) => key[..^4],
        _ => key,
    };

    private static string Numbered(string signal, int index) => index < 0 ? signal : (signal is "data" ? "d" : signal) + index.ToString(CultureInfo.InvariantCulture);

    private static string Camera(string path, string key, int index) => (path, key) switch
    {
        ("external_clock", _) => "xclk",
        ("i2c_pins", "sda") => "siod",
        ("i2c_pins", "scl") => "sioc",
        (_, "data_pins") => "d" + index.ToString(CultureInfo.InvariantCulture),
        (_, "pixel_clock_pin") => "pclk",
        (_, "power_down_pin") => "pwdn",
        (_, "reset_pin") => "reset",
        _ => Signal(key),
    };
}
