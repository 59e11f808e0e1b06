namespace EspForge.PinRules;

/// <summary>What signal names say: direction, bus line, and what the far end does. Words are lower-case.</summary>
internal static class PinSignals
{
    /// <summary>The direction, or null where the words leave it open; then nothing is held against the pin.</summary>
    public static PinDirection? DirectionOf(PinPeripheral peripheral, ReadOnlySpan<char> function, ReadOnlySpan<char> signal) => peripheral switch
    {
        PinPeripheral.Uart or PinPeripheral.LpUart or PinPeripheral.Twai => signal switch
        {
            "tx" or "txd" or "rts" or "dtr" or "de" => PinDirection.Out,
            "rx" or "rxd" or "cts" or "dsr" => PinDirection.In,
            _ => null,
        },
        PinPeripheral.I2c or PinPeripheral.LpI2c => signal is "" or "sda" or "scl" or "data" or "clock" or "clk" or "sck" ? PinDirection.Io : OfPart(function, signal),
        PinPeripheral.Usb => PinDirection.Io,
        PinPeripheral.Spi => signal switch
        {
            "miso" or "cipo" or "q" or "busy" or "int" or "irq" => PinDirection.In,
            "sck" or "sclk" or "clk" or "mosi" or "copi" or "cs" or "ss" or "nss" or "csn" or "dc" or "rst" or "reset" => PinDirection.Out,
            _ when IsNumbered(signal, "cs") || IsNumbered(signal, "ss") => PinDirection.Out,
            _ when IsNumbered(signal, "io") || IsNumbered(signal, "d") || signal is "hd" or "wp" or "quadhd" or "quadwp" => PinDirection.Io,
            _ => null,
        },
        PinPeripheral.I2s => signal switch
        {
            "bclk" or "bck" or "sck" or "clk" or "ws" or "lrck" or "lrclk" or "lrc" or "mclk" or "mck" or "dout" or "do" or "sdout" => PinDirection.Out,
            "din" or "di" or "sdin" or "sd" or "data" => PinDirection.In,
            _ => null,
        },
        PinPeripheral.Ledc => PinDirection.Out,
        PinPeripheral.Rmt => signal is "rx" or "in" or "recv" or "receive" or "receiver" || function.EndsWith("_rx") ? PinDirection.In : PinDirection.Out,
        PinPeripheral.Mcpwm => signal.StartsWith("cap") || signal.StartsWith("sync") || signal.StartsWith("fault") ? PinDirection.In : PinDirection.Out,
        PinPeripheral.Pcnt => PinDirection.In,
        PinPeripheral.Touch or PinPeripheral.Dac or PinPeripheral.Adc => PinDirection.Analog,
        PinPeripheral.Sdmmc => signal switch
        {
            "clk" or "sck" => PinDirection.Out,
            "cmd" or "" => PinDirection.Io,
            _ when IsNumbered(signal, "d") || IsNumbered(signal, "dat") || IsNumbered(signal, "data") => PinDirection.Io,
            _ => null,
        },
        PinPeripheral.Camera => signal switch
        {
            "xclk" or "mclk" or "pwdn" or "reset" or "rst" => PinDirection.Out,
            "siod" or "sioc" or "sda" or "scl" => PinDirection.Io,
            "pclk" or "vsync" or "href" or "hsync" => PinDirection.In,
            _ when IsNumbered(signal, "d") || IsNumbered(signal, "y") => PinDirection.In,
            _ => null,
        },
        PinPeripheral.Ethernet => signal switch
        {
            "mdio" => PinDirection.Io,
            "mdc" or "tx_en" or "txen" or "tx_er" or "power" or "pwr" or "reset" or "rst" or "enable" or "en" or "clko" or "clk_out" => PinDirection.Out,
            "crs_dv" or "crsdv" or "crs" or "rx_dv" => PinDirection.In,
            _ when IsNumbered(signal, "txd") || IsNumbered(signal, "tx") => PinDirection.Out,
            _ when IsNumbered(signal, "rxd") || IsNumbered(signal, "rx") => PinDirection.In,
            _ => null,
        },
        PinPeripheral.Jtag => signal is "mtdo" or "tdo" ? PinDirection.Out : PinDirection.In,
        PinPeripheral.Lcd => signal switch
        {
            "miso" or "te" or "busy" or "int" or "irq" => PinDirection.In,
            "sda" or "scl" => PinDirection.Io,
            "sck" or "sclk" or "clk" or "mosi" or "copi" or "cs" or "dc" or "rs" or "wr" or "rst" or "reset" or "bl" or "backlight" or "pclk" or "hsync" or "vsync" or "de"
                => PinDirection.Out,
            _ when IsNumbered(signal, "d") || IsNumbered(signal, "r") || IsNumbered(signal, "g") || IsNumbered(signal, "b") => PinDirection.Out,
            _ => null,
        },
        PinPeripheral.Crystal => null,
        _ => OfPart(function, signal),
    };

