namespace EspForge.PinRules;

/// <summary>A repair made on a plan: what was, what is, and the way back.</summary>
/// <param name="Repair">The repair.</param>
/// <param name="Before">The plan without it.</param>
/// <param name="After">The plan with it.</param>
public sealed record PinEdit(PinRepair Repair, PinPlan Before, PinPlan After)
{
    /// <summary>
    /// Takes the repair back. On <see cref="After"/> this gives a plan equal to <see cref="Before"/>; on a plan that was changed further, only what
    /// the repair changed and what still stands as it left it is restored.
    /// </summary>
    public PinPlan Undo(PinPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var restored = plan with
        {
            FlashMode = plan.FlashMode == After.FlashMode ? Before.FlashMode : plan.FlashMode,
            Psram = plan.Psram == After.Psram ? Before.Psram : plan.Psram,
            Wifi = plan.Wifi == After.Wifi ? Before.Wifi : plan.Wifi,
            Console = plan.Console == After.Console ? Before.Console : plan.Console,
            Efuses = plan.Efuses.SequenceEqual(After.Efuses, StringComparer.Ordinal) ? Before.Efuses : plan.Efuses,
            Interrupts = plan.Interrupts.SequenceEqual(After.Interrupts) ? Before.Interrupts : plan.Interrupts,
            ExternalPull = Same(plan.ExternalPull, After.ExternalPull) ? Before.ExternalPull : plan.ExternalPull,
            Wake = SameWake(plan.Wake, After.Wake) ? Before.Wake : plan.Wake,
            Overrides = SameOverrides(plan.Overrides, After.Overrides) ? Before.Overrides : plan.Overrides,
        };
        return restored with { Uses = UndoUses(plan.Uses) };
    }

    // The repair touches one use: its place is found again in what the plan has now.
    private IReadOnlyList<PinUse> UndoUses(IReadOnlyList<PinUse> uses)
    {
        if (uses.SequenceEqual(After.Uses))
            return Before.Uses;
        var at = 0;
        while (at < Before.Uses.Count && at < After.Uses.Count && Before.Uses[at] == After.Uses[at])
            at++;
        if (at == Before.Uses.Count)
            return uses;
        if (After.Uses.Count < Before.Uses.Count)
            return uses.Count < PinPlan.MaxUses ? [.. uses.Take(at), Before.Uses[at], .. uses.Skip(at)] : uses;
        var changed = uses.ToList();
        var now = changed.IndexOf(After.Uses[at]);
        if (now >= 0)
            changed[now] = Before.Uses[at];
        return changed;
    }

    private static bool Same(IReadOnlyDictionary<int, Boards.PinPull> left, IReadOnlyDictionary<int, Boards.PinPull> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var pull) && pull == pair.Value);

    private static bool SameWake(IReadOnlyDictionary<string, IReadOnlyList<int>> left, IReadOnlyDictionary<string, IReadOnlyList<int>> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var gpios) && gpios.SequenceEqual(pair.Value));

    private static bool SameOverrides(IReadOnlyList<PinOverride> left, IReadOnlyList<PinOverride> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => string.Equals(pair.First.Rule, pair.Second.Rule, StringComparison.Ordinal)
            && string.Equals(pair.First.Reason, pair.Second.Reason, StringComparison.Ordinal) && pair.First.Gpios.SequenceEqual(pair.Second.Gpios));
}
