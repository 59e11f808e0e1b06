using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules.Tests.Solving;

/// <summary>
/// The documented objective, tried on every choice of controllers and pins. Knows nothing of the solver: it reads the request and asks the checker.
/// </summary>
internal sealed class BruteForce
{
    private sealed record Line(int Need, string Signal, PinDirection? Direction, bool Adc1Only, string? Wake, bool Interrupt);

    private sealed record Block(PinNeed Need, string Group, IReadOnlyList<Line> Lines, IReadOnlyList<int> Numbers, string Stem);

    private readonly PinRequest _request;
    private readonly Chip _chip;
    private readonly Board? _board;
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<(string Function, int Need, string Signal, int Gpio), int?> _risks = [];
    private readonly ulong _occupied;
    private readonly List<List<(int Gpio, long Price)>> _prices = [];
    private long[] _rest = [];
    private int[] _numbers = [];
    private PinCost? _best;

    private BruteForce(PinRequest request)
    {
        _request = request;
        _board = request.Plan.Board is null ? null : BoardCatalog.Default.FindBoard(request.Plan.Board);
        _chip = _board?.Chip ?? BoardCatalog.Default.FindChip(request.Plan.Chip!)!;
        foreach (var use in request.Plan.Uses)
            _occupied |= 1UL << use.Gpio;
        for (var n = 0; n < request.Needs.Count; n++)
        {
            for (var item = 0; item < request.Needs[n].Count; item++)
                _blocks.Add(Read(n, request.Needs[n]));
        }
    }

    /// <summary>The least cost; null where nothing is legal.</summary>
    public static PinCost? Least(PinRequest request)
    {
        var search = new BruteForce(request);
        search._numbers = new int[search._blocks.Count];
        search.ChooseNumber(0);
        return search._best;
    }

    /// <summary>Whether the lines of these placements' needs, and no others, can be placed.</summary>
    public static bool IsFeasible(PinRequest request) => Least(request) is not null;

    private Block Read(int index, PinNeed need)
    {
        var wifi = (need.Wifi ?? _request.Plan.Wifi) == true;
        var has = _chip.Peripherals;
        Line One(string signal, PinDirection? direction = null, bool adc1 = false, string? wake = null, bool interrupt = false) => new(index, signal, need.Direction ?? direction, adc1, wake, interrupt);
        return need.Kind switch
        {
            "i2c" => new Block(need, "i2c", Lines("sda", "scl"), [.. Enumerable.Range(0, has.I2c)], "i2c"),
            "uart" => new Block(need, "uart", Lines("tx", "rx"), [.. Enumerable.Range(0, has.Uart).Where(number => number > 0 || _request.Plan.Console != PlanConsole.Uart0)], "uart"),
            "twai" => new Block(need, "twai", Lines("tx", "rx"), [.. Enumerable.Range(0, has.Twai)], "twai"),
            "i2s" => new Block(need, "i2s", Lines("bclk", "ws", "dout"), [.. Enumerable.Range(0, has.I2s)], "i2s"),
            "spi" => new Block(need, "spi", Lines("sck", "mosi", "miso", "cs"), [.. Enumerable.Range(2, has.SpiGeneralPurpose)], "spi"),
            "sdcard" => new Block(need, "sdmmc", Lines("clk", "cmd", "d0"), [.. _chip.Sdmmc.Select(slot => slot.Slot)], "sdmmc"),
            "pwm" => new Block(need, "pool:ledc", [One("")], [.. Enumerable.Range(0, has.LedcChannels)], "ledc"),
            "adc" => new Block(need, "", [One("", PinDirection.Analog, _chip.Adc2.WifiConflict && wifi)], [-1], need.Name ?? "adc"),
            "touch" or "dac" => new Block(need, "", [One("")], [-1], need.Kind),
            "output" => new Block(need, "", [One("", PinDirection.Out)], [-1], need.Name ?? "output"),
            "input" => new Block(need, "", [One("", PinDirection.In)], [-1], need.Name ?? "input"),
            "interrupt" => new Block(need, "", [One("", PinDirection.In, interrupt: true)], [-1], need.Name ?? "interrupt"),
            "wake" => new Block(need, "", [One("", PinDirection.In, wake: need.Source!)], [-1], need.Name ?? "wake"),
            _ => new Block(need, "", [.. (need.Signals.Count == 0 ? [""] : need.Signals).Select(signal => One(signal))], [-1], need.Kind),
        };

        Line[] Lines(params string[] signals) => [.. (need.Signals.Count == 0 ? signals : need.Signals).Select(signal => One(signal))];
    }

