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
}

/// <summary>A line that several parts may hang on.</summary>
internal enum BusLine
{
    None,
    SpiClock,
    SpiOut,
    SpiIn,
    I2cData,
    I2cClock,
    I2sBit,
    I2sWord,
    I2sMaster,
    PhyClock,
    PhyData,
    Reset,
    Enable,
    Interrupt,
    OneWire,
}

/// <summary>What the other end of a wire does to the pin while the chip is in reset.</summary>
internal enum FarSide
{
    /// <summary>Nothing is known to drive it.</summary>
    Quiet,

    /// <summary>It idles high: an open drain with a pull-up, a UART at rest.</summary>
    High,

    /// <summary>It drives push-pull, either level.</summary>
    Either,
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
        var function = Lower(use.Function, functionBuffer);
        var signal = Lower(use.Signal, signalBuffer);
        var peripheral = ReadPeripheral(function, out var index);
        if (IsPartOfItsOwn(peripheral, index, signal))
            (peripheral, index) = (PinPeripheral.Part, -1);
        var direction = use.Direction ?? PinSignals.DirectionOf(peripheral, function, signal);
        return new PinFunction(peripheral, index, direction, PinSignals.LineOf(peripheral, function, signal), PinSignals.FarSideOf(peripheral, signal, direction));
    }

    internal static ReadOnlySpan<char> Lower(string? text, Span<char> buffer)
    {
        var source = text.AsSpan().Trim();
        if (source.Length > buffer.Length)
            source = source[..buffer.Length];
        var length = source.ToLowerInvariant(buffer);
        return buffer[..length];
    }

    private static PinPeripheral ReadPeripheral(ReadOnlySpan<char> name, out int index)
    {
        index = -1;
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
            "console" => PinPeripheral.Uart,
            _ => PinPeripheral.Part,
        };
        if (name[..head] is "hspi" or "fspi")
            index = 2;
        else if (name[..head] is "vspi")
            index = 3;
        else if (name is "console")
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
        PinPeripheral.Usb => rest is "-serial-jtag" or "_serial_jtag" or "-otg" or "_otg" or "-jtag" or "_jtag",
        _ => false,
    };

    // "touch irq", "adc cs", "dac bck", "eth miso", "usb vbus": a chip of its own on a bus, not the peripheral of this one.
    private static bool IsPartOfItsOwn(PinPeripheral peripheral, int index, ReadOnlySpan<char> signal) => peripheral switch
    {
        PinPeripheral.Touch or PinPeripheral.Adc or PinPeripheral.Dac or PinPeripheral.Twai or PinPeripheral.Usb when index < 0 =>
            IsSerial(signal) || signal is "sda" or "scl" or "rst" or "reset" or "en" or "enable" or "pwr" or "power" or "bck" or "bclk" or "lrck" or "ws" or "din"
                or "dout" or "drdy" or "rdy" or "vbus" or "detect" or "stb",
        PinPeripheral.Ethernet => IsSerial(signal),
        _ => false,
    };

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
