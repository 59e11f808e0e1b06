using System.CommandLine;
using EspForge.PinRules;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge pins code FILE</c>: the plan as a C header on standard output.</summary>
internal static class PinsCodeCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The plan as JSON; - reads standard input." };
        var command = new Command("code", "Write a pin plan as a C header (pins.h) to standard output.") { file };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string path, TextWriter output, TextWriter error)
    {
        if (!PlanFile.Read(path).TryGet(out var plan, out var fault))
        {
            error.WriteLine($"{path}: {fault.Message}");
            return ExitCode.Unusable;
        }

        output.Write(PinHeader.Generate(plan));
        return ExitCode.Fine;
    }
}
