using System.Globalization;
using System.Numerics;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A pin that could carry a use.</summary>
/// <param name="Gpio">The pin.</param>
/// <param name="Label">What the board prints next to it, or null.</param>
/// <param name="Worst">The worst thing to know about it there; null = nothing.</param>
/// <param name="Findings">What there is to know, worst first. Never an error.</param>
public sealed record PinSuggestion(int Gpio, string? Label, PinSeverity? Worst, IReadOnlyList<PinFinding> Findings)
{
    /// <summary>What the use costs there, everything else staying where it is. The neighbourhood is that of the other lines of its function.</summary>
    public PinCost Cost { get; init; }

    /// <summary>What it costs where it is now; null where it is not in the plan, or not legal.</summary>
    public PinCost? Now { get; init; }

    /// <summary>What changes against where it is now, in words.</summary>
    public string Reason
    {
        get
        {
            var known = Findings.Count == 0 ? "nothing speaks against it" : "to know: " + string.Join(", ", Findings.Select(finding => finding.Class).Distinct(StringComparer.Ordinal));
            if (Now is not { } now)
                return known;
            var risk = Cost.Risk - now.Risk;
            var off = Cost.Neighbourhood - now.Neighbourhood;
            return known + (risk == 0 ? "; as good as now" : string.Create(CultureInfo.InvariantCulture, $"; risk {risk:+0;-0} against now"))
                + (off == 0 ? "" : off > 0 ? "; off the header of its other lines" : "; on the header of its other lines");
        }
    }
}

/// <summary>Ranks the free pins for a use. The order is total, so two runs give one answer.</summary>
public static class PinSuggester
{
    /// <summary>
    /// The legal free pins for <paramref name="use"/>, best first by <see cref="PinSuggestion.Cost"/>: the solver's objective, so the least risk first,
    /// then the header of its other lines, then the lowest number.
    /// </summary>
    /// <param name="plan">The plan; pins of its other uses are not free. A use equal to <paramref name="use"/> in it is the one to be moved.</param>
    /// <param name="use">What is wanted; its own GPIO is not suggested.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    /// <param name="limit">Most suggestions, at least 1.</param>
    public static IReadOnlyList<PinSuggestion> Suggest(PinPlan plan, PinUse use, BoardCatalog? catalog = null, int limit = 20)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(use);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        catalog ??= BoardCatalog.Default;
        var board = plan.Board is null ? null : catalog.FindBoard(plan.Board);
        var chip = catalog.FindChip(plan.Chip ?? board?.ChipId ?? "") ?? throw new ArgumentException("The plan's board or chip is not in the catalog.", nameof(plan));
        var alone = plan with
        {
            Uses = [],
            Overrides = [],
            Wake = plan.Wake.Where(pair => pair.Value.Contains(use.Gpio)).ToDictionary(pair => pair.Key, _ => (IReadOnlyList<int>)[use.Gpio], StringComparer.Ordinal),
            Interrupts = plan.Interrupts.Contains(use.Gpio) ? [use.Gpio] : [],
        };
        var header = HeaderOfOthers(plan, use, board);
        var now = plan.Uses.Contains(use) && Judge(use.Gpio) is { } here ? here.Cost : (PinCost?)null;
        var found = new List<PinSuggestion>();
        for (var free = chip.PinsWith(PinTraits.Exists) & (board?.ExposedMask ?? ulong.MaxValue) & ~Mask(plan, use); free != 0; free &= free - 1)
        {
            if (Judge(BitOperations.TrailingZeroCount(free)) is { } suggestion)
                found.Add(suggestion with { Now = now });
        }

        found.Sort((left, right) => left.Cost.CompareTo(right.Cost));
        return found.Count <= limit ? found : found.GetRange(0, limit);

        PinSuggestion? Judge(int gpio)
        {
            var report = PinChecker.Check(PinRepair.Rewire(alone, use.Gpio, gpio) with { Uses = [use with { Gpio = gpio }] }, catalog);
            if (report.HasErrors)
                return null;
            var off = header != 0 && !PinCheck.Has(header, gpio) ? 1 : 0;
            return new PinSuggestion(gpio, board?.LabelOf(gpio), report.Findings.Count == 0 ? null : report.Findings[0].Severity, report.Findings)
            {
                Cost = PinCost.Of(risk: PinVerdicts.RiskOf(chip, gpio, report.Findings), neighbourhood: off, numbers: gpio),
            };
        }
    }

    // The header that most other lines of the function are on; 0 where there are none or the board has no two headers.
    private static ulong HeaderOfOthers(PinPlan plan, PinUse use, Board? board)
    {
        if (board is null || board.Headers.Count < 2)
            return 0;
        var (best, most) = (0UL, 0);
        foreach (var row in board.Headers)
        {
            var mask = row.Pins.Aggregate(0UL, (pins, pin) => pin.Gpio is { } gpio ? pins | PinCheck.Bit(gpio) : pins);
            var count = plan.Uses.Count(other => other != use && string.Equals(other.Function, use.Function, StringComparison.OrdinalIgnoreCase) && PinCheck.Has(mask, other.Gpio));
            if (count > most)
                (best, most) = (mask, count);
        }

        return best;
    }

    private static ulong Mask(PinPlan plan, PinUse use)
    {
        var mask = (uint)use.Gpio < Chip.MaxGpios ? PinCheck.Bit(use.Gpio) : 0;
        for (var i = 0; i < plan.Uses.Count; i++)
            mask |= (uint)plan.Uses[i].Gpio < Chip.MaxGpios ? PinCheck.Bit(plan.Uses[i].Gpio) : 0;
        return mask;
    }
}
