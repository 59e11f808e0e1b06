using System.Runtime.InteropServices;

namespace EspForge.PinRules;

/// <summary>The peripheral a function names; <see cref="Part"/> is everything that hangs on a plain GPIO.</summary>
internal enum PinPeripheral
{
    Part,
    Uart,
    LpUart,
    Spi,
    I2c,
    LpI2c,
    I2s,
    Ledc,
    Rmt,
    Mcpwm,
    Pcnt,
    Sdmmc,
    Twai,
    Camera,
    Ethernet,
    Usb,
    Jtag,
    Touch,
    Dac,
    Adc,
    Lcd,
    Crystal,
}

/// <summary>The lines that several parts may hang on, as flags: the <c>sda</c> of a part may be a line of I2C or, on a display, of SPI.</summary>
[Flags]
internal enum BusLine
{
    None = 0,
    SpiClock = 1 << 0,
    SpiOut = 1 << 1,
    SpiIn = 1 << 2,
    I2cData = 1 << 3,
    I2cClock = 1 << 4,
    I2sBit = 1 << 5,
    I2sWord = 1 << 6,
    I2sMaster = 1 << 7,
    PhyClock = 1 << 8,
    PhyData = 1 << 9,
    DataCommand = 1 << 10,
    Reset = 1 << 11,
    Enable = 1 << 12,
    Interrupt = 1 << 13,
    OneWire = 1 << 14,
}

/// <summary>What the other end of a wire does to the pin while the chip is in reset.</summary>
internal enum FarSide
{
    /// <summary>Nothing is known to drive it.</summary>
    Quiet,

    /// <summary>It idles high: an open drain with a pull-up, a UART at rest.</summary>
    High,

    /// <summary>Once it runs it drives push-pull, either level.</summary>
    Either,

    /// <summary>Our own output switches a supply, which keeps its charge and its level for a while when ours is gone.</summary>
    Charged,
}

