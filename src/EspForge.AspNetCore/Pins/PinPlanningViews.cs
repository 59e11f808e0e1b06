using System.Text.Json;
using EspForge.Boards;
using EspForge.PinRules;
using EspForge.PinRules.Booting;

namespace EspForge.AspNetCore;

/// <summary>What pins/solve is asked (docs/pins.md, Solving).</summary>
internal sealed record PinRequestDocument(PinPlanDocument Plan, IReadOnlyList<PinNeedDocument>? Needs = null, IReadOnlyList<int>? Locked = null, IReadOnlyList<int>? Free = null);

/// <summary>Something that needs pins. <c>near</c> is a GPIO or a header; <c>locked</c> and <c>soldered</c> are line → GPIO, or a number.</summary>
internal sealed record PinNeedDocument(
    string Kind, string? Name = null, int? Count = null, IReadOnlyList<string>? Signals = null, int? SpeedHz = null, bool? Wifi = null, string? Mode = null, string? Bus = null,
    int? Instance = null, string? Source = null, string? Direction = null, string? Pull = null, IReadOnlyList<int>? Gpios = null, JsonElement? Near = null, JsonElement? Locked = null,
    JsonElement? Soldered = null);

/// <summary>What pins/port is asked.</summary>
internal sealed record PinPortDocument(PinPlanDocument Plan, string Board);

/// <summary>What pins/diff is asked.</summary>
internal sealed record PinDiffDocument(PinPlanDocument Before, PinPlanDocument After);

/// <summary>What pins/import is asked.</summary>
internal sealed record PinImportDocument(
    string Text, string? FileName = null, string? Format = null, string? Board = null, string? Chip = null, string? Model = null, string? Environment = null,
    IReadOnlyList<string>? Defines = null);

/// <summary>A cost, first level first.</summary>
internal sealed record PinCostView(int Moved, int Risk, int Matrix, int Neighbourhood, int Numbers)
{
    public static PinCostView Of(PinCost cost) => new(cost.Moved, cost.Risk, cost.Matrix, cost.Neighbourhood, cost.Numbers);
}

/// <summary>Where a line went, and why.</summary>
internal sealed record PlacementView(string Name, int? Need, int Item, int Gpio, string Function, string? Signal, int? Before, PinCostView Cost, string Why)
{
    public static PlacementView Of(PinPlacement p) => new(p.Name, p.Need, p.Item, p.Use.Gpio, p.Use.Function, p.Use.Signal, p.Before, PinCostView.Of(p.Cost), p.Why);
}

/// <summary>The smallest clash, in words.</summary>
internal sealed record ConflictView(PinConflictKind Kind, IReadOnlyList<string> Uses, IReadOnlyList<int> Needs, IReadOnlyList<int> Gpios, string Message);

/// <summary>The answer to a request: a plan with what it costs and the bound that no plan is below, or a conflict.</summary>
internal sealed record SolutionView(
    JsonElement? Plan, ConflictView? Conflict, IReadOnlyList<PlacementView> Placements, PinCostView? Cost, PinCostView? Bound, bool Optimal, PinReportView? Report)
{
    public static SolutionView Of(PinSolution solution) => new(
        solution.Plan is null ? null : PlanJson.Of(solution.Plan),
        solution.Conflict is { } conflict ? new ConflictView(conflict.Kind, conflict.Uses, conflict.Needs, conflict.Gpios, conflict.Message) : null,
        [.. solution.Placements.Select(PlacementView.Of)],
        solution.Plan is null ? null : PinCostView.Of(solution.Cost),
        solution.Plan is null ? null : PinCostView.Of(solution.Bound),
        solution.IsOptimal,
        solution is { Plan: { } plan, Report: { } report } ? PinReportView.Of(plan, report) : null);
}

/// <summary>One thing that is different on the other board.</summary>
internal sealed record PortChangeView(PinPortChangeKind Kind, string? Use, int? From, int? Gpio, string Message);

