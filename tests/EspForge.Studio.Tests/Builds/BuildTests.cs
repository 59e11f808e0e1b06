using System.Net;
using EspForge.Studio.Builds;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Tests.Builds;

[Collection(SharedStudioCollection.Name)]
public sealed class BuildTests(SharedStudio studio)
{
    /// <summary>A million statements: the compiler is busy until somebody stops it.</summary>
    private const string Slow =
        """
        #include "espforge/app.h"
        #define A(x) x x x x x x x x x x
        static volatile int v;
        void ef_app_setup(ef_app *app) { (void)app; A(A(A(A(A(A(v = v * 3 + 1;)))))) }
        void ef_app_loop(ef_app *app, int64_t now_ms) { (void)app; (void)now_ms; }
        """;

    [Theory]
    [InlineData("blink")]
    [InlineData("sensor")]
    [InlineData("lamp")]
    [InlineData("empty")]
    public async Task Every_template_builds_to_an_image_that_can_be_released(string template)
    {
        var id = await studio.Developer.CreateProjectAsync(template, name: $"Template {template}");
        var started = await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.2.3-rc.1" });
        Assert.Equal(HttpStatusCode.Accepted, started.Status);
        var build = await EndAsync(started.Data.GetProperty("id").GetGuid());
        Assert.True(build.GetProperty("state").GetString() == "succeeded", build.ToString());
        Assert.Empty(build.GetProperty("messages").EnumerateArray());
        var image = build.GetProperty("image");
        Assert.Equal("host", image.GetProperty("format").GetString());
        Assert.Equal("1.2.3-rc.1", image.GetProperty("version").GetString());
        Assert.Equal("esp32c3", image.GetProperty("chip").GetString());
        Assert.Equal($"template-{template}", image.GetProperty("project").GetString());

        var sha256 = image.GetProperty("sha256").GetString()!;
        var bytes = await studio.Viewer.Http.GetByteArrayAsync(new Uri($"/api/v1/images/{sha256}/content", UriKind.Relative));
        Assert.Equal(sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        Assert.Contains((await studio.Viewer.GetAsync($"projects/{id}/builds")).Data.EnumerateArray(), one => one.GetProperty("id").GetGuid() == build.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task What_the_compiler_says_is_told_with_its_place()
    {
        var id = await studio.Developer.CreateProjectAsync("empty");
        await studio.Developer.PutAsync($"projects/{id}/files/src/broken.c", new { content = "int f(void)\n{\n    return missing;\n}\n" });
        var build = await BuildAsync(id);
        Assert.Equal("failed", build.GetProperty("state").GetString());
        Assert.Equal("BUILD_FAILED", build.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, build.GetProperty("image").ValueKind);
        var message = build.GetProperty("messages").EnumerateArray().First(one => one.GetProperty("severity").GetString() == "error");
        Assert.Equal(("src/broken.c", 3), (message.GetProperty("file").GetString(), message.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task The_same_sources_again_are_answered_with_the_same_image_and_another_is_compared_with_it()
    {
        var id = await studio.Developer.CreateProjectAsync("empty");
        await studio.Developer.PutAsync($"projects/{id}/files/unused.c", new { content = $"/* {Guid.NewGuid()} */ int unused_value = 1;\n" });
        var first = await BuildAsync(id);
        Assert.Equal((false, System.Text.Json.JsonValueKind.Null), (first.GetProperty("fromCache").GetBoolean(), first.GetProperty("previous").ValueKind));
        Assert.Equal(("host", System.Text.Json.JsonValueKind.Null, 0), (first.GetProperty("toolchain").GetString(), first.GetProperty("environment").ValueKind, first.GetProperty("warnings").GetInt32()));
        var again = await BuildAsync(id);
        Assert.True(again.GetProperty("fromCache").GetBoolean());
        Assert.Equal(first.GetProperty("image").GetProperty("sha256").GetString(), again.GetProperty("image").GetProperty("sha256").GetString());
        var previous = again.GetProperty("previous");
        Assert.Equal(
            (first.GetProperty("id").GetGuid(), "1.0.0", first.GetProperty("image").GetProperty("sizeBytes").GetInt64()),
            (previous.GetProperty("buildId").GetGuid(), previous.GetProperty("version").GetString(), previous.GetProperty("sizeBytes").GetInt64()));

        await studio.Developer.PutAsync($"projects/{id}/files/unused.c", new { content = "int unused_value = 1;\nstatic int never(void) { return 1; }\n" });
        var warned = await BuildAsync(id);
        Assert.Equal((false, 1), (warned.GetProperty("fromCache").GetBoolean(), warned.GetProperty("warnings").GetInt32()));
    }

    [Fact]
    public async Task A_plan_with_errors_is_built_with_a_reason_which_is_in_the_audit_log()
    {
        var id = await studio.Developer.CreateProjectAsync("empty", "esp32-devkitc-v4");
        await studio.Developer.PatchAsync($"projects/{id}", new { plan = new { board = "esp32-devkitc-v4", uses = new[] { new { gpio = 6, function = "pump" } } } });
        foreach (var reason in (string[])["too short", new string('x', 501), "with a\u0007bell in it"])
        {
            var refused = await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.0.0", acceptErrors = reason });
            Assert.Equal(("VALIDATION_ERROR", "acceptErrors"), (refused.Code, refused.Body.GetProperty("error").GetProperty("details")[0].GetProperty("field").GetString()));
        }

        const string why = "the module has no flash at these pins";
        var started = await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.0.0", acceptErrors = why });
        Assert.Equal((HttpStatusCode.Accepted, why), (started.Status, started.Data.GetProperty("acceptedErrors").GetString()));
        Assert.Equal("succeeded", (await EndAsync(started.Data.GetProperty("id").GetGuid())).GetProperty("state").GetString());
        var entry = (await studio.Admin.GetAsync("audit?action=build.accept-errors")).Data[0];
        Assert.Equal($"build:{started.Data.GetProperty("id").GetString()}", entry.GetProperty("subject").GetString());
        Assert.EndsWith(why, entry.GetProperty("detail").GetString(), StringComparison.Ordinal);

        await studio.Developer.PatchAsync($"projects/{id}", new { plan = new { board = "esp32-devkitc-v4", uses = Array.Empty<object>() } });
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.0.0", acceptErrors = why })).Data.GetProperty("acceptedErrors").ValueKind);
    }

    [Fact]
    public async Task An_environment_is_one_of_the_projects()
    {
        var id = await studio.Developer.CreateProjectAsync("platformio-sensor");
        var project = (await studio.Developer.GetAsync($"projects/{id}")).Data;
        Assert.Equal(("platformio", "esp32-c3-devkitc-02"), (project.GetProperty("toolchain").GetString(), project.GetProperty("environments")[0].GetString()));
        Assert.Contains("board = esp32-c3-devkitc-02\n", (await studio.Developer.GetAsync($"projects/{id}/files/platformio.ini")).Data.GetProperty("content").GetString(), StringComparison.Ordinal);
        foreach (var (toolchain, environment) in new[] { ("platformio", "other"), ("platformio", "x; rm"), ("host", "esp32-c3-devkitc-02") })
        {
            await studio.Developer.PatchAsync($"projects/{id}", new { toolchain });
            var refused = await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.0.0", environment });
            Assert.Equal(("VALIDATION_ERROR", "environment"), (refused.Code, refused.Body.GetProperty("error").GetProperty("details")[0].GetProperty("field").GetString()));
        }

        Assert.Equal("VALIDATION_ERROR", (await studio.Developer.PatchAsync($"projects/{id}", new { toolchain = "make" })).Code);
    }

    [Fact]
    public async Task Pins_come_from_the_plan_and_a_plan_with_errors_is_not_built()
    {
        var id = await studio.Developer.CreateProjectAsync("empty", "esp32-devkitc-v4");
        await studio.Developer.PatchAsync($"projects/{id}", new { plan = new { board = "esp32-devkitc-v4", uses = new[] { new { gpio = 23, function = "pump" } } } });
        await studio.Developer.PutAsync($"projects/{id}/files/check.c", new { content = "#include \"pins.h\"\n_Static_assert(PIN_PUMP == 23, \"pins.h is not the plan's\");\n" });
        Assert.Equal("succeeded", (await BuildAsync(id)).GetProperty("state").GetString());

        await studio.Developer.PatchAsync($"projects/{id}", new { plan = new { board = "esp32-devkitc-v4", uses = new[] { new { gpio = 6, function = "pump" } } } });
        var refused = await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.0.0" });
        Assert.Equal((HttpStatusCode.Conflict, "PLAN_HAS_ERRORS"), (refused.Status, refused.Code));
        Assert.NotEmpty(refused.Body.GetProperty("error").GetProperty("details").EnumerateArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("v1.0.0")]
    [InlineData("1.0.0-with-a-very-long-prerelease-tag")]
    public async Task A_version_that_is_none_is_refused(string version)
    {
        var id = await studio.Developer.CreateProjectAsync("empty");
        var refused = await studio.Developer.PostAsync($"projects/{id}/builds", new { version });
        Assert.Equal((HttpStatusCode.BadRequest, "VALIDATION_ERROR"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_running_build_and_a_waiting_one_can_be_cancelled()
    {
        var id = await studio.Developer.CreateProjectAsync("empty");
        await studio.Developer.PutAsync($"projects/{id}/files/main.c", new { content = Slow });
        var running = (await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.0.0" })).Data.GetProperty("id").GetGuid();
        var waiting = (await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.0.1" })).Data.GetProperty("id").GetGuid();
        await studio.Developer.UntilAsync($"builds/{running}", build => build.GetProperty("state").GetString() == "running");

        var dropped = await studio.Developer.PostAsync($"builds/{waiting}/cancel");
        Assert.Equal("cancelled", dropped.Data.GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.OK, (await studio.Developer.PostAsync($"builds/{running}/cancel")).Status);
        var ended = await EndAsync(running);
        Assert.Equal("cancelled", ended.GetProperty("state").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, ended.GetProperty("error").ValueKind);
        var again = await studio.Developer.PostAsync($"builds/{running}/cancel");
        Assert.Equal((HttpStatusCode.Conflict, "BUILD_STATE"), (again.Status, again.Code));
        Assert.EndsWith("event: end\ndata: {\"state\":\"cancelled\"}\n\n", await EventsAsync(waiting, 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_streamed_to_its_end_and_goes_on_where_a_reader_was_cut_off()
    {
        var id = await studio.Developer.CreateProjectAsync("empty");
        var build = (await studio.Developer.PostAsync($"projects/{id}/builds", new { version = "1.0.0" })).Data.GetProperty("id").GetGuid();
        var live = await EventsAsync(build, 0);
        Assert.Contains("event: line\ndata: {\"number\":1,", live, StringComparison.Ordinal);
        Assert.EndsWith("event: end\ndata: {\"state\":\"succeeded\"}\n\n", live, StringComparison.Ordinal);
        Assert.Equal(live, await EventsAsync(build, 0));

        var rest = await EventsAsync(build, 2);
        Assert.StartsWith("event: line\ndata: {\"number\":3,", rest, StringComparison.Ordinal);
        Assert.EndsWith(rest, live, StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/builds/{build}/log");
        request.Headers.Accept.ParseAdd("text/plain");
        using var text = await studio.Viewer.Http.SendAsync(request);
        Assert.Equal("text/plain", text.Content.Headers.ContentType!.MediaType);
        Assert.Equal(live.Split("event: line").Length - 1, (await text.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n').Length);
        Assert.DoesNotContain(studio.Host.Folder, live, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_restart_finds_unfinished_has_failed()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-studio-").FullName;
        Guid project, stopped;
        var abandoned = Guid.CreateVersion7();
        await using (var host = await StudioHost.StartAsync(folder))
        {
            var admin = await host.BootstrapAsync();
            project = await admin.CreateProjectAsync("empty");
            await admin.PutAsync($"projects/{project}/files/main.c", new { content = Slow });
            stopped = (await admin.PostAsync($"projects/{project}/builds", new { version = "1.0.0" })).Data.GetProperty("id").GetGuid();
            await admin.UntilAsync($"builds/{stopped}", build => build.GetProperty("state").GetString() == "running");
            await host.WithDatabaseAsync(async db =>
            {
                // What a host that was killed leaves behind.
                db.Builds.Add(new BuildRow
                {
                    Id = abandoned,
                    Organization = "main",
                    ProjectId = project,
                    ProjectName = "x",
                    Product = "x",
                    Version = "1.0.0",
                    State = BuildState.Running,
                    QueuedAt = DateTimeOffset.UtcNow,
                    CreatedBy = "user:x",
                });
                return await db.SaveChangesAsync();
            });
        }

        await using (var host = await StudioHost.StartAsync(folder))
        {
            var states = await host.WithDatabaseAsync(db => db.Builds.ToDictionaryAsync(build => build.Id, build => (build.State, build.ErrorCode)));
            Assert.Equal((BuildState.Failed, "host-stopped"), states[stopped]);
            Assert.Equal((BuildState.Failed, "host-restarted"), states[abandoned]);
            var admin = await host.SignInAsync("ada@example.com");
            Assert.Equal("HOST_RESTARTED", (await admin.GetAsync($"builds/{abandoned}")).Data.GetProperty("error").GetProperty("code").GetString());
            Assert.True((await admin.GetAsync("audit/verify")).Data.GetProperty("valid").GetBoolean());
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task No_more_builds_wait_than_may()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:Builds:MaxQueuedPerOrganization", "2");
        var admin = await host.BootstrapAsync();
        var id = await admin.CreateProjectAsync("empty");
        await admin.PutAsync($"projects/{id}/files/main.c", new { content = Slow });
        var first = (await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.0" })).Data.GetProperty("id").GetGuid();
        await admin.UntilAsync($"builds/{first}", build => build.GetProperty("state").GetString() == "running");
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.Accepted, (await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.0" })).Status);
        var refused = await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.0" });
        Assert.Equal((HttpStatusCode.Conflict, "BUILD_LIMIT"), (refused.Status, refused.Code));
        Assert.Equal(3, (await admin.GetAsync("builds")).Data.GetArrayLength());
    }

    private async Task<System.Text.Json.JsonElement> BuildAsync(Guid project) =>
        await EndAsync((await studio.Developer.PostAsync($"projects/{project}/builds", new { version = "1.0.0" })).Data.GetProperty("id").GetGuid());

    private Task<System.Text.Json.JsonElement> EndAsync(Guid build) =>
        studio.Developer.UntilAsync($"builds/{build}", one => one.GetProperty("state").GetString() is "succeeded" or "failed" or "cancelled");

    private async Task<string> EventsAsync(Guid build, int after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/builds/{build}/log");
        if (after > 0)
            request.Headers.Add("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var response = await studio.Viewer.Http.SendAsync(request);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);

        // Comments say only that the stream is alive; how many there are is a matter of time.
        return string.Concat((await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(piece => piece[0] != ':').Select(piece => piece + "\n\n"));
    }
}
