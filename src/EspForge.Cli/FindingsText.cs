using System.Text;
using System.Text.Json;
using EspForge.PinRules;

namespace EspForge.Cli;

/// <summary>Findings for people and for programs.</summary>
internal static class FindingsText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, IReadOnlyList<CheckedPlan> plans, bool single)
    {
        foreach (var plan in plans)
        {
            if (!single)
                output.WriteLine($"{plan.Path}:");
            var report = plan.Sheet.Report;
            foreach (var finding in report.Findings)
            {
                output.WriteLine($"{SeverityWord(finding),-7} {finding.Rule} {finding.Class}: {finding.Message}");
                if (finding.Overridden is { } reason)
                    output.WriteLine($"        overridden: {reason}");
                else if (finding.Severity != PinSeverity.Info)
                    output.WriteLine($"        repair: {finding.Repairs[0].Label}");
            }

            output.WriteLine($"{report.Errors} errors, {report.Warnings} warnings, {report.Infos} infos");
        }
    }

    /// <summary>One plan: its report. Several: <c>{ "files": [ { "file", "findings" } ] }</c>.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyList<CheckedPlan> plans, bool single)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            if (single)
                PinReportWriter.Write(plans[0].Sheet.Report, json);
            else
                WriteFiles(json, plans);
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    public static void WriteMarkdown(TextWriter output, IReadOnlyList<CheckedPlan> plans)
    {
        foreach (var plan in plans)
            output.Write(PinReportMarkdown.Write(plan.Path is "-" ? "the plan" : plan.Path, plan.Sheet.Report));
    }

    private static void WriteFiles(Utf8JsonWriter json, IReadOnlyList<CheckedPlan> plans)
    {
        json.WriteStartObject();
        json.WriteStartArray("files");
        foreach (var plan in plans)
        {
            json.WriteStartObject();
            json.WriteString("file", plan.Path);
            json.WriteStartArray("findings");
            foreach (var finding in plan.Sheet.Report.Findings)
                PinReportWriter.Write(finding, json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string SeverityWord(PinFinding finding) => finding.Severity switch { PinSeverity.Error => "error", PinSeverity.Warning => "warning", _ => "info" };
}
