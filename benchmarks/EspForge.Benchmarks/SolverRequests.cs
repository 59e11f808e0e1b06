using EspForge.PinRules;

namespace EspForge.Benchmarks;

/// <summary>Requests that fill a board.</summary>
internal static class SolverRequests
{
    public static readonly IReadOnlyList<(string Name, PinRequest Request)> All =
    [
        ("esp32-devkitc-v4, 22 lines", Of("esp32-devkitc-v4", Need("i2c"), Need("uart", 2), Need("pwm", 4), Need("adc", 4), new PinNeed("sdcard") { Mode = "spi" }, Need("spi"), Need("output", 2), Need("input", 2))),
        ("esp32-s3-devkitc-1, 30 lines", Of("esp32-s3-devkitc-1", Need("i2c", 2), Need("uart", 2), Need("pwm", 4), Need("adc", 4), Need("sdcard"), new PinNeed("spi") { Count = 2, SpeedHz = 80_000_000 }, Need("i2s"), Need("twai"), Need("output", 2), Need("input", 2))),
        ("esp32-s2-saola-1, 34 lines", Of("esp32-s2-saola-1", Need("i2c", 2), Need("uart"), Need("pwm", 6), Need("adc", 6), new PinNeed("spi") { Count = 3 }, Need("i2s"), Need("twai"), Need("touch", 3), Need("output", 2), Need("input"))),
        ("esp32-c3-devkitm-1, 13 lines", Of("esp32-c3-devkitm-1", Need("i2c"), Need("uart"), Need("pwm", 2), Need("adc", 2), Need("spi"), Need("output"))),
        ("esp32-c6-devkitc-1, 19 lines", Of("esp32-c6-devkitc-1", Need("i2c"), Need("uart"), Need("twai", 2), Need("pwm", 3), Need("adc", 3), new PinNeed("spi") { Count = 2 })),
        ("esp32p4, 48 lines", new PinRequest { Plan = new PinPlan { Chip = "esp32p4" }, Needs = [Need("i2c", 2), Need("uart", 4), Need("twai", 3), Need("i2s", 2), Need("pwm", 8), Need("adc", 6), new PinNeed("spi") { Count = 2, SpeedHz = 60_000_000 }, Need("output", 4), Need("input", 4), Need("touch", 3)] }),
        ("esp32-devkitc-v4 moved, 20 lines", Moved()),
    ];

    private static PinNeed Need(string kind, int count = 1) => new(kind) { Count = count };

    private static PinRequest Of(string board, params PinNeed[] needs) => new() { Plan = new PinPlan { Board = board, Wifi = true }, Needs = needs };

    // A plan of which everything may be moved, and one new need that does not fit without.
    private static PinRequest Moved()
    {
        var gpios = new[] { 4, 13, 14, 16, 17, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33 };
        var uses = gpios.Select((gpio, index) => new PinUse(gpio, index % 2 == 0 ? "relay" : "button", null, index % 2 == 0 ? PinDirection.Out : PinDirection.In)).ToList();
        return new PinRequest
        {
            Plan = new PinPlan { Board = "esp32-devkitc-v4", Wifi = true, Uses = uses },
            Locked = gpios,
            Needs = [new PinNeed("adc") { Count = 3 }, new PinNeed("i2c")],
        };
    }
}