    private void ChooseNumber(int block)
    {
        if (block == _blocks.Count)
        {
            ReadPrices();
            if (_prices.All(prices => prices.Count > 0))
                Place(0, 0, _occupied, new int[_prices.Count], 0, 0);
            return;
        }

        foreach (var number in _blocks[block].Numbers)
        {
            if (_blocks[block].Group.Length > 0 && Enumerable.Range(0, block).Any(before => _blocks[before].Group == _blocks[block].Group && _numbers[before] == number))
                continue;
            if (_blocks[block].Need.Instance is { } wanted && wanted != number)
                continue;
            _numbers[block] = number;
            ChooseNumber(block + 1);
            if (_blocks[block].Group.StartsWith("pool:", StringComparison.Ordinal))
                break;
        }
    }

    private void Place(int block, int line, ulong used, int[] gpios, int row, long cost)
    {
        if (block == _blocks.Count)
        {
            var total = cost + Rest(gpios).Packed;
            if (_best is null || total < _best.Value.Packed)
                _best = Packed(total);
            return;
        }

        // The cheapest pins of the lines that are left, as if nobody else wanted them.
        if (_best is not null && cost + _rest[row] >= _best.Value.Packed)
            return;
        var entry = _blocks[block];
        var (next, nextLine) = line + 1 < entry.Lines.Count ? (block, line + 1) : (block + 1, 0);
        foreach (var (gpio, price) in _prices[row])
        {
            if ((used >> gpio & 1) != 0)
                continue;
            gpios[row] = gpio;
            Place(next, nextLine, used | 1UL << gpio, gpios, row + 1, cost + price);
        }
    }

    private void ReadPrices()
    {
        _prices.Clear();
        for (var b = 0; b < _blocks.Count; b++)
        {
            foreach (var line in _blocks[b].Lines)
            {
                var prices = new List<(int Gpio, long Price)>();
                foreach (var gpio in _board?.ExposedGpios ?? [.. _chip.Pins.Where(pin => pin.Exists).Select(pin => pin.Gpio)])
                {
                    if ((_occupied >> gpio & 1) == 0 && Price(b, line, gpio) is { } price)
                        prices.Add((gpio, price.Packed));
                }

                _prices.Add([.. prices.OrderBy(entry => entry.Price)]);
            }
        }

        _rest = new long[_prices.Count + 1];
        for (var row = _prices.Count - 1; row >= 0; row--)
            _rest[row] = _rest[row + 1] + (_prices[row].Count > 0 ? _prices[row][0].Price : 0);
    }

