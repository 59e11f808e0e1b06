using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>
/// Turns a request into blocks of lines, in an order that does not depend on the order of the request. Throws
/// <see cref="PinRequestException"/> where the request contradicts itself.
/// </summary>
internal sealed class BlockExpansion
{
    private readonly PinRequest _request;
    private readonly Chip _chip;
    private readonly Board? _board;
    private readonly Dictionary<int, string?> _sdModes;
    private readonly List<PinBlock> _blocks = [];
    private readonly Dictionary<string, PinPool> _pools = new(StringComparer.Ordinal);
    private readonly ulong _movable;
    private int _lines;

    private BlockExpansion(PinRequest request, Chip chip, Board? board, Dictionary<int, string?> sdModes)
    {
        (_request, _chip, _board, _sdModes) = (request, chip, board, sdModes);
        _movable = Movable(request.Locked, "$.locked") | Movable(request.Free, "$.free");
    }

    /// <summary>The pins that uses of the plan keep, bit = GPIO.</summary>
    public ulong Occupied { get; private set; }

    public IReadOnlyList<PinBlock> Blocks => _blocks;

    /// <summary>SD cards that may be either SDMMC or SPI: the index of their needs.</summary>
    public static IReadOnlyList<int> OpenSdCards(PinRequest request, Chip chip) =>
        [.. Enumerable.Range(0, request.Needs.Count).Where(index => NeedKind.Of(request.Needs[index].Kind) is "sdcard" && request.Needs[index].Mode is null && chip.Sdmmc.Count > 0)];