    /// <summary>The bus line a signal is, where several parts may share it.</summary>
    public static BusLine LineOf(PinPeripheral peripheral, ReadOnlySpan<char> function, ReadOnlySpan<char> signal)
    {
        if (peripheral is not (PinPeripheral.Part or PinPeripheral.Spi or PinPeripheral.I2c or PinPeripheral.LpI2c or PinPeripheral.I2s or PinPeripheral.Ethernet
            or PinPeripheral.Lcd or PinPeripheral.Camera))
            return BusLine.None;
        if (peripheral == PinPeripheral.I2s && signal is "sck" or "clk")
            return BusLine.I2sBit;
        return signal switch
        {
            "sck" or "sclk" or "clk" => peripheral == PinPeripheral.Ethernet ? BusLine.None : peripheral == PinPeripheral.Part ? BusLine.SpiClock | BusLine.I2sBit : BusLine.SpiClock,
            "mosi" or "copi" or "cmd" or "sdi" or "din" => BusLine.SpiOut,
            "miso" or "cipo" or "sdo" or "q" or "d0" or "dat0" => BusLine.SpiIn,
            "sda" when peripheral == PinPeripheral.Part => BusLine.I2cData | BusLine.SpiOut,
            "scl" when peripheral == PinPeripheral.Part => BusLine.I2cClock | BusLine.SpiClock,
            "sda" or "siod" => BusLine.I2cData,
            "scl" or "sioc" => BusLine.I2cClock,
            "bclk" or "bck" => BusLine.I2sBit,
            "ws" or "lrck" or "lrclk" or "lrc" => BusLine.I2sWord,
            "mclk" or "mck" => BusLine.I2sMaster,
            "mdc" => BusLine.PhyClock,
            "mdio" => BusLine.PhyData,
            "dc" or "a0" or "rs" => BusLine.DataCommand,
            "rst" or "reset" or "res" or "nrst" or "nreset" or "rstn" => BusLine.Reset,
            "en" or "enable" or "pwr" or "power" or "bl" => BusLine.Enable,
            "int" or "irq" => BusLine.Interrupt,
            "" or "data" or "dq" => function is "onewire" or "1wire" or "1-wire" or "one-wire" or "ds18b20" ? BusLine.OneWire : BusLine.None,
            _ => BusLine.None,
        };
    }

    /// <summary>What the other end does while the chip is in reset.</summary>
    public static FarSide FarSideOf(PinPeripheral peripheral, ReadOnlySpan<char> function, ReadOnlySpan<char> signal, PinDirection? direction) => peripheral switch
    {
        PinPeripheral.I2c or PinPeripheral.LpI2c => FarSide.High,
        PinPeripheral.Uart or PinPeripheral.LpUart or PinPeripheral.Twai => direction == PinDirection.In ? FarSide.High : FarSide.Quiet,
        PinPeripheral.Sdmmc => signal is "cmd" || IsNumbered(signal, "d") || IsNumbered(signal, "dat") || IsNumbered(signal, "data") ? FarSide.High : FarSide.Quiet,
        PinPeripheral.Camera or PinPeripheral.Ethernet => direction == PinDirection.In ? FarSide.Either : signal is "sda" or "scl" or "siod" or "sioc" ? FarSide.High : FarSide.Quiet,
        PinPeripheral.Part when IsSupply(function, signal) => direction is PinDirection.In or PinDirection.Analog ? FarSide.Quiet : FarSide.Charged,
        _ => signal switch
        {
            "vsync" or "href" or "pclk" => direction is PinDirection.Out ? FarSide.Quiet : FarSide.Either,
            "miso" or "cipo" or "busy" or "drdy" or "dio0" or "dio1" => FarSide.Either,
            "sda" or "scl" => FarSide.High,
            _ when IsNamed(function, "ds18b20") || IsNamed(function, "onewire") || IsNamed(function, "dht") || IsNamed(function, "dht22") || IsNamed(function, "dht11") => FarSide.High,
            "rx" or "rxd" => direction == PinDirection.In ? FarSide.High : FarSide.Quiet,
            _ => FarSide.Quiet,
        },
    };