/// <summary>What the words of a use mean. Reading them allocates nothing.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PinFunction(PinPeripheral Peripheral, int Index, PinDirection? Direction, BusLine Line, FarSide FarSide)
{
    private const int MaxWord = 64;

    public static PinFunction Read(PinUse use)
    {
        Span<char> functionBuffer = stackalloc char[MaxWord];
        Span<char> signalBuffer = stackalloc char[MaxWord];
        var function = Lower(FunctionOf(use), functionBuffer);
        var signal = Lower(SignalOf(use), signalBuffer);
        var peripheral = ReadPeripheral(function, out var index);
        if (IsPartOfItsOwn(peripheral, index, signal))
            (peripheral, index) = (PinPeripheral.Part, -1);
        var said = signal.IsEmpty && peripheral == PinPeripheral.Part ? function : signal;
        var direction = use.Direction ?? PinSignals.DirectionOf(peripheral, function, signal.IsEmpty && PinSignals.IsLineWord(said) ? said : signal);
        return new PinFunction(
            peripheral, index, direction, PinSignals.LineOf(peripheral, function, PinSignals.IsLineWord(said) ? said : signal),
            PinSignals.FarSideOf(peripheral, function, said, direction));
    }

    /// <summary>The signal, also where it is the last word of the function: <c>lora nss</c>, <c>uart1_tx</c>. Allocates nothing.</summary>
    public static ReadOnlySpan<char> SignalOf(PinUse use)
    {
        if (!string.IsNullOrWhiteSpace(use.Signal))
            return use.Signal.AsSpan().Trim();
        var function = use.Function.AsSpan().Trim();
        var cut = Cut(function);
        return cut < 0 ? [] : function[(cut + 1)..];
    }

    /// <summary>The function without what <see cref="SignalOf"/> takes from it.</summary>
    public static ReadOnlySpan<char> FunctionOf(PinUse use)
    {
        var function = use.Function.AsSpan().Trim();
        if (!string.IsNullOrWhiteSpace(use.Signal))
            return function;
        var cut = Cut(function);
        return cut < 0 ? function : function[..cut].TrimEnd();
    }

    // A blank always separates; a joint only before a word that is a line, because "rf-switch" and "neopixel_power" are one name.
    private static int Cut(ReadOnlySpan<char> function)
    {
        var cut = CutRmii(function);
        if (cut > 0)
            return cut;
        cut = function.LastIndexOfAny(" _-");
        if (cut <= 0 || cut == function.Length - 1 || function[cut] == ' ')
            return cut == function.Length - 1 ? -1 : cut;
        Span<char> buffer = stackalloc char[MaxWord];
        return PinSignals.IsLineWord(Lower(function[(cut + 1)..], buffer)) ? cut : -1;
    }

    // Some lines of RMII have a joint in their own names.
    private static int CutRmii(ReadOnlySpan<char> function)
    {
        if (!function.StartsWith("eth", StringComparison.OrdinalIgnoreCase) && !function.StartsWith("rmii", StringComparison.OrdinalIgnoreCase) && !function.StartsWith("emac", StringComparison.OrdinalIgnoreCase))
            return -1;
        ReadOnlySpan<string> lines = ["crs_dv", "rx_dv", "tx_en", "ref_clk", "clk_in", "clk_out"];
        foreach (var line in lines)
        {
            var cut = function.Length - line.Length - 1;
            if (cut > 0 && function[cut] is ' ' or '_' or '-' && function.EndsWith(line, StringComparison.OrdinalIgnoreCase))
                return cut;
        }

        return -1;
    }

    internal static ReadOnlySpan<char> Lower(ReadOnlySpan<char> text, Span<char> buffer)
    {
        var source = text.Trim();
        if (source.Length > buffer.Length)
            source = source[..buffer.Length];
        var length = source.ToLowerInvariant(buffer);
        return buffer[..length];
    }

    private static PinPeripheral ReadPeripheral(ReadOnlySpan<char> name, out int index)
    {
        index = -1;
        if (name.StartsWith("xtal") || name.StartsWith("crystal") || name.StartsWith("32k") || name.StartsWith("rtc_xtal") || name.StartsWith("rtc-xtal") || name.StartsWith("rtc crystal"))
            return PinPeripheral.Crystal;
        var lowPower = name.StartsWith("lp_") || name.StartsWith("lp-");
        if (lowPower)
            name = name[3..];
        var head = name.StartsWith("i2c") || name.StartsWith("i2s") ? 3 : Letters(name);
        var rest = name[head..];
        var digits = 0;
        while (digits < rest.Length && digits < 4 && char.IsAsciiDigit(rest[digits]))
            digits++;
        if (digits > 0)
            index = int.Parse(rest[..digits], System.Globalization.CultureInfo.InvariantCulture);
        rest = rest[digits..];
        var peripheral = name[..head] switch
        {
            "uart" => lowPower ? PinPeripheral.LpUart : PinPeripheral.Uart,
            "i2c" => lowPower ? PinPeripheral.LpI2c : PinPeripheral.I2c,
            "spi" or "hspi" or "vspi" or "fspi" or "gpspi" => PinPeripheral.Spi,
            "i2s" => PinPeripheral.I2s,
            "ledc" => PinPeripheral.Ledc,
            "rmt" => PinPeripheral.Rmt,
            "mcpwm" => PinPeripheral.Mcpwm,
            "pcnt" => PinPeripheral.Pcnt,
            "sdmmc" => PinPeripheral.Sdmmc,
            "twai" or "can" => PinPeripheral.Twai,
            "camera" or "cam" or "dvp" => PinPeripheral.Camera,
            "eth" or "ethernet" or "emac" or "rmii" => PinPeripheral.Ethernet,
            "usb" => PinPeripheral.Usb,
            "jtag" => PinPeripheral.Jtag,
            "touch" => PinPeripheral.Touch,
            "dac" => PinPeripheral.Dac,
            "adc" => PinPeripheral.Adc,
            "lcd" => PinPeripheral.Lcd,
            "console" or "serial" or "debug" => PinPeripheral.Uart,
            _ => PinPeripheral.Part,
        };
        if (name[..head] is "hspi" or "fspi")
            index = 2;
        else if (name[..head] is "vspi")
            index = 3;
        else if (name is "console" or "serial" or "debug")
            index = 0;
        if (!rest.IsEmpty && !AllowsRest(peripheral, rest))
            peripheral = PinPeripheral.Part;
        if (peripheral == PinPeripheral.Part)
            index = -1;
        return peripheral;
    }

    // "adc1_ch3" and "usb-serial-jtag" are the peripheral; "uart_enable" and "camera_led" are parts next to it.
    private static bool AllowsRest(PinPeripheral peripheral, ReadOnlySpan<char> rest) => peripheral switch
    {
        PinPeripheral.Adc or PinPeripheral.Touch or PinPeripheral.Dac or PinPeripheral.Ledc or PinPeripheral.Rmt => rest.StartsWith("_ch") || rest.StartsWith("-ch") || rest.StartsWith("_tx") || rest.StartsWith("_rx"),
        PinPeripheral.Usb => rest is "_d" or "-d" or "-serial-jtag" or "_serial_jtag" or "-otg" or "_otg" or "-jtag" or "_jtag",
        _ => false,
    };

    // "touch irq", "adc ctrl", "dac bck", "eth miso", "usb vbus": a chip of its own on a bus, not the peripheral of this one. Without a number, the
    // name alone or with a word of the peripheral itself is the peripheral.
    private static bool IsPartOfItsOwn(PinPeripheral peripheral, int index, ReadOnlySpan<char> signal) => peripheral switch
    {
        PinPeripheral.Touch when index < 0 => !signal.IsEmpty && !signal.StartsWith("pad") && !signal.StartsWith("ch") && !IsNumber(signal),
        PinPeripheral.Adc when index < 0 => !signal.IsEmpty && !signal.StartsWith("ch") && !signal.StartsWith("bat") && signal is not ("in" or "input" or "voltage" or "vbat")
            && !IsNumber(signal),
        PinPeripheral.Dac when index < 0 => !signal.IsEmpty && !signal.StartsWith("ch") && signal is not ("out" or "output" or "audio") && !IsNumber(signal),
        PinPeripheral.Usb when index < 0 => !signal.IsEmpty && signal is not ("dm" or "dp" or "d-" or "d+" or "dn" or "n" or "p" or "data"),
        PinPeripheral.Twai when index < 0 => IsSerial(signal) || signal is "rst" or "reset" or "en" or "enable" or "stb" or "stby" or "rs" or "s" or "silent",
        PinPeripheral.Ethernet => IsSerial(signal),
        _ => false,
    };

    private static bool IsNumber(ReadOnlySpan<char> signal) => !signal.IsEmpty && PinSignals.IsDigits(signal);

    private static bool IsSerial(ReadOnlySpan<char> signal) =>
        signal is "cs" or "ss" or "nss" or "sck" or "sclk" or "mosi" or "miso" or "copi" or "cipo" or "int" or "irq";

    private static int Letters(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiLetter(text[count]))
            count++;
        return count;
    }
}
