using System.Numerics;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A pin that could carry a use.</summary>
/// <param name="Gpio">The pin.</param>
/// <param name="Label">What the board prints next to it, or null.</param>
/// <param name="Worst">The worst thing to know about it there; null = nothing.</param>
/// <param name="Findings">What there is to know, worst first. Never an error.</param>
public sealed record PinSuggestion(int Gpio, string? Label, PinSeverity? Worst, IReadOnlyList<PinFinding> Findings);

/// <summary>Ranks the free pins for a use. The order is total, so two runs give one answer.</summary>
public static class PinSuggester
{
    /// <summary>
    /// The legal free pins for <paramref name="use"/>, best first: without findings, then with infos only, then with warnings; among equals the pin
    /// with the fewest special roles, then the lowest number.
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
        var free = chip.PinsWith(PinTraits.Exists) & (board?.ExposedMask ?? ulong.MaxValue) & ~Mask(plan, use);
        var alone = plan with
        {
            Uses = [],
            Overrides = [],
            Wake = plan.Wake.Where(pair => pair.Value.Contains(use.Gpio)).ToDictionary(pair => pair.Key, _ => (IReadOnlyList<int>)[use.Gpio], StringComparer.Ordinal),
            Interrupts = plan.Interrupts.Contains(use.Gpio) ? [use.Gpio] : [],
        };
        var found = new List<PinSuggestion>();
        for (; free != 0; free &= free - 1)
        {
            var gpio = BitOperations.TrailingZeroCount(free);
            var report = PinChecker.Check(PinRepair.Rewire(alone, use.Gpio, gpio) with { Uses = [use with { Gpio = gpio }] }, catalog);
            if (!report.HasErrors)
                found.Add(new PinSuggestion(gpio, board?.LabelOf(gpio), report.Findings.Count == 0 ? null : report.Findings[0].Severity, report.Findings));
        }

        found.Sort((left, right) => Compare(chip, left, right));
        return found.Count <= limit ? found : found.GetRange(0, limit);
    }

    private static ulong Mask(PinPlan plan, PinUse use)
    {
        var mask = (uint)use.Gpio < Chip.MaxGpios ? PinCheck.Bit(use.Gpio) : 0;
        for (var i = 0; i < plan.Uses.Count; i++)
            mask |= (uint)plan.Uses[i].Gpio < Chip.MaxGpios ? PinCheck.Bit(plan.Uses[i].Gpio) : 0;
        return mask;
    }

    private static int Compare(Chip chip, PinSuggestion left, PinSuggestion right)
    {
        var byWorst = (left.Worst is { } l ? (int)l + 1 : 0).CompareTo(right.Worst is { } r ? (int)r + 1 : 0);
        if (byWorst != 0)
            return byWorst;
        var byCount = left.Findings.Count.CompareTo(right.Findings.Count);
        if (byCount != 0)
            return byCount;
        var byRoles = chip.Pins[left.Gpio].Roles.Count.CompareTo(chip.Pins[right.Gpio].Roles.Count);
        return byRoles != 0 ? byRoles : left.Gpio.CompareTo(right.Gpio);
    }
}
