using System.CommandLine;
using EspForge.PinRules;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge pins code [FORMAT] FILE [-o FILE]</c>: the plan as code. With <c>-o</c> the user regions of the file that is there are kept.</summary>
internal static class PinsCodeCommand
{
    public static Command Create()
    {
        var formats = string.Join(", ", PinCode.Generators.Select(generator => generator.Id));
        var words = new Argument<string[]>("[FORMAT] FILE") { Description = $"The format, by default c-header, and the plan as JSON; - reads standard input. Formats: {formats}.", Arity = new ArgumentArity(1, 2) };
        var target = new Option<string?>("--output", "-o") { Description = "Where it goes: a file, whose user regions are kept, or a folder. By default standard output." };
        var command = new Command("code", "Write a pin plan as code, configuration, table or drawing. Exit code: 0 written, 2 not a plan or not writable.") { words, target };
        command.SetAction(parsed =>
        {
            var given = parsed.GetRequiredValue(words);
            return Run(given.Length == 2 ? given[0] : "c-header", given[^1], parsed.GetValue(target), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    private static int Run(string format, string path, string? target, TextWriter output, TextWriter error)
    {
        if (PinCode.Find(format) is not { } generator)
            return Refuse(error, format, $"There is no such format; known are {string.Join(", ", PinCode.Generators.Select(known => known.Id))}.");
        if (!PlanFile.Read(path).TryGet(out var read, out var fault))
        {
            error.WriteLine(fault.Message);
            return ExitCode.Unusable;
        }

        if (target is not null && Directory.Exists(target))
            target = Path.Combine(target, generator.FileName);
        string? previous = null;
        if (target is not null && File.Exists(target))
        {
            if (!PlanFile.ReadText(target).TryGet(out previous, out fault))
                return Refuse(error, target, fault.Message);
        }

        if (!PinCode.Generate(read.Plan, generator, previous).TryGet(out var file, out fault))
            return Refuse(error, target ?? path, fault.Message);
        if (target is null)
            output.Write(file.Text);
        else if (PlanFile.Write(target, file.Text) is { } unwritten)
            return Refuse(error, target, unwritten.Message);
        return ExitCode.Fine;
    }

    private static int Refuse(TextWriter error, string what, string message)
    {
        error.WriteLine($"{what}: {message}");
        return ExitCode.Unusable;
    }
}
