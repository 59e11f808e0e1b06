using System.Globalization;

namespace EspForge.Ota;

/// <summary>The rules a plan of stages keeps.</summary>
public static class RolloutPlan
{
    /// <summary>Most stages.</summary>
    public const int MaximumStages = 20;

    /// <summary>Longest name, in characters.</summary>
    public const int MaximumNameChars = 80;

    private const int MaximumReports = 1_000_000;
    private const int MaximumTags = 20;
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly TimeSpan LeastSilence = TimeSpan.FromSeconds(10);

    /// <summary>5, 20, 50 and 100 %, each with the default gate.</summary>
    public static IReadOnlyList<StagePlan> Default { get; } = [new(5, new Gate()), new(20, new Gate()), new(50, new Gate()), new(100, new Gate())];

    /// <summary>What is wrong with the stages, or <see langword="null"/>. Fault <c>rollout-invalid</c> names the field.</summary>
    public static Fault? Check(IReadOnlyList<StagePlan> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        if (stages.Count is < 1 or > MaximumStages) return Invalid($"stages: must be 1 to {MaximumStages}, not {stages.Count}.");
        var previous = 0;
        for (var i = 0; i < stages.Count; i++)
        {
            var percent = stages[i].Percent;
            if (percent is < 1 or > 100) return Invalid($"stages[{i}].percent: must be 1 to 100, not {percent}.");
            if (percent <= previous) return Invalid($"stages[{i}].percent: must be above the {previous} of the stage before it, not {percent}.");
            if (Check(stages[i].Gate, $"stages[{i}].gate") is { } fault) return fault;
            previous = percent;
        }

        return previous == 100 ? null : Invalid($"stages[{stages.Count - 1}].percent: the last stage must be 100, not {previous}.");
    }

    /// <summary>What is wrong with name, filter or stages, or <see langword="null"/>. Fault <c>rollout-invalid</c> names the field.</summary>
    public static Fault? Check(string? name, RolloutFilter filter, IReadOnlyList<StagePlan> stages)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaximumNameChars) return Invalid($"name: must have 1 to {MaximumNameChars} characters.");
        if (filter.Tags is null || filter.Tags.Count > MaximumTags) return Invalid($"filter.tags: must be at most {MaximumTags}.");
        for (var i = 0; i < filter.Tags.Count; i++)
            if (string.IsNullOrWhiteSpace(filter.Tags[i]))
                return Invalid($"filter.tags[{i}]: must not be empty.");
        return Check(stages);
    }

    private static Fault? Check(Gate? gate, string at)
    {
        if (gate is null) return Invalid($"{at}: is missing.");
        if (gate.Soak < TimeSpan.Zero || gate.Soak > Month) return Invalid($"{at}.soak: must be 0 to 30 days.");
        if (gate.MinimumReports is < 1 or > MaximumReports) return Invalid($"{at}.minimumReports: must be 1 to {MaximumReports}, not {gate.MinimumReports}.");
        if (!(gate.MaximumFailureRate is >= 0 and <= 1)) return Invalid($"{at}.maximumFailureRate: must be 0 to 1, not {gate.MaximumFailureRate}.");
        if (!(gate.Confidence is >= 0.5 and <= 0.999)) return Invalid($"{at}.confidence: must be 0.5 to 0.999, not {gate.Confidence}.");
        if (gate.SilentAfter < LeastSilence || gate.SilentAfter > Month) return Invalid($"{at}.silentAfter: must be 10 seconds to 30 days.");
        return gate.MaximumSilentShare is >= 0 and <= 1 ? null : Invalid($"{at}.maximumSilentShare: must be 0 to 1, not {gate.MaximumSilentShare}.");
    }

    private static Fault Invalid(FormattableString sentence) => new("rollout-invalid", sentence.ToString(CultureInfo.InvariantCulture));
}
