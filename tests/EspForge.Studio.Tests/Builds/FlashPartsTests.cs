using System.Text.Json;
using EspForge.Build;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.Studio.Tests.Builds;

/// <summary>How long what is flashed by cable is kept.</summary>
public sealed class FlashPartsTests
{
    [Fact]
    public async Task A_project_keeps_those_of_its_newest_builds_and_of_what_is_released()
    {
        var toolchain = Toolchain();
        await using var host = await StartAsync(null, toolchain, "--Studio:Builds:KeepPartsBuilds", "2");
        var admin = await host.BootstrapAsync();
        var id = await admin.CreateProjectAsync("empty");
        var other = await admin.CreateProjectAsync("empty", name: "Other");
        var released = await BuildAsync(admin, toolchain, id, "1.0.0");
        var release = await admin.PostAsync("releases", new { imageSha256 = released.GetProperty("image").GetProperty("sha256").GetString(), product = "blinky" });
        Assert.True((int)release.Status == 201, release.Body.ToString());
        var elsewhere = await BuildAsync(admin, toolchain, other, "1.0.0");
        var forgotten = await BuildAsync(admin, toolchain, id, "1.0.1");
        var kept = new List<JsonElement> { released, elsewhere, await BuildAsync(admin, toolchain, id, "1.0.2"), await BuildAsync(admin, toolchain, id, "1.0.3") };

        var after = await admin.UntilAsync($"builds/{Id(forgotten)}", build => build.GetProperty("flashParts").GetArrayLength() == 0);
        Assert.Equal("succeeded", after.GetProperty("state").GetString());
        Assert.Equal("PART_NOT_FOUND", (await admin.GetAsync($"builds/{Id(forgotten)}/parts/firmware")).Code);
        foreach (var build in kept)
        {
            Assert.Equal(2, (await admin.GetAsync($"builds/{Id(build)}")).Data.GetProperty("flashParts").GetArrayLength());
            foreach (var part in (string[])["bootloader", "firmware"])
                Assert.NotEmpty(await admin.Http.GetByteArrayAsync(new Uri($"/api/v1/builds/{Id(build)}/parts/{part}", UriKind.Relative)));
        }

        // One bootloader for all, and a firmware each: blinky 1.0.0, other 1.0.0, 1.0.2, 1.0.3.
        await EventuallyAsync(() => Files(host).Count == 5);

        // What is no longer kept is had again by building again.
        var again = await BuildAsync(admin, toolchain, id, "1.0.1");
        Assert.NotEmpty(await admin.Http.GetByteArrayAsync(new Uri($"/api/v1/builds/{Id(again)}/parts/firmware", UriKind.Relative)));
    }

    [Fact]
    public async Task A_start_lets_go_of_what_is_too_old_and_of_what_a_killed_host_left_behind()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-studio-").FullName;
        var toolchain = Toolchain();
        Guid old, young, deleted;
        await using (var host = await StartAsync(folder, toolchain))
        {
            var admin = await host.BootstrapAsync();
            var id = await admin.CreateProjectAsync("empty");
            old = Id(await BuildAsync(admin, toolchain, id, "1.0.0"));
            young = Id(await BuildAsync(admin, toolchain, id, "1.0.1"));
            deleted = Id(await BuildAsync(admin, toolchain, id, "1.0.2"));
            Assert.Equal(4, Files(host).Count);
            var then = DateTimeOffset.UtcNow.AddDays(-181);
            await host.WithDatabaseAsync(db => db.Builds.Where(build => build.Id == old).ExecuteUpdateAsync(set => set.SetProperty(build => build.QueuedAt, then)));
            await host.WithDatabaseAsync(db => db.Builds.Where(build => build.Id == deleted).ExecuteDeleteAsync());

            // Killed between the bytes and the build that names them, and in the middle of the bytes.
            foreach (var name in (string[])[new string('a', 64), new string('b', 64) + "." + Guid.NewGuid().ToString("N")])
                await File.WriteAllBytesAsync(Path.Combine(folder, "parts", name), [1, 2, 3]);
        }

        await using (var host = await StartAsync(folder, toolchain))
        {
            var admin = await host.SignInAsync("ada@example.com");
            await EventuallyAsync(() => Files(host).Count == 2);
            Assert.Equal(0, (await admin.GetAsync($"builds/{old}")).Data.GetProperty("flashParts").GetArrayLength());
            var parts = (await admin.GetAsync($"builds/{young}")).Data.GetProperty("flashParts").EnumerateArray().Select(part => part.GetProperty("sha256").GetString()!).Order(StringComparer.Ordinal);
            Assert.Equal(parts, Files(host).Order(StringComparer.Ordinal));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static GatedToolchain Toolchain()
    {
        var toolchain = new GatedToolchain();
        toolchain.Gate.SetResult();
        return toolchain;
    }

    private static Task<StudioHost> StartAsync(string? folder, GatedToolchain toolchain, params string[] settings) =>
        StudioHost.StartAsync(folder, services => services.AddSingleton<IToolchain>(toolchain), [.. settings, "--Studio:Builds:CacheDirectory", Path.Combine(toolchain.Folder, "cache")]);

    private static Guid Id(JsonElement build) => build.GetProperty("id").GetGuid();

    private static List<string> Files(StudioHost host) => [.. Directory.GetFiles(Path.Combine(host.Folder, "parts")).Select(path => Path.GetFileName(path))];

    /// <summary>The same bootloader for all, a firmware for each project and version.</summary>
    private static async Task<JsonElement> BuildAsync(StudioClient client, GatedToolchain toolchain, Guid project, string version)
    {
        toolchain.Parts = [new FlashPart("bootloader", 0, new byte[] { 1, 2, 3 }), new FlashPart("firmware", 0x10000, System.Text.Encoding.ASCII.GetBytes($"{project} {version}"))];
        var build = (await client.PostAsync($"projects/{project}/builds", new { version })).Data.GetProperty("id").GetGuid();
        var ended = await client.UntilAsync($"builds/{build}", one => one.GetProperty("state").GetString() is "succeeded" or "failed");
        Assert.True(ended.GetProperty("state").GetString() == "succeeded", ended.ToString());
        return ended;
    }

    private static async Task EventuallyAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!holds())
            await Task.Delay(20, limit.Token);
    }
}
