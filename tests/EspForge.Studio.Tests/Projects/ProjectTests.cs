using System.Net;
using EspForge.Boards;
using EspForge.PinRules;
using EspForge.Studio.Projects;

namespace EspForge.Studio.Tests.Projects;

[Collection(SharedStudioCollection.Name)]
public sealed class ProjectTests(SharedStudio studio)
{
    [Fact]
    public async Task A_project_begins_with_its_templates_files_and_a_plan_for_its_board()
    {
        var made = await studio.Developer.PostAsync("projects", new { name = "Room -- Sensor №1!", board = "esp32-c3-devkitc-02", template = "sensor" });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal("room-sensor-1", made.Data.GetProperty("product").GetString());
        Assert.Equal("esp32c3", made.Data.GetProperty("chip").GetString());
        Assert.Equal(["climate.c", "climate.h", "main.c"], made.Data.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        Assert.Equal(3, made.Data.GetProperty("plan").GetProperty("uses").GetArrayLength());
        var id = made.Data.GetProperty("id").GetGuid();
        Assert.Contains("PIN_LED", (await studio.Viewer.GetAsync($"projects/{id}/files/main.c")).Data.GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Contains((await studio.Viewer.GetAsync("projects")).Data.EnumerateArray(), project => project.GetProperty("id").GetGuid() == id);

        Assert.Equal(HttpStatusCode.NoContent, (await studio.Developer.DeleteAsync($"projects/{id}")).Status);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Developer.GetAsync($"projects/{id}")).Code);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Developer.GetAsync($"projects/{id}/files/main.c")).Code);
    }

    public static TheoryData<string> Templates => [.. ProjectTemplates.Shown.Select(template => template.Id)];

    [Theory]
    [MemberData(nameof(Templates))]
    public void On_every_board_a_template_finds_pins_without_errors(string template)
    {
        var wanted = template switch { "blink" or "lamp" or "esp-idf" => 1, "sensor" or "platformio-sensor" => 3, _ => 0 };
        foreach (var board in BoardCatalog.Default.Boards)
        {
            var plan = ProjectTemplates.PlanFor(template, board, BoardCatalog.Default);
            Assert.False(PinChecker.Check(plan).HasErrors, board.Id);
            Assert.True(plan.Uses.Count == wanted, $"{board.Id}: {plan.Uses.Count} of {wanted} pins");
            Assert.Equal(plan, ProjectPlan.Parse(ProjectPlan.Write(plan), BoardCatalog.Default).Value, (a, b) => a!.Uses.SequenceEqual(b!.Uses));
        }
    }

    [Theory]
    [InlineData("", "esp32-c3-devkitc-02", "blink", null, "name")]
    [InlineData("x\n", "esp32-c3-devkitc-02", "blink", "a\u0001", "product")]
    [InlineData("x", "esp8266", "blink", null, "board")]
    [InlineData("x", "esp32-c3-devkitc-02", "doom", null, "template")]
    [InlineData("x", "esp32-c3-devkitc-02", "blink", "Upper", "product")]
    [InlineData("x", "esp32-c3-devkitc-02", "blink", "", "product")]
    [InlineData("x", "esp32-c3-devkitc-02", "blink", "a-product-name-of-thirty-two-char", "product")]
    public async Task A_bad_project_is_refused_with_its_field(string name, string board, string template, string? product, string field)
    {
        var before = (await studio.Developer.GetAsync("projects?limit=500")).Data.GetArrayLength();
        var refused = await studio.Developer.PostAsync("projects", new { name, board, template, product });
        Assert.Equal((HttpStatusCode.BadRequest, "VALIDATION_ERROR"), (refused.Status, refused.Code));
        Assert.Equal(field, refused.Body.GetProperty("error").GetProperty("details")[0].GetProperty("field").GetString());
        Assert.Equal(before, (await studio.Developer.GetAsync("projects?limit=500")).Data.GetArrayLength());
    }

    [Fact]
    public async Task A_plan_is_read_strictly_and_kept_tidy()
    {
        var id = await studio.Developer.CreateProjectAsync();
        var changed = await studio.Developer.PatchAsync($"projects/{id}", new { name = "Other", plan = new { board = "esp32-devkitc-v4", uses = new[] { new { gpio = 4, function = "relay" } } } });
        Assert.Equal("esp32-devkitc-v4", changed.Data.GetProperty("board").GetString());
        Assert.Equal("esp32", changed.Data.GetProperty("chip").GetString());
        Assert.Equal("Other", changed.Data.GetProperty("name").GetString());

        foreach (var bad in new object[]
        {
            new { plan = new { board = "esp32-devkitc-v4" } },
            new { plan = new { board = "esp32-devkitc-v4", uses = new[] { new { gpio = "4", function = "relay" } } } },
            new { plan = new { chip = "esp32", uses = Array.Empty<object>() } },
            new { plan = new { board = "no-such-board", uses = Array.Empty<object>() } },
            new { plan = "text" },
            new { name = "Never", plan = 7 },
        })
        {
            var refused = await studio.Developer.PatchAsync($"projects/{id}", bad);
            Assert.Equal((HttpStatusCode.BadRequest, "PLAN_INVALID"), (refused.Status, refused.Code));
            Assert.StartsWith("plan", refused.Body.GetProperty("error").GetProperty("details")[0].GetProperty("field").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal("Other", (await studio.Developer.GetAsync($"projects/{id}")).Data.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_project_stands_on_a_board_of_its_own_organization_which_is_then_not_taken_away()
    {
        object Board(string chip, int gpio) => new
        {
            schemaVersion = 1,
            id = "own-pump",
            name = "Pump",
            vendor = "Acme",
            chip,
            module = "ESP32-C3-MINI-1",
            flashBytes = 4_194_304,
            psramBytes = 0,
            psramMode = (string?)null,
            headers = Array.Empty<object>(),
            exposedGpios = new[] { gpio, gpio + 1 },
        };
        Assert.Equal(HttpStatusCode.Created, (await studio.Developer.PostAsync("boards", Board("esp32c3", 4))).Status);
        var made = await studio.Developer.PostAsync("projects", new { name = "Pump", board = "own-pump", template = "empty" });
        Assert.Equal((HttpStatusCode.Created, "own-pump"), (made.Status, made.Data.GetProperty("board").GetString()));
        var id = made.Data.GetProperty("id").GetString();
        var changed = await studio.Developer.PatchAsync($"projects/{id}", new { plan = new { board = "own-pump", uses = new[] { new { gpio = 4, function = "relay" } } } });
        Assert.Equal(HttpStatusCode.OK, changed.Status);

        var removed = await studio.Developer.SendAsync(HttpMethod.Delete, "boards/own-pump", null);
        Assert.Equal((HttpStatusCode.Conflict, "BOARD_IN_USE"), (removed.Status, removed.Code));
        var other = await studio.Developer.SendAsync(HttpMethod.Put, "boards/own-pump", Board("esp32c6", 4));
        Assert.Equal((HttpStatusCode.Conflict, "BOARD_IN_USE"), (other.Status, other.Code));
        Assert.Equal(HttpStatusCode.OK, (await studio.Developer.SendAsync(HttpMethod.Put, "boards/own-pump", Board("esp32c3", 5))).Status);

        await studio.Developer.SendAsync(HttpMethod.Delete, $"projects/{id}", null);
        Assert.Equal(HttpStatusCode.NoContent, (await studio.Developer.SendAsync(HttpMethod.Delete, "boards/own-pump", null)).Status);
    }

    [Fact]
    public async Task Another_organizations_project_is_not_found()
    {
        var id = Guid.CreateVersion7();
        await studio.Host.WithDatabaseAsync(async db =>
        {
            db.Projects.Add(new ProjectRow
            {
                Id = id,
                Organization = "elsewhere",
                Name = "x",
                Product = "x",
                Board = "esp32-devkitc-v4",
                Chip = "esp32",
                Plan = """{"board":"esp32-devkitc-v4","uses":[]}""",
                CreatedAt = DateTimeOffset.UtcNow,
                UpdatedAt = DateTimeOffset.UtcNow,
                Files = { new ProjectFileRow { ProjectId = id, Path = "main.c", Content = "", SizeBytes = 0, UpdatedAt = DateTimeOffset.UtcNow } },
            });
            return await db.SaveChangesAsync();
        });
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Admin.GetAsync($"projects/{id}")).Code);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Admin.PatchAsync($"projects/{id}", new { name = "y" })).Code);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Admin.GetAsync($"projects/{id}/files/main.c")).Code);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Admin.PutAsync($"projects/{id}/files/main.c", new { content = "" })).Code);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Admin.DeleteAsync($"projects/{id}/files/main.c")).Code);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Admin.PostAsync($"projects/{id}/builds", new { version = "1.0.0" })).Code);
        Assert.Equal("PROJECT_NOT_FOUND", (await studio.Admin.DeleteAsync($"projects/{id}")).Code);
        Assert.DoesNotContain((await studio.Admin.GetAsync("projects?limit=500")).Data.EnumerateArray(), project => project.GetProperty("id").GetGuid() == id);
    }
}
