using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A use with its words understood.</summary>
internal struct ReadUse
{
    public PinUse Use;
    public PinFunction Function;

    public readonly int Gpio => Use.Gpio;

    public readonly PinPeripheral Peripheral => Function.Peripheral;

    /// <summary>Whether the chip has to drive the pin. False where the words leave it open.</summary>
    public readonly bool Drives => Function.Direction is PinDirection.Out or PinDirection.Io;

    /// <summary>Whether the pin is read by an ADC.</summary>
    public readonly bool NeedsAdc => Peripheral == PinPeripheral.Adc
        || (Function.Direction == PinDirection.Analog && Peripheral is not (PinPeripheral.Touch or PinPeripheral.Dac));
}

/// <summary>One plan under check: the plan compiled into sorted uses and bit masks, and the findings so far. Rules read it and report to it.</summary>
public sealed class PinCheck
{
    private readonly ReadUse[] _uses = new ReadUse[PinPlan.MaxUses];
    private readonly List<PinFinding> _findings = [];
    private BoardCatalog _catalog = null!;

    internal PinCheck()
    {
    }

    /// <summary>The plan.</summary>
    public PinPlan Plan { get; private set; } = null!;

    /// <summary>Its chip.</summary>
    public Chip Chip { get; private set; } = null!;

    /// <summary>Its board, where it names one.</summary>
    public Board? Board { get; private set; }

    /// <summary>The pins in use that exist, bit = GPIO.</summary>
    public ulong Used { get; private set; }

    /// <summary>The pins that cannot be used at all. One of the first rules says why; the others leave them alone, so that one cause is one finding.</summary>
    public ulong Dead { get; private set; }

    /// <summary>The name to use for the package or module in a message.</summary>
    public string ModuleText => Plan.Module ?? Board?.Module ?? Chip.Name;

    internal BoardCatalog Catalog => _catalog;

    internal MemoryPins Memory { get; private set; }

    /// <summary>The uses, sorted by GPIO, then by name.</summary>
    internal ReadOnlySpan<ReadUse> Uses => _uses.AsSpan(0, Plan.Uses.Count);

    internal List<PinFinding> Findings => _findings;

    /// <summary>Whether a rule about what a pin can do should look at it: it exists and nothing has taken it.</summary>
    public bool IsLive(int gpio) => Chip.FindPin(gpio) is not null && !Has(Dead, gpio);

