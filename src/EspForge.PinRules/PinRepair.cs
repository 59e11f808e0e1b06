using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>What a repair does to a plan.</summary>
public enum PinChangeKind
{
    /// <summary>Moves a use to another GPIO.</summary>
    Move,

    /// <summary>Takes a use out.</summary>
    Remove,

    /// <summary>Sets a field of a use.</summary>
    SetUse,

    /// <summary>Sets a field of the plan.</summary>
    SetPlan,

    /// <summary>Adds an override.</summary>
    Override,
}

/// <summary>A change to a plan, as data.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Use">The use it is about (move, remove, setUse).</param>
/// <param name="To">The new GPIO (move).</param>
/// <param name="Field">The field (setUse: <c>direction</c>, <c>pull</c>, <c>frequencyHz</c>, <c>resolutionBits</c>, <c>driveMilliamps</c>, <c>rmtSymbols</c>, <c>hold</c>; setPlan: <c>console</c>, <c>wifi</c>, <c>psram</c>, <c>flashMode</c>, <c>efuses</c>, <c>externalPull.N</c>) or the rule (override).</param>
/// <param name="Value">Its value, in the words of the plan format; for an override the reason.</param>
/// <param name="Gpios">The pins (override).</param>
public sealed record PinChange(PinChangeKind Kind, PinUse? Use = null, int? To = null, string? Field = null, string? Value = null, IReadOnlyList<int>? Gpios = null);

/// <summary>A way out of a finding.</summary>
/// <param name="Label">What it does, as an imperative.</param>
/// <param name="Change">The change to the plan.</param>
public sealed record PinRepair(string Label, PinChange Change)
{
    /// <summary>The plan with this repair made; the plan itself where the use is no longer in it.</summary>
    public PinPlan Apply(PinPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Change.Kind switch
        {
            PinChangeKind.Move => Rewire(Replace(plan, use => use with { Gpio = Change.To!.Value }), Change.Use!.Gpio, Change.To!.Value),
            PinChangeKind.Remove => Replace(plan, _ => null),
            PinChangeKind.SetUse => Replace(plan, use => SetField(use, Change.Field!, Change.Value!)),
            PinChangeKind.SetPlan => SetField(plan, Change.Field!, Change.Value!),
            _ => plan with { Overrides = [.. plan.Overrides, new PinOverride(Change.Field!, Change.Gpios ?? [], Change.Value!)] },
        };
    }

    /// <summary>This repair made on <paramref name="plan"/>, with what it takes to undo it.</summary>
    public PinEdit Preview(PinPlan plan) => new(this, plan, Apply(plan));

    internal static PinRepair SetPlan(string label, string field, string value) => new(label, new PinChange(PinChangeKind.SetPlan, Field: field, Value: value));

    internal static PinRepair SetUse(string label, PinUse use, string field, string value) =>
        new(label, new PinChange(PinChangeKind.SetUse, use, Field: field, Value: value));

    /// <summary>Moves a use to the best free pin; null where there is none that is better than <paramref name="severity"/>.</summary>
    internal static PinRepair? Move(PinPlan plan, PinUse use, BoardCatalog catalog, PinSeverity severity = PinSeverity.Warning)
    {
        foreach (var found in PinSuggester.Suggest(plan, use, catalog, limit: 8))
        {
            if (severity != PinSeverity.Error && found.Worst is not null && found.Worst >= severity)
                return null;
            var why = found.Worst is null ? "free, nothing against it" : $"free, with a look at {string.Join(", ", found.Findings.Select(finding => finding.Class).Distinct(StringComparer.Ordinal))}";
            var move = new PinRepair($"Move {use.Name} to GPIO{found.Gpio} ({why})", new PinChange(PinChangeKind.Move, use, To: found.Gpio));

            // The pin was judged on its own; among the other uses it may be worse, as they tell which package it is.
            if (PinChecker.Check(move.Apply(plan), catalog).Findings.All(finding => finding.Severity != PinSeverity.Error || !finding.Gpios.Contains(found.Gpio)))
                return move;
        }

        return null;
    }

