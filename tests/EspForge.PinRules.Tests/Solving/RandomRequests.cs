using EspForge.Boards;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.PinRules.Tests.Solving;

/// <summary>Requests by seed: the same seed, the same request.</summary>
internal static class RandomRequests
{
    private static readonly string[] Kinds =
        ["i2c", "uart", "twai", "i2s", "spi", "sdcard", "pwm", "pwm", "adc", "adc", "touch", "dac", "output", "output", "input", "interrupt", "wake", "relay", "lora"];

    /// <summary>At most 8 lines on few pins, with the seed that makes the request.</summary>
    public static readonly Arbitrary<(int Seed, PinRequest Request)> AnySmall = Arb.From(Gen.Choose(0, int.MaxValue - 1).Select(seed => (seed, Small(seed))));

    /// <summary>Anything up to a full board, with the seed that makes the request.</summary>
    public static readonly Arbitrary<(int Seed, PinRequest Request)> AnyLarge = Arb.From(Gen.Choose(0, int.MaxValue - 1).Select(seed => (seed, Large(seed))));

    /// <summary>At most <paramref name="maxLines"/> lines on few pins, so that every placement can be tried.</summary>
    public static PinRequest Small(int seed, int maxLines = 8)
    {
        var random = new Random(seed);
        var plan = Hardware(random);
        var pool = Pool(plan, random, random.Next(maxLines - 2, maxLines + 3));
        var needs = new List<PinNeed>();
        var buses = 0;
        for (var lines = random.Next(2, maxLines + 1); lines > 0;)
        {
            var need = Need(plan, random, pool, ref buses);
            var count = LinesOf(need) * need.Count;
            if (count > lines)
                need = new PinNeed("output") { Gpios = pool };
            lines -= LinesOf(need) * need.Count;
            needs.Add(need);
        }

        return new PinRequest { Plan = plan, Needs = needs };
    }

    /// <summary>Anything up to a full board, on all its pins.</summary>
    public static PinRequest Large(int seed)
    {
        var random = new Random(seed);
        var plan = Hardware(random);
        var needs = new List<PinNeed>();
        var buses = 0;
        for (var lines = random.Next(4, 36); lines > 0;)
        {
            var need = Need(plan, random, [], ref buses);
            lines -= LinesOf(need) * need.Count;
            needs.Add(need);
        }

        return new PinRequest { Plan = plan, Needs = needs };
    }

    public static int LinesOf(PinNeed need) => need.Signals.Count > 0 ? need.Signals.Count : need.Kind switch
    {
        "i2c" or "uart" or "twai" => 2,
        "i2s" or "sdcard" => 3,
        "spi" => 4,
        _ => 1,
    };

    private static PinPlan Hardware(Random random)
    {
        var catalog = BoardCatalog.Default;
        var console = random.Next(3) switch { 0 => PlanConsole.None, _ => PlanConsole.Uart0 };
        bool? wifi = random.Next(3) switch { 0 => null, 1 => false, _ => true };
        if (random.Next(3) == 0)
            return new PinPlan { Chip = catalog.ChipIds[random.Next(catalog.ChipIds.Count)], Console = console, Wifi = wifi };
        return new PinPlan { Board = catalog.BoardIds[random.Next(catalog.BoardIds.Count)], Console = console, Wifi = wifi };
    }

    private static List<int> Pool(PinPlan plan, Random random, int count)
    {
        var catalog = BoardCatalog.Default;
        var all = plan.Board is { } board ? catalog.FindBoard(board)!.UsableGpios : [.. catalog.FindChip(plan.Chip!)!.Pins.Where(pin => pin.Exists).Select(pin => pin.Gpio)];
        return [.. all.OrderBy(_ => random.Next()).Take(count)];
    }

    private static PinNeed Need(PinPlan plan, Random random, List<int> pool, ref int buses)
    {
        var chip = plan.Board is { } id ? BoardCatalog.Default.FindBoard(id)!.Chip : BoardCatalog.Default.FindChip(plan.Chip!)!;
        var kind = Kinds[random.Next(Kinds.Length)];
        if (kind == "sdcard" && (chip.Sdmmc.Count == 0 || pool.Count > 0 && random.Next(2) == 0))
            kind = "i2c";
        var need = new PinNeed(kind) { Gpios = random.Next(4) == 0 && pool.Count > 3 ? pool[..^2] : pool };
        if (random.Next(5) == 0 && LinesOf(need) == 1)
            need = need with { Pull = random.Next(2) == 0 ? PinPull.Up : PinPull.Down };
        if (random.Next(8) == 0)
            need = need with { Name = "thing" + random.Next(3) };
        if (random.Next(8) == 0)
            need = need with { NearGpio = random.Next(chip.GpioCount) };
        if (random.Next(10) == 0 && plan.Board is { } board && BoardCatalog.Default.FindBoard(board)!.Headers is { Count: > 0 } headers)
            need = need with { NearGpio = null, NearHeader = headers[0].Id };
        if (random.Next(6) == 0 && pool.Count > 0)
        {
            var signal = kind switch { "i2c" => "scl", "uart" or "twai" => "rx", "spi" => "mosi", "i2s" => "ws", "sdcard" => "clk", _ => "" };
            var at = pool[random.Next(pool.Count)];
            if (need.Signals.Count == 0)
                need = need with { Locked = new Dictionary<string, int> { [signal] = at } };
        }

        return kind switch
        {
            "wake" => need with { Source = chip.SleepWake.Ext1 ? "ext1" : "gpio" },
            "sdcard" => need with { Mode = "sdmmc1" },
            "spi" when random.Next(2) == 0 => need with { Bus = $"bus{buses++}", SpeedHz = random.Next(4) switch { 0 => 80_000_000, 1 => 30_000_000, 2 => 40_000_000, _ => 10_000_000 } },
            "spi" => need with { Bus = $"bus{buses++}", Signals = ["sck", "mosi", "miso"], Locked = new Dictionary<string, int>() },
            "pwm" or "output" when need.Locked.Count == 0 => need with { Count = random.Next(1, 3) },
            _ => need,
        };
    }
}
