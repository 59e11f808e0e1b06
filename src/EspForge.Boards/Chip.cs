using System.Numerics;
using System.Text.Json.Serialization;

namespace EspForge.Boards;

/// <summary>One chip of the ESP32 family. Facts come from ESP-IDF headers and Espressif's hardware design guidelines; see <see cref="Sources"/>.</summary>
public sealed class Chip
{
    /// <summary>No chip of the family has more GPIO numbers than fit a 64-bit mask.</summary>
    public const int MaxGpios = 64;

    private ulong[]? _masks;

    /// <summary>Stable id, as in <c>IDF_TARGET</c>: <c>esp32</c>, <c>esp32c3</c> …</summary>
    public required string Id { get; init; }

    /// <summary>The name as the vendor prints it.</summary>
    public required string Name { get; init; }

    /// <summary><c>xtensa</c> or <c>riscv</c>.</summary>
    [JsonPropertyName("arch")]
    public required string Architecture { get; init; }

    /// <summary>High-performance cores.</summary>
    public required int CpuCores { get; init; }

    /// <summary>GPIO numbers run from 0 to this minus one, with holes.</summary>
    public required int GpioCount { get; init; }

    /// <summary>One entry per number, index = GPIO.</summary>
    public required IReadOnlyList<Pin> Pins { get; init; }

    /// <summary>ADC channels.</summary>
    public required IReadOnlyList<AdcChannel> Adc { get; init; }

    /// <summary>The second ADC and its conflicts.</summary>
    public required SecondAdc Adc2 { get; init; }

    /// <summary>Touch channels.</summary>
    public required IReadOnlyList<PinChannel> Touch { get; init; }

    /// <summary>DAC channels.</summary>
    public required IReadOnlyList<PinChannel> Dac { get; init; }

    /// <summary>Pins latched at reset.</summary>
    public required IReadOnlyList<StrappingPin> Strapping { get; init; }

    /// <summary>Which pins memory takes.</summary>
    public required ChipFlash Flash { get; init; }

    /// <summary>USB pins.</summary>
    public required ChipUsb Usb { get; init; }

    /// <summary>Pads of JTAG.</summary>
    public required ChipJtag Jtag { get; init; }

    /// <summary>Pads of the 32 kHz crystal.</summary>
    [JsonPropertyName("xtal32k")]
    public required Crystal32k Crystal { get; init; }

    /// <summary>UART ports and their direct pins.</summary>
    public required IReadOnlyList<UartPort> Uart { get; init; }

    /// <summary>The UART of the ROM and boot log and of serial download.</summary>
    public required ConsoleUart Console { get; init; }

    /// <summary>SPI hosts for general use and their direct pins.</summary>
    public required IReadOnlyList<SpiHost> Spi { get; init; }

    /// <summary>SD/MMC host slots.</summary>
    public required IReadOnlyList<SdmmcSlot> Sdmmc { get; init; }

    /// <summary>RMII signal of the Ethernet MAC → GPIOs that can carry it; null without a MAC.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>>? EmacRmiiIomux { get; init; }

    /// <summary>How many of each peripheral there are.</summary>
    public required Peripherals Peripherals { get; init; }

    /// <summary>What can wake the chip from deep sleep.</summary>
    public required SleepWake SleepWake { get; init; }

    /// <summary>The name of the low-power IO domain: <c>RTC</c> or <c>LP</c>.</summary>
    public required string RtcDomain { get; init; }

    /// <summary>Glitches at power-up that a load may see.</summary>
    public IReadOnlyList<PowerUpGlitch> PowerUpGlitches { get; init => field = value ?? []; } = [];

    /// <summary>Pads that lose their level in deep sleep unless all of them are held together.</summary>
    public IReadOnlyList<int> DigitalIoPads { get; init => field = value ?? []; } = [];

    /// <summary>The low-power I2C controller; null without.</summary>
    public LowPowerI2c? LpI2c { get; init; }

    /// <summary>What a pad can drive.</summary>
    public required PadDrive Drive { get; init; }

    /// <summary>The ESP-IDF commit the header facts were read from.</summary>
    public required string IdfCommit { get; init; }

    /// <summary>The files read.</summary>
    public IReadOnlyList<string> Sources { get; init => field = value ?? []; } = [];

    /// <summary>The pin with this number, or null where it does not exist on this chip.</summary>
    public Pin? FindPin(int gpio) => (uint)gpio < (uint)Pins.Count && Pins[gpio].Exists ? Pins[gpio] : null;

    /// <summary>The pins that have <paramref name="trait"/>, bit = GPIO. Allocates nothing.</summary>
    /// <param name="trait">Exactly one flag.</param>
    public ulong PinsWith(PinTraits trait)
    {
        if (BitOperations.PopCount((uint)trait) != 1)
            throw new ArgumentOutOfRangeException(nameof(trait), trait, "Name exactly one trait.");
        return (_masks ??= ReadMasks())[BitOperations.TrailingZeroCount((uint)trait)];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private ulong[] ReadMasks()
    {
        var masks = new ulong[32];
        foreach (var pin in Pins)
        {
            for (var bit = 0; bit < 32; bit++)
            {
                if (((uint)pin.Traits >> bit & 1) != 0)
                    masks[bit] |= 1UL << pin.Gpio;
            }
        }

        return masks;
    }
}
