using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Checks a plan against the rules. Pure: the same plan and catalog give the same report.</summary>
public static class PinChecker
{
    [ThreadStatic]
    private static PinCheck? _idle;

    /// <summary>Checks <paramref name="plan"/>. Apart from the report it allocates nothing after a thread's first check.</summary>
    /// <param name="plan">A plan whose board and chip are in the catalog, as one from <see cref="PinPlanReader"/> is; else <see cref="ArgumentException"/>.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    /// <param name="rules">The default is <see cref="PinRuleSet.Default"/>.</param>
    public static PinReport Check(PinPlan plan, BoardCatalog? catalog = null, IReadOnlyList<IPinRule>? rules = null)
    {
        ArgumentNullException.ThrowIfNull(plan);

        // Taken, not borrowed: a rule of a user may check another plan while this one is under way.
        var check = _idle ?? new PinCheck();
        _idle = null;
        try
        {
            check.Begin(plan, catalog ?? BoardCatalog.Default);
            if (rules is null)
            {
                foreach (var rule in PinRuleSet.Checks)
                    rule(check);
            }
            else
            {
                for (var i = 0; i < rules.Count; i++)
                    rules[i].Check(check);
            }

            ApplyOverrides(plan, check.Findings);
            check.Findings.Sort(Compare);
            return new PinReport(check.Findings.Count == 0 ? [] : check.Findings.ToArray());
        }
        finally
        {
            if (check.Plan is not null)
                check.End();
            _idle = check;
        }
    }

    /// <summary>
    /// Judges one line on many pins: what <see cref="Check"/> says of a plan with nothing but it, without making a report of each. The plan's hardware and
    /// the line's words are read once.
    /// </summary>
    /// <param name="plan">A plan whose uses are <paramref name="placed"/> itself.</param>
    /// <param name="placed">Filled by <paramref name="place"/> before each judgement.</param>
    /// <param name="catalog">The catalog of the plan's board.</param>
    /// <param name="gpios">The pins to judge.</param>
    /// <param name="place">Puts the line on a pin.</param>
    /// <param name="judged">Gets each pin with its findings, unsorted; null = at least one is an error.</param>
    internal static void JudgeEach(PinPlan plan, PinUse[] placed, BoardCatalog catalog, ulong gpios, Action<int> place, Action<int, List<PinFinding>?> judged)
    {
        if (gpios == 0)
            return;
        var check = _idle ?? new PinCheck();
        _idle = null;
        try
        {
            place(System.Numerics.BitOperations.TrailingZeroCount(gpios));
            check.Begin(plan, catalog);
            Span<PinFunction> functions = stackalloc PinFunction[placed.Length];
            for (var i = 0; i < placed.Length; i++)
                functions[i] = PinFunction.Read(placed[i]);
            var memory = MemoryPins.Read(plan, check.Chip, check.Board);
            var fixedMemory = !MemoryPins.DependsOnUses(plan, check.Chip, check.Board);
            for (var rest = gpios; rest != 0; rest &= rest - 1)
            {
                var gpio = System.Numerics.BitOperations.TrailingZeroCount(rest);
                place(gpio);
                check.Move(gpio, functions, fixedMemory ? memory : null);
                judged(gpio, HasErrors(check) ? null : check.Findings);
            }
        }
        finally
        {
            if (check.Plan is not null)
                check.End();
            _idle = check;
        }
    }

    // An override can make less of an error, so where there are some all rules have their say first.
    private static bool HasErrors(PinCheck check)
    {
        var seen = 0;
        var overridden = check.Plan.Overrides.Count > 0;
        foreach (var rule in PinRuleSet.Checks)
        {
            rule(check);
            if (overridden)
                continue;
            for (; seen < check.Findings.Count; seen++)
            {
                if (check.Findings[seen].Severity == PinSeverity.Error)
                    return true;
            }
        }

        if (!overridden)
            return false;
        ApplyOverrides(check.Plan, check.Findings);
        return check.Findings.Exists(finding => finding.Severity == PinSeverity.Error);
    }

    private static void ApplyOverrides(PinPlan plan, List<PinFinding> findings)
    {
        for (var i = 0; i < plan.Overrides.Count; i++)
        {
            var entry = plan.Overrides[i];
            foreach (var finding in findings)
            {
                var named = string.Equals(finding.Rule, entry.Rule, StringComparison.Ordinal) || string.Equals(finding.Class, entry.Rule, StringComparison.Ordinal);
                if (named && finding.Gpios.All(entry.Gpios.Contains))
                    finding.Override(entry.Reason);
            }
        }
    }

    private static int Compare(PinFinding left, PinFinding right)
    {
        var bySeverity = right.Severity.CompareTo(left.Severity);
        if (bySeverity != 0)
            return bySeverity;
        var byGpio = (left.Gpios.Count > 0 ? left.Gpios[0] : -1).CompareTo(right.Gpios.Count > 0 ? right.Gpios[0] : -1);
        if (byGpio != 0)
            return byGpio;
        var byRule = string.CompareOrdinal(left.Rule, right.Rule);
        return byRule != 0 ? byRule : string.CompareOrdinal(left.Message, right.Message);
    }
}
