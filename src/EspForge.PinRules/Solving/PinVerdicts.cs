using System.Numerics;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>What the rules say about one line on every pin: a mask of the pins without an error, and a risk for each.</summary>
internal sealed class VerdictRow
{
    public ulong Judged;
    public ulong Legal;
    public readonly int[] Risk = new int[Chip.MaxGpios];
}

/// <summary>
/// The rules' verdicts for single lines on one piece of hardware, each worked out once. A line is judged alone on the plan's hardware, by the
/// very rules that check a plan, so a new rule needs no change here.
/// </summary>
internal sealed class PinVerdicts
{
    private readonly Dictionary<string, VerdictRow> _rows = new(StringComparer.Ordinal);
    private readonly StringBuilder _key = new();
    private readonly BoardCatalog _catalog;
    private readonly PinPlan _bare;

    public PinVerdicts(PinPlan plan, BoardCatalog catalog)
    {
        _catalog = catalog;
        Board = plan.Board is null ? null : catalog.FindBoard(plan.Board) ?? throw new ArgumentException($"There is no board '{plan.Board}' in the catalog.", nameof(plan));
        var chip = plan.Chip ?? Board?.ChipId ?? throw new ArgumentException("The plan names neither a board nor a chip.", nameof(plan));
        Chip = catalog.FindChip(chip) ?? throw new ArgumentException($"There is no chip '{chip}' in the catalog.", nameof(plan));
        _bare = plan with { Uses = [], Wake = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal), Interrupts = [] };
        var memory = MemoryPins.Read(plan, Chip, Board);
        Candidates = Chip.PinsWith(PinTraits.Exists) & (Board?.ExposedMask ?? ulong.MaxValue) & ~(memory.Taken | memory.FlashUnlessNamed);
        Doubtful = memory.FlashUnlessNamed;
    }

    public Chip Chip { get; }

    public Board? Board { get; }

    /// <summary>The pins that a use may be placed on at all: on a header or pad of the board, and not the memory's, nor perhaps the memory's.</summary>
    public ulong Candidates { get; }

    /// <summary>The pins that are the flash's on packages that the plan leaves open: what else is placed may decide which it is.</summary>
    public ulong Doubtful { get; }

    /// <param name="uses">The line as it is in a plan.</param>
    /// <param name="wake">The wake sources it serves.</param>
    /// <param name="interrupt">Whether it has an interrupt.</param>
    /// <param name="wanted">The pins to judge; others are judged when they are wanted.</param>
    public VerdictRow Of(IReadOnlyList<PinUse> uses, IReadOnlyList<string> wake, bool interrupt, ulong wanted)
    {
        var key = KeyOf(uses, wake, interrupt);
        if (!_rows.TryGetValue(key, out var row))
            _rows.Add(key, row = new VerdictRow());
        var rest = wanted & Candidates & ~row.Judged;
        if (rest == 0)
            return row;
        Judge(row, uses, wake, interrupt, rest);
        return row;
    }

    /// <summary>The same for a pin that is no candidate, where a line is soldered to it or was on it.</summary>
    public void Include(VerdictRow row, IReadOnlyList<PinUse> uses, IReadOnlyList<string> wake, bool interrupt, int gpio)
    {
        if (PinCheck.Has(Candidates | row.Judged, gpio) || Chip.FindPin(gpio) is null)
            return;
        Judge(row, uses, wake, interrupt, PinCheck.Bit(gpio));
    }

    /// <summary>What the rules have against the line on this pin.</summary>
    public IReadOnlyList<PinFinding> Explain(IReadOnlyList<PinUse> uses, IReadOnlyList<string> wake, bool interrupt, int gpio)
    {
        var plan = Prepare([.. uses.Select(use => use with { Gpio = gpio })], wake, interrupt, [gpio]);
        return PinChecker.Check(plan, _catalog).Findings;
    }

    /// <summary>The risk of findings on a pin: see <see cref="PinCost.Risk"/>.</summary>
    public static int RiskOf(Chip chip, int gpio, IReadOnlyList<PinFinding> findings)
    {
        var risk = chip.Pins[gpio].Roles.Count;
        for (var i = 0; i < findings.Count; i++)
            risk += findings[i].Severity == PinSeverity.Info ? 10 : 100;
        return Math.Min(risk, PinCost.MaxLineRisk);
    }

    // The plan sees the arrays, which are filled anew for each pin: no plan is made per pin.
    private PinPlan Prepare(PinUse[] placed, IReadOnlyList<string> wake, bool interrupt, int[] one) => _bare with
    {
        Uses = placed,
        Wake = wake.Count == 0 ? _bare.Wake : wake.ToDictionary(source => source, _ => (IReadOnlyList<int>)one, StringComparer.Ordinal),
        Interrupts = interrupt ? one : [],
    };

    private void Judge(VerdictRow row, IReadOnlyList<PinUse> uses, IReadOnlyList<string> wake, bool interrupt, ulong gpios)
    {
        row.Judged |= gpios;
        var one = new int[1];
        var placed = new PinUse[uses.Count];
        PinChecker.JudgeEach(Prepare(placed, wake, interrupt, one), placed, _catalog, gpios, Place, Keep);

        void Place(int gpio)
        {
            one[0] = gpio;
            for (var i = 0; i < placed.Length; i++)
                placed[i] = uses[i] with { Gpio = gpio };
        }

        void Keep(int gpio, List<PinFinding>? findings)
        {
            if (findings is null)
                return;
            row.Legal |= PinCheck.Bit(gpio);
            row.Risk[gpio] = RiskOf(Chip, gpio, findings);
        }
    }

    private string KeyOf(IReadOnlyList<PinUse> uses, IReadOnlyList<string> wake, bool interrupt)
    {
        _key.Clear();
        for (var i = 0; i < uses.Count; i++)
        {
            var use = uses[i];
            _key.Append(use.Function).Append('\n').Append(use.Signal).Append('\n')
                .Append((char)('0' + ((int?)use.Direction ?? 9))).Append((char)('0' + ((int?)use.Pull ?? 9))).Append('\n');
        }

        for (var i = 0; i < wake.Count; i++)
            _key.Append('~').Append(wake[i]);
        return _key.Append(interrupt ? '!' : '.').ToString();
    }
}
