using System.Buffers;
using System.CommandLine;
using System.Text;
using EspForge.PinRules;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge pins check FILE [--json]</c>: exit code 0 without errors, 1 with, 2 where the file is not a plan.</summary>
internal static class PinsCheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The plan as JSON; - reads standard input." };
        var json = new Option<bool>("--json") { Description = "Write the findings as JSON." };
        var command = new Command("check", "Say what is wrong with a pin plan, and why. Exit code: 0 no error, 1 errors, 2 the file is not a plan.") { file, json };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string path, bool asJson, TextWriter output, TextWriter error)
    {
        if (!PlanFile.Read(path).TryGet(out var plan, out var fault))
        {
            error.WriteLine($"{path}: {fault.Message}");
            return ExitCode.Unusable;
        }

        var report = PinChecker.Check(plan);
        if (asJson)
        {
            var buffer = new ArrayBufferWriter<byte>();
            PinReportWriter.Write(report, buffer);
            output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
        }
        else
        {
            WriteText(report, output);
        }

        return report.HasErrors ? ExitCode.Wrong : ExitCode.Fine;
    }

    private static void WriteText(PinReport report, TextWriter output)
    {
        foreach (var finding in report.Findings)
        {
            output.WriteLine($"{finding.Severity.ToString().ToLowerInvariant(),-7} {finding.Rule} {finding.Class}: {finding.Message}");
            if (finding.Overridden is { } reason)
                output.WriteLine($"        overridden: {reason}");
            else if (finding.Severity != PinSeverity.Info)
                output.WriteLine($"        repair: {finding.Repairs[0].Label}");
        }

        output.WriteLine($"{report.Errors} errors, {report.Warnings} warnings, {report.Infos} infos");
    }
}
