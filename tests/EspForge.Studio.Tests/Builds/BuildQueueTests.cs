using System.Net;
using System.Security.Cryptography;
using EspForge.Build;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.Studio.Tests.Builds;

/// <summary>The queue as it runs, with a toolchain that says when and what it builds.</summary>
public sealed class BuildQueueTests
{
    private const int Users = 4;
    private const int BuildsEach = 25;

    [Fact]
    public async Task Of_a_hundred_builds_by_four_people_two_at_a_time_each_gets_a_turn_and_nothing_is_left_behind()
    {
        var toolchain = new GatedToolchain();
        await using var host = await StartAsync(toolchain, "--Studio:Builds:Runners", "2", "--Studio:Builds:MaxQueuedPerUser", "100", "--Studio:Builds:MaxQueuedPerOrganization", "500");
        var admin = await host.BootstrapAsync();
        var id = await admin.CreateProjectAsync("empty");
        var people = new StudioClient[Users];
        for (var user = 0; user < Users; user++)
        {
            await admin.PostAsync("users", new { email = $"dev{user}@example.com", password = StudioHost.Password, role = "developer" });
            people[user] = await host.SignInAsync($"dev{user}@example.com");
        }

        // One person after the other asks for all of theirs, before anything is built.
        var builds = new List<(int User, Guid Id)>();
        for (var user = 0; user < Users; user++)
        {
            for (var i = 0; i < BuildsEach; i++)
            {
                var asked = await people[user].PostAsync($"projects/{id}/builds", new { version = $"{user}.{i}.0" });
                Assert.Equal(HttpStatusCode.Accepted, asked.Status);
                builds.Add((user, asked.Data.GetProperty("id").GetGuid()));
            }
        }

        await admin.UntilAsync($"builds/{builds[1].Id}", build => build.GetProperty("state").GetString() == "running");
        var positions = new Dictionary<Guid, int>();
        foreach (var (_, build) in builds.Skip(2))
            positions[build] = (await admin.GetAsync($"builds/{build}")).Data.GetProperty("position").GetInt32();
        Assert.Equal(Enumerable.Range(1, 98), positions.Values.Order());

        toolchain.Gate.SetResult();
        foreach (var (_, build) in builds)
            Assert.Equal("succeeded", (await admin.UntilAsync($"builds/{build}", one => one.GetProperty("state").GetString() is "succeeded" or "failed")).GetProperty("state").GetString());

        // Begun in the order that was said, give or take one, because two begin at once; and nobody is more than a turn ahead of who still waits.
        var order = toolchain.Begun.ToArray();
        Assert.Equal(100, order.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(2, toolchain.MostAtOnce);
        var byVersion = builds.Select((one, index) => (one.Id, Version: $"{one.User}.{index % BuildsEach}.0")).ToDictionary(one => one.Version, one => one.Id, StringComparer.Ordinal);
        for (var i = 2; i < order.Length; i++)
            Assert.InRange(positions[byVersion[order[i]]] - (i - 1), -1, 1);
        var served = new int[Users];
        foreach (var version in order.Skip(2))
        {
            served[version[0] - '0']++;
            for (var user = 1; user < Users; user++)
                Assert.True(served.Max() - served[user] <= 2 || served[user] == BuildsEach, $"after {served.Sum()}: {string.Join(' ', served)}");
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(host.Folder, "work"), "job-*"));
        Assert.Empty(Processes(toolchain.Marker));
    }

