using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Pins;

/// <summary>docs/api.md: boot, solve, port, diff, import and the formats.</summary>
public class PinPlanningTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static JsonNode Plan(string uses) => JsonNode.Parse($$"""{"board":"esp32-s3-devkitc-1","uses":[{{uses}}]}""")!;

    [Fact]
    public async Task The_boot_theatre_names_the_scenario_that_fails_and_its_pin()
    {
        var plan = JsonNode.Parse("""{"chip":"esp32","externalPull":{"12":"up"},"uses":[{"gpio":12,"function":"relay"}]}""");
        var scenes = (await shared.Host.PostAsync("pins/boot", plan, Person.Viewer))["scenes"]!.AsArray();
        Assert.Equal(["cold-start", "reset-while-running", "brown-out", "uart-download", "usb-download"], scenes.Select(s => (string)s!["scenario"]!));
        var cold = scenes[0]!;
        Assert.False((bool)cold["passes"]!);
        Assert.Equal(12, (int)cold["gpio"]!);
        Assert.Contains(cold["straps"]!.AsArray(), s => (int)s!["gpio"]! == 12 && (string)s["level"]! == "high" && (bool)s["fails"]!);
        Assert.NotEmpty((string)cold["sentence"]!);
    }

    [Fact]
    public async Task A_request_is_solved_with_the_bound_that_proves_it()
    {
        var solved = await shared.Host.PostAsync("pins/solve", new { plan = Plan(""), needs = new object[] { new { kind = "i2c" }, new { kind = "uart", count = 2 }, new { kind = "pwm", count = 4 } } }, Person.Viewer);
        Assert.Null(solved["conflict"]);
        Assert.True((bool)solved["optimal"]!);
        Assert.Equal(solved["cost"]!.ToJsonString(), solved["bound"]!.ToJsonString());
        Assert.Equal(10, solved["placements"]!.AsArray().Count);
        Assert.Equal(0, (int)solved["report"]!["errors"]!);
        Assert.Equal(0, (int)(await shared.Host.PostAsync("pins/check", solved["plan"]!.DeepClone(), Person.Viewer))["errors"]!);
    }

    [Fact]
    public async Task What_cannot_be_had_is_the_smallest_clash_in_words()
    {
        var solved = await shared.Host.PostAsync("pins/solve", new { plan = new { chip = "esp32c3", uses = Array.Empty<object>() }, needs = new[] { new { kind = "uart", count = 5 } } }, Person.Viewer);
        Assert.Null(solved["plan"]);
        Assert.NotEmpty((string)solved["conflict"]!["message"]!);
        Assert.NotEmpty(solved["conflict"]!["uses"]!.AsArray());
    }

    [Fact]
    public async Task A_plan_is_taken_to_another_board_and_what_is_lost_is_said()
    {
        var plan = Plan("""{"gpio":8,"function":"i2c0","signal":"sda"},{"gpio":9,"function":"i2c0","signal":"scl"},{"gpio":19,"function":"usb","signal":"dm"},{"gpio":20,"function":"usb","signal":"dp"}""");
        var port = await shared.Host.PostAsync("pins/port", new { plan, board = "esp32-cam" }, Person.Viewer);
        Assert.Equal("esp32-cam", (string)port["plan"]!["board"]!);
        Assert.Equal((bool)port["complete"]!, port["changes"]!.AsArray().All(c => (string)c!["kind"]! != "lost"));
        Assert.Contains(port["changes"]!.AsArray(), c => ((string)c!["use"]! ?? "").StartsWith("usb", StringComparison.Ordinal) && (string)c["kind"]! == "lost");
        Assert.Equal((400, "PLAN_INVALID", "$.board"), await shared.Host.RefusalAsync(HttpMethod.Post, "pins/port", new { plan = Plan(""), board = "none" }));
    }

    [Fact]
    public async Task Two_plans_are_compared_by_meaning()
    {
        var before = Plan("""{"gpio":4,"function":"led"},{"gpio":5,"function":"button"}""");
        var turned = Plan("""{"gpio":5,"function":"button"},{"gpio":4,"function":"led"}""");
        Assert.True((bool)(await shared.Host.PostAsync("pins/diff", new { before, after = turned }, Person.Viewer))["same"]!);
        var moved = await shared.Host.PostAsync("pins/diff", new { before = before.DeepClone(), after = Plan("""{"gpio":6,"function":"led"},{"gpio":5,"function":"button"}""") }, Person.Viewer);
        var one = Assert.Single(moved["differences"]!.AsArray(), d => (string)d!["kind"]! == "moved")!;
        Assert.Equal([4, 6], one["gpios"]!.AsArray().Select(g => (int)g!));
    }

    [Fact]
    public async Task A_header_is_read_and_checked_and_what_is_not_understood_is_said_by_line()
    {
        var read = await shared.Host.PostAsync("pins/import", new { text = "#define I2C_SDA 8\n#define I2C_SCL 9\n#define ANSWER 42\n", board = "esp32-s3-devkitc-1", fileName = "pins.h" }, Person.Viewer);
        Assert.Equal("c-header", (string)read["format"]!);
        Assert.Equal([8, 9], read["plan"]!["uses"]!.AsArray().Select(u => (int)u!["gpio"]!));
        Assert.Contains(read["notes"]!.AsArray(), n => (int?)n!["line"] == 3);
        Assert.Equal(0, (int)read["report"]!["errors"]!);
    }

    [Fact]
    public async Task Every_format_is_written_and_user_regions_survive()
    {
        var formats = (await shared.Host.GetAsync("pins/formats", Person.Viewer)).AsArray();
        Assert.True(formats.Count >= 10);
        foreach (var format in formats)
        {
            var code = await shared.Host.PostAsync($"pins/code?format={(string)format!["id"]!}", Plan("""{"gpio":4,"function":"led"}"""), Person.Viewer);
            Assert.Equal(((string)format["id"]!, (string)format["fileName"]!), ((string)code["format"]!, (string)code["fileName"]!));
            Assert.NotEmpty((string)code["content"]!);
            var again = await shared.Host.PostAsync($"pins/code?format={(string)format["id"]!}", new { plan = Plan("""{"gpio":4,"function":"led"}"""), previous = (string)code["content"]! }, Person.Viewer);
            Assert.Equal((string)code["content"]!, (string)again["content"]!);
        }

        Assert.Equal((400, "VALIDATION_ERROR", "format"), await shared.Host.RefusalAsync(HttpMethod.Post, "pins/code?format=verilog", Plan("")));
    }

    [Theory]
    [InlineData("pins/boot", """{"chip":"esp32","uses":[{"gpio":true,"function":"a"}]}""", "$.uses[0].gpio")]
    [InlineData("pins/boot", "[]", "$")]
    [InlineData("pins/solve", "{}", null)]
    [InlineData("pins/solve", """{"plan":{"chip":"esp32","uses":[]},"needs":[{"kind":"i2c","count":0}]}""", "$.needs[0].count")]
    [InlineData("pins/solve", """{"plan":{"chip":"none","uses":[]},"needs":[]}""", "$.plan.chip")]
    [InlineData("pins/port", """{"plan":{"chip":"esp32","uses":[]}}""", "$.board")]
    [InlineData("pins/port", """{"plan":{"chip":"esp32","uses":[]},"board":7}""", "$.board")]
    [InlineData("pins/diff", """{"before":{"chip":"esp32","uses":[]}}""", "$.after")]
    [InlineData("pins/diff", """{"before":{"chip":"esp32","uses":[]},"after":{"uses":[],"chip":"esp32","x":1}}""", "$.after")]
    [InlineData("pins/import", "{}", "$.text")]
    [InlineData("pins/import", """{"text":"nothing at all"}""", "$.format")]
    [InlineData("pins/import", """{"text":"#define A 1","format":"c-header","board":"none"}""", "$.board")]
    [InlineData("pins/import", """{"text":"#define A 1","more":1}""", "$")]
    [InlineData("pins/import", """{"text":"#define A 1","defines":"A"}""", "$.defines")]
    [InlineData("pins/import", "{", "$")]
    public async Task What_cannot_be_understood_is_refused_at_its_place(string path, string body, string? place)
    {
        var refusal = await shared.Host.RefusalAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal((400, "PLAN_INVALID"), (refusal.Status, refusal.Code));
        if (place is not null)
            Assert.Equal(place, refusal.Field);
    }

    [Fact]
    public async Task Texts_have_a_largest_size()
    {
        Assert.Equal((400, "PLAN_INVALID", "$.text"), await shared.Host.RefusalAsync(HttpMethod.Post, "pins/import", new { text = new string('a', 300_000) }));
        Assert.Equal((413, "TOO_LARGE", null), await shared.Host.RefusalAsync(HttpMethod.Post, "pins/import", new { text = new string('a', 1_100_000) }));
        Assert.Equal((413, "TOO_LARGE", null), await shared.Host.RefusalAsync(HttpMethod.Post, "pins/solve", new StringContent(new string(' ', 70_000), Encoding.UTF8, "application/json")));
    }

    [Fact]
    public async Task A_search_that_takes_longer_than_it_may_is_given_up_and_says_so()
    {
        await using var host = await FleetHost.StartAsync(services: services => services.Configure<EspForgeOptions>(options => options.PinSearchTimeLimit = TimeSpan.FromMilliseconds(1)));
        var needs = new object[] { new { kind = "i2c", count = 2 }, new { kind = "uart", count = 5 }, new { kind = "twai", count = 3 }, new { kind = "i2s", count = 2 }, new { kind = "pwm", count = 8 }, new { kind = "spi", count = 2 } };
        var asked = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(new { plan = new { chip = "esp32p4", uses = Array.Empty<object>() }, needs }))!;
        var refusal = await host.RefusalAsync(HttpMethod.Post, "pins/solve", asked, Person.Viewer);
        Assert.Equal((409, "SOLVE_LIMIT"), (refusal.Status, refusal.Code));
        Assert.Empty((await host.GetAsync("audit")).AsArray());
    }
}
