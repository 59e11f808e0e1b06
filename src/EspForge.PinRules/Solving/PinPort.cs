namespace EspForge.PinRules;

/// <summary>What becomes of something on another board.</summary>
public enum PinPortChangeKind
{
    /// <summary>It keeps its label or its number, but the wire goes elsewhere.</summary>
    Moved,

    /// <summary>It uses another controller.</summary>
    Instance,

    /// <summary>It cannot be had on the other board.</summary>
    Lost,

    /// <summary>Something about the hardware is different: a voltage, a wake source, the console.</summary>
    Hardware,

    /// <summary>The rules warn about it there and did not before.</summary>
    Warning,
}

/// <summary>One thing that is different on the other board.</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="Use">The use as it was in the plan; null = the plan as a whole.</param>
/// <param name="Gpio">Its pin on the other board; null = none.</param>
/// <param name="Message">The change in a sentence.</param>
public sealed record PinPortChange(PinPortChangeKind Kind, PinUse? Use, int? Gpio, string Message);

/// <summary>A plan on another board.</summary>
/// <param name="Plan">The plan there, without error. Uses that are lost are not in it.</param>
/// <param name="Changes">What is lost or different, what is lost first.</param>
/// <param name="Solution">How the pins were found.</param>
public sealed record PinPort(PinPlan Plan, IReadOnlyList<PinPortChange> Changes, PinSolution Solution)
{
    /// <summary>Whether every use has a pin.</summary>
    public bool IsComplete => Changes.All(change => change.Kind != PinPortChangeKind.Lost);
}
