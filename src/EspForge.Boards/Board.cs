using System.Text.Json.Serialization;

namespace EspForge.Boards;

/// <summary>One board: its chip and module, what is brought out where, and what is soldered on.</summary>
public sealed class Board
{
    private Chip? _chip;
    private ulong? _exposed;

    /// <summary>Stable id: lower-case letters, digits and hyphens, at most 64 characters.</summary>
    public required string Id { get; init; }

    /// <summary>The name as the vendor prints it.</summary>
    public required string Name { get; init; }

    /// <summary>Who makes it.</summary>
    public required string Vendor { get; init; }

    /// <summary>The id of its chip.</summary>
    [JsonPropertyName("chip")]
    public required string ChipId { get; init; }

    /// <summary>Its chip.</summary>
    [JsonIgnore]
    public Chip Chip
    {
        get => _chip ?? throw new InvalidOperationException($"Board '{Id}' was not read through a catalog: use BoardReader.");
        internal set => _chip = value;
    }

    /// <summary>The module or bare chip, with its memory suffix.</summary>
    public required string Module { get; init; }

    /// <summary>Flash size in bytes.</summary>
    public required long FlashBytes { get; init; }

    /// <summary>PSRAM size in bytes, 0 without.</summary>
    public required long PsramBytes { get; init; }

    /// <summary>The interface of PSRAM; null without.</summary>
    public PsramMode? PsramMode { get; init; }

    /// <summary>The board's id in PlatformIO, where it has one.</summary>
    public string? PlatformioBoard { get; init; }

    /// <summary>More about the PlatformIO id.</summary>
    public string? PlatformioNote { get; init; }

    /// <summary>What PlatformIO's board file says.</summary>
    public PlatformioFacts? Platformio { get; init; }

    /// <summary>The directory in arduino-esp32 <c>variants/</c>.</summary>
    public string? ArduinoVariant { get; init; }

    /// <summary>How to hold the board so that sides and positions are true.</summary>
    public string? Orientation { get; init; }

    /// <summary>How far the order of <see cref="Headers"/> can be relied on.</summary>
    public HeaderOrder HeaderOrder { get; init; }

    /// <summary>Headers with their pins in physical order. Empty where no order is recorded.</summary>
    public required IReadOnlyList<BoardHeader> Headers { get; init; }

    /// <summary>GPIOs on a header or pad, ascending.</summary>
    public required IReadOnlyList<int> ExposedGpios { get; init; }

    /// <summary>GPIOs that this module's memory takes or does not bond out.</summary>
    public IReadOnlyList<ReservedGpio> ReservedGpios { get; init => field = value ?? []; } = [];

    /// <summary>Parts soldered to a pin.</summary>
    public IReadOnlyList<OnboardPart> Onboard { get; init => field = value ?? []; } = [];

    /// <summary>Resistors the board fits at a pin.</summary>
    public IReadOnlyList<BoardPull> Pulls { get; init => field = value ?? []; } = [];

    /// <summary>USB and console.</summary>
    public BoardUsb? Usb { get; init; }

    /// <summary>Arduino default pins.</summary>
    public BoardDefaults? Defaults { get; init; }

    /// <summary>Arduino names that are not GPIO numbers.</summary>
    public IReadOnlyDictionary<string, int> PinNames { get; init => field = value ?? new Dictionary<string, int>(StringComparer.Ordinal); } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Traps.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];

    /// <summary>Where each fact can be checked.</summary>
    public IReadOnlyList<string> Sources { get; init => field = value ?? []; } = [];

    /// <summary><see cref="ExposedGpios"/> without the reserved ones, ascending.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> UsableGpios => [.. ExposedGpios.Where(gpio => !ReservedGpios.Any(reserved => reserved.Gpio == gpio))];

    /// <summary><see cref="ExposedGpios"/> as a mask, bit = GPIO.</summary>
    [JsonIgnore]
    public ulong ExposedMask => _exposed ??= ExposedGpios.Aggregate(0UL, (mask, gpio) => mask | 1UL << gpio);

    /// <summary>The label printed next to a GPIO, or null where it is on no header.</summary>
    public string? LabelOf(int gpio)
    {
        foreach (var header in Headers)
        {
            foreach (var pin in header.Pins)
            {
                if (pin.Gpio == gpio)
                    return pin.Label;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>How far the order of headers can be relied on.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HeaderOrder>))]
public enum HeaderOrder
{
    /// <summary>No order is recorded, or nobody says where it is from.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>From a vendor's picture: check before relying on it.</summary>
    [JsonStringEnumMemberName("recalled")]
    Recalled,

    /// <summary>From a table in the vendor's guide.</summary>
    [JsonStringEnumMemberName("documented")]
    Documented,
}

