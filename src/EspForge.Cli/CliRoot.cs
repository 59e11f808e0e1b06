using System.CommandLine;
using System.CommandLine.Parsing;
using EspForge.Cli.Commands;

namespace EspForge.Cli;

/// <summary>Composes the commands. A new command is one file under <c>Commands/</c> and one line here.</summary>
internal static class CliRoot
{
    public static RootCommand Create() => new("Check pins, build, sign and release firmware for the ESP32 family.")
    {
        new Command("pins", "Pin plans.")
        {
            PinsCheckCommand.Create(),
            PinsCodeCommand.Create(),
            PinsImportCommand.Create(),
            PinsDiffCommand.Create(),
        },
        BoardsCommand.Create(),
        LoginCommands.CreateLogin(),
        LoginCommands.CreateLogout(),
        BuildCommand.Create(),
        PushCommand.Create(),
        new Command("image", "Firmware images.")
        {
            ImageInspectCommand.Create(),
        },
        new Command("key", "Signing keys.")
        {
            KeyCommands.CreateKey(),
            KeyCommands.ShowPublic(),
        },
        new Command("release", "Releases: of a server (create, list) and manifests in files (sign, verify).")
        {
            ReleaseServerCommands.CreateCreate(),
            ReleaseServerCommands.CreateList(),
            ReleaseSignCommand.Create(),
            ReleaseVerifyCommand.Create(),
        },
        RolloutCommand.Create(),
        DevicesCommand.Create(),
        KeysCommand.Create(),
    };

    /// <summary>Runs one command line and returns its exit code, see <see cref="ExitCode"/>.</summary>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                error.WriteLine(problem.Message);
            error.WriteLine($"See 'espforge {CommandPath(parsed.CommandResult)}--help'.");
            return ExitCode.Unusable;
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
    }

    private static string CommandPath(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{CommandPath(parent)}{result.Command.Name} " : "";
}
