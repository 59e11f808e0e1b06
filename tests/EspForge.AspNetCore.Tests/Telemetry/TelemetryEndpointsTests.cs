using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using EspForge.AspNetCore.Tests.Devices;

namespace EspForge.AspNetCore.Tests.Telemetry;

/// <summary>docs/protocol.md 2.4.</summary>
public class TelemetryEndpointsTests
{
    [Fact]
    public async Task What_a_device_measures_people_see()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        var at = host.Clock.GetUtcNow().AddMinutes(-1).ToUnixTimeMilliseconds();
        using var answer = await SendAsync(device,
            $$$"""{"version":"1.0.0","slot":"a","agentVersion":"0.1.0","later":1,"samples":[{"at":{{{at}}},"uptimeMs":1,"freeHeapBytes":2},{"uptimeMs":2,"freeHeapBytes":3,"rssiDbm":-60,"values":{"temperature":21.5}}]}""");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        var samples = (await host.GetAsync("devices/lamp-01/telemetry")).AsArray();
        Assert.Equal([1L, 2L], samples.Select(s => (long)s!["uptimeMs"]!));
        Assert.Equal(21.5, (double)samples[1]!["values"]!["temperature"]!);
        Assert.Equal(host.Clock.GetUtcNow(), DateTimeOffset.Parse((string)samples[1]!["at"]!, CultureInfo.InvariantCulture));
        Assert.Equal("1.0.0", (string)(await host.GetAsync("devices/lamp-01"))["version"]!);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_refused_whether_or_not_it_says_its_length()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        var body = new string(' ', 65_537);
        await DeviceClaimEndpointsTests.ProblemAsync(await SendAsync(device, body), 413, "too-large");
        using var chunked = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", device.Key,
            new StringContent(body, Encoding.UTF8, "application/json"), request => request.Headers.TransferEncodingChunked = true);
        await DeviceClaimEndpointsTests.ProblemAsync(chunked, 413, "too-large");
    }

    [Fact]
    public async Task A_batch_as_large_as_it_may_be_is_taken()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        var samples = Enumerable.Range(0, 64).Select(i => new { uptimeMs = i, freeHeapBytes = 1, values = Enumerable.Range(0, 16).ToDictionary(v => $"value-{v}", v => v * 1.5) });
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", device.Key, JsonContent.Create(new { version = "1.0.0", slot = "b", samples }));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(64, (await host.GetAsync("devices/lamp-01/telemetry")).AsArray().Count);
    }

    private static Task<HttpResponseMessage> SendAsync(FleetDevice device, string body) =>
        device.Host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", device.Key, new StringContent(body, Encoding.UTF8, "application/json"));
}