    internal static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    internal static IReadOnlyList<PinRepair> Find(PinFinding finding, PinPlan plan, BoardCatalog catalog, PinUse? movable, IReadOnlyList<PinRepair> own)
    {
        var repairs = new List<PinRepair>(own.Count + 2);
        if (movable is not null && Move(plan, movable, catalog, finding.Severity) is { } move)
            repairs.Add(move);

        repairs.AddRange(own);
        if (movable is not null && repairs.Count == 0 && finding.Severity == PinSeverity.Error)
            repairs.Add(new($"Take {movable.Name} out: no free pin can carry it", new PinChange(PinChangeKind.Remove, movable)));
        if (finding.Severity == PinSeverity.Warning || repairs.Count == 0)
        {
            repairs.Add(new(
                $"Accept {finding.Class} on {string.Join(", ", finding.Gpios.Select(gpio => "GPIO" + gpio.ToString(CultureInfo.InvariantCulture)))} with an override",
                new PinChange(PinChangeKind.Override, Field: finding.Rule, Value: "Reviewed on the schematic", Gpios: finding.Gpios)));
        }

        return repairs;
    }

    /// <summary>Wake sources and interrupts go with the wire: what spoke of <paramref name="from"/> speaks of <paramref name="to"/>, unless another use stays there.</summary>
    internal static PinPlan Rewire(PinPlan plan, int from, int to)
    {
        if (plan.Wake.Count == 0 && plan.Interrupts.Count == 0 || plan.Uses.Any(use => use.Gpio == from))
            return plan;
        return plan with
        {
            Wake = plan.Wake.ToDictionary(pair => pair.Key, pair => Moved(pair.Value), StringComparer.Ordinal),
            Interrupts = Moved(plan.Interrupts),
        };

        IReadOnlyList<int> Moved(IReadOnlyList<int> gpios) => [.. gpios.Select(gpio => gpio == from ? to : gpio)];
    }

    private PinPlan Replace(PinPlan plan, Func<PinUse, PinUse?> change)
    {
        var uses = new List<PinUse>(plan.Uses.Count);
        var done = false;
        foreach (var use in plan.Uses)
        {
            var changed = !done && use == Change.Use ? change(use) : use;
            done |= use == Change.Use;
            if (changed is not null)
                uses.Add(changed);
        }

        return done ? plan with { Uses = uses } : plan;
    }

    private static PinUse SetField(PinUse use, string field, string value) => field switch
    {
        "direction" => use with { Direction = PlanWords.Value(PlanWords.Directions, value) },
        "pull" => use with { Pull = PlanWords.Value(PlanWords.Pulls, value) },
        "frequencyHz" => use with { FrequencyHz = int.Parse(value, CultureInfo.InvariantCulture) },
        "resolutionBits" => use with { ResolutionBits = int.Parse(value, CultureInfo.InvariantCulture) },
        "driveMilliamps" => use with { DriveMilliamps = int.Parse(value, CultureInfo.InvariantCulture) },
        "rmtSymbols" => use with { RmtSymbols = int.Parse(value, CultureInfo.InvariantCulture) },
        "hold" => use with { Hold = string.Equals(value, "true", StringComparison.Ordinal) },
        _ => throw new InvalidOperationException($"A repair cannot set the field '{field}' of a use."),
    };

    private static PinPlan SetField(PinPlan plan, string field, string value) => field switch
    {
        "console" => plan with { Console = PlanWords.Value(PlanWords.Consoles, value) },
        "wifi" => plan with { Wifi = string.Equals(value, "true", StringComparison.Ordinal) },
        "psram" => plan with { Psram = PlanWords.Value(PlanWords.PsramModes, value) },
        "flashMode" => plan with { FlashMode = PlanWords.Value(PlanWords.FlashModes, value) },
        "efuses" => plan with { Efuses = [.. plan.Efuses, value] },
        _ when field.StartsWith("externalPull.", StringComparison.Ordinal) => plan with
        {
            ExternalPull = new Dictionary<int, PinPull>(plan.ExternalPull)
            {
                [int.Parse(field.AsSpan("externalPull.".Length), CultureInfo.InvariantCulture)] = PlanWords.Value(PlanWords.Pulls, value),
            },
        },
        _ => throw new InvalidOperationException($"A repair cannot set the field '{field}'."),
    };
}
