using System.Net;
using EspForge.Studio.Bootstrap;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.Studio.Tests.Accounts;

public sealed class BootstrapTests
{
    [Fact]
    public async Task Of_many_at_once_exactly_one_becomes_the_administrator()
    {
        await using var host = await StudioHost.StartAsync();
        var status = await host.Anonymous().GetAsync("bootstrap");
        Assert.True(status.Data.GetProperty("needsAdministrator").GetBoolean());
        Assert.False(status.Data.GetProperty("needsSetupCode").GetBoolean());
        Assert.Equal("EspForge Studio", status.Data.GetProperty("product").GetString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i =>
            host.Anonymous().PostAsync("bootstrap", new { email = $"admin{i}@example.com", password = StudioHost.Password })));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer =>
        {
            Assert.Equal(HttpStatusCode.Conflict, answer.Status);
            Assert.Equal("BOOTSTRAP_DONE", answer.Code);
        });
        Assert.Equal(1, await host.WithDatabaseAsync(db => db.Users.CountAsync()));
        Assert.Equal(1, await host.WithDatabaseAsync(db => db.Memberships.CountAsync()));
        Assert.False((await host.Anonymous().GetAsync("bootstrap")).Data.GetProperty("needsAdministrator").GetBoolean());
    }

    [Fact]
    public async Task Where_others_can_reach_the_host_the_code_on_its_console_is_needed()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:AlwaysAskSetupCode", "true");
        Assert.True((await host.Anonymous().GetAsync("bootstrap")).Data.GetProperty("needsSetupCode").GetBoolean());
        var code = host.Services.GetRequiredService<SetupCode>().Current;

        foreach (var wrong in new[] { null, "", "AAAAAAAA", code[..^1] })
        {
            var refused = await host.Anonymous().PostAsync("bootstrap", new { email = "ada@example.com", password = StudioHost.Password, setupCode = wrong });
            Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
            Assert.Equal("SETUP_CODE_INVALID", refused.Code);
        }

        var taken = await host.Anonymous().PostAsync("bootstrap", new { email = "ada@example.com", password = StudioHost.Password, setupCode = code.ToLowerInvariant() });
        Assert.Equal(HttpStatusCode.Created, taken.Status);
    }

    [Fact]
    public async Task After_ten_wrong_codes_there_is_a_new_one()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:AlwaysAskSetupCode", "true");
        var code = host.Services.GetRequiredService<SetupCode>();
        var first = code.Current;
        for (var i = 0; i < 9; i++)
            Assert.False(code.Check("WRONG", out _));
        Assert.Equal(first, code.Current);
        Assert.False(code.Check("WRONG", out var renewed));
        Assert.True(renewed);
        Assert.NotEqual(first, code.Current);
        Assert.False(code.Check(first, out _));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://[::1]:5080", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://[::]:5080", false)]
    [InlineData("http://+:5080", false)]
    [InlineData("http://*:5080", false)]
    [InlineData("http://192.168.1.7:5080", false)]
    [InlineData("https://studio.example.com", false)]
    public void Only_loopback_is_loopback(string address, bool expected) => Assert.Equal(expected, SetupCode.IsLoopback(address));

    [Theory]
    [InlineData("ada@example.com", "short", "password")]
    [InlineData("ada@example.com", "aaaaaaaaaaaaaaaa", "password")]
    [InlineData("ada@example.com", "abcdefghijklmnop", "password")]
    [InlineData("ada@example.com", "password1234", "password")]
    [InlineData("marguerite@example.com", "marguerite12", "password")]
    [InlineData("no address", "correct horse battery", "email")]
    [InlineData("Ada <ada@example.com>", "correct horse battery", "email")]
    public async Task What_is_wrong_with_the_first_account_is_named(string email, string password, string field)
    {
        await using var host = await StudioHost.StartAsync();
        var refused = await host.Anonymous().PostAsync("bootstrap", new { email, password });
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("VALIDATION_ERROR", refused.Code);
        Assert.Equal(field, refused.Body.GetProperty("error").GetProperty("details")[0].GetProperty("field").GetString());
        Assert.Equal(0, await host.WithDatabaseAsync(db => db.Users.CountAsync()));
    }

    [Fact]
    public async Task The_folder_is_for_its_owner_only_and_for_one_host()
    {
        await using var host = await StudioHost.StartAsync();
        _ = host.Services.GetRequiredService<EspForge.Studio.Accounts.AccessTokens>();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(host.Folder));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(host.Folder, "keys", "access-token.key")));
        }

        var second = await Assert.ThrowsAsync<InvalidOperationException>(() => StudioHost.StartAsync(host.Folder));
        Assert.Contains("Another EspForge Studio", second.Message, StringComparison.Ordinal);
    }
}
