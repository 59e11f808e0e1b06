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

    /// <summary>A part that moves, heats or sounds when its pin toggles.</summary>
    public static bool Moves(in ReadUse use)
    {
        Span<char> buffer = stackalloc char[MaxWord];
        var text = PinFunction.Lower(use.Use.Function, buffer);
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (Stem(word) is "relay" or "motor" or "servo" or "heater" or "pump" or "valve" or "solenoid" or "fan" or "siren" or "mosfet" or "ssr" or "buzzer" or "lock" or "gate")
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
