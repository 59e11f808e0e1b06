namespace EspForge.PinRules;

/// <summary>What is used up.</summary>
public enum PinConflictKind
{
    /// <summary>Pins: the uses together have fewer than there are uses.</summary>
    Pins,

    /// <summary>Controllers or channels.</summary>
    Instances,

    /// <summary>A rule refuses the plan as a whole, or what stays where it is.</summary>
    Rule,
}

/// <summary>Why there is no solution: the smallest set of uses that cannot be had together. Without any one of them the others can be placed.</summary>
/// <param name="Kind">What is used up.</param>
/// <param name="Uses">The uses, by name.</param>
/// <param name="Needs">The indices of their needs in the request, ascending; uses of the plan are not among them.</param>
/// <param name="Gpios">The pins they would have to share, ascending.</param>
/// <param name="Message">The clash in a sentence, with a way out.</param>
public sealed record PinConflict(PinConflictKind Kind, IReadOnlyList<string> Uses, IReadOnlyList<int> Needs, IReadOnlyList<int> Gpios, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}
