using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Something that needs pins: a peripheral, or a part on plain GPIO.</summary>
/// <param name="Kind">
/// <c>i2c</c>, <c>uart</c>, <c>spi</c>, <c>sdcard</c>, <c>twai</c>, <c>i2s</c>, <c>pwm</c>, <c>rmt</c>, <c>pcnt</c>, <c>mcpwm</c>, <c>adc</c>, <c>touch</c>, <c>dac</c>, <c>input</c>,
/// <c>output</c>, <c>interrupt</c>, <c>wake</c>; anything else is the function of a part, such as <c>lora</c>. At most 64 characters.
/// </param>
public sealed record PinNeed(string Kind)
{
    /// <summary>What it is called in the answer; for a part or a single line also its function in the plan. Null = the kind.</summary>
    public string? Name { get; init; }

    /// <summary>How many of it, 1 to 64.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Its lines; empty = those that the kind has by default.</summary>
    public IReadOnlyList<string> Signals { get; init; } = [];

    /// <summary>The clock in hertz (<c>spi</c>, <c>sdcard</c>); null = any. See <see cref="PinSpeed"/>.</summary>
    public int? SpeedHz { get; init; }

    /// <summary>Whether an analog value is read while Wi-Fi is on; null = as the plan says.</summary>
    public bool? Wifi { get; init; }

    /// <summary>How an SD card is wired: <c>sdmmc1</c>, <c>sdmmc4</c> or <c>spi</c>; null = the better of one-bit SDMMC and SPI.</summary>
    public string? Mode { get; init; }

    /// <summary>SPI devices on the bus of this name share clock and data lines; null = the bus <c>spi</c>.</summary>
    public string? Bus { get; init; }

    /// <summary>The number of the controller, such as 1 for <c>uart1</c>; null = any that is free.</summary>
    public int? Instance { get; init; }

    /// <summary>The wake source (<c>ext0</c>, <c>ext1</c>, <c>gpio</c>, <c>touch</c>, <c>ulp</c>); null = the most general one of the chip.</summary>
    public string? Source { get; init; }

    /// <summary>The direction, where the words do not imply it.</summary>
    public PinDirection? Direction { get; init; }

    /// <summary>The internal pull that each line needs.</summary>
    public PinPull? Pull { get; init; }

    /// <summary>The pins it may use; empty = any.</summary>
    public IReadOnlyList<int> Gpios { get; init; } = [];

    /// <summary>A GPIO to stay near to on its header.</summary>
    public int? NearGpio { get; init; }

    /// <summary>The id of a header to stay on.</summary>
    public string? NearHeader { get; init; }

    /// <summary>Lines that are wired and can be moved, at the first price of all: signal → GPIO; the only line of a need without signals is <c>""</c>.</summary>
    public IReadOnlyDictionary<string, int> Locked { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Lines that cannot be moved: signal → GPIO.</summary>
    public IReadOnlyDictionary<string, int> Soldered { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);
}

/// <summary>What is to be placed, on what. Read one with <see cref="PinRequestReader"/>.</summary>
public sealed record PinRequest
{
    /// <summary>Board, chip, module and the other facts of a plan. Its uses stay where they are, but for those in <see cref="Locked"/> and <see cref="Free"/>.</summary>
    public required PinPlan Plan { get; init; }

    /// <summary>Pins whose uses in <see cref="Plan"/> may be moved, at the first price of all.</summary>
    public IReadOnlyList<int> Locked { get; init; } = [];

    /// <summary>Pins whose uses in <see cref="Plan"/> may be moved at no price.</summary>
    public IReadOnlyList<int> Free { get; init; } = [];

    /// <summary>What needs pins. With the uses of the plan at most <see cref="PinPlan.MaxUses"/> lines.</summary>
    public IReadOnlyList<PinNeed> Needs { get; init; } = [];
}

/// <summary>A request that contradicts itself: the field and what is wrong with it.</summary>
/// <param name="path">The field, such as <c>$.needs[2].signals</c>.</param>
/// <param name="problem">What is wrong, as the rest of the sentence.</param>
internal sealed class PinRequestException(string path, string problem) : ArgumentException($"{path} {problem}")
{
    public string Sentence { get; } = $"{path} {problem}";
}

/// <summary>The clocks above which the GPIO matrix does not do.</summary>
public static class PinSpeed
{
    /// <summary>An SPI or SD clock above this many hertz needs direct (IO_MUX) pins: 40 MHz. ESP-IDF docs, SPI master driver, GPIO matrix and IO_MUX.</summary>
    public const int MatrixLimitHz = 40_000_000;

    /// <summary>
    /// Above this many hertz direct pins are better where data is read: the matrix delays the input by up to 25 ns on ESP32, which leaves
    /// 26.6 MHz without dummy bits. ESP-IDF docs, SPI master driver, timing considerations.
    /// </summary>
    public const int MatrixReadHz = 26_666_666;
}
