using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>Whether a use is the part that a board has on the pin, by the words of both.</summary>
internal static class PartWords
{
    private const int MaxWord = 64;

    public static bool IsButton(string part) => part.StartsWith("button", StringComparison.OrdinalIgnoreCase);

    /// <summary>A part that blinks or loads a little but does not drive.</summary>
    public static bool IsHarmless(string part) => IsButton(part)
        || part.Contains("led", StringComparison.OrdinalIgnoreCase)
        || part.Contains("rgb", StringComparison.OrdinalIgnoreCase)
        || part.Contains("neopixel", StringComparison.OrdinalIgnoreCase)
        || part.Contains("battery", StringComparison.OrdinalIgnoreCase)
        || part.Contains("sense", StringComparison.OrdinalIgnoreCase)
        || part.Contains("STEMMA QT", StringComparison.OrdinalIgnoreCase);

    /// <summary>A part that moves, heats or howls when its pin toggles; the chirp of a buzzer does no harm.</summary>
    public static bool Moves(in ReadUse use)
    {
        Span<char> buffer = stackalloc char[MaxWord];
        var text = PinFunction.Lower(use.Use.Function, buffer);
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (Stem(word) is "relay" or "motor" or "servo" or "heater" or "pump" or "valve" or "solenoid" or "fan" or "siren" or "mosfet" or "ssr" or "lock" or "gate")
                return true;
        }

