using System.Text;
using EspForge.AspNetCore.Tests.Devices;

namespace EspForge.AspNetCore.Tests.Telemetry;

/// <summary>docs/protocol.md 2.4: a batch is taken whole or not at all.</summary>
public class TelemetryRefusalsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Theory]
    [InlineData("""{"slot":"a","samples":[{"uptimeMs":1,"freeHeapBytes":2}]}""", "version")]
    [InlineData("""{"version":"1.0.0","slot":"c","samples":[{"uptimeMs":1,"freeHeapBytes":2}]}""", "slot")]
    [InlineData("""{"version":"1.0.0","slot":"a","samples":[]}""", "samples")]
    [InlineData("""{"version":"1.0.0","slot":"a"}""", "samples")]
    [InlineData("""{"version":"1.0.0","slot":"a","samples":[{"uptimeMs":1,"freeHeapBytes":2},{"freeHeapBytes":2}]}""", "samples[1].uptimeMs")]
    [InlineData("""{"version":"1.0.0","slot":"a","samples":[{"uptimeMs":1.5,"freeHeapBytes":2}]}""", "samples[0].uptimeMs")]
    [InlineData("""{"version":"1.0.0","slot":"a","samples":[{"uptimeMs":"1","freeHeapBytes":2}]}""", "samples[0].uptimeMs")]
    [InlineData("""{"version":"1.0.0","slot":"a","samples":[{"uptimeMs":1,"freeHeapBytes":2,"values":{"a b":1}}]}""", "samples[0].values")]
    [InlineData("""{"version":"1.0.0","slot":"a","samples":[{"uptimeMs":1,"freeHeapBytes":2,"values":{"a":"x"}}]}""", "samples[0].values.a")]
    [InlineData("""{"version":"1.0.0","slot":"a","samples":[null]}""", "samples[0]")]
    [InlineData("not json", null)]
    public async Task A_bad_batch_names_the_field_and_stores_nothing(string body, string? field)
    {
        var host = shared.Host;
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", shared.Device.Key, new StringContent(body, Encoding.UTF8, "application/json"));
        var problem = await DeviceClaimEndpointsTests.ProblemAsync(answer, 400, "validation");
        Assert.Equal(field, (string?)problem["field"]);
        Assert.Empty((await host.GetAsync("devices/lamp-01/telemetry")).AsArray());
        Assert.Null((await host.GetAsync("devices/lamp-01"))["lastSeenAt"]);
    }
}
