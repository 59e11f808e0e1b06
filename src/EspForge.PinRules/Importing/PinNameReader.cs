using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace EspForge.PinRules;

/// <summary>What the name of a constant says.</summary>
/// <param name="Function">The function, such as <c>i2c0</c> or <c>lora</c>.</param>
/// <param name="Signal">The signal, such as <c>sda</c>, or null.</param>
/// <param name="IsPin">Whether the name alone makes it a pin.</param>
/// <param name="IsOther">Whether the name says that it is something else: a count, a frequency, a level.</param>
internal readonly record struct PinName(string Function, string? Signal, bool IsPin, bool IsOther);

/// <summary>Reads names of constants: <c>PIN_LORA_NSS</c> is lora nss, <c>I2C_SDA</c> is i2c0 sda, <c>CAM_PIN_D0</c> is camera d0, <c>Y2_GPIO_NUM</c> is camera d0.</summary>
internal static class PinNameReader
{
    private const int MaxName = 128;

    private static readonly char[] Digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

    private static readonly FrozenSet<string> Signals = FrozenSet.Create(StringComparer.Ordinal,
        "sda", "scl", "sck", "sclk", "clk", "mosi", "miso", "copi", "cipo", "cs", "ss", "nss", "csn", "dc", "rs", "rst", "reset", "busy", "irq", "int", "tx", "rx", "txd", "rxd",
        "rts", "cts", "dtr", "bclk", "bck", "ws", "lrck", "lrclk", "lrc", "mclk", "din", "dout", "bl", "blk", "backlight", "wr", "rd", "te", "en", "enable", "pwr", "power", "siod", "sioc",
        "xclk", "pclk", "vsync", "href", "hsync", "pwdn", "mdc", "mdio", "step", "dir", "trig", "echo", "data", "dq", "cmd", "det", "cd", "dm", "dp", "drdy", "out", "in", "pwm", "sense", "mute", "gate");

    // Followed by a number they are lines of a bus.
    private static readonly FrozenSet<string> NumberedSignals = FrozenSet.Create(StringComparer.Ordinal, "d", "dio", "io", "y", "txd", "rxd", "dat", "cs", "int", "in", "out", "tx", "rx", "r", "g", "b");

    private static readonly FrozenSet<string> CameraSignals = FrozenSet.Create(StringComparer.Ordinal,
        "siod", "sioc", "xclk", "pclk", "vsync", "href", "pwdn", "y2", "y3", "y4", "y5", "y6", "y7", "y8", "y9");

    private static readonly FrozenSet<string> Parts = FrozenSet.Create(StringComparer.Ordinal,
        "led", "button", "btn", "key", "relay", "buzzer", "beeper", "servo", "motor", "fan", "heater", "pump", "valve", "neopixel", "ws2812", "ws2812b", "sk6812", "dht", "dht11", "dht22", "ds18b20",
        "onewire", "pir", "encoder", "pot", "potentiometer", "ldr", "ntc", "vbat", "battery", "switch", "speaker", "mosfet", "ssr", "adc", "dac", "touch", "ir", "vext", "lamp", "siren", "solenoid");

    private static readonly FrozenSet<string> Others = FrozenSet.Create(StringComparer.Ordinal,
        "count", "cnt", "num", "number", "width", "height", "freq", "frequency", "hz", "khz", "mhz", "baud", "baudrate", "speed", "rate", "size", "len", "length", "ms", "us", "sec", "seconds", "minutes",
        "delay", "timeout", "interval", "period", "channel", "channels", "chan", "ch", "bits", "bit", "res", "resolution", "addr", "address", "port", "version", "major", "minor", "level", "state", "on",
        "off", "active", "inverted", "invert", "mode", "type", "max", "min", "offset", "duty", "threshold", "timer", "priority", "stack", "core", "index", "idx", "rotation", "brightness", "volume",
        "gain", "retries", "buffer", "buf", "pixels", "rows", "cols", "use", "has", "host", "id", "debounce", "total", "pins", "leds", "steps", "samples", "order", "cs_active", "table", "font", "symbols");

    private static readonly FrozenDictionary<string, string> Functions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["tft"] = "display",
        ["disp"] = "display",
        ["btn"] = "button",
        ["cam"] = "camera",
        ["phy"] = "eth",
        ["ethernet"] = "eth",
        ["emac"] = "eth",
        ["buz"] = "buzzer",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a name.</summary>
    /// <param name="name">The constant's name.</param>
    /// <param name="inCamera">Whether the file is a camera's pin map, where <c>RESET</c> and <c>LED</c> are the camera's.</param>
    public static PinName Read(string name, bool inCamera = false)
    {
        if (name.Length > MaxName)
            name = name[..MaxName];
        var words = Words(name);
        var last = words.Count > 0 ? words[^1] : "";
        var gpioNum = words.Count > 1 && last is "num" && words[^2] is "gpio";
        var ends = last is "pin" or "gpio" or "pad" || gpioNum;
        var said = ends || words.Contains("pin") || words.Contains("gpio");
        if (gpioNum)
            words.RemoveAt(words.Count - 1);
        words.RemoveAll(word => word is "pin" or "gpio" or "pad");
        if (words.Count > 1)
            words.RemoveAll(word => word is "builtin");
        if (words.Count > 1 && words[0] is "k" or "g" or "c")
            words.RemoveAt(0);
        if (words.Count == 0)
            return new PinName("pin", null, said, false);
        var other = !ends && words.Exists(Others.Contains);
        var (function, signal, known) = Split(words, inCamera || gpioNum && words.Count == 1);
        return new PinName(function, signal, !other && (said || known), other);
    }