/// <summary>What PlatformIO's board file says.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Mcu">Its chip there.</param>
/// <param name="Variant">The Arduino variant.</param>
/// <param name="FlashSize">Such as <c>4MB</c>.</param>
/// <param name="MemoryType">Such as <c>qio_opi</c>.</param>
/// <param name="FlashMode">Such as <c>dio</c>.</param>
/// <param name="Frameworks">Such as <c>arduino</c>, <c>espidf</c>.</param>
public sealed record PlatformioFacts(
    string Name, string Mcu, string? Variant, string FlashSize, string? MemoryType, string FlashMode, IReadOnlyList<string> Frameworks);

/// <summary>A row of header pins.</summary>
/// <param name="Id">Its name on the board.</param>
/// <param name="Side">left, right, top or bottom in the board's orientation.</param>
/// <param name="Pins">In physical order, position 1 first.</param>
public sealed record BoardHeader(string Id, string? Side, IReadOnlyList<HeaderPin> Pins);

/// <summary>What a header pin carries.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HeaderPinKind>))]
public enum HeaderPinKind
{
    /// <summary>A GPIO.</summary>
    [JsonStringEnumMemberName("gpio")]
    Gpio,

    /// <summary>A supply.</summary>
    [JsonStringEnumMemberName("power")]
    Power,

    /// <summary>Ground.</summary>
    [JsonStringEnumMemberName("gnd")]
    Ground,

    /// <summary>Reset or enable of the chip.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset,

    /// <summary>Not connected.</summary>
    [JsonStringEnumMemberName("nc")]
    NotConnected,

    /// <summary>Something else, such as a battery or an antenna.</summary>
    [JsonStringEnumMemberName("other")]
    Other,
}

/// <summary>One pin of a header.</summary>
/// <param name="Pos">Position, from 1.</param>
/// <param name="Label">What is printed next to it.</param>
/// <param name="Kind">What it carries.</param>
/// <param name="Gpio">The GPIO, where it carries one.</param>
public sealed record HeaderPin(int Pos, string Label, HeaderPinKind Kind, int? Gpio);

/// <summary>A GPIO that is not the user's.</summary>
/// <param name="Gpio">Its number.</param>
/// <param name="Reason">Why, in the board's words.</param>
/// <param name="Kind">Why, for programs.</param>
public sealed record ReservedGpio(int Gpio, string Reason, ReservationKind Kind);

/// <summary>A part soldered to a pin.</summary>
/// <param name="Function">What it is: <c>led</c>, <c>button</c>, <c>neopixel</c>, <c>LoRa NSS</c> …</param>
/// <param name="Gpio">Its pin.</param>
/// <param name="Name">What is printed next to it.</param>
/// <param name="ActiveLow">Whether low is on.</param>
/// <param name="PowerGpio">The pin that powers it.</param>
public sealed record OnboardPart(string Function, int Gpio, string? Name = null, bool? ActiveLow = null, int? PowerGpio = null);

/// <summary>A resistor that the board fits at a pin.</summary>
/// <param name="Gpio">The pin.</param>
/// <param name="Pull"><see cref="PinPull.Up"/> or <see cref="PinPull.Down"/>.</param>
/// <param name="Source">Where it can be seen: the schematic or the vendor's page.</param>
public sealed record BoardPull(int Gpio, PinPull Pull, string Source);

/// <summary>USB and console of a board.</summary>
/// <param name="Bridge">The USB-UART bridge, or <c>none</c> and what stands in.</param>
/// <param name="Connector">Its connector.</param>
/// <param name="AutoReset">Whether a flasher can reset it into download mode.</param>
/// <param name="Native">The chip's USB pins where they reach a connector or header.</param>
/// <param name="Console">The console UART's pins.</param>
public sealed record BoardUsb(string Bridge, string Connector, bool AutoReset, UsbPins? Native, TxRx Console)
{
    /// <summary>Whether the connector is the chip's own USB, without a bridge in between.</summary>
    [JsonIgnore]
    public bool NativeOnly => Native is not null && Bridge.StartsWith("none", StringComparison.Ordinal);
}

/// <summary>Transmit and receive.</summary>
/// <param name="Tx">Transmit.</param>
/// <param name="Rx">Receive.</param>
public sealed record TxRx(int Tx, int Rx);

/// <summary>I2C pins.</summary>
/// <param name="Sda">Data.</param>
/// <param name="Scl">Clock.</param>
public sealed record SdaScl(int Sda, int Scl);

/// <summary>SPI pins.</summary>
/// <param name="Sck">Clock.</param>
/// <param name="Miso">To the chip.</param>
/// <param name="Mosi">From the chip.</param>
/// <param name="Ss">Select, where there is a default.</param>
public sealed record SpiPins(int Sck, int Miso, int Mosi, int? Ss);

/// <summary>Arduino default pins of a board; null = not set or unusable.</summary>
/// <param name="I2c">Wire.</param>
/// <param name="Spi">SPI.</param>
/// <param name="Uart">Serial.</param>
/// <param name="Uart2">Serial2.</param>
public sealed record BoardDefaults(SdaScl? I2c, SpiPins? Spi, TxRx? Uart, TxRx? Uart2);
