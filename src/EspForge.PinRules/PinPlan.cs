using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Which way a signal goes, seen from the chip.</summary>
public enum PinDirection
{
    /// <summary>Into the chip.</summary>
    In,

    /// <summary>Out of the chip.</summary>
    Out,

    /// <summary>Both ways, or open drain.</summary>
    Io,

    /// <summary>A voltage, read or driven.</summary>
    Analog,
}

/// <summary>Where the firmware's console is.</summary>
public enum PlanConsole
{
    /// <summary>On UART0, as the ROM's log is.</summary>
    Uart0,

    /// <summary>On the chip's USB-Serial-JTAG.</summary>
    UsbSerialJtag,

    /// <summary>On USB OTG.</summary>
    UsbOtg,

    /// <summary>Nowhere. The ROM still logs on UART0.</summary>
    None,
}

/// <summary>Who wants a pin.</summary>
/// <param name="Gpio">The GPIO number, 0 to 255; numbers that do not exist are a finding.</param>
/// <param name="Function">A peripheral (<c>i2c0</c>, <c>uart1</c>) or a part (<c>relay</c>). At most 64 characters.</param>
/// <param name="Signal">The line of it: <c>sda</c>, <c>tx</c>, <c>cs</c>. At most 64 characters.</param>
/// <param name="Direction">Which way; null = as the function and signal imply.</param>
/// <param name="Pull">The internal pull the firmware switches on; null = none asked for.</param>
public sealed record PinUse(int Gpio, string Function, string? Signal = null, PinDirection? Direction = null, PinPull? Pull = null)
{
    /// <summary>The clock or PWM frequency it runs at, in hertz, 1 to 200,000,000; null = not said.</summary>
    public int? FrequencyHz { get; init; }

    /// <summary>The resolution of a PWM duty, in bits, 1 to 20; null = not said.</summary>
    public int? ResolutionBits { get; init; }

    /// <summary>The current the pin sources or sinks, in milliamperes, 1 to 1,000; null = not said.</summary>
    public int? DriveMilliamps { get; init; }

    /// <summary>The symbols of RMT memory it needs, 1 to 4,096; null = one block.</summary>
    public int? RmtSymbols { get; init; }

    /// <summary>Whether the level has to be held through deep sleep; null = not said.</summary>
    public bool? Hold { get; init; }

    /// <summary>The function and signal as one name, such as <c>i2c0 sda</c>.</summary>
    public string Name => string.IsNullOrEmpty(Signal) ? Function : $"{Function} {Signal}";
}

/// <summary>A finding that somebody has looked at and accepts.</summary>
/// <param name="Rule">The rule's id (<c>PIN010</c>) or class (<c>strapping</c>).</param>
/// <param name="Gpios">The pins it is accepted for.</param>
/// <param name="Reason">Why.</param>
public sealed record PinOverride(string Rule, IReadOnlyList<int> Gpios, string Reason);

/// <summary>What is wired to which pin of which board or chip. Read one with <see cref="PinPlanReader"/>.</summary>
public sealed record PinPlan
{
    /// <summary>Most uses in a plan.</summary>
    public const int MaxUses = 64;

    /// <summary>The id of a board of the catalog; or null, and <see cref="Chip"/> is given.</summary>
    public string? Board { get; init; }

    /// <summary>The id of a chip of the catalog; may be null where a board is given.</summary>
    public string? Chip { get; init; }

    /// <summary>The module, with its memory suffix; null = the board's.</summary>
    public string? Module { get; init; }

    /// <summary>How the flash is wired; null = not said.</summary>
    public FlashMode? FlashMode { get; init; }

    /// <summary>The PSRAM; null = as the board or module has it.</summary>
    public PsramMode? Psram { get; init; }

    /// <summary>The memory's voltage in millivolts: 1800 or 3300; null = not said.</summary>
    public int? VddSpiMillivolts { get; init; }

    /// <summary>eFuses that are burnt, such as <c>VDD_SPI_AS_GPIO</c>.</summary>
    public IReadOnlyList<string> Efuses { get; init; } = [];

    /// <summary>Whether the firmware uses Wi-Fi; null = not said.</summary>
    public bool? Wifi { get; init; }

    /// <summary>Where the console is; null = as the board has it, else UART0.</summary>
    public PlanConsole? Console { get; init; }

    /// <summary>Resistors outside the chip, GPIO → up or down.</summary>
    public IReadOnlyDictionary<int, PinPull> ExternalPull { get; init; } = new Dictionary<int, PinPull>();

    /// <summary>Pins that wake the chip from deep sleep, by source: <c>ext0</c>, <c>ext1</c>, <c>gpio</c>, <c>touch</c>, <c>ulp</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Wake { get; init; } = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);

    /// <summary>Pins with a GPIO interrupt.</summary>
    public IReadOnlyList<int> Interrupts { get; init; } = [];

    /// <summary>Who wants which pin, at most <see cref="MaxUses"/>.</summary>
    public IReadOnlyList<PinUse> Uses { get; init; } = [];

    /// <summary>Findings that are accepted.</summary>
    public IReadOnlyList<PinOverride> Overrides { get; init; } = [];
}
