namespace EspForge.PinRules;

/// <summary>Where a line went, and why.</summary>
/// <param name="Use">The use, as it is in the plan of the solution.</param>
/// <param name="Name">The name of its need, and its line.</param>
/// <param name="Need">The index of the need in the request; null = a use of the plan that could be moved.</param>
/// <param name="Item">Which of the need's count it belongs to, from 0.</param>
/// <param name="Before">Where it was locked or had been; null = nowhere.</param>
/// <param name="Cost">Its share of the cost, with its share of the neighbourhood.</param>
/// <param name="Why">Why there, in a sentence.</param>
public sealed record PinPlacement(PinUse Use, string Name, int? Need, int Item, int? Before, PinCost Cost, string Why);

/// <summary>
/// The duals of the assignment that a solution is: with the solution's controllers, routes and headers, no line is cheaper on a pin than the sum of
/// both duals, a pin's dual is never above 0, and all duals together are the cost. So no other choice of pins is cheaper.
/// </summary>
/// <param name="Lines">The dual of each placement, packed as <see cref="PinCost.Packed"/>, in their order.</param>
/// <param name="Pins">The dual of each pin: GPIO → packed cost, 0 where it is not listed.</param>
public sealed record PinProof(IReadOnlyList<long> Lines, IReadOnlyDictionary<int, long> Pins);

/// <summary>The answer to a request: a plan with the proof that none is better, or the smallest clash.</summary>
public sealed class PinSolution
{
    /// <summary>The plan, checked and without error; null where there is none, and <see cref="Conflict"/> says why.</summary>
    public PinPlan? Plan { get; internal init; }

    /// <summary>Why there is no plan; null where there is one.</summary>
    public PinConflict? Conflict { get; internal init; }

    /// <summary>Every line that was placed, in the order of the request.</summary>
    public IReadOnlyList<PinPlacement> Placements { get; internal init; } = [];

    /// <summary>What the plan costs. Uses that stay for good cost nothing.</summary>
    public PinCost Cost { get; internal init; }

    /// <summary>No legal plan costs less than this.</summary>
    public PinCost Bound { get; internal init; }

    /// <summary>Whether <see cref="Bound"/> proves that no plan is better. False only where the search was cut short, or a rule refused a better plan as a whole.</summary>
    public bool IsOptimal => Plan is not null && Bound >= Cost;

    /// <summary>The duals; null where there is no plan.</summary>
    public PinProof? Proof { get; internal init; }

    /// <summary>What the rules say about the plan: no errors.</summary>
    public PinReport? Report { get; internal init; }

    /// <summary>Nodes of the search tree.</summary>
    public int Nodes { get; internal init; }

    /// <summary>How often lines were assigned anew.</summary>
    public int Assignments { get; internal init; }
}
