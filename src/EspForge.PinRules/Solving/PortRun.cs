using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>One port under way.</summary>
internal sealed class PortRun(PinPlan plan, Board? from, Chip fromChip, Board to, BoardCatalog catalog)
{
    private readonly List<PinPortChange> _changes = [];

    // Uses of one pin go together; each group has its use on the other board and the pin it would like.
    private sealed record Group(int Gpio, IReadOnlyList<PinUse> Before, IReadOnlyList<PinUse> After, int Wish, IReadOnlyList<string> Wake, bool Interrupt)
    {
        public string Name => string.Join(" and ", Before.Select(use => use.Name));
    }

    public Outcome<PinPort> Run(CancellationToken cancellationToken)
    {
        var hardware = Hardware();
        var groups = Groups();
        while (true)
        {
            var (request, pins) = Request(hardware, groups);
            var solution = PinSolver.Solve(request, catalog, cancellationToken);
            if (solution.Plan is { } ported)
            {
                Compare(groups, pins, solution);
                _changes.Sort((left, right) => Order(left).CompareTo(Order(right)));
                return new PinPort(ported, _changes, solution);
            }

            // The last of those that clash is given up: the earlier ones have the elder right to the pins.
            var conflict = solution.Conflict!;
            var victim = conflict.Kind == PinConflictKind.Rule ? groups.LastOrDefault(group => conflict.Uses.Any(name => group.After.Any(use => string.Equals(use.Name, name, StringComparison.Ordinal))))
                : groups.LastOrDefault(group => conflict.Uses.Any(name => IsNamed(group, name)));
            if (victim is null)
                return new Fault("port-refused", conflict.Message);
            groups.Remove(victim);
            _changes.Add(new PinPortChange(PinPortChangeKind.Lost, victim.Before[0], null, $"{victim.Name} (GPIO{victim.Gpio}) is lost on {to.Name}: {conflict.Message}"));
        }
    }

    private static bool IsNamed(Group group, string name) => string.Equals(string.Join(" and ", group.After.Select(use => use.Name).Order(StringComparer.Ordinal)), name, StringComparison.Ordinal);

    private static (int, int, int) Order(PinPortChange change) =>
        (change.Kind == PinPortChangeKind.Lost ? 0 : change.Kind == PinPortChangeKind.Hardware ? 1 : 2, change.Use?.Gpio ?? -1, (int)change.Kind);

    // What of the plan's facts still holds there. Memory and eFuses are the other module's.
    private PinPlan Hardware()
    {
        var chip = to.Chip;
        var console = plan.Console;
        if (console == PlanConsole.UsbSerialJtag && chip.Usb.SerialJtag is null || console == PlanConsole.UsbOtg && chip.Usb.Otg is null)
        {
            console = null;
            Say(PinPortChangeKind.Hardware, $"{chip.Name} has no {(plan.Console == PlanConsole.UsbOtg ? "USB OTG" : "USB-Serial-JTAG")}: the console is where the board has it.");
        }

        if (plan.Wifi == true && !chip.Peripherals.Wifi)
            Say(PinPortChangeKind.Hardware, $"{chip.Name} has no Wi-Fi.");
        var (before, after) = (MemoryPins.Read(plan, fromChip, from).LowVoltage, MemoryPins.Read(new PinPlan { Board = to.Id }, chip, to).LowVoltage);
        if (after != 0 && before == 0)
            Say(PinPortChangeKind.Hardware, $"{Gpios(after)} of {to.Name} work at 1.8 V, with the memory.");
        if (before != 0 && after == 0)
            Say(PinPortChangeKind.Hardware, $"No pin of {to.Name} works at 1.8 V: {Gpios(before)} did.");
        if (plan.VddSpiMillivolts is { } millivolts)
            Say(PinPortChangeKind.Hardware, string.Create(CultureInfo.InvariantCulture, $"vddSpiMillivolts {millivolts} was about the old module and is left out."));
        if (plan.Efuses.Count > 0)
            Say(PinPortChangeKind.Hardware, $"eFuses are burnt per chip: {string.Join(", ", plan.Efuses)} are left out.");
        if (plan.Overrides.Count > 0)
            Say(PinPortChangeKind.Hardware, $"Overrides were agreed for the old pins and are left out: {string.Join("; ", plan.Overrides.Select(entry => $"{entry.Rule} on {string.Join(", ", entry.Gpios.Select(gpio => $"GPIO{gpio}"))}"))}.");
        return new PinPlan { Board = to.Id, Wifi = plan.Wifi, Console = console };
    }

    private List<Group> Groups()
    {
        var groups = new List<Group>();
        foreach (var entry in plan.Uses.GroupBy(use => use.Gpio))
        {
            var after = entry.Select(Renamed).ToList();
            groups.Add(new Group(
                entry.Key, [.. entry], after, Wish(entry.Key, entry.First()),
                [.. plan.Wake.Where(pair => pair.Value.Contains(entry.Key)).Select(pair => WakeThere(pair.Key, entry.Key)).Where(source => source.Length > 0).Distinct(StringComparer.Ordinal)],
                plan.Interrupts.Contains(entry.Key)));
        }

        return groups;
    }