        return false;
    }

    /// <summary>A transmit or receive line of a serial link, by the words of function or signal: <c>gps tx</c>, <c>u0rxd</c>, <c>RX0</c>.</summary>
    public static bool IsSerialLine(in ReadUse use)
    {
        Span<char> buffer = stackalloc char[MaxWord];
        return IsSerialWord(PinFunction.Lower(use.Use.Signal, buffer)) || IsSerialText(PinFunction.Lower(use.Use.Function, buffer));
    }

    private static bool IsSerialText(ReadOnlySpan<char> text)
    {
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (IsSerialWord(word))
                return true;
        }

        return false;
    }

    private static bool IsSerialWord(ReadOnlySpan<char> word) => Stem(word) is "tx" or "txd" or "rx" or "rxd" or "u0t" or "u0r" or "u0tx" or "u0rx" or "u0txd" or "u0rxd" or "utx" or "urx";

    /// <summary>A data or clock line of a parallel camera, which only a camera peripheral can read.</summary>
    public static bool IsCameraLine(in ReadUse use) => use.Function.Direction == PinDirection.In;

    /// <summary>A chain of addressable LEDs, which RMT drives best.</summary>
    public static bool IsLedChain(in ReadUse use)
    {
        Span<char> buffer = stackalloc char[MaxWord];
        var text = PinFunction.Lower(PinFunction.FunctionOf(use.Use), buffer);
        return use.Peripheral == PinPeripheral.Part && use.Function.Direction is PinDirection.Out && HoldsAny(text, "neopixel", "ws2812", "ws2812b", "sk6812");
    }

    /// <summary>
    /// Whether the use is the memory itself, as pin tables of boards list it: <c>flash d0</c>, <c>spihd</c>, <c>psram cs</c>; and where ESP32 boards
    /// bring the flash to a header, the name printed beside its pin, such as <c>cmd</c> and <c>sd2</c>.
    /// </summary>
    public static bool IsMemoryLine(in ReadUse use, Chip chip)
    {
        if (use.Peripheral != PinPeripheral.Part)
            return false;
        Span<char> functionBuffer = stackalloc char[MaxWord];
        Span<char> signalBuffer = stackalloc char[MaxWord];
        var function = PinFunction.Lower(use.Use.Function, functionBuffer);
        var signal = PinFunction.Lower(use.Use.Signal, signalBuffer);
        if (signal.IsEmpty && chip.Id is "esp32" && IsPrinted(use.Gpio, function))
            return true;
        var memory = false;
        return IsMemoryText(function, ref memory) && IsMemoryText(signal, ref memory) && memory;
    }

    private static bool IsMemoryText(ReadOnlySpan<char> text, ref bool memory)
    {
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (word is "flash" or "spiflash" or "psram" or "spiram" or "spihd" or "spiwp" or "spics0" or "spics1" or "spiclk" or "spid" or "spiq" or "spidqs" or "vddspi")
                memory = true;
            else if (word is not ("clk" or "sck" or "cmd" or "cs" or "hd" or "wp" or "hold" or "q" or "d" or "miso" or "mosi" or "dqs" or "spi" or "vdd") && Stem(word) is not ("d" or "io" or "sio" or "cs" or "data" or "sd"))
                return false;
        }

        return true;
    }

    private static bool IsPrinted(int gpio, ReadOnlySpan<char> name) => gpio switch
    {
        6 => name is "clk" or "sdclk" or "sck/clk" or "sd_clk",
        7 => name is "sd0" or "sdd0" or "sd_d0" or "sdo/sd0",
        8 => name is "sd1" or "sdd1" or "sd_d1" or "sdi/sd1",
        9 => name is "sd2" or "sdd2" or "sd_d2" or "shd/sd2",
        10 => name is "sd3" or "sdd3" or "sd_d3" or "swp/sd3",
        11 => name is "cmd" or "sdcmd" or "sd_cmd" or "scs/cmd",
        _ => false,
    };

    /// <summary>A plain LED, which only follows its pin: no chain of them, which has a protocol of its own.</summary>
    public static bool IsLed(in ReadUse use)
    {
        if (use.Peripheral is not PinPeripheral.Part || use.Function.Direction is not PinDirection.Out)
            return false;
        Span<char> functionBuffer = stackalloc char[MaxWord];
        Span<char> signalBuffer = stackalloc char[MaxWord];
        return HasLed(PinFunction.Lower(use.Use.Function, functionBuffer)) || HasLed(PinFunction.Lower(use.Use.Signal, signalBuffer));
    }

    /// <summary>A push button, by its first word or a later one.</summary>
    public static bool IsPressed(in ReadUse use)
    {
        if (use.Function.Direction is not PinDirection.In)
            return false;
        Span<char> buffer = stackalloc char[MaxWord];
        var text = PinFunction.Lower(use.Use.Function, buffer);
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (Stem(word) is "button" or "btn" or "key" or "boot")
                return true;
        }

        return false;
    }

    private static bool HasLed(ReadOnlySpan<char> text)
    {
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (Stem(word) is "led")
                return true;
        }

        return false;
    }

    public static bool IsSame(string part, in ReadUse use)
    {
        if (IsButton(part) && use.Function.Direction == PinDirection.In)
            return true;
        Span<char> partBuffer = stackalloc char[MaxWord];
        Span<char> functionBuffer = stackalloc char[MaxWord];
        Span<char> signalBuffer = stackalloc char[MaxWord];
        var function = PinFunction.Lower(use.Use.Function, functionBuffer);
        var signal = PinFunction.Lower(use.Use.Signal, signalBuffer);
        var words = PinFunction.Lower(part, partBuffer);
        for (var word = PinSignals.NextWord(ref words); !word.IsEmpty; word = PinSignals.NextWord(ref words))
        {
            if (Holds(function, word) || Holds(signal, word) || IsKin(word, use, function))
                return true;
        }

        return false;
    }

    private static bool Holds(ReadOnlySpan<char> text, ReadOnlySpan<char> wanted)
    {
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (word.SequenceEqual(wanted) || Stem(word) is { IsEmpty: false } stem && stem.SequenceEqual(Stem(wanted)))
                return true;
        }

        return false;
    }

    private static ReadOnlySpan<char> Stem(ReadOnlySpan<char> word) => word.TrimEnd("0123456789");

    // Another word for the same thing, or the peripheral that drives it.
    private static bool IsKin(ReadOnlySpan<char> word, in ReadUse use, ReadOnlySpan<char> function) => word switch
    {
        "led" or "backlight" or "rgb" => use.Peripheral is PinPeripheral.Ledc || HoldsAny(function, "led", "pixel", "neopixel", "status"),
        "neopixel" => use.Peripheral is PinPeripheral.Rmt or PinPeripheral.Spi || HoldsAny(function, "ws2812", "sk6812", "rgb", "led"),
        "ir" => use.Peripheral is PinPeripheral.Rmt,
        "battery" or "voltage" or "vbus" => use.NeedsAdc,
        "camera" => use.Peripheral is PinPeripheral.Camera,
        "eth" => use.Peripheral is PinPeripheral.Ethernet || HoldsAny(function, "phy", "lan8720", "rmii"),
        "sd" => use.Peripheral is PinPeripheral.Sdmmc || HoldsAny(function, "sdcard", "card", "sdio"),
        "lcd" or "tft" or "oled" => use.Peripheral is PinPeripheral.Lcd || HoldsAny(function, "display", "screen", "tft", "oled"),
        "lora" => HoldsAny(function, "radio", "sx1262", "sx1276"),
        "i2s" or "pdm" or "mic" => use.Peripheral is PinPeripheral.I2s || HoldsAny(function, "microphone", "mic", "audio"),
        "i2c" or "sda" or "scl" or "stemma" => use.Peripheral is PinPeripheral.I2c,
        "sclk" or "sck" or "clk" => (use.Function.Line & BusLine.SpiClock) != BusLine.None,
        "bck" or "bclk" => (use.Function.Line & BusLine.I2sBit) != BusLine.None,
        "nss" or "cs" => HoldsAny(PinFunction.SignalOf(use.Use), "cs", "ss", "nss"),
        _ => false,
    };

    private static bool HoldsAny(ReadOnlySpan<char> text, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Holds(text, word))
                return true;
        }

        return false;
    }
}