/// <summary>A plan on another board; <c>complete</c> when nothing is lost.</summary>
internal sealed record PortView(JsonElement Plan, bool Complete, IReadOnlyList<PortChangeView> Changes)
{
    public static PortView Of(PinPort port) => new(
        PlanJson.Of(port.Plan), port.IsComplete, [.. port.Changes.Select(c => new PortChangeView(c.Kind, c.Use?.Name, c.Use?.Gpio, c.Gpio, c.Message))]);
}

/// <summary>One difference between two plans, in words.</summary>
internal sealed record PlanDifferenceView(PinDifferenceKind Kind, string Sentence, string? Field, string? From, string? To, IReadOnlyList<int> Gpios);

/// <summary>How two plans differ by meaning.</summary>
internal sealed record PlanDiffView(bool Same, bool AddsErrors, IReadOnlyList<PlanDifferenceView> Differences)
{
    public static PlanDiffView Of(PinComparison comparison) => new(
        comparison.IsSame, comparison.AddsErrors,
        [.. comparison.Differences.Select(d => new PlanDifferenceView(d.Kind, d.Sentence, d.Field, d.From, d.To, Gpios(d)))]);

    private static IReadOnlyList<int> Gpios(PinDifference difference) =>
        difference.Finding?.Gpios ?? difference.Override?.Gpios
        ?? [.. new[] { difference.OldUse?.Gpio, difference.NewUse?.Gpio }.OfType<int>().Distinct()];
}

/// <summary>What an import has to say about a line.</summary>
internal sealed record ImportNoteView(int? Line, PinImportNoteKind Kind, string Message);

/// <summary>What was read out of a file, and what there is against it.</summary>
internal sealed record ImportView(JsonElement Plan, string Format, IReadOnlyList<ImportNoteView> Notes, IReadOnlyList<string> Choices, PinReportView Report)
{
    public static ImportView Of(PinImported read, PinReport report) => new(
        PlanJson.Of(read.Plan), read.Format, [.. read.Notes.Select(n => new ImportNoteView(n.Line, n.Kind, n.Message))], read.Choices, PinReportView.Of(read.Plan, report));
}

/// <summary>The scenarios of the boot theatre.</summary>
internal sealed record BootView(IReadOnlyList<BootSceneView> Scenes)
{
    public static BootView Of(PinPlan plan, IReadOnlyList<BootScene> scenes) => new([.. scenes.Select(scene => BootSceneView.Of(plan, scene))]);
}

/// <summary>One scenario, played. Words are those of docs/pins.md, such as <c>cold-start</c> and <c>spi-boot</c>.</summary>
internal sealed record BootSceneView(
    string Scenario, string Title, string Mode, string WantedMode, int? VddSpiMillivolts, bool? RomLog, bool Passes, int? Gpio, string Sentence, RepairView? Repair,
    IReadOnlyList<StrapView> Straps)
{
    public static BootSceneView Of(PinPlan plan, BootScene scene) => new(
        Word(scene.Scenario), scene.Title, Word(scene.Mode), Word(scene.WantedMode), scene.VddSpiMillivolts, scene.RomLog, scene.Passes, scene.Gpio, scene.Sentence,
        scene.Repair is { } repair ? RepairView.Of(plan, repair) : null,
        [.. scene.Straps.Select(s => new StrapView(
            s.Gpio, s.Role, Pull(s.InternalPull), s.ExternalPull is { } pull ? Pull(pull) : null, s.Driver, Word(s.Level), s.Wanted is { } wanted ? Word(wanted) : null, s.Fails))]);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static string Pull(PinPull pull) => pull switch { PinPull.Up or PinPull.UsbUp => "up", PinPull.Down => "down", _ => "none" };
}

/// <summary>One strap at the moment it is latched.</summary>
internal sealed record StrapView(int Gpio, string Role, string InternalPull, string? ExternalPull, string? Driver, string Level, string? Wanted, bool Fails);

/// <summary>Plans in answers, as docs/pins.md has them.</summary>
internal static class PlanJson
{
    public static JsonElement Of(PinPlan plan)
    {
        using var document = JsonDocument.Parse(PinPlanWriter.ToUtf8(plan));
        return document.RootElement.Clone();
    }
}
