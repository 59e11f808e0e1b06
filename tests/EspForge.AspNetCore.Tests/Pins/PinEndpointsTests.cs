using System.Text;

namespace EspForge.AspNetCore.Tests.Pins;

/// <summary>docs/api.md, Boards and pins; docs/pins.md.</summary>
public class PinEndpointsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Plan = """{"chip":"esp32","uses":[{"gpio":6,"function":"button"},{"gpio":21,"function":"i2c0","signal":"sda"}]}""";

    [Fact]
    public async Task A_check_answers_findings_with_repairs_and_counts()
    {
        var host = shared.Host;
        var report = await host.DataAsync(HttpMethod.Post, "pins/check", System.Text.Json.Nodes.JsonNode.Parse(Plan), Person.Viewer);
        var findings = report["findings"]!.AsArray();
        var flash = findings.First(f => (string)f!["severity"]! == "error")!;
        Assert.Equal([6], flash["gpios"]!.AsArray().Select(g => (int)g!));
        Assert.Equal(findings.Count(f => (string)f!["severity"]! == "error"), (int)report["errors"]!);
        var move = flash["repairs"]!.AsArray().First(r => (string)r!["kind"]! == "move")!;
        Assert.Equal(0, (int)move["use"]!);
        Assert.NotNull(move["gpio"]);
    }

    [Fact]
    public async Task A_suggestion_takes_an_index_or_a_use_without_a_pin()
    {
        var host = shared.Host;
        var plan = System.Text.Json.Nodes.JsonNode.Parse(Plan)!;
        var byIndex = (await host.PostAsync("pins/suggest", new { plan, use = 0 }, Person.Viewer))["candidates"]!.AsArray();
        Assert.InRange(byIndex.Count, 1, 20);
        Assert.DoesNotContain(byIndex, c => (int)c!["gpio"]! is 6 or 21);
        var described = (await host.PostAsync("pins/suggest", new { plan, use = new { function = "button" } }, Person.Viewer))["candidates"]!.AsArray();
        Assert.DoesNotContain(described, c => (int)c!["gpio"]! is 6 or 21);
        Assert.All(described, c => Assert.Contains((string)c!["risk"]!, (string[])["none", "info", "warning"]));
    }

    [Fact]
    public async Task Code_is_a_header()
    {
        var host = shared.Host;
        var code = await host.DataAsync(HttpMethod.Post, "pins/code", System.Text.Json.Nodes.JsonNode.Parse(Plan), Person.Viewer);
        Assert.Equal("pins.h", (string)code["fileName"]!);
        Assert.Contains("#define PIN_I2C0_SDA 21", System.Text.RegularExpressions.Regex.Replace((string)code["content"]!, " +", " "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pins/check", """{"chip":"esp32"}""", "$")]
    [InlineData("pins/check", """{"chip":"esp32","uses":[{"gpio":"x","function":"a"}]}""", "$.uses[0].gpio")]
    [InlineData("pins/check", """{"board":"none","uses":[]}""", "$.board")]
    [InlineData("pins/check", """{"chip":"esp32","uses":[],"more":1}""", null)]
    [InlineData("pins/check", "nonsense", null)]
    [InlineData("pins/check", "", null)]
    [InlineData("pins/code", "[]", "$")]
    [InlineData("pins/suggest", "{}", "$.plan")]
    [InlineData("pins/suggest", """{"plan":{"chip":"esp32","uses":[]},"use":0}""", "$.use")]
    [InlineData("pins/suggest", """{"plan":{"chip":"esp32","uses":[{"gpio":true,"function":"a"}]},"use":0}""", "$.plan.uses[0].gpio")]
    [InlineData("pins/suggest", """{"plan":{"chip":"esp32","uses":[]},"use":{"signal":"sda"}}""", "$.use")]
    [InlineData("pins/suggest", """{"plan":{"chip":"esp32","uses":[]},"use":{"function":7}}""", "$.use.function")]
    [InlineData("pins/suggest", """{"plan":{"chip":"esp32","uses":[]},"use":[]}""", "$.use")]
    [InlineData("pins/suggest", "{", null)]
    public async Task What_is_no_plan_is_refused_with_its_place(string path, string body, string? place)
    {
        var host = shared.Host;
        var refusal = await host.RefusalAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal((400, "PLAN_INVALID"), (refusal.Status, refusal.Code));
        if (place is not null)
            Assert.Equal(place, refusal.Field);
    }

    [Fact]
    public async Task A_plan_that_is_too_large_or_no_json_is_not_read()
    {
        var host = shared.Host;
        Assert.Equal((413, "TOO_LARGE", null), await host.RefusalAsync(HttpMethod.Post, "pins/check", new StringContent(new string(' ', 70_000), Encoding.UTF8, "application/json")));
        Assert.Equal((415, "UNSUPPORTED_MEDIA_TYPE", null), await host.RefusalAsync(HttpMethod.Post, "pins/check", new StringContent(Plan, Encoding.UTF8, "text/plain")));
    }
}
