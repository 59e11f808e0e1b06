using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>How two plans differ in one point.</summary>
public enum PinDifferenceKind
{
    /// <summary>Board, chip, module, memory, console or another field of the plan.</summary>
    Hardware,

    /// <summary>A use sits on another pin.</summary>
    Moved,

    /// <summary>A use is new.</summary>
    Added,

    /// <summary>A use is gone.</summary>
    Removed,

    /// <summary>A use has another direction, pull, frequency, resolution, drive, RMT memory or hold.</summary>
    Changed,

    /// <summary>A finding is accepted now.</summary>
    Accepted,

    /// <summary>A finding is no longer accepted, or for another reason.</summary>
    NoLongerAccepted,

    /// <summary>There is a finding that was not there.</summary>
    Appeared,

    /// <summary>A finding is gone.</summary>
    Gone,
}

/// <summary>One difference between two plans.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Sentence">It in words.</param>
public sealed record PinDifference(PinDifferenceKind Kind, string Sentence)
{
    /// <summary>The field of the plan, for <see cref="PinDifferenceKind.Hardware"/>.</summary>
    public string? Field { get; init; }

    /// <summary>What it was, as text; null where there was none.</summary>
    public string? From { get; init; }

    /// <summary>What it is, as text; null where there is none.</summary>
    public string? To { get; init; }

    /// <summary>The use before; null where there was none.</summary>
    public PinUse? OldUse { get; init; }

    /// <summary>The use after; null where there is none.</summary>
    public PinUse? NewUse { get; init; }

    /// <summary>The finding that appeared or is gone.</summary>
    public PinFinding? Finding { get; init; }

    /// <summary>The override that was added or taken away.</summary>
    public PinOverride? Override { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Sentence;
}

/// <summary>How two plans differ by meaning. The order of uses, overrides and fields is none of it.</summary>
/// <param name="differences">The differences: hardware, uses, overrides, findings; in each by GPIO and name.</param>
public sealed class PinComparison(IReadOnlyList<PinDifference> differences)
{
    /// <summary>The differences.</summary>
    public IReadOnlyList<PinDifference> Differences { get; } = differences;

    /// <summary>Whether the plans mean the same.</summary>
    public bool IsSame => Differences.Count == 0;

    /// <summary>Whether the second plan has an error the first has not.</summary>
    public bool AddsErrors => Differences.Any(difference => difference is { Kind: PinDifferenceKind.Appeared, Finding.Severity: PinSeverity.Error });
}
