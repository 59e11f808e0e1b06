using System.Text.Json.Serialization;

namespace EspForge.Boards;

/// <summary>A channel of an ADC.</summary>
/// <param name="Unit">1 or 2, as in the documentation.</param>
/// <param name="Channel">From 0.</param>
/// <param name="Gpio">Its pin.</param>
public sealed record AdcChannel(int Unit, int Channel, int Gpio);

/// <summary>A channel of the touch sensor or the DAC.</summary>
/// <param name="Channel">The driver's id.</param>
/// <param name="Gpio">Its pin.</param>
public sealed record PinChannel(int Channel, int Gpio);

/// <summary>The second ADC.</summary>
/// <param name="Present">Whether there is one.</param>
/// <param name="Gpios">Its pins.</param>
/// <param name="WifiConflict">Whether the Wi-Fi driver uses it too.</param>
/// <param name="Arbiter">Whether hardware arbitrates between the two; without it a read fails while Wi-Fi runs.</param>
/// <param name="OneshotSupported">False where errata forbid single reads (ESP32-C3).</param>
/// <param name="ContinuousSupported">Whether it can read by DMA.</param>
/// <param name="Note">More in words.</param>
public sealed record SecondAdc(
    bool Present, IReadOnlyList<int> Gpios, bool WifiConflict, bool Arbiter, bool OneshotSupported, bool ContinuousSupported, string? Note = null);

/// <summary>How much a wrong level at reset hurts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StrappingSeverity>))]
public enum StrappingSeverity
{
    /// <summary>Latched but unused.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Cosmetic, or it needs an eFuse to matter.</summary>
    [JsonStringEnumMemberName("minor")]
    Minor,

    /// <summary>It only stops download over serial or USB.</summary>
    [JsonStringEnumMemberName("download-only")]
    DownloadOnly,

    /// <summary>It stops a normal boot.</summary>
    [JsonStringEnumMemberName("critical")]
    Critical,
}

/// <summary>A pin latched at reset.</summary>
public sealed class StrappingPin
{
    /// <summary>Its number.</summary>
    public required int Gpio { get; init; }

    /// <summary>The pad's name.</summary>
    public string? Pad { get; init; }

    /// <summary>The internal pull at reset.</summary>
    public required PinPull DefaultPull { get; init; }

    /// <summary>What it decides: <c>boot-mode</c>, <c>vdd-spi-voltage</c> …</summary>
    public required string Role { get; init; }

    /// <summary>What a low level selects.</summary>
    public string? Low { get; init; }

    /// <summary>What a high level selects.</summary>
    public string? High { get; init; }

    /// <summary>How much a wrong level hurts.</summary>
    public required StrappingSeverity Severity { get; init; }

    /// <summary>More in words.</summary>
    public string? Note { get; init; }

    /// <summary>The documents that say so.</summary>
    public IReadOnlyList<string> Docs { get; init => field = value ?? []; } = [];
}

/// <summary>How flash is wired.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FlashMode>))]
public enum FlashMode
{
    /// <summary>Quad data and address.</summary>
    [JsonStringEnumMemberName("qio")]
    Qio,

    /// <summary>Quad data.</summary>
    [JsonStringEnumMemberName("qout")]
    Qout,

    /// <summary>Dual data and address.</summary>
    [JsonStringEnumMemberName("dio")]
    Dio,

    /// <summary>Dual data.</summary>
    [JsonStringEnumMemberName("dout")]
    Dout,

    /// <summary>Octal.</summary>
    [JsonStringEnumMemberName("opi")]
    Opi,
}

/// <summary>The interface of PSRAM.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PsramMode>))]
public enum PsramMode
{
    /// <summary>There is none.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Four data lines.</summary>
    [JsonStringEnumMemberName("quad")]
    Quad,

    /// <summary>Eight data lines.</summary>
    [JsonStringEnumMemberName("octal")]
    Octal,

    /// <summary>Sixteen data lines, on pads of its own (ESP32-P4).</summary>
    [JsonStringEnumMemberName("hex")]
    Hex,
}

/// <summary>Why a pin that exists on the chip is not the user's.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReservationKind>))]
public enum ReservationKind
{
    /// <summary>A line of the flash.</summary>
    [JsonStringEnumMemberName("flash")]
    Flash,

    /// <summary>A line of the PSRAM.</summary>
    [JsonStringEnumMemberName("psram")]
    Psram,

    /// <summary>The supply of the flash.</summary>
    [JsonStringEnumMemberName("vdd-spi")]
    VddSpi,

    /// <summary>The package or module has no pad for it.</summary>
    [JsonStringEnumMemberName("not-bonded")]
    NotBonded,

    /// <summary>It works, at the memory's voltage.</summary>
    [JsonStringEnumMemberName("voltage-domain")]
    VoltageDomain,
}

/// <summary>
/// Which pins one variant of package or module loses. All conditions of a variant hold together. Of kind flash one counts: the first with a
/// condition that holds, else the first without any; the other kinds add up.
/// </summary>
public sealed class MemoryVariant
{
    /// <summary>The variant in words.</summary>
    [JsonPropertyName("variant")]
    public required string Name { get; init; }