    public static BlockExpansion Of(PinRequest request, Chip chip, Board? board, Dictionary<int, string?>? sdModes = null)
    {
        var expansion = new BlockExpansion(request, chip, board, sdModes ?? []);
        expansion.AddPlanUses();
        var ordered = Enumerable.Range(0, request.Needs.Count).Select(index => (Index: index, Need: request.Needs[index], Key: KeyOf(request.Needs[index])))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal).ThenBy(entry => entry.Index).ToList();
        foreach (var (index, need, _) in ordered)
            expansion.CheckNeed(index, need);
        foreach (var (index, need, _) in ordered)
            expansion.AddNeed(index, need);
        expansion.AddSpiBuses([.. ordered.Where(entry => expansion.IsSpi(entry.Index, entry.Need)).Select(entry => (entry.Index, entry.Need))]);
        var uses = expansion._blocks.Sum(block => block.Lines.Sum(line => line.Uses.Count)) + expansion._lines;
        if (uses > PinPlan.MaxUses)
            throw new PinRequestException("$", string.Create(CultureInfo.InvariantCulture, $"asks for {uses} uses in all; a plan has at most {PinPlan.MaxUses}."));
        return expansion;
    }

    private bool IsSpi(int index, PinNeed need) => NeedKind.Of(need.Kind) switch
    {
        "spi" => true,
        "sdcard" => (need.Mode ?? _sdModes.GetValueOrDefault(index)) is "spi" || _chip.Sdmmc.Count == 0 && need.Mode is null,
        _ => false,
    };

    private ulong Movable(IReadOnlyList<int> gpios, string path)
    {
        var mask = 0UL;
        for (var i = 0; i < gpios.Count; i++)
        {
            if (!_request.Plan.Uses.Any(use => use.Gpio == gpios[i]))
                throw new PinRequestException($"{path}[{i}]", $"names GPIO{gpios[i]}, which no use of the plan is on.");
            if (_chip.FindPin(gpios[i]) is not null)
                mask |= PinCheck.Bit(gpios[i]);
        }

        return mask;
    }

    private void AddPlanUses()
    {
        var plan = _request.Plan;
        var groups = plan.Uses.Where(use => PinCheck.Has(_movable, use.Gpio)).GroupBy(use => use.Gpio).OrderBy(group => group.Key)
            .Select(group => (Gpio: group.Key, Uses: (IReadOnlyList<PinUse>)[.. group.OrderBy(use => use.Name, StringComparer.Ordinal)]));
        foreach (var block in groups.GroupBy(group => group.Uses.Count == 1 ? group.Uses[0].Function : $"{group.Gpio}", StringComparer.Ordinal))
        {
            _blocks.Add(new PinBlock
            {
                Name = block.Key,
                Kind = "use",
                Variants = [new PinVariant()],
                Lines = [.. block.Select(group => new PinLine
                {
                    Name = string.Join(" and ", group.Uses.Select(use => use.Name)),
                    Uses = group.Uses,
                    Wake = [.. plan.Wake.Where(pair => pair.Value.Contains(group.Gpio)).Select(pair => pair.Key).Order(StringComparer.Ordinal)],
                    Interrupt = plan.Interrupts.Contains(group.Gpio),
                    Locked = _request.Locked.Contains(group.Gpio) ? group.Gpio : -1,
                    Before = group.Gpio,
                })],
            });
        }

        foreach (var use in plan.Uses)
        {
            if (PinCheck.Has(_movable, use.Gpio))
                continue;
            _lines++;
            if (_chip.FindPin(use.Gpio) is not null)
                Occupied |= PinCheck.Bit(use.Gpio);
        }
    }

    private void CheckNeed(int index, PinNeed need)
    {
        var path = $"$.needs[{index}]";
        if (string.IsNullOrWhiteSpace(need.Kind))
            throw new PinRequestException(path + ".kind", "must not be empty.");
        if (need.Count is < 1 or > PinPlan.MaxUses)
            throw new PinRequestException(path + ".count", $"must be from 1 to {PinPlan.MaxUses}.");
        if (need.Count > 1 && (need.Locked.Count > 0 || need.Soldered.Count > 0 || need.Instance is not null))
            throw new PinRequestException(path + ".count", "must be 1 where locked, soldered or instance name one of them: write one need each.");
        if (need.SpeedHz is <= 0)
            throw new PinRequestException(path + ".speedHz", "must be above 0.");
        if (need.Signals.GroupBy(signal => signal, StringComparer.OrdinalIgnoreCase).Any(group => group.Count() > 1))
            throw new PinRequestException(path + ".signals", "names a signal twice.");
        if (need.Instance is not null && NeedKind.Controllers(NeedKind.Of(need.Kind), _chip) is null && NeedKind.Of(need.Kind) is not "sdcard")
            throw new PinRequestException(path + ".instance", $"says nothing for '{need.Kind}', which has no numbered controllers.");
        if (need.Mode is not (null or "sdmmc1" or "sdmmc4" or "spi"))
            throw new PinRequestException(path + ".mode", "must be one of sdmmc1, sdmmc4, spi.");
        if (need.Source is not (null or "ext0" or "ext1" or "gpio" or "touch" or "ulp"))
            throw new PinRequestException(path + ".source", "must be one of ext0, ext1, gpio, touch, ulp.");
        if (need.NearHeader is { } header && _board?.Headers.Any(row => string.Equals(row.Id, header, StringComparison.OrdinalIgnoreCase)) != true)
            throw new PinRequestException(path + ".near", $"names the header '{header}', which the board does not have.");
        var signals = SignalsOf(index, need);
        foreach (var (field, places) in new[] { ("locked", need.Locked), ("soldered", need.Soldered) })
        {
            foreach (var (signal, gpio) in places)
            {
                if (!signals.Contains(signal, StringComparer.OrdinalIgnoreCase))
                    throw new PinRequestException($"{path}.{field}", $"names the line '{signal}', which the need does not have; it has {string.Join(", ", signals.Select(name => name.Length == 0 ? "one line without a name" : name))}.");
                if (_chip.FindPin(gpio) is null)
                    throw new PinRequestException($"{path}.{field}", $"names GPIO{gpio}, which {_chip.Name} does not have.");
                if (field is "soldered" && PinCheck.Has(Occupied, gpio))
                    throw new PinRequestException($"{path}.{field}", $"names GPIO{gpio}, which is taken by {string.Join(", ", _request.Plan.Uses.Where(use => use.Gpio == gpio).Select(use => use.Name))}.");
            }
        }
    }

    private IReadOnlyList<string> SignalsOf(int index, PinNeed need)
    {
        if (need.Signals.Count > 0)
            return need.Signals;
        var kind = NeedKind.Of(need.Kind);
        if (kind is not "sdcard")
            return NeedKind.Signals(kind);
        if (IsSpi(index, need))
            return NeedKind.Signals("spi");
        return need.Mode is "sdmmc4" ? ["clk", "cmd", "d0", "d1", "d2", "d3"] : ["clk", "cmd", "d0"];
    }

    private void AddNeed(int index, PinNeed need)
    {
        var kind = NeedKind.Of(need.Kind);
        if (IsSpi(index, need))
            return;
        for (var item = 0; item < need.Count; item++)
        {
            var name = Title(need, item);
            var signals = SignalsOf(index, need);
            if (kind is "sdcard")
                AddBlock(index, item, need, name, "sdmmc", SdmmcVariants(index, need, signals), signals, group: "sdmmc");
            else if (NeedKind.Controllers(kind, _chip) is { } controllers)
                AddControlled(index, item, need, name, kind, signals, controllers);
            else
                AddPlain(index, item, need, name, kind, signals);
        }
    }

    private void AddControlled(int index, int item, PinNeed need, string name, string kind, IReadOnlyList<string> signals, (int First, int Count) controllers)
    {
        if (kind is "i2c" && need.Instance is { } wanted)
            signals = [.. signals.Where(signal => !IsInPlan($"i2c{wanted}", signal))];
        var shares = kind is "i2c" && signals.Count < SignalsOf(index, need).Count;
        var variants = Instances(kind, need.Instance, controllers, shares).Select(number => new PinVariant { Instance = number, Function = Numbered(kind, number) }).ToList();
        if (signals.Count > 0)
            AddBlock(index, item, need, name, kind, variants, signals, shares ? null : kind);
    }

    private void AddPlain(int index, int item, PinNeed need, string name, string kind, IReadOnlyList<string> signals)
    {
        if (NeedKind.Channels(kind, signals[0], _chip) is { } channels)
        {
            foreach (var signal in signals)
            {
                var pool = PoolOf(NeedKind.Channels(kind, signal, _chip)!.Value);
                var number = pool.Numbers.Count > 0 ? pool.Numbers[0] : 0;
                AddBlock(index, item, need, name, kind, [new PinVariant { Function = Numbered(channels.Stem, number) }], [signal], null, pool);
            }

            return;
        }

        AddBlock(index, item, need, name, kind, [new PinVariant { Function = FunctionOf(kind, need) }], signals, null, kind is "wake" && need.Source is "ext0" ? Ext0() : null);
    }

    // The SPI devices of one bus are one block: the bus lines once, a select for each device.
    private void AddSpiBuses(List<(int Index, PinNeed Need)> devices)
    {
        foreach (var bus in devices.GroupBy(device => device.Need.Bus ?? "spi", StringComparer.Ordinal))
        {
            var first = bus.First();
            var instances = bus.Where(device => device.Need.Instance is not null).Select(device => device.Need.Instance!.Value).Distinct().ToList();
            if (instances.Count > 1)
                throw new PinRequestException($"$.needs[{bus.First(device => device.Need.Instance == instances[1]).Index}].instance", $"differs from that of another device on the bus '{bus.Key}'.");
            int? instance = instances.Count == 1 ? instances[0] : null;
            var onPlan = instance is { } number && _request.Plan.Uses.Any(use => PinFunction.Read(use) is { Peripheral: PinPeripheral.Spi } function && function.Index == number);
            var lines = new List<PinLine>();
            var selects = onPlan ? _request.Plan.Uses.Count(use => PinFunction.Read(use) is { Peripheral: PinPeripheral.Spi } function && function.Index == instance && use.Signal?.StartsWith("cs", StringComparison.OrdinalIgnoreCase) == true) : 0;
            var taken = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (index, need) in bus)
            {
                for (var item = 0; item < need.Count; item++)
                {
                    foreach (var signal in SignalsOf(index, need))
                    {
                        var select = signal.StartsWith("cs", StringComparison.OrdinalIgnoreCase) || signal.Equals("ss", StringComparison.OrdinalIgnoreCase);
                        var shared = NeedKind.SpiSignal(signal);
                        if (shared is not null && (!taken.Add(shared) || onPlan && IsInPlan($"spi{instance}", signal)))
                            continue;
                        var word = select && selects > 0 ? string.Create(CultureInfo.InvariantCulture, $"cs{selects}") : signal;
                        selects += select ? 1 : 0;
                        if (shared is null)
                            lines.Add(Line(index, item, need, Title(need, item), signal, word, "spi", need.Gpios));
                        else
                            lines.Add(SharedLine(bus, signal));
                    }
                }
            }

            if (lines.Count == 0)
                continue;
            var speed = bus.Max(device => device.Need.SpeedHz ?? 0);
            _blocks.Add(new PinBlock
            {
                Name = bus.Key,
                Kind = "spi",
                Lines = lines,
                Group = onPlan ? null : "spi",
                NearGpio = first.Need.NearGpio ?? -1,
                NearHeader = first.Need.NearHeader,
                Variants = [.. Instances("spi", instance, NeedKind.Controllers("spi", _chip)!.Value, onPlan).SelectMany(host => SpiVariants(host, speed, lines))],
            });
        }
    }

    // A line of the bus belongs to the device that says where it is, else to the first in the request.
    private PinLine SharedLine(IGrouping<string, (int Index, PinNeed Need)> bus, string signal)
    {
        var (index, need) = bus.OrderBy(device => Place(device.Need.Locked, signal) < 0 && Place(device.Need.Soldered, signal) < 0).ThenBy(device => device.Index)
            .First(device => SignalsOf(device.Index, device.Need).Any(other => string.Equals(NeedKind.SpiSignal(other), NeedKind.SpiSignal(signal), StringComparison.Ordinal)));
        return Line(index, 0, need, bus.Key, signal, signal, "spi", MergedGpios(bus));
    }

    private static List<int> MergedGpios(IEnumerable<(int Index, PinNeed Need)> bus)
    {
        var limited = bus.Where(device => device.Need.Gpios.Count > 0).Select(device => device.Need.Gpios).ToList();
        return limited.Count == 0 ? [] : [.. limited.Skip(1).Aggregate(limited[0].AsEnumerable(), (left, right) => left.Intersect(right)).DefaultIfEmpty(-1)];
    }

    private IEnumerable<PinVariant> SpiVariants(int host, int speed, List<PinLine> lines)
    {
        var signals = lines.Select(line => NeedKind.SpiSignal(line.Uses[0].Signal ?? "")).ToList();
        var reads = signals.Contains("miso");
        var function = Numbered("spi", host);
        var own = _chip.Spi.FirstOrDefault(entry => string.Equals(entry.Host, $"SPI{host}", StringComparison.OrdinalIgnoreCase))?.Iomux;
        var wantsDirect = speed > PinSpeed.MatrixLimitHz || speed > PinSpeed.MatrixReadHz && reads;
        if (wantsDirect && own is not null)
        {
            yield return new PinVariant
            {
                Instance = host,
                Function = function,
                Direct = true,
                Masks = [.. signals.Select(signal => signal is null ? ulong.MaxValue : own.TryGetValue(signal, out var gpio) ? PinCheck.Bit(gpio) : 0)],
            };
        }

        if (speed <= PinSpeed.MatrixLimitHz)
            yield return new PinVariant { Instance = host, Function = function, Matrix = wantsDirect ? [.. signals.Select(signal => signal is null ? 0 : 1)] : null };
    }

    private List<PinVariant> SdmmcVariants(int index, PinNeed need, IReadOnlyList<string> signals)
    {
        if (need.Mode is "sdmmc1" or "sdmmc4" && _chip.Sdmmc.Count == 0)
            return [];
        var variants = new List<PinVariant>();
        foreach (var slot in _chip.Sdmmc)
        {
            if (!Instances("sdmmc", need.Instance, (0, _chip.Sdmmc.Count), shares: false).Contains(slot.Slot) || slot.GpioMatrix && need.SpeedHz > PinSpeed.MatrixLimitHz)
                continue;
            variants.Add(new PinVariant
            {
                Instance = slot.Slot,
                Function = Numbered("sdmmc", slot.Slot),
                Direct = !slot.GpioMatrix,
                Masks = slot.GpioMatrix || slot.Iomux is null ? null
                    : [.. signals.Select(signal => slot.Iomux.TryGetValue(signal.ToLowerInvariant(), out var gpio) ? PinCheck.Bit(gpio) : signal is "cd" or "wp" ? ulong.MaxValue : 0)],
            });
        }

        return variants;
    }

    private void AddBlock(int index, int item, PinNeed need, string name, string kind, IReadOnlyList<PinVariant> variants, IReadOnlyList<string> signals, string? group, PinPool? pool = null) =>
        _blocks.Add(new PinBlock
        {
            Name = name,
            Kind = kind,
            Variants = variants,
            Group = group,
            Pool = pool,
            NearGpio = need.NearGpio ?? -1,
            NearHeader = need.NearHeader,
            Lines = [.. signals.Select(signal => Line(index, item, need, name, signal, signal, kind, need.Gpios))],
        });

    private PinLine Line(int index, int item, PinNeed need, string name, string asked, string signal, string kind, IReadOnlyList<int> gpios)
    {
        var allowed = gpios.Count == 0 ? ulong.MaxValue : gpios.Where(gpio => (uint)gpio < Chip.MaxGpios).Aggregate(0UL, (mask, gpio) => mask | PinCheck.Bit(gpio));
        if (kind is "adc" && IsAdc1Only(need))
            allowed &= _chip.PinsWith(PinTraits.Adc1);
        var direction = need.Direction ?? kind switch
        {
            "adc" => PinDirection.Analog,
            "input" or "interrupt" or "wake" => PinDirection.In,
            "output" => PinDirection.Out,
            _ => null,
        };
        return new PinLine
        {
            Name = asked.Length == 0 ? name : $"{name} {signal}",
            Uses = [new PinUse(-1, "", signal.Length == 0 ? null : signal, direction, need.Pull)],
            Need = index,
            Item = item,
            Allowed = allowed,
            Wake = kind is "wake" ? [need.Source ?? NeedKind.WakeSource(_chip)] : [],
            Interrupt = kind is "interrupt",
            Locked = Place(need.Locked, asked),
            Soldered = Place(need.Soldered, asked),
        };
    }

    /// <summary>Whether an analog need leaves ADC2 to Wi-Fi.</summary>
    private bool IsAdc1Only(PinNeed need) => _chip.Adc2.WifiConflict && (need.Wifi ?? _request.Plan.Wifi) == true;

    private static int Place(IReadOnlyDictionary<string, int> places, string signal)
    {
        foreach (var (name, gpio) in places)
        {
            if (string.Equals(name, signal, StringComparison.OrdinalIgnoreCase))
                return gpio;
        }

        return -1;
    }

    private bool IsInPlan(string function, string signal)
    {
        var wanted = PinFunction.Read(new PinUse(0, function, signal));
        return _request.Plan.Uses.Any(use => PinFunction.Read(use) is var read && read.Peripheral == wanted.Peripheral && read.Index == wanted.Index
            && (string.Equals(use.Signal, signal, StringComparison.OrdinalIgnoreCase) || read.Line != BusLine.None && read.Line == wanted.Line));
    }

    // The numbers that are free: not used by the plan, and UART0 only where the console is elsewhere or it is asked for.
    private List<int> Instances(string group, int? wanted, (int First, int Count) controllers, bool shares)
    {
        var all = Enumerable.Range(controllers.First, controllers.Count);
        if (shares)
            return [.. all.Where(number => number == wanted)];
        var taken = TakenNumbers(group);
        if (group is "uart" && wanted is null && ConsoleIsUart0())
            taken.Add(0);
        return [.. all.Where(number => !taken.Contains(number) && (wanted is null || wanted == number))];
    }

    private HashSet<int> TakenNumbers(string group)
    {
        var peripheral = NeedKind.PeripheralOf(group);
        return [.. _request.Plan.Uses.Select(PinFunction.Read).Where(function => function.Peripheral == peripheral && function.Index >= 0).Select(function => function.Index)];
    }

    private bool ConsoleIsUart0() => (_request.Plan.Console ?? (_board?.Usb is { NativeOnly: true } ? PlanConsole.UsbSerialJtag : PlanConsole.Uart0)) == PlanConsole.Uart0;

    private PinPool PoolOf((string Stem, string Words, int First, int Count) channels)
    {
        if (_pools.TryGetValue(channels.Words, out var pool))
            return pool;
        var taken = TakenNumbers(channels.Stem);
        pool = new PinPool(channels.Stem, channels.Words, channels.Count, [.. Enumerable.Range(channels.First, channels.Count).Where(number => !taken.Contains(number))]);
        _pools.Add(channels.Words, pool);
        return pool;
    }

    private PinPool Ext0()
    {
        if (!_pools.TryGetValue("ext0", out var pool))
            _pools.Add("ext0", pool = new PinPool("", "pin of wake source ext0", 1, _request.Plan.Wake.TryGetValue("ext0", out var gpios) && gpios.Count > 0 ? [] : [0]));
        return pool;
    }

    private static string FunctionOf(string kind, PinNeed need)
    {
        var named = need.Name ?? kind;
        if (kind is "adc")
            return PinFunction.Read(new PinUse(0, named, null, PinDirection.Analog)).Peripheral is PinPeripheral.Touch or PinPeripheral.Dac ? "adc" : named;
        return kind is "touch" or "dac" ? kind : NeedKind.Known.Contains(kind, StringComparer.Ordinal) ? named : need.Kind.Trim();
    }

    private static string Title(PinNeed need, int item) =>
        need.Count == 1 ? need.Name ?? need.Kind : string.Create(CultureInfo.InvariantCulture, $"{need.Name ?? need.Kind} {item + 1}");

    private static string Numbered(string stem, int number) => string.Create(CultureInfo.InvariantCulture, $"{stem}{number}");

    private static string KeyOf(PinNeed need) => string.Join(
        '\n', NeedKind.Of(need.Kind), need.Name, string.Join(',', need.Signals), need.SpeedHz, need.Wifi, need.Mode, need.Bus, need.Instance, need.Source, need.Direction, need.Pull,
        string.Join(',', need.Gpios.Order()), need.NearGpio, need.NearHeader, Places(need.Locked), Places(need.Soldered), need.Count);

    private static string Places(IReadOnlyDictionary<string, int> places) =>
        string.Join(',', places.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));
}