    private static (string Function, string? Signal, bool Known) Split(List<string> words, bool inCamera)
    {
        if (words.Count == 1)
            return Alone(words[0], inCamera);
        if (words[0] is "sd" && words[1] is "mmc")
        {
            words.RemoveAt(1);
            words[0] = "sdmmc";
        }

        var stem = words[0].TrimEnd(Digits);
        var number = words[0][stem.Length..];
        if (number.Length == 0 && words.Count > 2 && words[1].Length <= 2 && words[1].All(char.IsAsciiDigit))
        {
            number = words[1];
            words.RemoveAt(1);
        }

        // "i2c" itself ends in a letter; its number may be 0 to 9.
        switch (stem)
        {
            case "i2c" or "iic" or "wire" or "twi":
                return ($"i2c{(number.Length == 0 ? "0" : number)}", Rest(words, 1), true);
            case "i2s":
                return ($"i2s{(number.Length == 0 ? "0" : number)}", Rest(words, 1), true);
            case "spi" or "hspi" or "vspi" or "fspi":
                return (stem + number, Rest(words, 1), true);
            case "uart" or "serial" or "usart":
                return ("uart" + number, Rest(words, 1), true);
            case "cam" or "camera" or "dvp":
                return ("camera", Camera(Rest(words, 1)), true);
            case "eth" or "ethernet" or "phy" or "emac" or "rmii":
                return ("eth", Rest(words, 1), true);
            case "twai":
                return (stem + number, Rest(words, 1), true);
        }

        if (IsSignal(words[^1]) || words[^1] is "led" && words[0] is "tft" or "lcd" or "display" or "oled")
            return (Function(words[..^1]), words[^1], true);
        if (words[0] is "sda" or "scl" or "sck" or "sclk" or "mosi" or "miso" or "cs" or "nss" or "rst" or "irq" or "rx" or "tx" or "rxd" or "txd" or "dc" or "busy")
            return (Function(words[1..]), words[0], true);
        return (Function(words), null, Parts.Contains(words[^1]) || Parts.Contains(words[^1].TrimEnd(Digits)));
    }

    private static (string Function, string? Signal, bool Known) Alone(string word, bool inCamera)
    {
        if (CameraSignals.Contains(word) || inCamera && word is "reset" or "rst" or "sda" or "scl" or "mclk" or "hsync")
            return ("camera", Camera(word), true);
        var stem = word.TrimEnd(Digits);
        var number = word[stem.Length..];
        return stem switch
        {
            "sda" or "scl" => ($"i2c{(number.Length == 0 ? "0" : number)}", stem, true),
            "mosi" or "miso" or "sck" or "sclk" or "copi" or "cipo" => ("spi" + number, stem, true),
            "ss" => ("spi" + number, "cs", true),
            "tx" or "rx" or "txd" or "rxd" => ("uart" + number, stem[..2], true),
            "bclk" or "lrclk" or "lrck" or "lrc" or "mclk" => ("i2s" + (number.Length == 0 ? "0" : number), stem, true),
            "btn" => ("button" + number, null, true),
            _ => (Functions.GetValueOrDefault(word, word), null, Parts.Contains(stem) || Parts.Contains(word)),
        };
    }

    // The camera's parallel bus has two sets of names: Y2 is the lowest of its eight lines.
    private static string? Camera(string? signal) => signal switch
    {
        null or "" => null,
        ['y', >= '2' and <= '9'] => "d" + ((char)(signal[1] - 2)).ToString(),
        _ when signal.StartsWith("data", StringComparison.Ordinal) && signal.Length == 5 => "d" + signal[4],
        "sda" => "siod",
        "scl" => "sioc",
        _ => signal,
    };

    private static bool IsSignal(string word)
    {
        if (Signals.Contains(word))
            return true;
        var stem = word.TrimEnd(Digits);
        return stem.Length < word.Length && NumberedSignals.Contains(stem);
    }

    private static string? Rest(List<string> words, int from) => words.Count > from ? string.Join('_', words.Skip(from)) : null;

    private static string Function(List<string> words)
    {
        if (words.Count == 1)
            return Functions.GetValueOrDefault(words[0], words[0]);
        return string.Join('-', words);
    }

    // PIN_LORA_NSS, pinLoraNss, LORAPin and LEDPIN all are words; digits stay with the word before them.
    internal static List<string> Words(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var letter = name[i];
            if (!char.IsAsciiLetterOrDigit(letter))
            {
                End();
                continue;
            }

            var hump = char.IsAsciiLetterUpper(letter) && i > 0
                && (char.IsAsciiLetterLower(name[i - 1]) || i + 1 < name.Length && char.IsAsciiLetterUpper(name[i - 1]) && char.IsAsciiLetterLower(name[i + 1]));
            if (hump)
                End();
            word.Append(char.ToLower(letter, CultureInfo.InvariantCulture));
        }

        End();
        return words;

        void End()
        {
            var text = word.ToString();
            word.Clear();
            if (text.Length == 0)
                return;
            if (text.Length >= 5 && text.EndsWith("pin", StringComparison.Ordinal) && text is not "spin")
                words.AddRange([text[..^3], "pin"]);
            else
                words.Add(text);
        }
    }
}
