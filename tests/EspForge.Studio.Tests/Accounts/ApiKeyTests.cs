using System.Diagnostics;
using System.Net;
using System.Text.Json;
using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Tests.Accounts;

public sealed class ApiKeyTests
{
    [Fact]
    public async Task A_key_is_shown_once_and_does_what_it_was_made_for()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        var made = await admin.PostAsync("api-keys", new { name = "CI", permissions = new[] { "projects.read", "projects.write", "projects.read" } });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var key = made.Data.GetProperty("key").GetString()!;
        Assert.Matches("^efk_[A-Za-z0-9_-]{43}$", key);
        var shown = made.Data.GetProperty("apiKey");
        Assert.Equal(key[..10], shown.GetProperty("prefix").GetString());
        Assert.Equal(["projects.read", "projects.write"], shown.GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("lastUsedAt").ValueKind);

        var program = host.Anonymous().With(key);
        var id = await program.CreateProjectAsync();
        Assert.Equal(("FORBIDDEN", "FORBIDDEN"), ((await program.GetAsync("builds")).Code, (await program.GetAsync("users")).Code));
        Assert.Equal("FORBIDDEN", (await program.PostAsync("api-keys", new { name = "more", permissions = new[] { "projects.read" } })).Code);
        Assert.Equal("FORBIDDEN", (await program.PostAsync("auth/password", new { currentPassword = StudioHost.Password, newPassword = "another long password" })).Code);
        Assert.Equal(["projects.read", "projects.write"], (await program.GetAsync("auth/me")).Data.GetProperty("permissions").EnumerateArray().Select(one => one.GetString()));

        var entry = (await admin.GetAsync("audit?action=project.create")).Data[0];
        Assert.Equal(($"key:{shown.GetProperty("id").GetString()}", "CI"), (entry.GetProperty("actor").GetString(), entry.GetProperty("actorName").GetString()));
        Assert.Equal("CI", (await admin.GetAsync($"projects/{id}/history")).Data[0].GetProperty("actorName").GetString());
        var listed = (await admin.GetAsync("api-keys")).Data.EnumerateArray().Single(one => one.GetProperty("name").GetString() == "CI");
        Assert.NotEqual(JsonValueKind.Null, listed.GetProperty("lastUsedAt").ValueKind);
        Assert.False(listed.TryGetProperty("key", out _) || listed.TryGetProperty("hash", out _));

        // Whoever sees what it made can ask what it is called, without the audit log.
        var viewer = host.Anonymous().With((await admin.PostAsync("api-keys", new { name = "board", permissions = new[] { "releases.read" } })).Data.GetProperty("key").GetString()!);
        Assert.Equal("CI", (await viewer.GetAsync($"actors/key:{shown.GetProperty("id").GetString()}")).Data.GetProperty("name").GetString());
        Assert.NotEmpty((await viewer.GetAsync($"actors/{shown.GetProperty("createdBy").GetString()}")).Data.GetProperty("name").GetString()!);
        foreach (var unknown in (string[])["builds", "key:nobody", $"user:{Guid.NewGuid():D}"])
            Assert.Equal("ACTOR_NOT_FOUND", (await viewer.GetAsync($"actors/{unknown}")).Code);