    /// <summary>Why the pins are lost.</summary>
    public required ReservationKind Kind { get; init; }

    /// <summary>The pins.</summary>
    public required IReadOnlyList<int> Uses { get; init; }

    /// <summary>Parts of a module name; empty = any module.</summary>
    public IReadOnlyList<string> Modules { get; init => field = value ?? []; } = [];

    /// <summary>Parts of a module name this variant is not for.</summary>
    public IReadOnlyList<string> ExceptModules { get; init => field = value ?? []; } = [];

    /// <summary>PSRAM modes; empty = any.</summary>
    public IReadOnlyList<PsramMode> Psram { get; init => field = value ?? []; } = [];

    /// <summary>Flash modes; empty = any.</summary>
    public IReadOnlyList<FlashMode> FlashModes { get; init => field = value ?? []; } = [];

    /// <summary>The eFuse that gives the pins back.</summary>
    public string? FreedByEfuse { get; init; }

    /// <summary>How loud to be where neither module nor PSRAM is known: <c>info</c>, <c>warning</c> or null for silence.</summary>
    public string? WhenUnknown { get; init; }

    /// <summary>More in words.</summary>
    public string? Note { get; init; }
}

/// <summary>The pins memory takes.</summary>
public sealed class ChipFlash
{
    /// <summary>Flash and PSRAM signal → GPIO by default.</summary>
    public IReadOnlyDictionary<string, int> MspiIomux { get; init => field = value ?? new Dictionary<string, int>(StringComparer.Ordinal); } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The lines of a quad flash.</summary>
    public IReadOnlyList<int> FlashPins { get; init => field = value ?? []; } = [];

    /// <summary>The chip select of PSRAM.</summary>
    public int? PsramCsPin { get; init; }

    /// <summary>The further lines of octal memory.</summary>
    public IReadOnlyList<int> OctalPins { get; init => field = value ?? []; } = [];

    /// <summary>The GPIO that is the flash supply unless an eFuse frees it.</summary>
    public int? VddSpiGpio { get; init; }

    /// <summary>What each variant of package or module loses. Errors are decided with this, not with <see cref="FlashPins"/>.</summary>
    public required IReadOnlyList<MemoryVariant> Variants { get; init; }
}

/// <summary>A pair of USB data pins.</summary>
/// <param name="Dm">D-.</param>
/// <param name="Dp">D+.</param>
/// <param name="Note">More in words.</param>
public sealed record UsbPins(int Dm, int Dp, string? Note = null);

/// <summary>USB on the chip.</summary>
/// <param name="Otg">USB OTG, if there is one.</param>
/// <param name="SerialJtag">USB-Serial-JTAG, if there is one.</param>
/// <param name="PullUpPins">D+ pins whose pull-up is on after reset.</param>
/// <param name="ExchangeEfuse">Whether an eFuse can swap D- and D+.</param>
public sealed record ChipUsb(UsbPins? Otg, UsbPins? SerialJtag, IReadOnlyList<int> PullUpPins, bool ExchangeEfuse);

/// <summary>Pads of JTAG.</summary>
/// <param name="Mtck">Clock.</param>
/// <param name="Mtdo">Data out.</param>
/// <param name="Mtdi">Data in.</param>
/// <param name="Mtms">Mode select.</param>
public sealed record ChipJtag(int Mtck, int Mtdo, int Mtdi, int Mtms);

/// <summary>Pads of the 32 kHz crystal.</summary>
/// <param name="P">Positive side.</param>
/// <param name="N">Negative side.</param>
public sealed record Crystal32k(int P, int N);

/// <summary>A UART and its direct pins.</summary>
/// <param name="Port">Such as <c>UART0</c> or <c>LP_UART0</c>.</param>
/// <param name="LowPower">Whether it runs in the low-power domain.</param>
/// <param name="Iomux">Signal → GPIO; empty = any pin through the matrix.</param>
public sealed record UartPort(string Port, bool LowPower, IReadOnlyDictionary<string, int> Iomux);

/// <summary>The console UART.</summary>
/// <param name="Uart">Its number.</param>
/// <param name="Tx">Transmit.</param>
/// <param name="Rx">Receive.</param>
public sealed record ConsoleUart(int Uart, int Tx, int Rx);

/// <summary>An SPI host and its direct pins.</summary>
/// <param name="Host">Such as <c>SPI2</c>.</param>
/// <param name="Iomux">Signal → GPIO at full clock; null = matrix only.</param>
/// <param name="GpioMatrix">Whether any pin works at a lower clock.</param>
public sealed record SpiHost(string Host, IReadOnlyDictionary<string, int>? Iomux, bool GpioMatrix);

/// <summary>A slot of the SD/MMC host.</summary>
/// <param name="Slot">Its number.</param>
/// <param name="Iomux">Signal → GPIO; null = matrix only.</param>
/// <param name="GpioMatrix">Whether any pin works; else the direct pins are the only ones.</param>
public sealed record SdmmcSlot(int Slot, IReadOnlyDictionary<string, int>? Iomux, bool GpioMatrix);