    /// <summary>Reports a finding.</summary>
    /// <param name="rule">The rule that reports.</param>
    /// <param name="severity">How bad it is.</param>
    /// <param name="gpios">The pins, ascending.</param>
    /// <param name="message">What, why, and what to do.</param>
    /// <param name="source">Where the fact is from.</param>
    /// <param name="use">The use to move away as a repair, or null.</param>
    /// <param name="repairs">Further repairs.</param>
    public void Report(IPinRule rule, PinSeverity severity, IReadOnlyList<int> gpios, string message, string source, PinUse? use, params IReadOnlyList<PinRepair> repairs)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(gpios);
        _findings.Add(new PinFinding(Plan, _catalog, rule, severity, gpios, message, source, use, repairs));
    }

    internal static bool Has(ulong mask, int gpio) => (uint)gpio < Chip.MaxGpios && (mask >> gpio & 1) != 0;

    /// <summary>The GPIOs of a mask, ascending.</summary>
    internal static int[] List(ulong mask)
    {
        var gpios = new int[System.Numerics.BitOperations.PopCount(mask)];
        for (var i = 0; i < gpios.Length; i++, mask &= mask - 1)
            gpios[i] = System.Numerics.BitOperations.TrailingZeroCount(mask);
        return gpios;
    }

    internal static ulong Bit(int gpio) => 1UL << gpio;

    internal PinPull? ExternalPull(int gpio) => Plan.ExternalPull.TryGetValue(gpio, out var pull) && pull is PinPull.Up or PinPull.Down ? pull : null;

    /// <summary>The resistor that the board fits at a pin.</summary>
    internal PinPull? BoardPull(int gpio)
    {
        for (var i = 0; Board is not null && i < Board.Pulls.Count; i++)
        {
            if (Board.Pulls[i].Gpio == gpio)
                return Board.Pulls[i].Pull;
        }

        return null;
    }

    internal bool HasEfuse(string name)
    {
        for (var i = 0; i < Plan.Efuses.Count; i++)
        {
            if (string.Equals(Plan.Efuses[i], name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    internal PlanConsole Console => Plan.Console ?? (Board?.Usb is { NativeOnly: true }
        ? Chip.Usb.SerialJtag is not null ? PlanConsole.UsbSerialJtag : PlanConsole.UsbOtg
        : PlanConsole.Uart0);

    /// <summary>The uses of one pin, which are neighbours in <see cref="Uses"/>.</summary>
    internal ReadOnlySpan<ReadUse> UsesOf(int gpio)
    {
        var uses = Uses;
        var start = 0;
        while (start < uses.Length && uses[start].Gpio < gpio)
            start++;
        var end = start;
        while (end < uses.Length && uses[end].Gpio == gpio)
            end++;
        return uses[start..end];
    }

    internal void Begin(PinPlan plan, BoardCatalog catalog)
    {
        Plan = plan;
        _catalog = catalog;
        Board = plan.Board is null ? null : catalog.FindBoard(plan.Board) ?? throw new ArgumentException($"There is no board '{plan.Board}' in the catalog.", nameof(plan));
        var chip = plan.Chip ?? Board?.ChipId ?? throw new ArgumentException("The plan names neither a board nor a chip.", nameof(plan));
        Chip = catalog.FindChip(chip) ?? throw new ArgumentException($"There is no chip '{chip}' in the catalog.", nameof(plan));
        if (plan.Uses.Count > PinPlan.MaxUses)
            throw new ArgumentException($"The plan has more than {PinPlan.MaxUses} uses.", nameof(plan));
        for (var i = 0; i < plan.Uses.Count; i++)
            _uses[i] = new ReadUse { Use = plan.Uses[i], Function = PinFunction.Read(plan.Uses[i]) };
        Compile(null);
    }

    /// <summary>Begins anew with the same hardware and words on another pin: nothing is read twice.</summary>
    /// <param name="gpio">The pin all uses of the plan are on now; the plan's own list says the same.</param>
    /// <param name="functions">The words of each use, read before.</param>
    /// <param name="memory">The memory's pins, where they do not depend on the pins in use; null = work them out.</param>
    internal void Move(int gpio, ReadOnlySpan<PinFunction> functions, MemoryPins? memory)
    {
        _findings.Clear();
        for (var i = 0; i < functions.Length; i++)
        {
            System.Diagnostics.Debug.Assert(Plan.Uses[i].Gpio == gpio, "The plan's uses are on the pin.");
            _uses[i] = new ReadUse { Use = Plan.Uses[i], Function = functions[i] };
        }

        Compile(memory);
    }

    private void Compile(MemoryPins? memory)
    {
        var count = Plan.Uses.Count;
        Used = 0;
        for (var i = 0; i < count; i++)
            Used |= Chip.FindPin(_uses[i].Gpio) is null ? 0 : Bit(_uses[i].Gpio);
        if (count > 1)
            _uses.AsSpan(0, count).Sort(static (left, right) => PinUseOrder.Compare(left.Use, right.Use));
        Memory = memory ?? MemoryPins.Read(Plan, Chip, Board, Used);
        Dead = Memory.Taken | NotBroughtOut(PinSeverity.Error);
    }

    internal void End()
    {
        _uses.AsSpan(0, Math.Min(Plan.Uses.Count, _uses.Length)).Clear();
        _findings.Clear();
        (Plan, Chip, Board, _catalog) = (null!, null!, null, null!);
    }

    /// <summary>
    /// The pins in use that this board brings to no header, pad or part. An error where the vendor's table lists the headers; where their content
    /// is from a picture, a warning.
    /// </summary>
    internal ulong NotBroughtOut(PinSeverity severity)
    {
        if (Board is null || severity != (Board.HeaderOrder == HeaderOrder.Documented ? PinSeverity.Error : PinSeverity.Warning))
            return 0;
        var reachable = Board.ExposedMask;
        for (var i = 0; i < Board.Onboard.Count; i++)
        {
            reachable |= Bit(Board.Onboard[i].Gpio);
            if (Board.Onboard[i].PowerGpio is { } power)
                reachable |= Bit(power);
        }

        var lost = Used & ~reachable & ~Memory.Taken;
        if (lost == 0 || Board.Usb is not { } usb)
            return lost;

        // The bridge and the connector reach their own pins, for their own purpose.
        foreach (ref readonly var use in Uses)
        {
            var isConsole = use.Peripheral == PinPeripheral.Uart && use.Function.Index == 0 && (use.Gpio == usb.Console.Tx || use.Gpio == usb.Console.Rx);
            var isUsb = use.Peripheral is PinPeripheral.Usb or PinPeripheral.Jtag && usb.Native is { } native && (use.Gpio == native.Dm || use.Gpio == native.Dp);
            if (isConsole || isUsb)
                lost &= ~Bit(use.Gpio);
        }

        return lost;
    }
}
