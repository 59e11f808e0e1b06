using System.Text.Json;

namespace EspForge.Cli.Tests;

public sealed class BoardsCommandTests
{
    [Fact]
    public void The_list_has_every_board()
    {
        var (exitCode, output, _) = CliRunner.Run("boards", "list");
        Assert.Equal(0, exitCode);
        Assert.Equal(44, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("esp32-cam", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_as_JSON_has_id_chip_and_memory()
    {
        var boards = JsonDocument.Parse(CliRunner.Run("boards", "list", "--json").Output).RootElement.GetProperty("boards");
        Assert.Equal(44, boards.GetArrayLength());
        var cam = boards.EnumerateArray().Single(board => board.GetProperty("id").GetString() == "esp32-cam");
        Assert.Equal(("esp32", 4_194_304L), (cam.GetProperty("chip").GetString(), cam.GetProperty("psramBytes").GetInt64()));
    }

    [Fact]
    public void Show_tells_pins_parts_and_traps()
    {
        var (exitCode, output, _) = CliRunner.Run("boards", "show", "esp32-cam");
        Assert.Equal(0, exitCode);
        Assert.Contains("4 MB quad PSRAM", output, StringComparison.Ordinal);
        Assert.Contains("camera XCLK", output, StringComparison.Ordinal);
        Assert.Contains("note ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_board_exits_2_with_a_hint()
    {
        Assert.Equal((2, "", $"There is no board 'cam'. Did you mean esp32-cam?{Environment.NewLine}"), CliRunner.Run("boards", "show", "cam"));
        Assert.Contains("boards list", CliRunner.Run("boards", "show", "toaster").Error, StringComparison.Ordinal);
    }
}