    /// <summary>Whether a word on its own names a line, so that it may stand at the end of a function.</summary>
    public static bool IsLineWord(ReadOnlySpan<char> word) =>
        word is "tx" or "txd" or "rx" or "rxd" or "rts" or "cts" or "sck" or "sclk" or "clk" or "mosi" or "miso" or "copi" or "cipo" or "sdi" or "sdo" or "cs" or "ss" or "nss" or "csn"
            or "dc" or "rst" or "reset" or "busy" or "irq" or "int" or "sda" or "scl" or "bclk" or "bck" or "ws" or "lrck" or "lrclk" or "lrc" or "mclk" or "mck" or "din" or "dout"
            or "en" or "enable" or "bl" or "backlight" or "adc" or "ctrl" or "cmd" or "siod" or "sioc" or "xclk" or "pclk" or "vsync" or "href" or "hsync" or "pwdn" or "mdc" or "mdio"
            or "dq" or "trig" or "echo" or "sw" or "wr" or "dm" or "dp" or "voltage" or "sense"
        || word.Length is 2 or 3 && word[0] is 'd' or 'y' && IsNumbered(word, word[..1]) || IsNumbered(word, "dio") || IsNumbered(word, "txd") || IsNumbered(word, "rxd");

    private static bool IsSupply(ReadOnlySpan<char> function, ReadOnlySpan<char> signal)
    {
        if (IsNamed(function, "led") || IsNamed(function, "backlight") || IsNamed(function, "button") || IsNamed(function, "neopixel"))
            return false;
        var rail = IsNamed(function, "vext") || IsNamed(function, "supply") || IsNamed(function, "ldo");

        // The "enable" of a fan or an amplifier switches a part; only that of a supply has a rail behind it.
        return signal switch
        {
            "en" or "enable" => rail || function.IsEmpty || IsNamed(function, "power") || IsNamed(function, "pwr") || IsNamed(function, "vcc") || IsNamed(function, "boost") || IsNamed(function, "regulator")
                || IsNamed(function, "gps") || IsNamed(function, "gnss") || IsNamed(function, "sensor") || IsNamed(function, "sensors") || IsNamed(function, "modem"),
            "power" or "pwr" or "ldo" or "vcc" or "supply" => true,
            _ => rail,
        };
    }

    private static bool IsNamed(ReadOnlySpan<char> text, ReadOnlySpan<char> wanted)
    {
        for (var word = NextWord(ref text); !word.IsEmpty; word = NextWord(ref text))
        {
            if (word.SequenceEqual(wanted))
                return true;
        }

        return false;
    }

    /// <summary>The next word of letters and digits from <paramref name="rest"/>, which moves past it; empty at the end.</summary>
    public static ReadOnlySpan<char> NextWord(ref ReadOnlySpan<char> rest)
    {
        var start = 0;
        while (start < rest.Length && !char.IsAsciiLetterOrDigit(rest[start]))
            start++;
        var end = start;
        while (end < rest.Length && char.IsAsciiLetterOrDigit(rest[end]))
            end++;
        var word = rest[start..end];
        rest = rest[end..];
        return word;
    }

    // "gps tx" may be the pin of the chip or of the receiver, "pir out" is an input of ours: such words leave the direction open.
    private static PinDirection? OfPart(ReadOnlySpan<char> function, ReadOnlySpan<char> signal)
    {
        // On its own, "reset" may be the button of a machine as well as the line of a part.
        if (signal is "rst" or "reset" && (function.IsEmpty || function.SequenceEqual(signal) || function is "control"))
            return null;
        if (IsPanel(function) && signal is "pclk" or "vsync" or "hsync" or "de")
            return PinDirection.Out;
        if (IsPressed(function) && signal is not ("led" or "light" or "backlight"))
            return PinDirection.In;
        if (IsRead(function) && signal is not ("led" or "light" or "power" or "en" or "enable" or "cs" or "rst" or "sda" or "scl" or "mosi" or "sck"
            or "adc" or "ain" or "analog" or "voltage"))
            return PinDirection.In;
        switch (signal)
        {
            case "sck" or "sclk" or "clk" or "mosi" or "copi" or "cs" or "ss" or "nss" or "csn" or "dc" or "rs" or "rst" or "reset" or "wr" or "bl" or "blk"
                or "backlight" or "led" or "en" or "enable" or "pwdn" or "step" or "dir" or "de" or "xclk" or "pwm" or "gate" or "trig" or "trigger":
                return PinDirection.Out;
            case "miso" or "cipo" or "busy" or "int" or "irq" or "drdy" or "dio0" or "dio1" or "dio2" or "echo" or "sw" or "key" or "btn" or "button"
                or "in" or "sense" or "tach" or "te" or "vsync" or "href" or "pclk":
                return PinDirection.In;
            case "sda" or "scl" or "dq":
                return PinDirection.Io;
            case "adc" or "ain" or "analog" or "voltage":
                return PinDirection.Analog;
            case "data":
                return OfPartName(function);
            default:
                var byName = OfPartName(function);
                var bySignal = OfPartName(signal);
                return bySignal is not null && bySignal != byName || byName is PinDirection.Analog && !signal.IsEmpty && !IsNeutral(signal) ? null : byName;
        }
    }

