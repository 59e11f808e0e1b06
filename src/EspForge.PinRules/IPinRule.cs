namespace EspForge.PinRules;

/// <summary>One thing that can be wrong with a plan. A rule has no state; add your own by passing a longer list to <see cref="PinChecker.Check"/>.</summary>
public interface IPinRule
{
    /// <summary>Stable id. <c>PIN001</c> to <c>PIN999</c> are this package's.</summary>
    string Id { get; }

    /// <summary>The class of finding, in lower-case words joined by <c>-</c>.</summary>
    string Class { get; }

    /// <summary>Looks at the plan and reports to <paramref name="check"/>.</summary>
    void Check(PinCheck check);
}
