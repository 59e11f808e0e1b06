using System.Text.Json.Serialization;

namespace EspForge.Boards;

/// <summary>What a pin can do and what else it is wired to inside the chip.</summary>
[Flags]
public enum PinTraits
{
    /// <summary>Nothing: the number is a hole.</summary>
    None = 0,

    /// <summary>The number exists.</summary>
    Exists = 1 << 0,

    /// <summary>It has an input buffer.</summary>
    Input = 1 << 1,

    /// <summary>It has an output driver; without one it is input-only.</summary>
    Output = 1 << 2,

    /// <summary>It has an internal pull-up that software can switch.</summary>
    PullUp = 1 << 3,

    /// <summary>It has an internal pull-down that software can switch.</summary>
    PullDown = 1 << 4,

    /// <summary>It has a pull that software cannot change.</summary>
    FixedPull = 1 << 5,

    /// <summary>A channel of ADC1.</summary>
    Adc1 = 1 << 6,

    /// <summary>A channel of ADC2.</summary>
    Adc2 = 1 << 7,

    /// <summary>A touch channel.</summary>
    Touch = 1 << 8,

    /// <summary>A DAC output.</summary>
    Dac = 1 << 9,

    /// <summary>Part of the RTC or low-power IO domain.</summary>
    Rtc = 1 << 10,

    /// <summary>It can wake the chip from deep sleep.</summary>
    DeepSleepWake = 1 << 11,

    /// <summary>Latched at reset.</summary>
    Strapping = 1 << 12,

    /// <summary>A line of the flash bus.</summary>
    SpiFlash = 1 << 13,

    /// <summary>The chip select of PSRAM.</summary>
    PsramSelect = 1 << 14,

    /// <summary>A line that octal flash or PSRAM takes.</summary>
    OctalMemory = 1 << 15,

    /// <summary>The supply of the flash, unless an eFuse frees it.</summary>
    VddSpi = 1 << 16,

    /// <summary>A data line of USB-Serial-JTAG.</summary>
    UsbSerialJtag = 1 << 17,

    /// <summary>A data line of USB OTG.</summary>
    UsbOtg = 1 << 18,

    /// <summary>A pad of JTAG.</summary>
    Jtag = 1 << 19,

    /// <summary>A line of the UART the ROM logs and downloads on.</summary>
    ConsoleUart = 1 << 20,

    /// <summary>A pad of the 32 kHz crystal.</summary>
    Xtal32k = 1 << 21,
}

/// <summary>A pull resistor.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PinPull>))]
public enum PinPull
{
    /// <summary>No pull.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>To the supply.</summary>
    [JsonStringEnumMemberName("up")]
    Up,

    /// <summary>To ground.</summary>
    [JsonStringEnumMemberName("down")]
    Down,

    /// <summary>The pull-up of the USB transceiver, on after reset.</summary>
    [JsonStringEnumMemberName("usb-up")]
    UsbUp,
}

/// <summary>The state of a pad at or after reset.</summary>
/// <param name="InputEnable">Whether the input buffer is on.</param>
/// <param name="OutputEnable">Whether the pad drives.</param>
/// <param name="Pull">The pull that is on.</param>
/// <param name="Raw">The words of the hardware design guidelines' table.</param>
/// <param name="Note">Where our reading differs from the table, and why.</param>
public sealed record PadState(bool InputEnable, bool OutputEnable, PinPull Pull, string Raw, string? Note = null);

/// <summary>A direct function of a pad.</summary>
/// <param name="Func">The function number in IO_MUX.</param>
/// <param name="Signal">The signal's name in IO_MUX.</param>
public sealed record IoMuxFunction(int Func, string Signal);

/// <summary>One GPIO number of a chip. Numbers that do not exist are here too, with <see cref="PinTraits.None"/>.</summary>
public sealed class Pin
{
    private PinTraits? _traits;

    /// <summary>The GPIO number.</summary>
    public required int Gpio { get; init; }

    /// <summary>Whether the number exists on this chip.</summary>
    [JsonPropertyName("valid")]
    public required bool Exists { get; init; }