    /// <summary>Whether the words are those of a display, whose clocks and syncs the chip drives; a camera drives its own.</summary>
    public static bool IsPanel(ReadOnlySpan<char> function)
    {
        for (var word = NextWord(ref function); !word.IsEmpty; word = NextWord(ref function))
        {
            if (word is "tft" or "lcd" or "display" or "disp" or "panel" or "screen" or "dpi" or "rgb" or "dsi" or "hmi"
                || word.StartsWith("st77") || word.StartsWith("ili9") || word.StartsWith("gc9") || word.StartsWith("axs15") || word.StartsWith("nv30") || word.StartsWith("ek90"))
                return true;
        }

        return false;
    }

    // Whatever its lines are called, the chip reads them: the clk, dt and sw of a rotary encoder, the reset of a button.
    private static bool IsRead(ReadOnlySpan<char> function)
    {
        for (var word = NextWord(ref function); !word.IsEmpty; word = NextWord(ref function))
        {
            if (word.TrimEnd("0123456789") is "button" or "buttons" or "btn" or "key" or "encoder" or "rotary" or "trackball" or "joystick" or "pir" or "reed" or "endstop" or "doorbell")
                return true;
        }

        return false;
    }

    // Its signal is what is printed on it: "button rst", "key power".
    private static bool IsPressed(ReadOnlySpan<char> function)
    {
        for (var word = NextWord(ref function); !word.IsEmpty; word = NextWord(ref function))
        {
            if (word.TrimEnd("0123456789") is "button" or "buttons" or "btn" or "key")
                return true;
        }

        return false;
    }

    private static PinDirection? OfPartName(ReadOnlySpan<char> function)
    {
        PinDirection? found = null;
        var neutral = true;
        var first = true;
        for (var word = NextWord(ref function); !word.IsEmpty; word = NextWord(ref function), first = false)
        {
            // "power control" is an output; "control safety door" is a switch among the controls.
            if (word is "control" or "ctrl" or "ctl" or "enable" or "select" && !(first && function.ContainsAnyInRange('a', 'z')))
                return PinDirection.Out;
            var bare = word.TrimEnd("0123456789");
            PinDirection? direction = (bare.IsEmpty ? word : bare) switch
            {
                "led" or "relay" or "buzzer" or "beeper" or "servo" or "pwm" or "motor" or "fan" or "heater" or "pump" or "valve" or "solenoid" or "neopixel"
                    or "ws" or "ws2812b" or "sk" or "backlight" or "speaker" or "stepper" or "lamp" or "siren" or "mosfet" or "ssr" => PinDirection.Out,
                "button" or "btn" or "switch" or "pir" or "encoder" or "reed" or "endstop" or "doorbell" or "interrupt" or "irq" or "tach" or "fault" or "nfault" or "alarm"
                    or "status" or "stat" or "feedback" or "fb" or "sense" or "hall" or "flow" or "limit" or "detect" or "det" or "rpm" or "input" or "receiver" or "current"
                    or "monitor" => PinDirection.In,
                "onewire" or "ds18b" or "dht" => PinDirection.Io,
                "battery" or "batt" or "vbat" or "ldr" or "potentiometer" or "ntc" or "thermistor" or "analog" => PinDirection.Analog,
                _ => null,
            };
            neutral &= direction is PinDirection.Analog || IsNeutral(word);
            if (direction is null || IsNeutral(word))
                continue;
            if (found is not null && found != direction)
                return null;
            found = direction;
        }

        // "battery charging" is not a voltage: the name of an analog part says so only when nothing else is said.
        return found is PinDirection.Analog && !neutral ? null : found;
    }

    private static bool IsNeutral(ReadOnlySpan<char> word) =>
        word is "level" or "voltage" or "sense" or "adc" or "monitor" or "v" or "pin" or "in" or "input" or "div" or "divider" or "measure" or "sensor" or "analog" or "read"
        || IsDigits(word);

    private static bool IsNumbered(ReadOnlySpan<char> signal, ReadOnlySpan<char> stem) =>
        signal.Length > stem.Length && signal.StartsWith(stem) && IsDigits(signal[stem.Length..]);

    internal static bool IsDigits(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiDigit(letter))
                return false;
        }

        return true;
    }
}
