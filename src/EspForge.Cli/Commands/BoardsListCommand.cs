using System.CommandLine;
using System.Text.Json;
using EspForge.Boards;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge boards list [--json]</c>.</summary>
internal static class BoardsListCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Write the list as JSON." };
        var command = new Command("list", "List the boards, one a line: id, chip, name.") { json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
                BoardText.WriteJson(parsed.InvocationConfiguration.Output, WriteList);
            else
                WriteTable(parsed.InvocationConfiguration.Output);
            return ExitCode.Fine;
        });
        return command;
    }

    internal static void WriteTable(TextWriter output)
    {
        var width = BoardCatalog.Default.BoardIds.Max(id => id.Length);
        foreach (var board in BoardCatalog.Default.Boards)
            output.WriteLine($"{board.Id.PadRight(width)}  {board.ChipId,-8}  {board.Name}");
    }

    private static void WriteList(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("boards");
        foreach (var board in BoardCatalog.Default.Boards)
        {
            json.WriteStartObject();
            json.WriteString("id", board.Id);
            json.WriteString("name", board.Name);
            json.WriteString("vendor", board.Vendor);
            json.WriteString("chip", board.ChipId);
            json.WriteString("module", board.Module);
            json.WriteNumber("flashBytes", board.FlashBytes);
            json.WriteNumber("psramBytes", board.PsramBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