    [Fact]
    public async Task A_persons_builds_and_those_of_their_keys_wait_in_one_line_of_bounded_length()
    {
        var toolchain = new GatedToolchain();
        await using var host = await StartAsync(toolchain, "--Studio:Builds:MaxQueuedPerUser", "3");
        var admin = await host.BootstrapAsync();
        await admin.PostAsync("users", new { email = "dev@example.com", password = StudioHost.Password, role = "developer" });
        var developer = await host.SignInAsync("dev@example.com");
        var id = await admin.CreateProjectAsync("empty");
        var key = (await admin.PostAsync("api-keys", new { name = "CI", permissions = new[] { "builds.run", "builds.read" } })).Data.GetProperty("key").GetString()!;
        var program = host.Anonymous().With(key);

        var running = (await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.0" })).Data.GetProperty("id").GetGuid();
        await admin.UntilAsync($"builds/{running}", build => build.GetProperty("state").GetString() == "running");
        var first = (await program.PostAsync($"projects/{id}/builds", new { version = "1.0.1" })).Data;
        Assert.Equal((1, 2), (first.GetProperty("position").GetInt32(), (await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.2" })).Data.GetProperty("position").GetInt32()));
        Assert.Equal(3, (await program.PostAsync($"projects/{id}/builds", new { version = "1.0.3" })).Data.GetProperty("position").GetInt32());
        Assert.Equal((HttpStatusCode.Conflict, "BUILD_LIMIT"), Of(await program.PostAsync($"projects/{id}/builds", new { version = "1.0.4" })));
        Assert.Equal((HttpStatusCode.Conflict, "BUILD_LIMIT"), Of(await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.4" })));
        Assert.Equal(2, (await developer.PostAsync($"projects/{id}/builds", new { version = "2.0.0" })).Data.GetProperty("position").GetInt32());

        // Cancelling makes room, and those behind move up.
        await admin.PostAsync($"builds/{first.GetProperty("id").GetGuid()}/cancel");
        Assert.Equal(3, (await program.PostAsync($"projects/{id}/builds", new { version = "1.0.5" })).Data.GetProperty("position").GetInt32() - 1);
        toolchain.Gate.SetResult();
        await admin.UntilAsync("builds", all => all.EnumerateArray().All(build => build.GetProperty("state").GetString() is "succeeded" or "cancelled"));
        Assert.Equal(["1.0.0", "1.0.2", "2.0.0", "1.0.3", "1.0.5"], toolchain.Begun);
    }

    [Fact]
    public async Task What_is_flashed_by_cable_and_what_it_takes_of_the_memory_is_told_and_kept()
    {
        var toolchain = new GatedToolchain { Parts = [new FlashPart("bootloader", 0, new byte[] { 1, 2, 3 }), new FlashPart("firmware", 0x10000, new byte[] { 4, 5 })] };
        toolchain.Gate.SetResult();
        await using var host = await StartAsync(toolchain);
        var admin = await host.BootstrapAsync();
        var id = await admin.CreateProjectAsync("empty");
        var build = (await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.0" })).Data.GetProperty("id").GetGuid();
        var ended = await admin.UntilAsync($"builds/{build}", one => one.GetProperty("state").GetString() is "succeeded" or "failed");
        Assert.Equal(
            ["bootloader 0 3", "firmware 65536 2"],
            ended.GetProperty("flashParts").EnumerateArray().Select(part => $"{part.GetProperty("name").GetString()} {part.GetProperty("offsetBytes").GetInt64()} {part.GetProperty("sizeBytes").GetInt64()}"));
        Assert.Equal((1000, 2000), (ended.GetProperty("memory").GetProperty("ramUsedBytes").GetInt64(), ended.GetProperty("memory").GetProperty("slotBytes").GetInt64()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, ended.GetProperty("memory").GetProperty("flashUsedBytes").ValueKind);

        using var part = await admin.Http.GetAsync(new Uri($"/api/v1/builds/{build}/parts/firmware", UriKind.Relative));
        Assert.Equal([4, 5], await part.Content.ReadAsByteArrayAsync());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([4, 5])), part.Headers.ETag!.Tag.Trim('"'));
        foreach (var name in (string[])["nothing", "..%2f..%2fstudio.db", ended.GetProperty("flashParts")[0].GetProperty("sha256").GetString()!])
            Assert.Equal("PART_NOT_FOUND", (await admin.GetAsync($"builds/{build}/parts/{name}")).Code);
        Assert.Equal("BUILD_NOT_FOUND", (await admin.GetAsync($"builds/{Guid.Empty}/parts/firmware")).Code);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(host.Folder, "parts")).Length);

        var again = (await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.0" })).Data.GetProperty("id").GetGuid();
        var cached = await admin.UntilAsync($"builds/{again}", one => one.GetProperty("state").GetString() is "succeeded" or "failed");
        Assert.True(cached.GetProperty("fromCache").GetBoolean());
        Assert.Equal(ended.GetProperty("flashParts").GetRawText(), cached.GetProperty("flashParts").GetRawText());
        Assert.Equal(ended.GetProperty("memory").GetRawText(), cached.GetProperty("memory").GetRawText());
        Assert.Single(toolchain.Begun);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(host.Folder, "parts")).Length);
    }

    private static (HttpStatusCode, string) Of(Answer answer) => (answer.Status, answer.Code);

    private static Task<StudioHost> StartAsync(GatedToolchain toolchain, params string[] settings)
    {
        var cache = Path.Combine(toolchain.Folder, "cache");
        return StudioHost.StartAsync(null, services => services.AddSingleton<IToolchain>(toolchain), [.. settings, "--Studio:Builds:CacheDirectory", cache]);
    }

    /// <summary>Processes of this machine whose command line has the text.</summary>
    private static List<string> Processes(string marker) =>
        [.. Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture, out _)).Where(path =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(path, "cmdline")).Contains(marker, StringComparison.Ordinal);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        })];
}