    /// <summary>The pad's name in the datasheet, such as <c>MTDI</c>.</summary>
    public string? Pad { get; init; }

    /// <summary>Whether it can be an input.</summary>
    public required bool Input { get; init; }

    /// <summary>Whether it can be an output.</summary>
    public required bool Output { get; init; }

    /// <summary>Whether it has a pull-up that software can switch.</summary>
    public required bool PullUp { get; init; }

    /// <summary>Whether it has a pull-down that software can switch.</summary>
    public required bool PullDown { get; init; }

    /// <summary>The pull that cannot be changed, if there is one.</summary>
    public PinPull? FixedPull { get; init; }

    /// <summary>ADC channels, such as <c>ADC1_CH3</c>.</summary>
    public IReadOnlyList<string> Adc { get; init => field = value ?? []; } = [];

    /// <summary>The touch channel by the driver's id.</summary>
    public int? Touch { get; init; }

    /// <summary>The DAC channel.</summary>
    public int? Dac { get; init; }

    /// <summary>The RTC or low-power IO number.</summary>
    public int? Rtc { get; init; }

    /// <summary>Whether it can wake the chip from deep sleep.</summary>
    public bool DeepSleepWake { get; init; }

    /// <summary>Its direct functions.</summary>
    [JsonPropertyName("iomux")]
    public IReadOnlyList<IoMuxFunction> IoMux { get; init => field = value ?? []; } = [];

    /// <summary>The supply of the pad, where a table says so.</summary>
    public string? PowerDomain { get; init; }

    /// <summary>The pad while reset is held, where a table says so.</summary>
    public PadState? AtReset { get; init; }

    /// <summary>The pad after reset, before software touches it.</summary>
    public PadState? AfterReset { get; init; }

    /// <summary>What else the pin is, in words: <c>strapping</c>, <c>spi-flash</c>, <c>jtag</c> …</summary>
    public IReadOnlyList<string> Roles { get; init => field = value ?? []; } = [];

    /// <summary>Whether it has no output driver.</summary>
    [JsonIgnore]
    public bool InputOnly => Exists && !Output;

    /// <summary>Everything above that is a yes or no, as flags.</summary>
    [JsonIgnore]
    public PinTraits Traits => _traits ??= ReadTraits();

    /// <inheritdoc/>
    public override string ToString() => $"GPIO{Gpio}";

    private PinTraits ReadTraits()
    {
        if (!Exists)
            return PinTraits.None;
        var traits = PinTraits.Exists;
        Set(Input, PinTraits.Input);
        Set(Output, PinTraits.Output);
        Set(PullUp, PinTraits.PullUp);
        Set(PullDown, PinTraits.PullDown);
        Set(FixedPull is not null, PinTraits.FixedPull);
        Set(Touch is not null, PinTraits.Touch);
        Set(Dac is not null, PinTraits.Dac);
        Set(Rtc is not null, PinTraits.Rtc);
        Set(DeepSleepWake, PinTraits.DeepSleepWake);
        foreach (var channel in Adc)
            traits |= channel.StartsWith("ADC1_", StringComparison.Ordinal) ? PinTraits.Adc1 : PinTraits.Adc2;
        foreach (var role in Roles)
        {
            traits |= role switch
            {
                "strapping" => PinTraits.Strapping,
                "spi-flash" => PinTraits.SpiFlash,
                "psram-cs" => PinTraits.PsramSelect,
                "octal-memory" => PinTraits.OctalMemory,
                "vdd-spi" => PinTraits.VddSpi,
                "usb-serial-jtag" => PinTraits.UsbSerialJtag,
                "usb-otg" => PinTraits.UsbOtg,
                "jtag" => PinTraits.Jtag,
                "console-uart" => PinTraits.ConsoleUart,
                "xtal-32k" => PinTraits.Xtal32k,
                _ => throw new InvalidOperationException($"GPIO{Gpio} has the unknown role '{role}'."),
            };
        }

        return traits;

        void Set(bool holds, PinTraits trait) => traits |= holds ? trait : PinTraits.None;
    }
}
