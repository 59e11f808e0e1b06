using EspForge.Boards;

namespace EspForge.PinRules.Tests.Generating;

/// <summary>Plans to generate from: a full one for every chip and board, and one whose words attack every format.</summary>
internal static class SamplePlans
{
    private static readonly string[] Wanted =
    [
        "i2c0 sda", "i2c0 scl", "spi2 sck", "spi2 mosi", "spi2 miso", "spi2 cs", "uart1 tx", "uart1 rx", "ledc0", "twai tx", "twai rx", "led", "button - in up", "relay", "battery", "lora nss", "lora dio1",
        "neopixel", "rmt0 tx", "i2s0 ws", "i2s0 bclk", "i2s0 dout", "onewire", "gizmo - out down",
    ];

    public static PinPlan OfChip(string id)
    {
        var chip = BoardCatalog.Default.FindChip(id)!;
        return Full(new PinPlan { Chip = id }, [.. chip.Pins.Where(pin => pin.Exists).Select(pin => pin.Gpio)]);
    }

    public static PinPlan OfBoard(string id) => Full(new PinPlan { Board = id }, BoardCatalog.Default.FindBoard(id)!.UsableGpios);

    public static PinPlan Hostile { get; } = new()
    {
        Board = "esp32-devkitc-v4",
        Uses =
        [
            new PinUse(2, "*/ int main(void){} /*", "\n#error no"),
            new PinUse(4, "=cmd|' /C calc'!A0", "\"; rm -rf"),
            new PinUse(5, "]]></svg><script>alert(1)</script>", "--><b>"),
            new PinUse(12, "key: [a, *b] # !x", "{${evil}: \\u0000"),
            new PinUse(13, "a|b`c`*d*_e_ <img onerror=x>", "@team"),
            new PinUse(14, "USER CODE BEGIN pins", "USER CODE END pins"),
            new PinUse(15, "led \u202e\u0007 \ud83d", "\udc00 übung"),
            new PinUse(16, "class", "int"),
            new PinUse(17, "class int", null),
            new PinUse(18, "class-int 2", null),
            new PinUse(19, "class", "int"),
            new PinUse(21, "%s ??/ \\", "//"),
            new PinUse(22, "button \"quoted\"", null, PinDirection.In, PinPull.Up),
            new PinUse(23, "battery 'quoted'", null, PinDirection.Analog),
        ],
        Overrides = [new PinOverride("strapping", [2, 5, 12, 15], "because --> ]]> \" of | that\nand this")],
    };

    /// <summary>Every optional field of a use.</summary>
    public static PinPlan Detailed { get; } = new()
    {
        Board = "esp32-devkitc-v4",
        Uses =
        [
            new PinUse(4, "ledc0") { FrequencyHz = 25_000, ResolutionBits = 10, DriveMilliamps = 20 },
            new PinUse(13, "ledc") { FrequencyHz = 10_000_000 },
            new PinUse(21, "i2c0", "sda"),
            new PinUse(22, "i2c0", "scl", Pull: PinPull.Up) { FrequencyHz = 400_000 },
            new PinUse(18, "rmt0", "tx") { RmtSymbols = 128 },
            new PinUse(25, "relay") { Hold = true, DriveMilliamps = 40 },
            new PinUse(26, "valve") { Hold = false },
        ],
    };

    /// <summary>Every peripheral that a pin control may know, whether the chip has it or not, on pins in turn.</summary>
    public static PinPlan OfMatrix(string id)
    {
        string[] wanted =
        [
            "i2s0 mclk", "i2s0 bclk", "i2s0 ws", "i2s0 dout", "i2s0 din", "twai0 tx", "twai0 rx", "mcpwm0 out0a", "mcpwm0", "mcpwm0 cap0", "mcpwm0 fault1", "pcnt0 sig", "pcnt0 ctrl", "pcnt1",
            "rmt0 tx", "rmt2 rx", "sdmmc1 clk", "sdmmc1 cmd", "sdmmc1 d0", "sdmmc1 d1", "sdmmc1 d2", "sdmmc1 d3", "eth mdc", "eth mdio", "eth txd0", "eth tx_en", "eth clk_out", "camera xclk", "camera pclk",
            "camera vsync", "camera href", "camera d0", "camera y9", "uart1 dtr", "uart1 tx", "uart1 rx", "spi2 sck", "spi2 cs1",
        ];
        var chip = BoardCatalog.Default.FindChip(id)!;
        var gpios = chip.Pins.Where(pin => pin.Exists && pin.Dac is null).Select(pin => pin.Gpio).ToArray();
        var uses = wanted.Select((words, i) => Plans.Use($"{gpios[i % gpios.Length]} {words}"));
        return new PinPlan { Chip = id, Uses = [.. uses, .. chip.Dac.Select(channel => Plans.Use($"{channel.Gpio} dac{channel.Channel}")), Plans.Use($"{gpios[0]} gizmo - out")] };
    }

    private static PinPlan Full(PinPlan plan, IReadOnlyList<int> gpios) => plan with
    {
        Uses = [.. Wanted.Take(gpios.Count).Select((words, i) => Plans.Use($"{gpios[i]} {words}"))],
    };
}
