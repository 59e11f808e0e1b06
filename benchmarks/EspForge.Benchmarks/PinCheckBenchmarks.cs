using BenchmarkDotNet.Attributes;
using EspForge.PinRules;

namespace EspForge.Benchmarks;

/// <summary>A full check of a 40-use ESP32-S3 plan. Budget: 50 µs, and no allocation beyond the report.</summary>
[MemoryDiagnoser]
[ShortInProcess]
public class PinCheckBenchmarks
{
    private static readonly int[] Gpios =
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 21, 26, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 19, 20, 4,
    ];

    private static readonly (string Function, string? Signal)[] Functions =
    [
        ("i2c0", "sda"), ("i2c0", "scl"), ("spi2", "sck"), ("spi2", "mosi"), ("spi2", "miso"), ("display", "cs"), ("display", "dc"), ("adc", null), ("touch1", null),
        ("uart1", "tx"), ("uart1", "rx"), ("relay", null), ("button", null), ("ledc0", null), ("i2s0", "bclk"), ("i2s0", "ws"), ("i2s0", "dout"), ("lora", "irq"), ("rmt0", "tx"), ("sensor", null),
    ];

    private readonly PinPlan _mixed = Plan("ESP32-S3-WROOM-1-N16R8", [.. Gpios.Select((gpio, index) => new PinUse(gpio, Functions[index % Functions.Length].Function, Functions[index % Functions.Length].Signal))]);
    private readonly PinPlan _clean = Plan("ESP32-S3-WROOM-1-N8", [.. Enumerable.Range(0, 40).Select(index => new PinUse(4 + (index % 4), "sensor", "sda"))]);

    /// <summary>Every use on a pin of its own, with the findings such a full chip has: flash, PSRAM, straps, console, USB, ADC.</summary>
    [Benchmark]
    public PinReport FullPlanWithFindings() => PinChecker.Check(_mixed);

    /// <summary>40 uses on shared bus lines: what the check itself costs, with few findings.</summary>
    [Benchmark]
    public PinReport FullPlanOfBusLines() => PinChecker.Check(_clean);

    /// <summary>The same with a repair worked out for every finding: each tries the use on every free pin.</summary>
    [Benchmark]
    public int FullPlanWithRepairs() => PinChecker.Check(_mixed).Findings.Sum(finding => finding.Repairs.Count);

    private static PinPlan Plan(string module, IReadOnlyList<PinUse> uses) => new() { Chip = "esp32s3", Module = module, Wifi = true, Uses = uses };
}