        // Neither the database nor the log of changes has the key itself.
        var stored = await host.WithDatabaseAsync(db => db.ApiKeys.Where(row => row.Name == "CI").Select(row => row.Hash + row.Prefix).SingleAsync());
        Assert.DoesNotContain(key, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(key, (await admin.GetAsync("audit?limit=100")).Data.GetRawText(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"api-keys/{shown.GetProperty("id").GetString()}")).Status);
        Assert.Equal((HttpStatusCode.Unauthorized, "AUTH_INVALID_TOKEN"), await RefusedAsync(program));
        Assert.Equal("API_KEY_NOT_FOUND", (await admin.DeleteAsync($"api-keys/{shown.GetProperty("id").GetString()}")).Code);
        Assert.Equal("CI", (await admin.GetAsync("audit?action=project.create")).Data[0].GetProperty("actorName").GetString());
        Assert.Single((await admin.GetAsync("audit?action=api-key.revoke")).Data.EnumerateArray());
        Assert.True((await admin.GetAsync("audit/verify")).Data.GetProperty("valid").GetBoolean());
    }

    [Fact]
    public async Task A_key_may_no_more_than_its_maker_may_now()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        var user = (await admin.PostAsync("users", new { email = "dev@example.com", password = StudioHost.Password, role = "developer" })).Data.GetProperty("id").GetString();
        var developer = await host.SignInAsync("dev@example.com");
        var made = await developer.PostAsync("api-keys", new { name = "CI", permissions = new[] { "projects.read", "projects.write" } });
        var program = host.Anonymous().With(made.Data.GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.Created, (await program.PostAsync("projects", new { name = "x", board = "esp32-c3-devkitc-02", template = "empty" })).Status);

        await admin.PatchAsync($"users/{user}", new { role = "viewer" });
        Assert.Equal("FORBIDDEN", (await program.PostAsync("projects", new { name = "y", board = "esp32-c3-devkitc-02", template = "empty" })).Code);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("projects")).Status);
        await admin.PatchAsync($"users/{user}", new { disabled = true });
        Assert.Equal((HttpStatusCode.Unauthorized, "AUTH_INVALID_TOKEN"), await RefusedAsync(program));
        Assert.Single((await admin.GetAsync("audit?action=api-key.refused")).Data.EnumerateArray());
        await admin.PatchAsync($"users/{user}", new { disabled = false, role = "developer" });
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("projects")).Status);
    }

    [Fact]
    public async Task Who_makes_keys_sees_their_own_and_an_administrator_all()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        await admin.PostAsync("users", new { email = "dev@example.com", password = StudioHost.Password, role = "developer" });
        var developer = await host.SignInAsync("dev@example.com");
        var of = (await admin.PostAsync("api-keys", new { name = "admin's", permissions = new[] { "audit.read", "toolchains.manage" } })).Data.GetProperty("apiKey").GetProperty("id").GetString();
        var own = (await developer.PostAsync("api-keys", new { name = "dev's", permissions = new[] { "images.upload" } })).Data.GetProperty("apiKey").GetProperty("id").GetString();
        Assert.Equal(["dev's"], (await developer.GetAsync("api-keys")).Data.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(2, (await admin.GetAsync("api-keys")).Data.GetArrayLength());
        Assert.Equal("API_KEY_NOT_FOUND", (await developer.DeleteAsync($"api-keys/{of}")).Code);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"api-keys/{own}")).Status);

        foreach (var (body, field) in new (object, string)[]
        {
            (new { name = "", permissions = new[] { "images.upload" } }, "name"), (new { name = "x\u0001", permissions = new[] { "images.upload" } }, "name"),
            (new { name = "x", permissions = Array.Empty<string>() }, "permissions"), (new { name = "x", permissions = new[] { "root" } }, "permissions"),
            (new { name = "x", permissions = new[] { "users.manage" } }, "permissions"), (new { name = "x", permissions = new[] { "api-keys.manage" } }, "permissions"),
            (new { name = "x", permissions = new[] { "toolchains.manage" } }, "permissions"),
            (new { name = "x", permissions = new[] { "images.upload" }, expiresAt = "2020-01-01T00:00:00Z" }, "expiresAt"),
        })
        {
            var refused = await developer.PostAsync("api-keys", body);
            Assert.Equal(("VALIDATION_ERROR", field), (refused.Code, refused.Body.GetProperty("error").GetProperty("details")[0].GetProperty("field").GetString()));
        }

        for (var i = 0; i < 50; i++)
            Assert.Equal(HttpStatusCode.Created, (await developer.PostAsync("api-keys", new { name = $"{i}", permissions = new[] { "images.upload" } })).Status);
        Assert.Equal((HttpStatusCode.Conflict, "API_KEY_LIMIT"), await RefusedAsync(developer, "api-keys", new { name = "one more", permissions = new[] { "images.upload" } }));
    }

    [Fact]
    public async Task An_ended_key_says_that_it_has_ended()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        var made = await admin.PostAsync("api-keys", new { name = "short", permissions = new[] { "projects.read" }, expiresAt = DateTimeOffset.UtcNow.AddHours(1) });
        var program = host.Anonymous().With(made.Data.GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("projects")).Status);
        await host.WithDatabaseAsync(db => db.ApiKeys.ExecuteUpdateAsync(set => set.SetProperty(key => key.ExpiresAt, DateTimeOffset.UtcNow.AddSeconds(-1))));
        Assert.Equal((HttpStatusCode.Unauthorized, "AUTH_EXPIRED_TOKEN"), await RefusedAsync(program));
    }

    [Fact]
    public async Task Who_tries_keys_is_soon_not_listened_to_and_does_not_stop_those_that_work()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:Accounts:WrongKeysPerAddressPerMinute", "5");
        var admin = await host.BootstrapAsync();
        var key = (await admin.PostAsync("api-keys", new { name = "CI", permissions = new[] { "projects.read" } })).Data.GetProperty("key").GetString()!;
        var late = (await admin.PostAsync("api-keys", new { name = "new", permissions = new[] { "projects.read" } })).Data.GetProperty("key").GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await host.Anonymous().With(key).GetAsync("projects")).Status);
        for (var i = 0; i < 5; i++)
            Assert.Equal((HttpStatusCode.Unauthorized, "AUTH_INVALID_TOKEN"), await RefusedAsync(host.Anonymous().With($"efk_{new string((char)('a' + i), i == 4 ? 10 : 43)}")));
        var refused = await host.Anonymous().With($"efk_{new string('z', 43)}").GetAsync("projects");
        Assert.Equal((HttpStatusCode.TooManyRequests, "RATE_LIMITED"), (refused.Status, refused.Code));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await host.Anonymous().With(late).GetAsync("projects")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Anonymous().With(key).GetAsync("projects")).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("projects")).Status);
    }

    [Fact]
    public async Task A_ci_uploads_an_image_with_curl()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        var key = (await admin.PostAsync("api-keys", new { name = "CI", permissions = new[] { "images.upload", "images.read" } })).Data.GetProperty("key").GetString()!;
        var id = await admin.CreateProjectAsync("empty");
        var build = await admin.PostAsync($"projects/{id}/builds", new { version = "1.0.0" });
        var ended = await admin.UntilAsync($"builds/{build.Data.GetProperty("id").GetString()}", one => one.GetProperty("state").GetString() is "succeeded" or "failed");
        var sha256 = ended.GetProperty("image").GetProperty("sha256").GetString()!;
        var bytes = await admin.Http.GetByteArrayAsync(new Uri($"/api/v1/images/{sha256}/content", UriKind.Relative));

        // As another organization would have it: a host that does not know the image.
        await using var other = await StudioHost.StartAsync();
        var otherAdmin = await other.BootstrapAsync();
        key = (await otherAdmin.PostAsync("api-keys", new { name = "CI", permissions = new[] { "images.upload", "images.read" } })).Data.GetProperty("key").GetString()!;
        var file = Path.Combine(other.Folder, "firmware 1.bin");
        await File.WriteAllBytesAsync(file, bytes);
        var (status, body) = await CurlAsync("-F", $"file=@{file}", "-H", $"Authorization: Bearer {key}", $"{other.Url}/api/v1/images");
        Assert.True(status == 201, body);
        using var answer = JsonDocument.Parse(body);
        Assert.Equal((sha256, "firmware 1.bin"), (answer.RootElement.GetProperty("data").GetProperty("sha256").GetString(), answer.RootElement.GetProperty("data").GetProperty("fileName").GetString()));
        Assert.Equal(bytes, await otherAdmin.Http.GetByteArrayAsync(new Uri($"/api/v1/images/{sha256}/content", UriKind.Relative)));

        (status, body) = await CurlAsync("-F", $"file=@{file}", "-F", "more=1", "-H", $"Authorization: Bearer {key}", $"{other.Url}/api/v1/images");
        Assert.True(status == 400 && body.Contains("VALIDATION_ERROR", StringComparison.Ordinal), body);
        (status, body) = await CurlAsync("-F", $"file=@{file}", "-H", $"Authorization: Bearer {key[..^1]}", $"{other.Url}/api/v1/images");
        Assert.True(status == 401, body);
        (status, body) = await CurlAsync("--data-binary", $"@{file}", "-H", "Content-Type: application/octet-stream", "-H", $"Authorization: Bearer {key}", $"{other.Url}/api/v1/images?fileName=again.bin");
        Assert.True(status == 201, body);
        Assert.Single((await otherAdmin.GetAsync("images")).Data.EnumerateArray());
        Assert.Equal("CI", (await otherAdmin.GetAsync("audit?action=image.add")).Data[0].GetProperty("actorName").GetString());
    }

    private static async Task<(HttpStatusCode Status, string Code)> RefusedAsync(StudioClient client, string path = "projects", object? body = null)
    {
        var answer = body is null ? await client.GetAsync(path) : await client.PostAsync(path, body);
        return (answer.Status, answer.Code);
    }

    private static async Task<(int Status, string Body)> CurlAsync(params string[] arguments)
    {
        using var curl = Process.Start(new ProcessStartInfo("curl", ["-sS", "-w", "\n%{http_code}", .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await curl.StandardOutput.ReadToEndAsync();
        var error = await curl.StandardError.ReadToEndAsync();
        await curl.WaitForExitAsync();
        Assert.True(curl.ExitCode == 0, error);
        var end = output.LastIndexOf('\n');
        return (int.Parse(output[(end + 1)..], System.Globalization.CultureInfo.InvariantCulture), output[..end]);
    }
}
