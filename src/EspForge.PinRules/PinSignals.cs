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
        PinPeripheral.I2c or PinPeripheral.LpI2c or PinPeripheral.Usb => PinDirection.Io,
        PinPeripheral.Spi => signal switch
        {
            "miso" or "cipo" or "sdi" or "q" or "busy" or "int" or "irq" => PinDirection.In,
            "" => null,
            _ when IsNumbered(signal, "io") || IsNumbered(signal, "d") || signal is "hd" or "wp" or "quadhd" or "quadwp" => PinDirection.Io,
            _ => PinDirection.Out,
        },
        PinPeripheral.I2s => signal switch
        {
            "bclk" or "bck" or "sck" or "clk" or "ws" or "lrck" or "lrclk" or "lrc" or "mclk" or "mck" or "dout" or "do" or "sdout" => PinDirection.Out,
            "din" or "di" or "sdin" or "sd" or "data" => PinDirection.In,
            _ => null,
        },
        PinPeripheral.Ledc => PinDirection.Out,
        PinPeripheral.Rmt => signal is "rx" or "in" || function.EndsWith("_rx") ? PinDirection.In : PinDirection.Out,
        PinPeripheral.Mcpwm => signal.StartsWith("cap") || signal.StartsWith("sync") || signal.StartsWith("fault") ? PinDirection.In : PinDirection.Out,
        PinPeripheral.Pcnt => PinDirection.In,
        PinPeripheral.Touch or PinPeripheral.Dac or PinPeripheral.Adc => PinDirection.Analog,
        PinPeripheral.Sdmmc => signal switch
        {
            "clk" or "sck" => PinDirection.Out,
            "cd" or "wp" or "det" => PinDirection.In,
            _ => PinDirection.Io,
        },
        PinPeripheral.Camera => signal switch
        {
            "xclk" or "mclk" or "pwdn" or "reset" or "rst" => PinDirection.Out,
            "siod" or "sioc" or "sda" or "scl" => PinDirection.Io,
            "" => null,
            _ => PinDirection.In,
        },
        PinPeripheral.Ethernet => signal switch
        {
            "mdio" => PinDirection.Io,
            "mdc" or "tx_en" or "txen" or "tx_er" or "power" or "pwr" or "reset" or "rst" or "enable" or "en" or "clko" or "clk_out" => PinDirection.Out,
            "" => null,
            _ when IsNumbered(signal, "txd") || IsNumbered(signal, "tx") => PinDirection.Out,
            _ => PinDirection.In,
        },
        PinPeripheral.Jtag => signal is "mtdo" or "tdo" ? PinDirection.Out : PinDirection.In,
        PinPeripheral.Lcd => signal switch
        {
            "miso" or "te" or "busy" or "int" or "irq" => PinDirection.In,
            "sda" or "scl" => PinDirection.Io,
            "" => null,
            _ => PinDirection.Out,
        },
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
            "sck" or "sclk" or "clk" => peripheral == PinPeripheral.Ethernet ? BusLine.None : BusLine.SpiClock,
            "mosi" or "copi" => BusLine.SpiOut,
            "miso" or "cipo" => BusLine.SpiIn,
            "sda" or "siod" => BusLine.I2cData,
            "scl" or "sioc" => BusLine.I2cClock,
            "bclk" or "bck" => BusLine.I2sBit,
            "ws" or "lrck" or "lrclk" or "lrc" => BusLine.I2sWord,
            "mclk" or "mck" => BusLine.I2sMaster,
            "mdc" => BusLine.PhyClock,
            "mdio" => BusLine.PhyData,
            "rst" or "reset" or "res" => BusLine.Reset,
            "en" or "enable" or "pwr" or "power" => BusLine.Enable,
            "int" or "irq" => BusLine.Interrupt,
            "" or "data" or "dq" => function is "onewire" or "1wire" or "1-wire" or "one-wire" or "ds18b20" ? BusLine.OneWire : BusLine.None,
            _ => BusLine.None,
        };
    }

    /// <summary>What the other end does while the chip is in reset.</summary>
    public static FarSide FarSideOf(PinPeripheral peripheral, ReadOnlySpan<char> signal, PinDirection? direction) => peripheral switch
    {
        PinPeripheral.I2c or PinPeripheral.LpI2c => FarSide.High,
        PinPeripheral.Uart or PinPeripheral.LpUart or PinPeripheral.Twai => direction == PinDirection.In ? FarSide.High : FarSide.Quiet,
        PinPeripheral.Sdmmc => signal is "clk" ? FarSide.Quiet : FarSide.High,
        PinPeripheral.Camera or PinPeripheral.Ethernet => direction == PinDirection.In ? FarSide.Either : FarSide.Quiet,
        _ => signal switch
        {
            "miso" or "cipo" or "busy" or "drdy" or "dio0" or "dio1" or "vsync" or "href" or "pclk" => FarSide.Either,
            "sda" or "scl" or "rx" or "rxd" => FarSide.High,
            _ => FarSide.Quiet,
        },
    };

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

    private static PinDirection? OfPart(ReadOnlySpan<char> function, ReadOnlySpan<char> signal)
    {
        switch (signal)
        {
            case "sck" or "sclk" or "clk" or "mosi" or "copi" or "cs" or "ss" or "nss" or "csn" or "dc" or "rs" or "rst" or "reset" or "wr" or "bl" or "blk"
                or "backlight" or "led" or "en" or "enable" or "pwdn" or "step" or "dir" or "de" or "tx" or "txd" or "xclk" or "pwm" or "gate" or "trig" or "out":
                return PinDirection.Out;
            case "miso" or "cipo" or "rx" or "rxd" or "busy" or "int" or "irq" or "drdy" or "dio0" or "dio1" or "dio2" or "echo" or "sw" or "key" or "btn"
                or "in" or "sense" or "tach" or "te" or "vsync" or "href" or "pclk":
                return PinDirection.In;
            case "sda" or "scl" or "dq" or "data" or "io":
                return PinDirection.Io;
            case "adc" or "ain" or "analog" or "voltage":
                return PinDirection.Analog;
            default:
                return OfPartName(function);
        }
    }

    private static PinDirection? OfPartName(ReadOnlySpan<char> function)
    {
        PinDirection? found = null;
        for (var word = NextWord(ref function); !word.IsEmpty; word = NextWord(ref function))
        {
            if (word is "control" or "ctrl" or "enable" or "select")
                return PinDirection.Out;
            var bare = word.TrimEnd("0123456789");
            PinDirection? direction = (bare.IsEmpty ? word : bare) switch
            {
                "led" or "relay" or "buzzer" or "beeper" or "servo" or "pwm" or "motor" or "fan" or "heater" or "pump" or "valve" or "solenoid" or "neopixel"
                    or "ws" or "ws2812b" or "sk" or "backlight" or "speaker" or "stepper" or "lamp" or "siren" or "mosfet" or "ssr" => PinDirection.Out,
                "button" or "btn" or "switch" or "pir" or "encoder" or "reed" or "endstop" or "doorbell" or "interrupt" or "irq" or "tach" => PinDirection.In,
                "onewire" or "ds18b" or "dht" => PinDirection.Io,
                "battery" or "vbat" or "ldr" or "potentiometer" or "ntc" or "thermistor" or "analog" => PinDirection.Analog,
                _ => null,
            };
            if (direction is null)
                continue;
            if (found is not null && found != direction)
                return null;
            found = direction;
        }

        return found;
    }

    private static bool IsNumbered(ReadOnlySpan<char> signal, ReadOnlySpan<char> stem) =>
        signal.Length > stem.Length && signal.StartsWith(stem) && !signal[stem.Length..].ContainsAnyExceptInRange('0', '9');
}
