using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore.Tests.Api;

public class RegistrationTests
{
    [Fact]
    public async Task A_missing_registration_says_what_to_type()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Equal("Call `services.AddEspForge()` before `MapEspForge()`.", Assert.Throws<InvalidOperationException>(() => app.MapEspForge()).Message);
        Assert.Equal("Call `services.AddEspForge()` before `MapEspForgeApi()`.", Assert.Throws<InvalidOperationException>(() => app.MapEspForgeApi()).Message);
    }

    [Fact]
    public async Task A_missing_store_says_what_to_type()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddEspForge();
        await using var app = builder.Build();
        Assert.Contains("AddEspForgeSqlite", Assert.Throws<InvalidOperationException>(() => app.MapEspForge()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("api")]
    [InlineData("/")]
    [InlineData("/api/")]
    [InlineData("/api/{version}")]
    public async Task A_prefix_that_is_none_is_refused(string prefix)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddEspForge();
        await using var app = builder.Build();
        Assert.ThrowsAny<ArgumentException>(() => app.MapEspForgeApi(prefix));
    }

    public static TheoryData<Action<EspForgeOptions>> BadOptions => new()
    {
        o => o.DataDirectory = "",
        o => o.DeviceTokenLifetime = TimeSpan.FromDays(2),
        o => o.OfflineAfter = TimeSpan.Zero,
        o => o.ClaimLifetime = TimeSpan.FromHours(2),
        o => o.ClaimsPerAddressPerMinute = 0,
        o => o.MaxOpenClaims = 0,
        o => o.RequestsPerDevicePerMinute = -1,
        o => o.MaxTelemetryBytes = 1,
        o => o.TelemetryRetention = TimeSpan.Zero,
        o => o.MaxImageBytes = 1L << 40,
        o => o.RolloutInterval = TimeSpan.Zero,
        o => o.TopicRoot = "espforge/#",
        o => o.TopicRoot = "no/device",
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public async Task An_option_out_of_its_range_is_found_when_the_host_starts(Action<EspForgeOptions> set)
    {
        var folder = Directory.CreateTempSubdirectory("espforge-options-");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddEspForge(options =>
        {
            options.DataDirectory = folder.FullName;
            set(options);
        });
        builder.Services.AddEspForgeSqlite(Path.Combine(folder.FullName, "fleet.db"));
        await using var app = builder.Build();
        await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    public void A_host_with_one_token_does_not_start_without_a_good_one(string? token) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddEspForge().AddApiToken(token));

    [Fact]
    public async Task A_host_with_one_token_lets_in_who_has_it()
    {
        var token = new string('t', 40);
        var folder = Directory.CreateTempSubdirectory("espforge-token-");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddEspForge(options => options.DataDirectory = folder.FullName).AddApiToken(token);
        builder.Services.AddEspForgeSqlite(Path.Combine(folder.FullName, "fleet.db"));
        await using (var app = builder.Build())
        {
            await app.Services.EnsureEspForgeDatabaseAsync();
            app.MapEspForge();
            app.MapEspForgeApi();
            await app.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
            Assert.Equal(401, (int)(await client.GetAsync("/api/v1/devices")).StatusCode);
            client.DefaultRequestHeaders.Authorization = new("Bearer", token + "x");
            Assert.Equal(401, (int)(await client.GetAsync("/api/v1/devices")).StatusCode);
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            Assert.Equal(200, (int)(await client.GetAsync("/api/v1/devices")).StatusCode);
            Assert.Equal(200, (int)(await client.GetAsync("/api/v1/audit/verify")).StatusCode);
            await app.StopAsync();
        }

        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }
}
