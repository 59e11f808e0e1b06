using EspForge.Devices;
using EspForge.Ota;

namespace EspForge.AspNetCore;

/// <summary>A rollout to be.</summary>
/// <param name="ReleaseId">What devices are to run.</param>
/// <param name="Name">1–80 characters; the default is product and version.</param>
/// <param name="Stages">1–20 stages; the default is 5, 20, 50 and 100 %.</param>
/// <param name="Filter">Which devices; all of the product by default.</param>
/// <param name="Start">Whether it starts at once.</param>
internal sealed record RolloutRequest(Guid ReleaseId, string? Name = null, IReadOnlyList<StageRequest>? Stages = null, RolloutFilterRequest? Filter = null, bool Start = false)
{
    /// <summary>The plan, or what is wrong with which field.</summary>
    public (IReadOnlyList<StagePlan> Plan, RolloutFilter Filter, ApiRefusal? Refusal) Read()
    {
        var wrong = new List<ApiDetail>();
        if (Name is not null && DeviceFields.CheckName(Name) is { } name)
            wrong.Add(new("name", name));
        var filter = Filter?.Read(wrong) ?? RolloutFilter.Everything;
        if (wrong.Count > 0)
            return ([], filter, ApiResults.Invalid(wrong));

        var plan = RolloutPlan.Default;
        if (Stages is not null)
        {
            var stages = new List<StagePlan>(Stages.Count);
            for (var i = 0; i < Stages.Count && i <= RolloutPlan.MaximumStages; i++)
            {
                if (Stages[i] is null)
                    return ([], filter, Refuse($"stages[{i}]: must be an object."));
                stages.Add(new StagePlan(Stages[i].Percent, Stages[i].Gate?.Read() ?? new Gate()));
            }

            plan = stages;
        }

        return (plan, filter, RolloutPlan.Check(plan) is { } fault ? Refuse(fault.Message) : null);
    }

    // The plan's rules say the field first: `stages[1].percent: must be …`. Times have another name here.
    private static ApiRefusal Refuse(string sentence)
    {
        sentence = sentence.Replace(".soak:", ".soakSeconds:", StringComparison.Ordinal).Replace(".silentAfter:", ".silentAfterSeconds:", StringComparison.Ordinal);
        var end = sentence.IndexOf(": ", StringComparison.Ordinal);
        return new(new Fault("rollout-invalid", sentence), end < 0 ? null : [new ApiDetail(sentence[..end], $"'{sentence[..end]}' {sentence[(end + 2)..]}")]);
    }
}

/// <summary>One stage: every device up to <paramref name="Percent"/> of the cohort.</summary>
internal sealed record StageRequest(int Percent, GateRequest? Gate = null);

/// <summary>What must hold before the next stage is admitted; what is not said has its default. Times in seconds, rates 0–1.</summary>
internal sealed record GateRequest(
    double? SoakSeconds = null,
    int? MinimumReports = null,
    double? MaximumFailureRate = null,
    double? Confidence = null,
    bool? RequireProof = null,
    double? SilentAfterSeconds = null,
    double? MaximumSilentShare = null)
{
    // Far above what is allowed, so that the rule itself refuses it, and far below what a TimeSpan holds.
    private const double MostSeconds = 1e9;

    public Gate Read()
    {
        var usual = new Gate();
        return new Gate
        {
            Soak = Seconds(SoakSeconds) ?? usual.Soak,
            MinimumReports = MinimumReports ?? usual.MinimumReports,
            MaximumFailureRate = MaximumFailureRate ?? usual.MaximumFailureRate,
            Confidence = Confidence ?? usual.Confidence,
            RequireProof = RequireProof ?? usual.RequireProof,
            SilentAfter = Seconds(SilentAfterSeconds) ?? usual.SilentAfter,
            MaximumSilentShare = MaximumSilentShare ?? usual.MaximumSilentShare,
        };
    }

    private static TimeSpan? Seconds(double? seconds) => seconds is { } s ? TimeSpan.FromSeconds(Math.Clamp(s, -1, MostSeconds)) : null;
}

/// <summary>Which devices a rollout is for: those that match all that is said.</summary>
internal sealed record RolloutFilterRequest(IReadOnlyList<string>? Tags = null, string? Group = null, string? Board = null, string? CurrentVersion = null)
{
    public RolloutFilter Read(List<ApiDetail> wrong)
    {
        Note("filter.tags", Tags is null ? null : DeviceFields.CheckTags(Tags));
        Note("filter.group", string.IsNullOrEmpty(Group) ? null : DeviceFields.CheckGroup(Group));
        Note("filter.board", string.IsNullOrEmpty(Board) ? null : DeviceFields.CheckBoard(Board));
        Note("filter.currentVersion", string.IsNullOrEmpty(CurrentVersion) ? null : DeviceFields.CheckVersion(CurrentVersion));
        return new RolloutFilter(Tags ?? [], Empty(Group), Empty(Board), Empty(CurrentVersion));

        void Note(string field, string? why)
        {
            if (why is not null)
                wrong.Add(new(field, why));
        }
    }

    private static string? Empty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}

/// <summary>Why a person starts, pauses, resumes or cancels.</summary>
internal sealed record RolloutChangeRequest(string? Reason = null) : IOptionalBody;

/// <summary>Why a person rolls back, and what the devices are to return to.</summary>
internal sealed record RolloutRollbackRequest(string? Reason = null, Guid? ReturnToReleaseId = null) : IOptionalBody;
