using EspForge.PinRules;

namespace EspForge.AspNetCore;

/// <summary>A pin plan as sent (docs/pins.md); for the OpenAPI document. <c>PinPlanReader</c> reads it, and says where it is none.</summary>
internal sealed record PinPlanDocument(
    IReadOnlyList<PinUseDocument> Uses, string? Board = null, string? Chip = null, string? Module = null, string? FlashMode = null, string? Psram = null,
    int? VddSpiMillivolts = null, IReadOnlyList<string>? Efuses = null, bool? Wifi = null, string? Console = null,
    IReadOnlyDictionary<string, string>? ExternalPull = null, IReadOnlyDictionary<string, IReadOnlyList<int>>? Wake = null, IReadOnlyList<int>? Interrupts = null,
    IReadOnlyList<PinOverrideDocument>? Overrides = null);

/// <summary>A use of a plan.</summary>
internal sealed record PinUseDocument(
    int Gpio, string Function, string? Signal = null, string? Direction = null, string? Pull = null, int? FrequencyHz = null, int? ResolutionBits = null,
    int? DriveMilliamps = null, int? RmtSymbols = null, bool? Hold = null);

/// <summary>An accepted finding of a plan.</summary>
internal sealed record PinOverrideDocument(string Rule, IReadOnlyList<int> Gpios, string Reason);

/// <summary>A use that looks for a pin; its own GPIO, if it has one, is not suggested.</summary>
internal sealed record WantedUseDocument(string Function, string? Signal = null, int? Gpio = null, string? Direction = null, string? Pull = null);

/// <summary>What pins/suggest is asked; <c>use</c> may also be the index of a use of the plan.</summary>
internal sealed record PinSuggestDocument(PinPlanDocument Plan, WantedUseDocument Use);

/// <summary>What a check found.</summary>
internal sealed record PinReportView(IReadOnlyList<FindingView> Findings, int Errors, int Warnings, int Infos)
{
    public static PinReportView Of(PinPlan plan, PinReport report) => new(
        [.. report.Findings.Select(f => FindingView.Of(plan, f))],
        report.Findings.Count(f => f.Severity is PinSeverity.Error),
        report.Findings.Count(f => f.Severity is PinSeverity.Warning),
        report.Findings.Count(f => f.Severity is PinSeverity.Info));
}

/// <summary>One finding.</summary>
internal sealed record FindingView(
    string Rule, string Class, PinSeverity Severity, IReadOnlyList<int> Gpios, string Message, string Source, IReadOnlyList<RepairView> Repairs, string? Overridden)
{
    public static FindingView Of(PinPlan plan, PinFinding finding) => new(
        finding.Rule, finding.Class, finding.Severity, finding.Gpios, finding.Message, finding.Source,
        [.. finding.Repairs.Select(r => RepairView.Of(plan, r))], finding.Overridden);
}

/// <summary>A way out of a finding.</summary>
/// <param name="Label">What it does, as an imperative.</param>
/// <param name="Kind">What it changes.</param>
/// <param name="Use">The index of the use in the plan, where it is about one.</param>
/// <param name="Gpio">Where a use moves to.</param>
/// <param name="Field">The field of the use or plan that is set, or the rule that is overridden.</param>
/// <param name="Value">Its value, or the override's reason.</param>
/// <param name="Gpios">The pins of an override.</param>
internal sealed record RepairView(string Label, PinChangeKind Kind, int? Use, int? Gpio, string? Field, string? Value, IReadOnlyList<int>? Gpios)
{
    public static RepairView Of(PinPlan plan, PinRepair repair)
    {
        var change = repair.Change;
        var index = change.Use is null ? -1 : plan.Uses.ToList().IndexOf(change.Use);
        return new(repair.Label, change.Kind, index < 0 ? null : index, change.To, change.Field, change.Value, change.Gpios);
    }
}

/// <summary>Pins that could carry a use, best first.</summary>
internal sealed record SuggestionsView(IReadOnlyList<CandidateView> Candidates);

/// <summary>One of them; <c>risk</c> is the worst there is to know, <c>now</c> the cost where the use is, and <c>reason</c> the difference in words.</summary>
internal sealed record CandidateView(int Gpio, string? Label, string Risk, IReadOnlyList<FindingView> Findings, PinCostView Cost, PinCostView? Now, string Reason)
{
    public static CandidateView Of(PinPlan plan, PinSuggestion s) => new(
        s.Gpio, s.Label, s.Worst switch { null => "none", PinSeverity.Info => "info", _ => "warning" }, [.. s.Findings.Select(f => FindingView.Of(plan, f))],
        PinCostView.Of(s.Cost), s.Now is { } now ? PinCostView.Of(now) : null, s.Reason);
}

/// <summary>The plan as a file of a format.</summary>
internal sealed record PinCodeView(string FileName, string Content, string Format, string MediaType);

/// <summary>A format that plans are written in; where <c>regions</c>, what a user adds between its marks survives.</summary>
internal sealed record PinFormatView(string Id, string Title, string FileName, string MediaType, bool Regions);
