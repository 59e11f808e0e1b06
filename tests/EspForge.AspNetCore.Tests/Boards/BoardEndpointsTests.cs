using EspForge.Boards;

namespace EspForge.AspNetCore.Tests.Boards;

/// <summary>docs/api.md, Boards and pins.</summary>
public class BoardEndpointsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task Boards_and_chips_are_those_of_the_catalog()
    {
        var host = shared.Host;
        var boards = (await host.GetAsync("boards", Person.Viewer)).AsArray();
        Assert.Equal(BoardCatalog.Default.BoardIds, boards.Select(b => (string)b!["id"]!));
        Assert.All(boards, b => Assert.Contains((string)b!["headerOrder"]!, (string[])["documented", "recalled", "unknown"]));
        var chips = (await host.GetAsync("chips", Person.Viewer)).AsArray();
        Assert.Equal(BoardCatalog.Default.ChipIds, chips.Select(c => (string)c!["id"]!));
    }

    [Fact]
    public async Task A_board_has_its_headers_pins_and_parts()
    {
        var host = shared.Host;
        var board = await host.GetAsync("boards/esp32-cam", Person.Viewer);
        Assert.Equal("esp32", (string)board["chip"]!);
        var pins = board["pins"]!.AsArray();
        Assert.Contains(pins, p => (int)p!["gpio"]! == 12 && (string?)p["strapping"] is not null && (bool)p["exposed"]!);
        Assert.Contains(pins, p => (int)p!["gpio"]! == 6 && !(bool)p["exposed"]!);
        Assert.NotEmpty(board["onboard"]!.AsArray());
        var chip = await host.GetAsync("chips/esp32h2", Person.Viewer);
        Assert.Equal((false, true, "riscv"), ((bool)chip["wifi"]!, (bool)chip["ble"]!, (string)chip["architecture"]!));
    }

    [Theory]
    [InlineData("boards/none", "BOARD_NOT_FOUND")]
    [InlineData("chips/esp8266", "CHIP_NOT_FOUND")]
    public async Task What_does_not_exist_is_not_found(string path, string code)
    {
        var host = shared.Host;
        Assert.Equal((404, code, null), await host.RefusalAsync(HttpMethod.Get, path));
    }
}
