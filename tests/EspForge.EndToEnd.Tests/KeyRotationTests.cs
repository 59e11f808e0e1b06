using System.Text.Json.Nodes;

namespace EspForge.EndToEnd.Tests;

/// <summary>Signing keys of a real host, and devices that follow them.</summary>
public class KeyRotationTests
{
    [Fact]
    public async Task Devices_follow_a_rotation_and_take_no_release_of_a_retired_key()
    {
        await using var studio = await StudioProcess.StartAsync();
        var story = new Story(studio);
        await story.CreateProjectAsync();
        var first = await story.ReleaseAsync("1.0.0");
        await story.AddVirtualDevicesAsync(3);
        var rollout = await story.WaitForRolloutAsync(await story.StartRolloutAsync(first, OneStage), "completed");
        Assert.Equal(3, (int)rollout["confirmed"]!);
        var old = SigningKey(await story.Api.GetAsync("keys"));

        // A new key signs from now on, the old one is still trusted: devices learn of it by the list that the old one signed.
        var keys = await story.Api.PostAsync("keys/rotate", new { });
        var second = SigningKey(keys);
        Assert.NotEqual(old, second);
        rollout = await story.WaitForRolloutAsync(await story.StartRolloutAsync(await story.ReleaseAsync("1.1.0"), OneStage), "completed");
        Assert.Equal(3, (int)rollout["confirmed"]!);

        // The old key is stolen: it is retired, and what it signed is no longer offered.
        keys = await story.Api.PostAsync("keys/rotate", new { retire = new[] { old } });
        Assert.NotEqual(second, SigningKey(keys));
        rollout = await story.WaitForRolloutAsync(await story.StartRolloutAsync(await story.ReleaseAsync("1.2.0"), OneStage), "completed");
        Assert.Equal(3, (int)rollout["confirmed"]!);
        await Wait.UntilAsync(TimeSpan.FromSeconds(30), "all three run 1.2.0", async () => (await story.DevicesAsync()).All(device => (string?)device!["version"] == "1.2.0"));

        // A host that is started again has the same keys, and a device that is new gets them with its claim.
        await studio.KillAsync();
        await studio.StartAgainAsync();
        await studio.Api.LoginAsync();
        Assert.Equal(SigningKey(keys), SigningKey(await story.Api.GetAsync("keys")));
        await story.AddVirtualDevicesAsync(1);
        rollout = await story.WaitForRolloutAsync(await story.StartRolloutAsync(await story.ReleaseAsync("1.3.0"), OneStage), "completed");
        Assert.Equal(4, (int)rollout["confirmed"]!);
    }

    private static object[] OneStage =>
        [new { percent = 100, gate = new { soakSeconds = 1, minimumReports = 1, maximumFailureRate = 0.05, confidence = 0.95, silentAfterSeconds = 600 } }];

    private static string SigningKey(JsonNode keys) => (string)keys["keys"]!.AsArray().Single(key => (bool)key!["active"]!)!["kid"]!;
}
