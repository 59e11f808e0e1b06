using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Compares plans by what they mean.</summary>
public static class PinDiff
{
    /// <summary>
    /// What <paramref name="after"/> changes. A use is the same use if its function and signal are; where several share a name, those on the same pin
    /// go together first, then the lowest numbers.
    /// </summary>
    /// <param name="before">A plan whose board and chip are in the catalog; else <see cref="ArgumentException"/>.</param>
    /// <param name="after">The same.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    public static PinComparison Compare(PinPlan before, PinPlan after, BoardCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var found = new List<PinDifference>();
        PlanFields.Compare(before, after, found);
        CompareUses(before, after, found);
        CompareOverrides(before, after, found);
        CompareFindings(PinChecker.Check(before, catalog), PinChecker.Check(after, catalog), found);
        return new PinComparison(found);
    }

    private static void CompareUses(PinPlan before, PinPlan after, List<PinDifference> found)
    {
        var pairs = new List<(PinUse? Old, PinUse? New)>();
        var old = before.Uses.ToLookup(NameOf, StringComparer.Ordinal);
        var now = after.Uses.ToLookup(NameOf, StringComparer.Ordinal);
        foreach (var name in old.Select(group => group.Key).Union(now.Select(group => group.Key), StringComparer.Ordinal))
            Pair(old[name], now[name], pairs);
        pairs.Sort((left, right) => Compare((left.New ?? left.Old)!, (right.New ?? right.Old)!));
        foreach (var (was, use) in pairs)
        {
            if (Describe(was, use) is { } difference)
                found.Add(difference);
        }
    }

    private static void Pair(IEnumerable<PinUse> old, IEnumerable<PinUse> now, List<(PinUse?, PinUse?)> pairs)
    {
        var rest = old.Order(Comparer<PinUse>.Create(Compare)).ToList();
        var later = new List<PinUse>();
        foreach (var use in now.Order(Comparer<PinUse>.Create(Compare)))
        {
            var at = rest.FindIndex(was => was.Gpio == use.Gpio && SameSetup(was, use));
            if (at < 0)
                later.Add(use);
            else
                rest.RemoveAt(at);
        }

        // Same pin, another direction or pull: changed, not moved.
        foreach (var use in later.ToList())
        {
            var at = rest.FindIndex(was => was.Gpio == use.Gpio);
            if (at < 0)
                continue;
            pairs.Add((rest[at], use));
            rest.RemoveAt(at);
            later.Remove(use);
        }

        for (var i = 0; i < Math.Max(rest.Count, later.Count); i++)
            pairs.Add((rest.ElementAtOrDefault(i), later.ElementAtOrDefault(i)));
    }

    private static PinDifference? Describe(PinUse? was, PinUse? use)
    {
        if (was is null)
            return new PinDifference(PinDifferenceKind.Added, $"{Title(use!)} is new on {Gpio(use!.Gpio)}{Setup(use)}.") { NewUse = use };
        if (use is null)
            return new PinDifference(PinDifferenceKind.Removed, $"{Title(was)} is gone from {Gpio(was.Gpio)}.") { OldUse = was };
        if (was.Gpio != use.Gpio)
            return new PinDifference(PinDifferenceKind.Moved, $"{Title(use)} moves from {Gpio(was.Gpio)} to {Gpio(use.Gpio)}{(SameSetup(was, use) ? "" : $", and is{Changes(was, use)}")}.") { OldUse = was, NewUse = use };
        return SameSetup(was, use) ? null : new PinDifference(PinDifferenceKind.Changed, $"{Title(use)} on {Gpio(use.Gpio)} is{Changes(was, use)}.") { OldUse = was, NewUse = use };
    }

    private static void CompareOverrides(PinPlan before, PinPlan after, List<PinDifference> found)
    {
        var old = before.Overrides.ToList();
        var now = new List<PinOverride>();
        foreach (var entry in after.Overrides)
        {
            var at = old.FindIndex(was => SameOverride(was, entry) && string.Equals(was.Reason, entry.Reason, StringComparison.Ordinal));
            if (at < 0)
                now.Add(entry);
            else
                old.RemoveAt(at);
        }

        foreach (var entry in old.OrderBy(entry => RuleKey(entry.Rule), StringComparer.Ordinal))
            found.Add(new PinDifference(PinDifferenceKind.NoLongerAccepted, $"{RuleKey(entry.Rule)} on {Gpios(entry.Gpios)} is no longer accepted because \"{entry.Reason}\".") { Override = entry });
        foreach (var entry in now.OrderBy(entry => RuleKey(entry.Rule), StringComparer.Ordinal))
            found.Add(new PinDifference(PinDifferenceKind.Accepted, $"{RuleKey(entry.Rule)} on {Gpios(entry.Gpios)} is accepted: \"{entry.Reason}\".") { Override = entry });
    }

    private static void CompareFindings(PinReport before, PinReport after, List<PinDifference> found)
    {
        var old = before.Findings.ToList();
        var now = new List<PinFinding>();
        foreach (var finding in after.Findings)
        {
            var at = old.FindIndex(was => SameFinding(was, finding));
            if (at < 0)
                now.Add(finding);
            else
                old.RemoveAt(at);
        }

        foreach (var finding in now)
            found.Add(new PinDifference(PinDifferenceKind.Appeared, $"New {PinSheet.SeverityWord(finding.Severity)}, {finding.Class}: {finding.Message}") { Finding = finding });
        foreach (var finding in old)
            found.Add(new PinDifference(PinDifferenceKind.Gone, $"No longer {(finding.Severity == PinSeverity.Warning ? "a" : "an")} {PinSheet.SeverityWord(finding.Severity)}, {finding.Class}: {finding.Message}") { Finding = finding });
    }

    // The message may name the use, and names are no part of a finding; severity is.
    private static bool SameFinding(PinFinding left, PinFinding right) =>
        string.Equals(left.Rule, right.Rule, StringComparison.Ordinal) && left.Severity == right.Severity && left.Gpios.SequenceEqual(right.Gpios);

    private static bool SameOverride(PinOverride left, PinOverride right) =>
        string.Equals(RuleKey(left.Rule), RuleKey(right.Rule), StringComparison.Ordinal) && left.Gpios.Order().SequenceEqual(right.Gpios.Order());

    // PIN010 and strapping are one rule.
    private static string RuleKey(string rule)
    {
        foreach (var known in PinRuleSet.Default)
        {
            if (PinRuleSet.IsNamed(known, rule))
                return known.Class;
        }

        return rule;
    }

    private static bool SameSetup(PinUse left, PinUse right) =>
        PinFunction.Read(left).Direction == PinFunction.Read(right).Direction && PullOf(left) == PullOf(right)
        && left.FrequencyHz == right.FrequencyHz && left.ResolutionBits == right.ResolutionBits && left.DriveMilliamps == right.DriveMilliamps && left.RmtSymbols == right.RmtSymbols
        && left.Hold == right.Hold;

    private static PinPull PullOf(PinUse use) => use.Pull ?? PinPull.None;

    private static string NameOf(PinUse use) => $"{use.Function.Trim().ToLowerInvariant()}\u001f{use.Signal?.Trim().ToLowerInvariant()}";

    private static int Compare(PinUse left, PinUse right)
    {
        var byGpio = left.Gpio.CompareTo(right.Gpio);
        if (byGpio != 0)
            return byGpio;
        var byName = string.CompareOrdinal(NameOf(left), NameOf(right));
        if (byName != 0)
            return byName;
        if (PullOf(left) != PullOf(right))
            return PullOf(left).CompareTo(PullOf(right));
        if (left.Direction != right.Direction)
            return Nullable.Compare(left.Direction, right.Direction);
        foreach (var (_, _, read) in Settings)
        {
            if (read(left) != read(right))
                return Nullable.Compare(read(left), read(right));
        }

        return Nullable.Compare(left.Hold, right.Hold);
    }

    private static string Title(PinUse use) => use.Name;

    private static string Gpio(int gpio) => string.Create(CultureInfo.InvariantCulture, $"GPIO{gpio}");

    private static string Gpios(IReadOnlyList<int> gpios) => gpios.Count == 0 ? "no pin" : string.Join(", ", gpios.Order().Select(Gpio));

    private static string Setup(PinUse use)
    {
        var words = new List<string>();
        if (PinFunction.Read(use).Direction is { } direction)
            words.Add(PlanWords.Word(PlanWords.Directions, direction));
        if (PullOf(use) != PinPull.None)
            words.Add(PullWord(use));
        foreach (var (_, unit, read) in Settings)
        {
            if (read(use) is { } value)
                words.Add(string.Create(CultureInfo.InvariantCulture, $"{value} {unit}"));
        }

        if (use.Hold is not null)
            words.Add(HoldWord(use));
        return words.Count == 0 ? "" : $" ({string.Join(", ", words)})";
    }

    private static string Changes(PinUse was, PinUse use)
    {
        var changes = new List<string>();
        var (from, to) = (PinFunction.Read(was).Direction, PinFunction.Read(use).Direction);
        if (from != to)
            changes.Add($" {DirectionWord(to)} instead of {DirectionWord(from)}");
        if (PullOf(was) != PullOf(use))
            changes.Add($" {PullWord(use)} instead of {PullWord(was)}");
        foreach (var (title, unit, read) in Settings)
        {
            if (read(was) != read(use))
                changes.Add($" {title} {Value(read(use), unit)} instead of {Value(read(was), unit)}");
        }

        if (was.Hold != use.Hold)
            changes.Add($" {HoldWord(use)} instead of {HoldWord(was)}");
        return string.Join(" and", changes);
    }

    private static readonly (string Title, string Unit, Func<PinUse, int?> Read)[] Settings =
    [
        ("at", "Hz", use => use.FrequencyHz),
        ("with", "bits", use => use.ResolutionBits),
        ("driven with", "mA", use => use.DriveMilliamps),
        ("given", "RMT symbols", use => use.RmtSymbols),
    ];

    private static string Value(int? value, string unit) => value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number} {unit}") : $"no said {unit}";

    private static string HoldWord(PinUse use) => use.Hold switch { true => "held in deep sleep", false => "let go in deep sleep", _ => "of no said hold" };

    private static string DirectionWord(PinDirection? direction) => direction switch
    {
        PinDirection.In => "an input",
        PinDirection.Out => "an output",
        PinDirection.Io => "both ways",
        PinDirection.Analog => "analog",
        _ => "of no said direction",
    };

    private static string PullWord(PinUse use) => PullOf(use) switch { PinPull.Up => "pulled up", PinPull.Down => "pulled down", _ => "without pull" };
}
