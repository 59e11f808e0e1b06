using System.CommandLine;
using EspForge.Boards;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge boards show ID</c>: what is on a board and where.</summary>
internal static class BoardsShowCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The board's id, as 'espforge boards list' shows it." };
        var command = new Command("show", "Show a board: chip, memory, headers, reserved pins, soldered parts, traps.") { id };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(id), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    internal static int Run(string id, TextWriter output, TextWriter error)
    {
        if (BoardCatalog.Default.FindBoard(id) is { } board)
        {
            BoardText.WriteBoard(output, board);
            return ExitCode.Fine;
        }

        var near = BoardCatalog.Default.BoardIds.Where(known => known.Contains(id, StringComparison.OrdinalIgnoreCase)).ToList();
        error.WriteLine($"There is no board '{id}'. {(near.Count > 0 ? $"Did you mean {string.Join(", ", near)}?" : "See 'espforge boards list'.")}");
        return ExitCode.Unusable;
    }
}