    private PinCost? Price(int block, Line line, int gpio)
    {
        var (need, number) = (_blocks[block].Need, _numbers[block]);
        if (need.Gpios.Count > 0 && !need.Gpios.Contains(gpio) || line.Adc1Only && !_chip.Adc.Any(channel => channel.Unit == 1 && channel.Gpio == gpio))
            return null;
        if (need.Soldered.TryGetValue(line.Signal, out var soldered) && soldered != gpio)
            return null;
        if (need.Kind == "spi" && need.SpeedHz > PinSpeed.MatrixLimitHz && line.Signal != "cs" && DirectPin(number, line.Signal) != gpio)
            return null;
        if (need.Kind == "sdcard" && _chip.Sdmmc.First(slot => slot.Slot == number) is { GpioMatrix: false } direct && direct.Iomux![line.Signal] != gpio)
            return null;
        var function = number < 0 ? _blocks[block].Stem : string.Create(CultureInfo.InvariantCulture, $"{_blocks[block].Stem}{number}");
        if (!_risks.TryGetValue((function, line.Need, line.Signal, gpio), out var risk))
            _risks.Add((function, line.Need, line.Signal, gpio), risk = Risk(function, line, need, gpio));
        if (risk is null)
            return null;
        var moved = need.Locked.TryGetValue(line.Signal, out var locked) && locked != gpio ? 1 : 0;
        return PinCost.Of(moved, risk.Value, numbers: gpio, neighbourhood: Near(need, gpio));
    }

    private int? Risk(string function, Line line, PinNeed need, int gpio)
    {
        var plan = _request.Plan with
        {
            Uses = [new PinUse(gpio, function, line.Signal.Length == 0 ? null : line.Signal, line.Direction, need.Pull)],
            Wake = line.Wake is null ? new Dictionary<string, IReadOnlyList<int>>() : new Dictionary<string, IReadOnlyList<int>> { [line.Wake] = [gpio] },
            Interrupts = line.Interrupt ? [gpio] : [],
        };
        var report = PinChecker.Check(plan);
        if (report.Findings.Any(finding => finding is { Class: "flash" or "vdd-spi", Severity: PinSeverity.Warning }))
            return null; // perhaps the flash's
        return report.HasErrors ? null : Math.Min(999, (100 * report.Warnings) + (10 * report.Infos) + _chip.Pins[gpio].Roles.Count);
    }

    private int Near(PinNeed need, int gpio)
    {
        if (need.NearHeader is { } id)
            return _board!.Headers.Single(header => header.Id == id).Pins.Any(pin => pin.Gpio == gpio) ? 0 : 1;
        if (need.NearGpio is not { } near)
            return 0;
        return near == gpio ? 0 : (from header in _board?.Headers ?? []
                                   from here in header.Pins
                                   from there in header.Pins
                                   where here.Gpio == near && there.Gpio == gpio
                                   select Math.Min(31, Math.Abs(here.Pos - there.Pos))).DefaultIfEmpty(31).Min();
    }

    private int? DirectPin(int host, string signal) =>
        _chip.Spi.First(entry => entry.Host == $"SPI{host}").Iomux is { } pins && pins.TryGetValue(signal == "sck" ? "clk" : signal, out var gpio) ? gpio : null;

    // What is not a sum over the lines: the header of a block, and whether all its bus lines are direct.
    private PinCost Rest(int[] gpios)
    {
        var headers = (_board?.Headers ?? []).Where(header => header.Pins.Any(pin => pin.Gpio is not null)).ToList();
        var (off, matrix, row) = (0, 0, 0);
        for (var b = 0; b < _blocks.Count; b++)
        {
            var lines = _blocks[b].Lines;
            var pins = gpios[row..(row + lines.Count)];
            row += lines.Count;
            if (headers.Count > 1 && lines.Count > 1)
                off += headers.Min(header => pins.Count(gpio => header.Pins.All(pin => pin.Gpio != gpio)));
            var bus = lines.Where(line => line.Signal is "sck" or "mosi" or "miso").ToList();
            if (_blocks[b].Need is { Kind: "spi", SpeedHz: > PinSpeed.MatrixReadHz } && bus.Any(line => line.Signal == "miso")
                && bus.Any(line => DirectPin(_numbers[b], line.Signal) != pins[lines.ToList().IndexOf(line)]))
                matrix += bus.Count;
        }

        return PinCost.Of(matrix: matrix, neighbourhood: off);
    }

    private static PinCost Packed(long packed) => new(packed);
}
