using System.Text.Json.Nodes;

namespace EspForge.EndToEnd.Tests;

/// <summary>The steps of the main job over the API, each waiting for its own end.</summary>
internal sealed class Story(StudioProcess studio)
{
    public const string Board = "esp32-c3-devkitm-1";

    private static readonly int[] Percents = [5, 20, 50, 100];

    public ApiClient Api => studio.Api;

    public string ProjectId { get; private set; } = "";

    public string Product { get; private set; } = "";

    public static object[] QuickStages(double soakSeconds = 1) =>
        [.. Percents.Select(percent => (object)new { percent, gate = new { soakSeconds, minimumReports = 1, maximumFailureRate = 0.05, confidence = 0.95, silentAfterSeconds = 600 } })];

    public async Task CreateProjectAsync(string name = "Garden lamp", string template = "blink")
    {
        var project = await Api.PostAsync("projects", new { name, board = Board, template });
        ProjectId = (string)project["id"]!;
        Product = (string)project["product"]!;
    }

    /// <summary>Appends C code to the project's first source file.</summary>
    public async Task EditAsync(Func<string, string> change)
    {
        var project = await Api.GetAsync($"projects/{ProjectId}");
        var path = project["files"]!.AsArray().Select(file => (string)file!["path"]!).First(file => file.EndsWith(".c", StringComparison.Ordinal));
        var file = await Api.GetAsync($"projects/{ProjectId}/files/{path}");
        await Api.PutAsync($"projects/{ProjectId}/files/{path}", new { content = change((string)file["content"]!) });
    }

    public async Task<JsonNode> BuildAsync(string version)
    {
        var build = await Api.PostAsync($"projects/{ProjectId}/builds", new { version });
        var id = (string)build["id"]!;
        await Wait.UntilAsync(TimeSpan.FromSeconds(180), $"build {version} ends", async () =>
        {
            build = await Api.GetAsync($"builds/{id}");
            return (string)build["state"]! is not ("queued" or "running");
        }, () => build.ToString());
        return build;
    }

    public async Task<JsonNode> ReleaseAsync(string version)
    {
        var build = await BuildAsync(version);
        Assert.True((string)build["state"]! == "succeeded", build.ToString());
        return await Api.PostAsync("releases", new { imageSha256 = (string)build["image"]!["sha256"]!, product = Product, notes = $"Release {version}" });
    }

    public async Task AddVirtualDevicesAsync(int count)
    {
        var all = (await DevicesAsync()).Count + count;
        await Api.PostAsync("virtual-devices", new { count, product = Product, board = Board });
        await Wait.UntilAsync(TimeSpan.FromSeconds(240), $"{all} virtual devices are claimed and online", async () => (await DevicesAsync()).Count(device => (bool)device!["online"]! && device["version"] is not null) == all,
            () => studio.Output[^Math.Min(3000, studio.Output.Length)..]);
    }

    public async Task<JsonArray> DevicesAsync() => (await Api.GetAsync($"devices?product={Product}&limit=500")).AsArray();

    public async Task<string> StartRolloutAsync(JsonNode release, object[]? stages = null)
    {
        var rollout = await Api.PostAsync("rollouts", new { releaseId = (string)release["id"]!, name = $"To {release["version"]}", stages = stages ?? QuickStages(), start = true });
        return (string)rollout["id"]!;
    }

    public async Task<JsonNode> WaitForRolloutAsync(string id, string state, int seconds = 240)
    {
        JsonNode rollout = new JsonObject();
        await Wait.UntilAsync(TimeSpan.FromSeconds(seconds), $"rollout {state}", async () =>
        {
            rollout = await Api.GetAsync($"rollouts/{id}");
            var now = (string)rollout["state"]!;
            if (now != state && now is "completed" or "rolledBack" or "cancelled" && now != state) Assert.Fail($"The rollout is {now}, not {state}: {rollout}");
            return now == state;
        }, () => rollout.ToString());
        return rollout;
    }

    public async Task<JsonArray> MembersAsync(string rolloutId) => (await Api.GetAsync($"rollouts/{rolloutId}/members?limit=1000")).AsArray();
}
