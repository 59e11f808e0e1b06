using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EspForge.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Devices;

/// <summary>docs/protocol.md 1.3: key, token, revocation.</summary>
public class DeviceAuthenticationTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task A_key_is_turned_into_a_token_and_both_let_the_device_in()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/token", device.Key);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(3_600, (int)body["expiresInSeconds"]!);
        Assert.Equal(host.Clock.GetUtcNow().ToUnixTimeMilliseconds(), (long)body["serverTimeMs"]!);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal(204, await TryAsync(host, device.Key));
        Assert.Equal(204, await TryAsync(host, (string)body["accessToken"]!));
    }

    [Fact]
    public async Task A_token_ends_after_its_hour()
    {
        await using var host = await FleetHost.StartAsync();
        var token = await TokenAsync(host, await host.DeviceAsync("lamp-01"));
        host.Clock.Move(TimeSpan.FromMinutes(59));
        Assert.Equal(204, await TryAsync(host, token));
        host.Clock.Move(TimeSpan.FromMinutes(1));
        Assert.Equal(401, await TryAsync(host, token));
    }

    [Fact]
    public async Task A_deleted_device_is_refused_at_once_with_key_and_token()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        var token = await TokenAsync(host, device);
        Assert.Equal(204, await TryAsync(host, device.Key));
        using var deleted = await host.SendAsync(HttpMethod.Delete, "/api/v1/devices/lamp-01", Person.Admin);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(401, await TryAsync(host, device.Key));
        Assert.Equal(401, await TryAsync(host, token));
        await DeviceClaimEndpointsTests.ProblemAsync(await host.SendAsync(HttpMethod.Post, "/device/v1/token", device.Key), 401, "device-key-unknown");
    }

    [Fact]
    public async Task A_device_that_another_host_deleted_is_refused_within_a_minute()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        var token = await TokenAsync(host, device);
        Assert.Equal(204, await TryAsync(host, token));
        await using (var scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<IDeviceStore>().RemoveAsync("acme", "lamp-01", new AuditDraft("user:1", "device.delete", "device:lamp-01"));
        host.Clock.Move(TimeSpan.FromSeconds(31));
        Assert.Equal(401, await TryAsync(host, token));
        Assert.Equal(401, await TryAsync(host, device.Key));
    }

    [Fact]
    public async Task A_token_of_a_device_that_was_deleted_is_not_one_of_a_new_device_of_that_id()
    {
        await using var host = await FleetHost.StartAsync();
        var token = await TokenAsync(host, await host.DeviceAsync("lamp-01"));
        (await host.SendAsync(HttpMethod.Delete, "/api/v1/devices/lamp-01", Person.Admin)).Dispose();
        var again = await host.DeviceAsync("lamp-01");
        Assert.Equal(401, await TryAsync(host, token));
        Assert.Equal(204, await TryAsync(host, again.Key));
    }

    [Fact]
    public async Task Tokens_survive_a_restart_and_are_no_others()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-restart-").FullName;
        try
        {
            string token;
            await using (var first = await FleetHost.StartAsync(folder))
                token = await TokenAsync(first, await first.DeviceAsync("lamp-01"));
            await using (var second = await FleetHost.StartAsync(folder))
                Assert.Equal(204, await TryAsync(second, token));
            await using var other = await FleetHost.StartAsync();
            await other.DeviceAsync("lamp-01");
            Assert.Equal(401, await TryAsync(other, token));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("efk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJsYW1wLTAxIiwiaXNzIjoiZXNwZm9yZ2UiLCJhdWQiOiJlc3Bmb3JnZS1kZXZpY2UiLCJleHAiOjk5OTk5OTk5OTl9.")]
    public async Task What_is_no_key_and_no_token_is_refused(string bearer)
    {
        var host = shared.Host;
        using var answer = await host.SendAsync(HttpMethod.Get, "/device/v1/update?version=1.0.0&slot=a", bearer);
        await DeviceClaimEndpointsTests.ProblemAsync(answer, 401, "token-invalid");
        Assert.NotEmpty(answer.Headers.WwwAuthenticate);
        await DeviceClaimEndpointsTests.ProblemAsync(await host.SendAsync(HttpMethod.Post, "/device/v1/token", bearer), 401, "device-key-unknown");
    }

    [Fact]
    public async Task A_person_is_no_device_and_a_device_no_person()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        Assert.Equal(401, await TryAsync(host, Person.Admin));
        Assert.Equal(401, (await host.RefusalAsync(HttpMethod.Get, "devices", person: device.Key)).Status);
    }

    [Fact]
    public async Task A_device_that_asks_too_often_waits_and_its_neighbour_does_not()
    {
        await using var host = await FleetHost.StartAsync(services: s => s.Configure<EspForgeOptions>(o => o.RequestsPerDevicePerMinute = 3));
        var (one, two) = (await host.DeviceAsync("lamp-01"), await host.DeviceAsync("lamp-02"));
        for (var i = 0; i < 3; i++)
            Assert.Equal(204, await TryAsync(host, one.Key));
        using var fourth = await host.SendAsync(HttpMethod.Get, "/device/v1/update?version=1.0.0&slot=a", one.Key);
        await DeviceClaimEndpointsTests.ProblemAsync(fourth, 429, "rate-limited");
        Assert.NotNull(fourth.Headers.RetryAfter);
        Assert.Equal(204, await TryAsync(host, two.Key));
    }

    private static async Task<string> TokenAsync(FleetHost host, FleetDevice device)
    {
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/token", device.Key);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["accessToken"]!;
    }

    private static async Task<int> TryAsync(FleetHost host, string bearer)
    {
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", bearer,
            JsonContent.Create(new { version = "1.0.0", slot = "a", samples = new[] { new { uptimeMs = 5, freeHeapBytes = 6 } } }));
        return (int)answer.StatusCode;
    }
}
