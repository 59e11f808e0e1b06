using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>How bad a finding is.</summary>
public enum PinSeverity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>It can fail in a way the message names.</summary>
    Warning,

    /// <summary>It cannot work.</summary>
    Error,
}

/// <summary>What one rule has against a plan.</summary>
public sealed class PinFinding
{
    private readonly PinPlan _plan;
    private readonly BoardCatalog _catalog;
    private readonly PinUse? _movable;
    private readonly IReadOnlyList<PinRepair> _ownRepairs;
    private IReadOnlyList<PinRepair>? _repairs;

    internal PinFinding(PinPlan plan, BoardCatalog catalog, IPinRule rule, PinSeverity severity, IReadOnlyList<int> gpios, string message, string source, PinUse? movable, IReadOnlyList<PinRepair> repairs)
    {
        _plan = plan;
        _catalog = catalog;
        _movable = movable;
        _ownRepairs = repairs;
        Rule = rule.Id;
        Class = rule.Class;
        Severity = severity;
        Gpios = gpios;
        Message = message;
        Source = source;
    }

    /// <summary>The rule's id, such as <c>PIN003</c>. Never reused for another rule.</summary>
    public string Rule { get; }

    /// <summary>The rule's class, such as <c>flash</c>.</summary>
    public string Class { get; }

    /// <summary>How bad it is. An overridden finding is <see cref="PinSeverity.Info"/>.</summary>
    public PinSeverity Severity { get; private set; }

    /// <summary>The pins, ascending.</summary>
    public IReadOnlyList<int> Gpios { get; }

    /// <summary>What, why, and what to do.</summary>
    public string Message { get; }

    /// <summary>Where the fact is from.</summary>
    public string Source { get; }

    /// <summary>The reason somebody gave for accepting it, or null.</summary>
    public string? Overridden { get; private set; }

    /// <summary>Ways out, best first, at least one. They are worked out when first asked for.</summary>
    public IReadOnlyList<PinRepair> Repairs => _repairs ??= PinRepair.Find(this, _plan, _catalog, _movable, _ownRepairs);

    /// <summary>The index, in the uses of the plan that was checked, of the use a repair is about; null where it is about none.</summary>
    public int? UseIndexOf(PinRepair repair)
    {
        ArgumentNullException.ThrowIfNull(repair);
        for (var i = 0; repair.Change.Use is not null && i < _plan.Uses.Count; i++)
        {
            if (_plan.Uses[i] == repair.Change.Use)
                return i;
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Severity} {Rule} {Class}: {Message}";

    internal void Override(string reason)
    {
        Overridden = reason;
        Severity = PinSeverity.Info;
    }
}

/// <summary>What a check found, errors first, then by GPIO and rule. Two plans that differ in the order of uses have the same report.</summary>
/// <param name="findings">The findings.</param>
public sealed class PinReport(IReadOnlyList<PinFinding> findings)
{
    /// <summary>The findings.</summary>
    public IReadOnlyList<PinFinding> Findings { get; } = findings;

    /// <summary>How many are errors.</summary>
    public int Errors => Count(PinSeverity.Error);

    /// <summary>How many are warnings.</summary>
    public int Warnings => Count(PinSeverity.Warning);

    /// <summary>How many are infos, overridden ones included.</summary>
    public int Infos => Count(PinSeverity.Info);

    /// <summary>Whether one of them is an error.</summary>
    public bool HasErrors => Findings.Count > 0 && Findings[0].Severity == PinSeverity.Error;

    private int Count(PinSeverity severity) => Findings.Count(finding => finding.Severity == severity);
}
