using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>The uses as a table for spreadsheets (RFC 4180).</summary>
internal sealed class PinCsv : IPinGenerator
{
    public string Id => "csv";

    public string Title => "CSV table";

    public string FileName => "pins.csv";

    public string MediaType => "text/csv";

    public CommentStyle? Comments => null;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var text = new StringBuilder("gpio,label,function,signal,direction,pull,name,severity,findings,frequencyHz,resolutionBits,driveMilliamps,rmtSymbols,hold\r\n");
        foreach (var use in sheet.Uses)
        {
            var findings = sheet.Report.Findings.Where(finding => finding.Gpios.Contains(use.Gpio)).ToList();
            string[] cells =
            [
                use.Gpio.ToString(CultureInfo.InvariantCulture),
                use.Label ?? "",
                use.Use.Function,
                use.Use.Signal ?? "",
                use.Direction is { } direction ? PlanWords.Word(PlanWords.Directions, direction) : "",
                use.Use.Pull switch { PinPull.Up => "up", PinPull.Down => "down", PinPull.None => "none", _ => "" },
                use.Identifier,
                findings.Count > 0 ? PinSheet.SeverityWord(findings[0].Severity) : "",
                string.Join("; ", findings.Select(finding => $"{finding.Rule} {finding.Class}: {finding.Message}")),
                Number(use.Use.FrequencyHz),
                Number(use.Use.ResolutionBits),
                Number(use.Use.DriveMilliamps),
                Number(use.Use.RmtSymbols),
                use.Use.Hold switch { true => "true", false => "false", _ => "" },
            ];
            text.AppendJoin(',', cells.Select(PinNames.Csv)).Append("\r\n");
        }

        return text.ToString();
    }

    private static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
