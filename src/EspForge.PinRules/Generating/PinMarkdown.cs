using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>The plan as a page: a table of the uses, then the findings with their way out.</summary>
internal sealed class PinMarkdown : IPinGenerator
{
    public string Id => "markdown";

    public string Title => "Markdown page";

    public string FileName => "pins.md";

    public string MediaType => "text/markdown";

    public CommentStyle Comments => CommentStyle.Xml;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var report = sheet.Report;
        var text = new StringBuilder();
        text.Append("# Pins of ").Append(PinNames.Markdown(sheet.Board?.Name ?? sheet.Chip.Name)).Append("\n\n");
        text.Append(PinNames.Markdown(sheet.Opening)).Append(' ');
        text.Append(CultureInfo.InvariantCulture, $"{Count(report.Errors, "error")}, {Count(report.Warnings, "warning")}, {Count(report.Infos, "info")}.\n\n");
        regions.Write(text, "intro");
        text.Append("\n| GPIO | Board | Use | Direction | Pull | Name | State |\n| ---: | --- | --- | --- | --- | --- | --- |\n");
        foreach (var use in sheet.Uses)
        {
            var worst = sheet.WorstOf(use.Gpio);
            text.Append(CultureInfo.InvariantCulture, $"| {use.Gpio} | {PinNames.Markdown(use.Label ?? "")} | {PinNames.Markdown(string.Join(", ", use.Details.Prepend(use.Use.Name)))} | ");
            text.Append(use.Direction is { } direction ? PlanWords.Word(PlanWords.Directions, direction) : "").Append(" | ");
            text.Append(use.Use.Pull switch { PinPull.Up => "up", PinPull.Down => "down", PinPull.None => "none", _ => "" });
            text.Append(" | `").Append(use.Identifier).Append("` | ").Append(worst is null ? "fine" : $"{PinSheet.SeverityWord(worst.Severity)}: {worst.Class}").Append(" |\n");
        }

        text.Append("\n## Findings\n\n").Append(report.Findings.Count == 0 ? "None.\n" : "");
        WriteFindings(text, report);
        text.Append('\n');
        regions.Write(text, "notes");
        regions.WriteRest(text);
        return text.ToString();
    }

    /// <summary>One list item a finding.</summary>
    internal static void WriteFindings(StringBuilder text, PinReport report)
    {
        foreach (var finding in report.Findings)
        {
            text.Append("- **").Append(PinSheet.SeverityWord(finding.Severity)).Append("** ").Append(finding.Rule).Append(' ').Append(finding.Class).Append(": ").Append(PinNames.Markdown(finding.Message)).Append('\n');
            if (finding.Overridden is { } reason)
                text.Append("  - Accepted: ").Append(PinNames.Markdown(reason)).Append('\n');
            else if (finding.Severity != PinSeverity.Info && finding.Repairs.Count > 0)
                text.Append("  - Repair: ").Append(PinNames.Markdown(finding.Repairs[0].Label)).Append('\n');
        }
    }

    private static string Count(int number, string word) => string.Create(CultureInfo.InvariantCulture, $"{number} {word}{(number == 1 ? "" : "s")}");
}
