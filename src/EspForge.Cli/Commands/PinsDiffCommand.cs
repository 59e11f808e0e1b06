using System.Buffers;
using System.CommandLine;
using System.Text;
using EspForge.PinRules;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge pins diff BEFORE AFTER [--json]</c>: exit code 0 where the plans mean the same, 1 where they do not, 2 where one is not a plan.</summary>
internal static class PinsDiffCommand
{
    public static Command Create()
    {
        var before = new Argument<string>("BEFORE") { Description = "The plan as it was; - reads standard input." };
        var after = new Argument<string>("AFTER") { Description = "The plan as it is; - reads standard input." };
        var json = new Option<bool>("--json") { Description = "Write the differences as JSON." };
        var command = new Command("diff", "Say what one plan changes over another, by meaning. Exit code: 0 the same, 1 not, 2 a file is not a plan.") { before, after, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(before) is "-" && result.GetValue(after) is "-")
                result.AddError("Standard input (-) can be read only once.");
        });
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(before), parsed.GetRequiredValue(after), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string beforePath, string afterPath, bool asJson, TextWriter output, TextWriter error)
    {
        if (!PlanFile.Read(beforePath).TryGet(out var before, out var fault) || !PlanFile.Read(afterPath).TryGet(out var after, out fault))
        {
            error.WriteLine(fault.Message);
            return ExitCode.Unusable;
        }

        var comparison = PinDiff.Compare(before.Plan, after.Plan);
        if (asJson)
        {
            var buffer = new ArrayBufferWriter<byte>();
            PinComparisonWriter.Write(comparison, buffer);
            output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
        }
        else
        {
            foreach (var difference in comparison.Differences)
                output.WriteLine($"{PinComparisonWriter.KindWord(difference.Kind),-18} {difference.Sentence}");
            if (comparison.IsSame)
                output.WriteLine("The plans mean the same.");
        }

        return comparison.IsSame ? ExitCode.Fine : ExitCode.Wrong;
    }
}
