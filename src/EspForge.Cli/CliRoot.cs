using System.CommandLine;
using System.CommandLine.Parsing;
using EspForge.Cli.Commands;

namespace EspForge.Cli;

/// <summary>Composes the commands. A new command is one file under <c>Commands/</c> and one line here.</summary>
internal static class CliRoot
{
    // By name, so that a run makes the command it is for and not the thirty others: that is half of its start-up.
    private static readonly (string Name, Func<Command> Create)[] Commands =
    [
        ("pins", () => new Command("pins", "Pin plans.")
        {
            PinsCheckCommand.Create(),
            PinsCodeCommand.Create(),
            PinsImportCommand.Create(),
            PinsDiffCommand.Create(),
        }),
        ("boards", BoardsCommand.Create),
        ("login", LoginCommands.CreateLogin),
        ("logout", LoginCommands.CreateLogout),
        ("build", BuildCommand.Create),
        ("push", PushCommand.Create),
        ("image", () => new Command("image", "Firmware images.")
        {
            ImageInspectCommand.Create(),
        }),
        ("key", () => new Command("key", "Signing keys.")
        {
            KeyCommands.CreateKey(),
            KeyCommands.ShowPublic(),
        }),
        ("release", () => new Command("release", "Releases: of a server (create, list) and manifests in files (sign, verify).")
        {
            ReleaseServerCommands.CreateCreate(),
            ReleaseServerCommands.CreateList(),
            ReleaseSignCommand.Create(),
            ReleaseVerifyCommand.Create(),
        }),
        ("rollout", RolloutCommand.Create),
        ("devices", DevicesCommand.Create),
        ("keys", KeysCommand.Create),
    ];

    /// <summary>All commands, or the one that is named first where it is one of them.</summary>
    public static RootCommand Create(string? first = null)
    {
        var root = new RootCommand("Check pins, build, sign and release firmware for the ESP32 family.");
        var only = Array.Find(Commands, command => string.Equals(command.Name, first, StringComparison.Ordinal));
        foreach (var (_, create) in only.Create is null ? Commands : [only])
            root.Subcommands.Add(create());
        return root;
    }

    /// <summary>Runs one command line and returns its exit code, see <see cref="ExitCode"/>.</summary>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var parsed = Create(args.Count > 0 ? args[0] : null).Parse(args);
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
