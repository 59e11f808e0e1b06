using System.Buffers;
using EspForge.Boards;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.PinRules.Tests;

/// <summary>What holds for every plan.</summary>
public sealed class PinPlanPropertyTests
{
    private static readonly Gen<PinPlan> Plan = PlanGen.Plan;

    private static readonly (string Chip, string Loose, string Strict)[] Stricter =
    [
        ("esp32", "ESP32-WROOM-32E", "ESP32-WROVER-E"), ("esp32", "ESP32-WROOM-32E", "ESP32-WROOM-32E-N8R2"), ("esp32", "ESP32-PICO-V3", "ESP32-PICO-V3-02"),
        ("esp32s3", "ESP32-S3-WROOM-1-N8", "ESP32-S3-WROOM-1-N8R2"), ("esp32s3", "ESP32-S3-WROOM-1-N8R2", "ESP32-S3-WROOM-1-N16R8"),
        ("esp32s3", "ESP32-S3-WROOM-1-N16R8", "ESP32-S3-WROOM-2-N32R8V"), ("esp32s2", "ESP32-S2-WROOM", "ESP32-S2-WROVER"), ("esp32c5", "ESP32-C5-WROOM-1-N8", "ESP32-C5-WROOM-1-N8R4"),
        ("esp32c6", "ESP32-C6", "ESP32-C6-WROOM-1-N8"),
    ];