    private string WakeThere(string source, int gpio)
    {
        var wake = to.Chip.SleepWake;
        var exists = source switch
        {
            "ext0" => wake.Ext0,
            "ext1" => wake.Ext1,
            "gpio" => wake.GpioWakeup,
            "touch" => to.Chip.Peripherals.TouchChannels > 0,
            _ => to.Chip.PinsWith(PinTraits.Rtc) != 0,
        };
        if (exists)
            return source;
        var other = source is "touch" or "ulp" ? "" : wake.Ext1 ? "ext1" : wake.GpioWakeup ? "gpio" : "";
        Say(PinPortChangeKind.Hardware, $"{to.Chip.Name} has no wake source {source}: GPIO{gpio} {(other.Length == 0 ? "no longer wakes the chip" : $"wakes it through {other}")}.");
        return other;
    }

    // The same controller where the chip has it, else the first that no other function of the plan has or is given.
    private PinUse Renamed(PinUse use)
    {
        var function = PinFunction.Read(use);
        var group = function.Peripheral switch
        {
            PinPeripheral.I2c => "i2c",
            PinPeripheral.Uart => "uart",
            PinPeripheral.Spi => "spi",
            PinPeripheral.Twai => "twai",
            PinPeripheral.I2s => "i2s",
            PinPeripheral.Ledc => "ledc",
            PinPeripheral.Rmt => "rmt",
            PinPeripheral.Pcnt => "pcnt",
            _ => null,
        };
        if (group is null || function.Index < 0)
            return use;
        var (first, count) = Numbers(group);
        if (function.Index >= first && function.Index < first + count)
            return use;
        var taken = plan.Uses.Select(PinFunction.Read).Where(other => other.Peripheral == function.Peripheral && other.Index >= first && other.Index < first + count).Select(other => other.Index)
            .Concat(_renamed.Values.Where(name => name.StartsWith(group, StringComparison.Ordinal)).Select(name => int.Parse(name.AsSpan(group.Length), CultureInfo.InvariantCulture))).ToHashSet();
        if (!_renamed.TryGetValue(use.Function, out var renamed))
        {
            var free = Enumerable.Range(first, count).Where(number => !taken.Contains(number)).Select(number => (int?)number).FirstOrDefault();
            if (free is null)
                return use;
            _renamed.Add(use.Function, renamed = string.Create(CultureInfo.InvariantCulture, $"{group}{free}"));
            _changes.Add(new PinPortChange(PinPortChangeKind.Instance, use, null, $"{to.Chip.Name} has no {use.Function}: it becomes {renamed}."));
        }

        return use with { Function = renamed };
    }

    private readonly Dictionary<string, string> _renamed = new(StringComparer.OrdinalIgnoreCase);

    private (int First, int Count) Numbers(string group) => group switch
    {
        "ledc" => (0, to.Chip.Peripherals.LedcChannels),
        "rmt" => (0, to.Chip.Peripherals.RmtChannels),
        "pcnt" => (0, to.Chip.Peripherals.PcntUnits),
        _ => NeedKind.Controllers(group, to.Chip)!.Value,
    };

    // The pin that a person would reach for first; -1 = none.
    private int Wish(int gpio, PinUse use)
    {
        if (from?.LabelOf(gpio) is { } label && IsTelling(label, gpio)
            && to.Headers.SelectMany(header => header.Pins).FirstOrDefault(pin => pin.Gpio is not null && string.Equals(pin.Label, label, StringComparison.OrdinalIgnoreCase))?.Gpio is { } same)
            return same;
        if (Default(from?.Defaults, gpio) is { } line && DefaultOf(to.Defaults, line) is { } known && PinFunction.Read(use).Peripheral != PinPeripheral.Part)
            return known;
        return string.Equals(to.ChipId, fromChip.Id, StringComparison.Ordinal) && to.ExposedGpios.Contains(gpio) ? gpio : -1;
    }

    // A label that is only the number says nothing about another chip's pin of that number.
    private bool IsTelling(string label, int gpio) =>
        string.Equals(to.ChipId, fromChip.Id, StringComparison.Ordinal) || !label.EndsWith(gpio.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) || label[0] is 'D' or 'A' or 'd' or 'a';

    private static string? Default(BoardDefaults? defaults, int gpio) =>
        defaults is null ? null
        : defaults.I2c?.Sda == gpio ? "sda" : defaults.I2c?.Scl == gpio ? "scl"
        : defaults.Spi?.Sck == gpio ? "sck" : defaults.Spi?.Miso == gpio ? "miso" : defaults.Spi?.Mosi == gpio ? "mosi" : defaults.Spi?.Ss == gpio ? "ss"
        : defaults.Uart?.Tx == gpio ? "tx" : defaults.Uart?.Rx == gpio ? "rx" : null;

