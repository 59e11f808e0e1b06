using System.CommandLine;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge boards [ID]</c>: the list, or one board; <c>boards list</c> and <c>boards show</c> are the same by name.</summary>
internal static class BoardsCommand
{
    public static Command Create()
    {
        var id = new Argument<string?>("ID") { Description = "A board to show; without it they are listed.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("boards", "The boards that are known.") { id, BoardsListCommand.Create(), BoardsShowCommand.Create() };
        command.SetAction(parsed =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(id) is { } wanted)
                return BoardsShowCommand.Run(wanted, output, error);
            BoardsListCommand.WriteTable(output);
            return ExitCode.Fine;
        });
        return command;
    }
}
