using System.Text;
using System.Text.Json.Nodes;

namespace EspForge.AspNetCore.Tests.Boards;

/// <summary>docs/api.md, boards of an organization.</summary>
public class OwnBoardTests
{
    private const string File = """
        {"schemaVersion":1,"id":"pump-controller","name":"Pump controller","vendor":"Acme","chip":"esp32c3","module":"ESP32-C3-MINI-1","flashBytes":4194304,"psramBytes":0,"psramMode":null,
         "headerOrder":"documented","headers":[{"id":"J1","side":"left","pins":[{"pos":1,"label":"3V3","kind":"power","gpio":null},{"pos":2,"label":"IO4","kind":"gpio","gpio":4},
         {"pos":3,"label":"IO5","kind":"gpio","gpio":5}]}],"exposedGpios":[4,5]}
        """;

    [Fact]
    public async Task An_own_board_takes_part_in_everything_for_its_organization_alone()
    {
        await using var host = await FleetHost.StartAsync();
        var added = await host.DataAsync(HttpMethod.Post, "boards", JsonNode.Parse(File));
        Assert.True((bool)added["own"]!);
        Assert.Contains((await host.GetAsync("boards", Person.Viewer)).AsArray(), b => (string)b!["id"]! == "pump-controller" && (bool)b["own"]!);
        Assert.Equal("Pump controller", (string)(await host.GetAsync("boards/pump-controller", Person.Viewer))["name"]!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File), JsonNode.Parse((string)(await host.GetAsync("boards/pump-controller/source", Person.Viewer))["content"]!)));

        var plan = JsonNode.Parse("""{"board":"pump-controller","uses":[{"gpio":4,"function":"i2c0","signal":"sda"}]}""")!;
        Assert.Equal(0, (int)(await host.PostAsync("pins/check", plan, Person.Viewer))["errors"]!);
        Assert.Contains("PIN_I2C0_SDA", (string)(await host.PostAsync("pins/code", plan, Person.Viewer))["content"]!, StringComparison.Ordinal);
        var suggested = (await host.PostAsync("pins/suggest", new { plan, use = 0 }, Person.Viewer))["candidates"]!.AsArray();
        Assert.Equal([5], suggested.Select(c => (int)c!["gpio"]!));
        var solved = await host.PostAsync("pins/solve", new { plan = new { board = "pump-controller", uses = Array.Empty<object>() }, needs = new[] { new { kind = "i2c" } } }, Person.Viewer);
        Assert.Equal([4, 5], solved["placements"]!.AsArray().Select(p => (int)p!["gpio"]!).Order());

        Assert.Equal((404, "BOARD_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Get, "boards/pump-controller", person: Person.Stranger));
        Assert.Equal((400, "PLAN_INVALID", "$.board"), await host.RefusalAsync(HttpMethod.Post, "pins/check", plan.DeepClone(), Person.Stranger));
        Assert.Equal((404, "BOARD_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Delete, "boards/pump-controller", person: Person.Stranger));
    }

    [Fact]
    public async Task A_change_is_seen_at_once_and_a_deleted_board_is_gone_and_all_of_it_is_audited()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DataAsync(HttpMethod.Post, "boards", JsonNode.Parse(File));
        await host.DataAsync(HttpMethod.Put, "boards/pump-controller", JsonNode.Parse(File.Replace("Pump controller", "Pump controller 2", StringComparison.Ordinal)));
        Assert.Equal("Pump controller 2", (string)(await host.GetAsync("boards/pump-controller"))["name"]!);
        using (var gone = await host.SendAsync(HttpMethod.Delete, "/api/v1/boards/pump-controller", Person.Developer))
            Assert.Equal(204, (int)gone.StatusCode);
        Assert.Equal((404, "BOARD_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Get, "boards/pump-controller"));
        Assert.Equal((404, "BOARD_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Delete, "boards/pump-controller"));
        Assert.Equal(["board.delete", "board.change", "board.add"], (await host.GetAsync("audit")).AsArray().Select(e => (string)e!["action"]!));
    }

    [Theory]
    [InlineData("\"gpio\":5}", "\"gpio\":99}", "$.headers[0].pins[2].gpio")]
    [InlineData("\"chip\":\"esp32c3\"", "\"chip\":\"esp99\"", "$.chip")]
    [InlineData("\"id\":\"pump-controller\"", "\"id\":\"Pump Controller\"", "$.id")]
    [InlineData("\"vendor\":\"Acme\",", "", null)]
    [InlineData("\"exposedGpios\":[4,5]", "\"exposedGpios\":[4]", "$.exposedGpios")]
    [InlineData("\"flashBytes\":4194304", "\"flashBytes\":\"4 MB\"", "$.flashBytes")]
    public async Task A_file_that_is_no_board_is_refused_at_its_field(string find, string replace, string? field)
    {
        await using var host = await FleetHost.StartAsync();
        var body = new StringContent(File.Replace(find, replace, StringComparison.Ordinal), Encoding.UTF8, "application/json");
        var refusal = await host.RefusalAsync(HttpMethod.Post, "boards", body);
        Assert.Equal((400, "BOARD_MALFORMED"), (refusal.Status, refusal.Code));
        if (field is not null)
            Assert.Equal(field, refusal.Field);
        Assert.DoesNotContain((await host.GetAsync("boards")).AsArray(), b => (bool)b!["own"]!);
    }

    [Fact]
    public async Task A_board_of_the_package_cannot_be_shadowed_changed_or_deleted_and_an_id_is_taken_once()
    {
        await using var host = await FleetHost.StartAsync();
        var shadow = JsonNode.Parse(File.Replace("pump-controller", "esp32-cam", StringComparison.Ordinal))!;
        Assert.Equal((409, "BOARD_EXISTS", "$.id"), await host.RefusalAsync(HttpMethod.Post, "boards", shadow));
        Assert.Equal((409, "BOARD_STATE", null), await host.RefusalAsync(HttpMethod.Put, "boards/esp32-cam", shadow.DeepClone()));
        Assert.Equal((409, "BOARD_STATE", null), await host.RefusalAsync(HttpMethod.Delete, "boards/esp32-cam"));
        await host.DataAsync(HttpMethod.Post, "boards", JsonNode.Parse(File));
        Assert.Equal((409, "BOARD_EXISTS", null), await host.RefusalAsync(HttpMethod.Post, "boards", JsonNode.Parse(File)));
        Assert.Equal((400, "VALIDATION_ERROR", "$.id"), await host.RefusalAsync(HttpMethod.Put, "boards/another", JsonNode.Parse(File)));
    }

    [Fact]
    public async Task Who_may_only_look_adds_nothing_and_a_file_has_a_largest_size()
    {
        await using var host = await FleetHost.StartAsync();
        Assert.Equal((403, "FORBIDDEN", null), await host.RefusalAsync(HttpMethod.Post, "boards", JsonNode.Parse(File), Person.Viewer));
        Assert.Equal((413, "TOO_LARGE", null), await host.RefusalAsync(HttpMethod.Post, "boards", new StringContent(new string(' ', 270_000), Encoding.UTF8, "application/json")));
    }

    [Fact]
    public async Task An_organization_has_a_hundred_boards_of_its_own_and_room_again_when_one_goes()
    {
        await using var host = await FleetHost.StartAsync();
        for (var i = 0; i < 100; i++)
            await host.DataAsync(HttpMethod.Post, "boards", Numbered(i));
        Assert.Equal((409, "BOARD_LIMIT", null), await host.RefusalAsync(HttpMethod.Post, "boards", Numbered(100)));
        Assert.Equal(100, (await host.GetAsync("boards")).AsArray().Count(b => (bool)b!["own"]!));
        using (var gone = await host.SendAsync(HttpMethod.Delete, "/api/v1/boards/pump-7", Person.Developer))
            Assert.Equal(204, (int)gone.StatusCode);
        Assert.Equal("pump-100", (string)(await host.DataAsync(HttpMethod.Post, "boards", Numbered(100)))["id"]!);

        static JsonNode Numbered(int i) => JsonNode.Parse(File.Replace("pump-controller", $"pump-{i}", StringComparison.Ordinal))!;
    }
}
