using System.Net;

namespace EspForge.Studio.Tests.Accounts;

public sealed class UserTests : IAsyncLifetime
{
    private StudioHost _host = null!;
    private StudioClient _admin = null!;

    public async Task InitializeAsync()
    {
        _host = await StudioHost.StartAsync();
        _admin = await _host.BootstrapAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_last_administrator_can_be_neither_demoted_nor_disabled()
    {
        var me = (await _admin.GetAsync("auth/me")).Data.GetProperty("id").GetGuid();
        foreach (var change in new object[] { new { role = "viewer" }, new { disabled = true } })
        {
            var refused = await _admin.PatchAsync($"users/{me}", change);
            Assert.Equal((HttpStatusCode.Conflict, "LAST_ADMINISTRATOR"), (refused.Status, refused.Code));
        }

        await CreateAsync("grace@example.com", "admin");
        Assert.Equal(HttpStatusCode.OK, (await _admin.PatchAsync($"users/{me}", new { role = "developer" })).Status);
    }

    [Fact]
    public async Task Of_two_administrators_who_demote_each_other_one_stays()
    {
        var me = (await _admin.GetAsync("auth/me")).Data.GetProperty("id").GetGuid();
        var other = await CreateAsync("grace@example.com", "admin");
        var grace = await _host.SignInAsync("grace@example.com");
        await Task.WhenAll(_admin.PatchAsync($"users/{other}", new { role = "viewer" }), grace.PatchAsync($"users/{me}", new { role = "viewer" }));
        var left = await _host.WithDatabaseAsync(db => Task.FromResult(db.Memberships.Count(one => one.Role == "admin")));
        Assert.Equal(1, left);
    }

    [Fact]
    public async Task A_new_role_ends_what_the_old_one_allowed_at_once()
    {
        var id = await CreateAsync("dev@example.com", "developer");
        var developer = await _host.SignInAsync("dev@example.com");
        Assert.Equal(HttpStatusCode.OK, (await developer.GetAsync("audit")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _admin.PatchAsync($"users/{id}", new { role = "viewer" })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await developer.GetAsync("audit")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await _host.SignInAsync("dev@example.com")).GetAsync("audit")).Status);
    }

    [Fact]
    public async Task A_disabled_user_is_out_at_once_and_can_come_back()
    {
        var id = await CreateAsync("dev@example.com", "developer");
        var developer = await _host.SignInAsync("dev@example.com");
        await _admin.PatchAsync($"users/{id}", new { disabled = true });
        Assert.Equal(HttpStatusCode.Unauthorized, (await developer.GetAsync("auth/me")).Status);
        var refused = await _host.Anonymous().PostAsync("auth/login", new { email = "dev@example.com", password = StudioHost.Password });
        Assert.Equal((HttpStatusCode.Forbidden, "ACCOUNT_DISABLED"), (refused.Status, refused.Code));
        await _admin.PatchAsync($"users/{id}", new { disabled = false });
        await _host.SignInAsync("dev@example.com");
    }

    [Fact]
    public async Task A_name_can_change_without_ending_anything()
    {
        var id = await CreateAsync("dev@example.com", "developer");
        var developer = await _host.SignInAsync("dev@example.com");
        var changed = await _admin.PatchAsync($"users/{id}", new { displayName = "  Dev  " });
        Assert.Equal("Dev", changed.Data.GetProperty("displayName").GetString());
        Assert.Equal("Dev", (await developer.GetAsync("auth/me")).Data.GetProperty("displayName").GetString());
    }

    [Fact]
    public async Task Bad_users_are_refused_and_nothing_is_kept()
    {
        await CreateAsync("dev@example.com", "developer");
        Assert.Equal("USER_EXISTS", (await _admin.PostAsync("users", new { email = "DEV@example.com", password = StudioHost.Password, role = "viewer" })).Code);
        Assert.Equal("VALIDATION_ERROR", (await _admin.PostAsync("users", new { email = "x@example.com", password = StudioHost.Password, role = "root" })).Code);
        Assert.Equal("VALIDATION_ERROR", (await _admin.PostAsync("users", new { email = "x@example.com", password = "short", role = "viewer" })).Code);
        Assert.Equal("VALIDATION_ERROR", (await _admin.PostAsync("users", new { email = "x", password = StudioHost.Password, role = "viewer" })).Code);
        Assert.Equal("VALIDATION_ERROR", (await _admin.PostAsync("users", new { email = "x@example.com", password = StudioHost.Password, role = "viewer", isAdmin = true })).Code);
        Assert.Equal("USER_NOT_FOUND", (await _admin.PatchAsync($"users/{Guid.NewGuid()}", new { role = "viewer" })).Code);
        Assert.Equal(2, (await _admin.GetAsync("users")).Data.GetArrayLength());
    }

    private async Task<Guid> CreateAsync(string email, string role)
    {
        var answer = await _admin.PostAsync("users", new { email, password = StudioHost.Password, role });
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer.Data.GetProperty("id").GetGuid();
    }
}
