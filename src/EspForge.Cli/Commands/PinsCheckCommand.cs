using System.CommandLine;
using EspForge.PinRules;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge pins check FILE…</c>: exit code 0 where no finding is as bad as <c>--fail-on</c>, 1 where one is, 2 where a file is not a plan.</summary>
internal sealed class PinsCheckCommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "Plans as JSON; - reads standard input.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> _json = new("--json") { Description = "Write the findings as JSON." };
    private readonly Option<bool> _sarif = new("--sarif") { Description = "Write the findings as a SARIF 2.1.0 log, for code scanning." };
    private readonly Option<bool> _markdown = new("--markdown") { Description = "Write the findings as Markdown, for a comment on a change." };
    private readonly Option<string> _failOn = new("--fail-on") { Description = "The least severity that gives exit code 1: error, warning or info; the default is error.", DefaultValueFactory = _ => "error" };

    public static Command Create()
    {
        var self = new PinsCheckCommand();
        self._failOn.AcceptOnlyFromAmong("error", "warning", "info");
        var command = new Command("check", "Say what is wrong with pin plans, and why. Exit code: 0 no error, 1 errors, 2 a file is not a plan.")
        {
            self._files, self._json, self._sarif, self._markdown, self._failOn,
        };
        command.Validators.Add(result =>
        {
            if (new[] { self._json, self._sarif, self._markdown }.Count(result.GetValue) > 1)
                result.AddError("Choose one of --json, --sarif and --markdown.");
            if (result.GetValue(self._files)?.Count(file => file is "-") > 1)
                result.AddError("Standard input (-) can be read only once.");
        });
        command.SetAction(parsed => self.Run(parsed, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private int Run(ParseResult parsed, TextWriter output, TextWriter error)
    {
        var exitCode = ExitCode.Fine;
        var failOn = parsed.GetValue(_failOn) switch { "info" => PinSeverity.Info, "warning" => PinSeverity.Warning, _ => PinSeverity.Error };
        var paths = parsed.GetRequiredValue(_files);
        var checkedPlans = new List<CheckedPlan>();
        foreach (var path in paths)
        {
            if (!Check(path).TryGet(out var plan, out var fault))
            {
                error.WriteLine(fault.Message);
                exitCode = ExitCode.Unusable;
                continue;
            }

            checkedPlans.Add(plan);
            if (exitCode == ExitCode.Fine && plan.Sheet.Report.Findings is { Count: > 0 } findings && findings[0].Severity >= failOn && findings.Any(finding => finding.Overridden is null && finding.Severity >= failOn))
                exitCode = ExitCode.Wrong;
        }

        // A plan that could not be read leaves no answer that looks like a good one.
        if (checkedPlans.Count == 0)
            return exitCode;
        if (parsed.GetValue(_json))
            FindingsText.WriteJson(output, checkedPlans, single: paths.Length == 1);
        else if (parsed.GetValue(_sarif))
            output.Write(SarifLog.Write([.. checkedPlans.Select(plan => (plan.Sheet, new PlanArtifact(plan.Path is "-" ? "stdin" : plan.Path, plan.Json)))]));
        else if (parsed.GetValue(_markdown))
            FindingsText.WriteMarkdown(output, checkedPlans);
        else
            FindingsText.Write(output, checkedPlans, single: paths.Length == 1);
        return exitCode;
    }

    private static Outcome<CheckedPlan> Check(string path)
    {
        if (!PlanFile.Read(path).TryGet(out var read, out var fault))
            return fault;
        return new CheckedPlan(path, read.Json, new PinSheet(read.Plan));
    }
}
