using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EspForge.Boards;
using EspForge.Devices;
using EspForge.PinRules;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Devices;

/// <summary>docs/protocol.md 1.4: what a device says of its silicon, and whether it is what its plan says.</summary>
public class DeviceHardwareTests
{
    private static object Sample(object? hardware) => new { version = "1.0.0", slot = "a", samples = new[] { new { uptimeMs = 1, freeHeapBytes = 1000 } }, hardware };

    [Fact]
    public async Task Hardware_facts_are_kept_from_claims_and_telemetry_and_left_alone_where_they_are_not_said()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        using var first = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", device.Key,
            JsonContent.Create(Sample(new { chip = "esp32c3", chipRevision = "0.4", package = "ESP32-C3 (QFN32)", flashBytes = 4_194_304, flashMode = "dio", psramBytes = 0, psramMode = "none" })));
        Assert.Equal(204, (int)first.StatusCode);
        using var second = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", device.Key, JsonContent.Create(Sample(null)));
        Assert.Equal(204, (int)second.StatusCode);
        var hardware = (await host.GetAsync("devices/lamp-01"))["hardware"]!;
        Assert.Equal(("0.4", 4_194_304, "dio"), ((string)hardware["chipRevision"]!, (long)hardware["flashBytes"]!, (string)hardware["flashMode"]!));
        Assert.Null((await host.GetAsync("devices/lamp-01"))["fit"]);

        using var claim = await host.SendAsync(HttpMethod.Post, "/device/v1/claims", "",
            JsonContent.Create(new { hardwareId = "aa:bb", product = "lamp", chip = "esp32c3", agentVersion = "1.0.0", hardware = new { psramMode = "none" } }));
        Assert.Equal(201, (int)claim.StatusCode);
        var claimed = await host.PostAsync("devices/claim", new { pairingCode = (string)JsonNode.Parse(await claim.Content.ReadAsStringAsync())!["pairingCode"]! });
        Assert.Equal("none", (string)claimed["hardware"]!["psramMode"]!);
    }

    [Theory]
    [InlineData("""{"flashMode":"fast"}""", "hardware.flashMode")]
    [InlineData("""{"flashBytes":12}""", "hardware.flashBytes")]
    [InlineData("""{"psramBytes":-1}""", "hardware.psramBytes")]
    [InlineData("""{"psramMode":"big"}""", "hardware.psramMode")]
    [InlineData("""{"chip":"ESP"}""", "hardware.chip")]
    [InlineData("""{"chipRevision":"three"}""", "hardware.chipRevision")]
    [InlineData("""{"package":"a\u0007"}""", "hardware.package")]
    public async Task Facts_that_cannot_be_are_refused_by_name(string hardware, string field)
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", device.Key, JsonContent.Create(Sample(JsonNode.Parse(hardware))));
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(field, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null((await host.GetAsync("devices/lamp-01"))["hardware"]);
    }

    [Theory]
    [InlineData("""{"chip":"esp32s3","psramMode":"quad","psramBytes":2097152,"flashBytes":8388608}""", true, "")]
    [InlineData("""{"chip":"esp32s3","psramMode":"octal","psramBytes":8388608,"flashBytes":8388608}""", false, "GPIO35")]
    [InlineData("""{"chip":"esp32s3","psramMode":"none","psramBytes":0,"flashBytes":8388608}""", false, "no PSRAM")]
    [InlineData("""{"chip":"esp32c3"}""", false, "ESP32-C3")]
    public async Task A_device_that_does_not_fit_its_plan_is_flagged_with_the_pins_it_costs(string hardware, bool fits, string words)
    {
        await using var host = await FleetHost.StartAsync(services: services => services.AddSingleton<IDevicePlans, LampPlan>());
        var registered = await host.PostAsync("devices", new { deviceId = "lamp-s3", product = FleetHost.Product, chip = "esp32s3" });
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", (string)registered["deviceKey"]!, JsonContent.Create(Sample(JsonNode.Parse(hardware))));
        Assert.Equal(204, (int)answer.StatusCode);
        var fit = (await host.GetAsync("devices")).AsArray().Single()!["fit"]!;
        Assert.Equal((fits, "Lamp"), ((bool)fit["fits"]!, (string)fit["plan"]!));
        Assert.Contains(words, string.Join(' ', fit["problems"]!.AsArray().Select(p => (string)p!)), StringComparison.Ordinal);
        Assert.Equal(fits, fit["problems"]!.AsArray().Count == 0);
    }

    private sealed class LampPlan : IDevicePlans
    {
        public Task<IReadOnlyList<DevicePlan>> ForAsync(string organization, IReadOnlyCollection<string> products, CancellationToken cancel = default) =>
            Task.FromResult<IReadOnlyList<DevicePlan>>(
            [
                new DevicePlan(FleetHost.Product, "Lamp", new PinPlan { Chip = "esp32s3", Psram = PsramMode.Quad, Uses = [new PinUse(35, "led")] }, BoardCatalog.Default),
            ]);
    }
}
