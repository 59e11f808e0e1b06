using System.Globalization;
using System.Text;

namespace EspForge.PinRules;

/// <summary>Writes a report as a section of Markdown, for a comment on a change.</summary>
public static class PinReportMarkdown
{
    /// <summary>A heading, the counts, and one list item a finding with its way out.</summary>
    /// <param name="title">What was checked.</param>
    /// <param name="report">What was found.</param>
    public static string Write(string title, PinReport report)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append("## Pins of ").Append(PinNames.Markdown(title)).Append("\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{report.Errors} errors, {report.Warnings} warnings, {report.Infos} infos.\n\n");
        PinMarkdown.WriteFindings(text, report);
        return text.Append(report.Findings.Count == 0 ? "" : "\n").ToString();
    }
}