/// <summary>The low-power I2C controller's pins.</summary>
/// <param name="Sda">Data; null where any low-power pin works.</param>
/// <param name="Scl">Clock; null where any low-power pin works.</param>
/// <param name="Fixed">Whether these are the only ones.</param>
public sealed record LowPowerI2c(int? Sda, int? Scl, bool Fixed);

/// <summary>What a pad can drive. Datasheet values at 3.3 V and the highest drive step.</summary>
/// <param name="CapLevelsApproxMa">Milliamperes of the drive steps 0 to 3, about.</param>
/// <param name="DefaultCap">The step after reset.</param>
/// <param name="PerPinSourceMax">Most a pin can source, in milliamperes.</param>
/// <param name="PerPinSinkMax">Most a pin can sink, in milliamperes.</param>
/// <param name="Note">More in words.</param>
public sealed record PadDrive(IReadOnlyList<int> CapLevelsApproxMa, int DefaultCap, int PerPinSourceMax, int PerPinSinkMax, string? Note = null);

/// <summary>What wakes the chip from deep sleep.</summary>
/// <param name="Ext0">A single RTC pin.</param>
/// <param name="Ext1">A mask of RTC pins.</param>
/// <param name="GpioWakeup">Through the GPIO controller.</param>
/// <param name="Gpios">The pins that can.</param>
public sealed record SleepWake(bool Ext0, bool Ext1, bool GpioWakeup, IReadOnlyList<int> Gpios);

/// <summary>A glitch at power-up.</summary>
/// <param name="Gpio">The pin.</param>
/// <param name="Kind">Its shape.</param>
/// <param name="DurationUs">Microseconds.</param>
public sealed record PowerUpGlitch(int Gpio, string Kind, double DurationUs);

/// <summary>How many of each peripheral a chip has.</summary>
public sealed class Peripherals
{
    /// <summary>UARTs without the low-power one.</summary>
    public int Uart { get; init; }

    /// <summary>Low-power UARTs.</summary>
    public int LpUart { get; init; }

    /// <summary>I2C controllers without the low-power one.</summary>
    public int I2c { get; init; }

    /// <summary>Low-power I2C controllers.</summary>
    public int LpI2c { get; init; }

    /// <summary>I2S controllers.</summary>
    public int I2s { get; init; }

    /// <summary>SPI hosts with those of the memory.</summary>
    public int SpiTotal { get; init; }

    /// <summary>SPI hosts left for the user, from SPI2 on.</summary>
    public int SpiGeneralPurpose { get; init; }

    /// <summary>LED PWM channels over all speed modes.</summary>
    public int LedcChannels { get; init; }

    /// <summary>LED PWM timers over all speed modes.</summary>
    public int LedcTimers { get; init; }

    /// <summary>Resolution of an LED PWM timer, in bits.</summary>
    public int LedcTimerBits { get; init; }

    /// <summary>RMT channels.</summary>
    public int RmtChannels { get; init; }

    /// <summary>RMT channels that can transmit.</summary>
    public int RmtTx { get; init; }

    /// <summary>RMT channels that can receive.</summary>
    public int RmtRx { get; init; }

    /// <summary>Whether an RMT channel can be either.</summary>
    public bool RmtChannelsShared { get; init; }

    /// <summary>Motor PWM groups.</summary>
    public int McpwmGroups { get; init; }

    /// <summary>Pulse counters.</summary>
    public int PcntUnits { get; init; }

    /// <summary>CAN controllers.</summary>
    public int Twai { get; init; }

    /// <summary>SD/MMC slots.</summary>
    public int SdmmcSlots { get; init; }

    /// <summary>ADCs.</summary>
    public int AdcUnits { get; init; }

    /// <summary>DAC channels.</summary>
    public int DacChannels { get; init; }

    /// <summary>Touch channels.</summary>
    public int TouchChannels { get; init; }

    /// <summary>USB OTG controllers.</summary>
    public int UsbOtg { get; init; }

    /// <summary>Whether there is USB-Serial-JTAG.</summary>
    public bool UsbSerialJtag { get; init; }

    /// <summary>Whether there is an Ethernet MAC.</summary>
    public bool Emac { get; init; }

    /// <summary>Whether there is a parallel camera interface.</summary>
    public bool DvpCamera { get; init; }

    /// <summary>Whether there is a low-power core.</summary>
    public bool LpCore { get; init; }

    /// <summary>Whether PSRAM can be attached.</summary>
    public bool Psram { get; init; }

    /// <summary>Whether there is Wi-Fi.</summary>
    public bool Wifi { get; init; }

    /// <summary>Whether Wi-Fi works at 5 GHz.</summary>
    [JsonPropertyName("wifi5GHz")]
    public bool Wifi5GHz { get; init; }

    /// <summary>Whether there is Bluetooth LE.</summary>
    public bool Ble { get; init; }

    /// <summary>Whether there is Bluetooth Classic.</summary>
    public bool BtClassic { get; init; }

    /// <summary>Whether there is an IEEE 802.15.4 radio (Thread, Zigbee).</summary>
    [JsonPropertyName("ieee802154")]
    public bool Ieee802154 { get; init; }
}