    [Fact]
    public void Removing_a_use_never_adds_an_error() => Prop.ForAll(Plan.Where(plan => plan.Uses.Count > 0).ToArbitrary(), Gen.Choose(0, 63).ToArbitrary(), (plan, at) =>
    {
        var fewer = plan with { Uses = [.. plan.Uses.Where((_, index) => index != at % plan.Uses.Count)] };
        return Errors(fewer).All(error => Errors(plan).Any(other => other.Class == error.Class && Gpios(error.Gpios).IsSubsetOf(Gpios(other.Gpios))));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_uses_never_matters() => Prop.ForAll(Plan.SelectMany(plan => Gen.Shuffle<PinUse>(plan.Uses.ToArray()).Select(shuffled => (plan, shuffled))).ToArbitrary(), pair =>
    {
        var (plan, shuffled) = pair;
        return Json(PinChecker.Check(plan), plan) == Json(PinChecker.Check(plan with { Uses = shuffled }), plan);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Renaming_parts_never_matters() => Prop.ForAll(Plan.ToArbitrary(), Gen.Elements("widget", "thingumajig", "q7").ToArbitrary(), (plan, name) =>
    {
        var renamed = plan with { Uses = [.. plan.Uses.Select(use => use.Function == "gizmo" ? use with { Function = name } : use)] };
        return Facts(PinChecker.Check(plan)).SetEquals(Facts(PinChecker.Check(renamed)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_stricter_module_never_removes_an_error() => Prop.ForAll(Plan.ToArbitrary(), Gen.Elements(Stricter).ToArbitrary(), (plan, pair) =>
    {
        var loose = plan with { Board = null, Chip = pair.Chip, Psram = null, Module = pair.Loose };
        return ErrorPins(loose).IsSubsetOf(ErrorPins(loose with { Module = pair.Strict }));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_finding_has_a_repair_and_a_move_lands_on_a_pin_without_error() => Prop.ForAll(Plan.ToArbitrary(), plan =>
    {
        foreach (var finding in PinChecker.Check(plan).Findings)
        {
            if (finding.Repairs.Count == 0)
                return false;
            foreach (var repair in finding.Repairs.Where(repair => repair.Change.Kind == PinChangeKind.Move))
            {
                if (Errors(repair.Apply(plan)).Any(error => error.Gpios == $"{repair.Change.To}"))
                    return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_repair_and_its_undo_are_identity() => Prop.ForAll(Plan.ToArbitrary(), plan =>
    {
        var before = PinPlanWriter.ToUtf8(plan);
        foreach (var repair in PinChecker.Check(plan).Findings.Take(6).SelectMany(finding => finding.Repairs))
        {
            var edit = repair.Preview(plan);
            if (!PinPlanWriter.ToUtf8(edit.Undo(edit.After)).AsSpan().SequenceEqual(before) || !PinPlanWriter.ToUtf8(edit.Before).AsSpan().SequenceEqual(before))
                return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_undo_leaves_alone_what_was_changed_since() => Prop.ForAll(Plan.Where(plan => plan.Uses.Count is > 0 and < PinPlan.MaxUses).ToArbitrary(), plan =>
    {
        foreach (var repair in PinChecker.Check(plan).Findings.Take(6).SelectMany(finding => finding.Repairs))
        {
            var edit = repair.Preview(plan);
            var added = new PinUse(200, "added later");
            var undone = edit.Undo(edit.After with { Uses = [.. edit.After.Uses, added], Module = "later" });
            if (!undone.Uses.SequenceEqual([.. plan.Uses, added]) || undone.Module != "later" || undone.Console != plan.Console)
                return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Overriding_every_finding_leaves_no_error() => Prop.ForAll(Plan.ToArbitrary(), plan =>
    {
        var overrides = PinChecker.Check(plan).Findings.Select(finding => new PinOverride(finding.Rule, finding.Gpios, "known")).ToArray();
        return PinChecker.Check(plan with { Overrides = overrides }).Findings.All(finding => finding is { Severity: PinSeverity.Info, Overridden: "known" });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_plan_is_read_back_as_it_was_written() => Prop.ForAll(Plan.ToArbitrary(), plan =>
    {
        var output = new ArrayBufferWriter<byte>();
        PinPlanWriter.Write(plan, output);
        var read = PinPlanReader.Read(output.WrittenSpan).Value;
        return read.Uses.SequenceEqual(plan.Uses) && read.ExternalPull.SequenceEqual(plan.ExternalPull) && Json(PinChecker.Check(read), plan) == Json(PinChecker.Check(plan), plan);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_read_or_refused_with_a_place() => Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value)).ToArbitrary(), bytes =>
        PinPlanReader.Read(bytes) is { IsSuccess: false, Fault.Message: var message } && message.StartsWith('$')).QuickCheckThrowOnFailure();

    private static HashSet<(string Class, string Gpios)> Errors(PinPlan plan) =>
        [.. PinChecker.Check(plan).Findings.Where(finding => finding.Severity == PinSeverity.Error).Select(finding => (finding.Class, string.Join(',', finding.Gpios)))];

    // A finding about all pins of a peripheral names one pin fewer when a use has gone.
    private static HashSet<string> Gpios(string list) => [.. list.Split(',')];

    private static HashSet<int> ErrorPins(PinPlan plan) =>
        [.. PinChecker.Check(plan).Findings.Where(finding => finding.Severity == PinSeverity.Error).SelectMany(finding => finding.Gpios)];

    private static HashSet<(string, PinSeverity, string)> Facts(PinReport report) =>
        [.. report.Findings.Select(finding => (finding.Class, finding.Severity, string.Join(',', finding.Gpios)))];

    // The index of a use is the one thing that follows the order of uses; what the index points at does not.
    private static string Json(PinReport report, PinPlan plan)
    {
        Assert.All(report.Findings.SelectMany(finding => finding.Repairs, (finding, repair) => (finding, repair)), pair =>
            Assert.Equal(pair.repair.Change.Use is not null, pair.finding.UseIndexOf(pair.repair) is not null));
        return string.Join('\n', report.Findings.Select(finding =>
            $"{finding} {finding.Source} {string.Join(',', finding.Gpios)} {string.Join(';', finding.Repairs.Select(repair => $"{repair.Label} {repair.Change.Use}{repair.Change.To}"))} {plan.Board}"));
    }
}