    private static int? DefaultOf(BoardDefaults? defaults, string line) => line switch
    {
        "sda" => defaults?.I2c?.Sda,
        "scl" => defaults?.I2c?.Scl,
        "sck" => defaults?.Spi?.Sck,
        "miso" => defaults?.Spi?.Miso,
        "mosi" => defaults?.Spi?.Mosi,
        "ss" => defaults?.Spi?.Ss,
        "tx" => defaults?.Uart?.Tx,
        _ => defaults?.Uart?.Rx,
    };

    // Each group sits on a stand-in pin of the new chip: the one it would like where nobody else does, else any that is left; only the first is locked.
    private (PinRequest Request, Dictionary<Group, int> Pins) Request(PinPlan hardware, List<Group> groups)
    {
        var pins = new Dictionary<Group, int>();
        var taken = new HashSet<int>();
        foreach (var group in groups.Where(group => group.Wish >= 0 && taken.Add(group.Wish)))
            pins.Add(group, group.Wish);
        var locked = pins.Values.Order().ToList();
        var spare = new Queue<int>(to.Chip.Pins.Where(pin => pin.Exists && !taken.Contains(pin.Gpio)).Select(pin => pin.Gpio));
        foreach (var group in groups.Where(group => !pins.ContainsKey(group)).ToList())
        {
            if (!spare.TryDequeue(out var pin))
            {
                groups.Remove(group);
                _changes.Add(new PinPortChange(PinPortChangeKind.Lost, group.Before[0], null, $"{group.Name} (GPIO{group.Gpio}) is lost: {to.Chip.Name} has fewer pins than the plan has uses."));
                continue;
            }

            pins.Add(group, pin);
        }

        var request = new PinRequest
        {
            Plan = hardware with
            {
                Uses = [.. groups.SelectMany(group => group.After.Select(use => use with { Gpio = pins[group] }))],
                Wake = groups.SelectMany(group => group.Wake.Select(source => (Source: source, Pin: pins[group]))).GroupBy(pair => pair.Source, StringComparer.Ordinal)
                    .ToDictionary(pair => pair.Key, pair => (IReadOnlyList<int>)[.. pair.Select(entry => entry.Pin).Order()], StringComparer.Ordinal),
                Interrupts = [.. groups.Where(group => group.Interrupt).Select(group => pins[group]).Order()],
            },
            Locked = locked,
            Free = [.. pins.Values.Where(pin => !locked.Contains(pin)).Order()],
        };
        return (request, pins);
    }

    private void Compare(List<Group> groups, Dictionary<Group, int> pins, PinSolution solution)
    {
        var places = solution.Placements.GroupBy(placement => placement.Before!.Value).ToDictionary(placed => placed.Key, placed => placed.First().Use.Gpio);
        var known = PinChecker.Check(plan, catalog).Findings;
        foreach (var group in groups)
        {
            var gpio = places[pins[group]];
            var (before, after) = (from?.LabelOf(group.Gpio), to.LabelOf(gpio));
            if (gpio != group.Gpio || !string.Equals(before, after, StringComparison.Ordinal))
            {
                var why = group.Wish == gpio ? "" : group.Wish >= 0 ? $" GPIO{group.Wish}, its match, cannot carry it or is needed by another." : " No pin of the board matches the old one.";
                _changes.Add(new PinPortChange(PinPortChangeKind.Moved, group.Before[0], gpio, $"{group.Name} goes from GPIO{group.Gpio}{Named(before)} to GPIO{gpio}{Named(after)}.{why}"));
            }

            foreach (var finding in solution.Report!.Findings.Where(finding => finding.Severity == PinSeverity.Warning && finding.Gpios.Contains(gpio)))
            {
                if (!known.Any(old => string.Equals(old.Class, finding.Class, StringComparison.Ordinal) && old.Gpios.Contains(group.Gpio)))
                    _changes.Add(new PinPortChange(PinPortChangeKind.Warning, group.Before[0], gpio, finding.Message));
            }
        }

        foreach (var (gpio, pull) in plan.ExternalPull.OrderBy(pair => pair.Key))
            Say(PinPortChangeKind.Hardware, $"The resistor that pulls GPIO{gpio} {(pull == PinPull.Up ? "up" : "down")} is on the old board: fit it anew where it is needed, and say so in externalPull.");
    }

    private static string Named(string? label) => label is null ? "" : $" ({label})";

    private static string Gpios(ulong mask) => string.Join(", ", Enumerable.Range(0, Chip.MaxGpios).Where(gpio => PinCheck.Has(mask, gpio)).Select(gpio => $"GPIO{gpio}"));

    private void Say(PinPortChangeKind kind, string message) => _changes.Add(new PinPortChange(kind, null, null, message));
}
