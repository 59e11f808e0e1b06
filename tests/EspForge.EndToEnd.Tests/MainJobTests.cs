using System.Text.Json.Nodes;

namespace EspForge.EndToEnd.Tests;

/// <summary>The main job without a browser: what a script sees.</summary>
public class MainJobTests
{
    [Fact]
    public async Task Twenty_devices_take_a_good_release_and_a_bad_one_stops_at_the_canary()
    {
        await using var studio = await StudioProcess.StartAsync();
        var story = new Story(studio);
        await story.CreateProjectAsync();

        // A plan with one wrong pin says so, and building it is refused.
        var project = await story.Api.GetAsync($"projects/{story.ProjectId}");
        var good = project["plan"]!.DeepClone();
        var wrong = good.DeepClone();
        wrong["uses"]!.AsArray().Add(new JsonObject { ["gpio"] = 14, ["function"] = "relay", ["direction"] = "out" });
        var findings = (await story.Api.PostAsync("pins/check", wrong))["findings"]!.AsArray();
        Assert.Contains(findings, finding => (string)finding!["severity"]! == "error" && finding["gpios"]!.AsArray().Any(gpio => (int)gpio! == 14) && (string)finding["class"]! is "flash" or "not-bonded");
        await story.Api.PatchAsync($"projects/{story.ProjectId}", new { plan = wrong });
        Assert.Equal("PLAN_HAS_ERRORS", (await story.Api.FailsAsync(HttpMethod.Post, $"projects/{story.ProjectId}/builds", new { version = "1.0.0" })).Code);
        await story.Api.PatchAsync($"projects/{story.ProjectId}", new { plan = good });

        var release = await story.ReleaseAsync("1.0.0");
        await story.AddVirtualDevicesAsync(20);
        var rollout = await story.WaitForRolloutAsync(await story.StartRolloutAsync(release), "completed");
        Assert.Equal([1, 3, 6, 10], rollout["stages"]!.AsArray().Select(stage => (int)stage!["size"]!));
        Assert.Equal(20, (int)rollout["confirmed"]!);
        Assert.Equal(0, (int)rollout["failed"]!);
        await Wait.UntilAsync(TimeSpan.FromSeconds(30), "all twenty say 1.0.0", async () => (await story.DevicesAsync()).Count(device => (string?)device!["version"] == "1.0.0") == 20);

        // 1.1.0 crashes as soon as it starts.
        await story.EditAsync(source => "#include <stdlib.h>\n" + source.Replace("void ef_app_setup(ef_app *app)\n{", "void ef_app_setup(ef_app *app)\n{\n    abort();", StringComparison.Ordinal));
        var bad = await story.ReleaseAsync("1.1.0");
        var stopped = await story.WaitForRolloutAsync(await story.StartRolloutAsync(bad), "rolledBack");
        Assert.Equal(0, (int)stopped["currentStage"]!);
        Assert.Equal(1, (int)stopped["failed"]!);
        Assert.Contains("1", (string)stopped["reason"]!, StringComparison.Ordinal);
        var members = await story.MembersAsync((string)stopped["id"]!);
        var canary = Assert.Single(members, member => (int)member!["stage"]! == 0)!;
        Assert.Equal("rolledBack", (string)canary["state"]!);
        Assert.Equal("crashed", (string)canary["error"]!);
        Assert.False(string.IsNullOrEmpty((string?)canary["detail"]));
        Assert.All(members.Where(member => (int)member!["stage"]! > 0), member => Assert.Contains((string)member!["state"]!, new[] { "waiting", "cancelled" }));
        await Wait.UntilAsync(TimeSpan.FromSeconds(30), "the canary is back on 1.0.0", async () => (await story.DevicesAsync()).All(device => (string?)device!["version"] == "1.0.0" && (bool)device["online"]!));

        // Each device told the memory of its board, which is that of the project's plan.
        Assert.All(await story.DevicesAsync(), device => Assert.Equal((4_194_304L, "none", true), ((long)device!["hardware"]!["flashBytes"]!, (string)device["hardware"]!["psramMode"]!, (bool)device["fit"]!["fits"]!)));

        // What happened can be read back: telemetry, the audit trail, and its chain.
        var telemetry = (await story.Api.GetAsync($"devices/{canary["deviceId"]}/telemetry")).AsArray();
        Assert.Contains(telemetry, sample => (long?)sample!["freeHeapBytes"] > 0);
        Assert.Contains(telemetry, sample => (int?)sample!["rssiDbm"] is >= -90 and <= -40);
        var actions = (await story.Api.GetAsync("audit?limit=500")).AsArray().Select(entry => (string)entry!["action"]!).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "project.create", "release.create", "device.claim", "rollout.create" }, actions);
        Assert.True((bool)(await story.Api.GetAsync("audit/verify"))["valid"]!);
        Assert.Equal("RELEASE_EXISTS", (await story.Api.FailsAsync(HttpMethod.Post, "releases", new { imageSha256 = (string)bad["image"]!["sha256"]!, product = story.Product })).Code);
    }

    [Fact]
    public async Task A_killed_host_goes_on_where_it_was_and_counts_no_device_twice()
    {
        await using var studio = await StudioProcess.StartAsync();
        var story = new Story(studio);
        await story.CreateProjectAsync();
        var release = await story.ReleaseAsync("1.0.0");
        await story.AddVirtualDevicesAsync(10);
        var id = await story.StartRolloutAsync(release, Story.QuickStages(soakSeconds: 3));

        for (var kill = 0; kill < 3; kill++)
        {
            // Somewhere in the middle of the stage that is on its way then.
            await Wait.UntilAsync(TimeSpan.FromSeconds(90), "a device is on its way or the rollout ended", async () =>
                (string)(await story.Api.GetAsync($"rollouts/{id}"))["state"]! != "running"
                || (await story.MembersAsync(id)).Any(member => (string)member!["state"]! is not ("waiting" or "confirmed")));
            await studio.KillAsync();
            await studio.StartAgainAsync();
            await studio.Api.LoginAsync();
        }

        var rollout = await story.WaitForRolloutAsync(id, "completed");
        Assert.Equal(10, (int)rollout["confirmed"]!);
        Assert.Equal(0, (int)rollout["failed"]!);
        Assert.Equal(10, (int)rollout["devices"]!);
        var members = await story.MembersAsync(id);
        Assert.Equal(10, members.Select(member => (string)member!["deviceId"]!).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(10, (await story.DevicesAsync()).Count);
        Assert.True((bool)(await story.Api.GetAsync("audit/verify"))["valid"]!);
    }
}
