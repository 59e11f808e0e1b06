using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace EspForge.AspNetCore.Tests.Devices;

/// <summary>docs/api.md, Devices.</summary>
public class DeviceEndpointsTests
{
    [Fact]
    public async Task A_device_registered_up_front_shows_its_secrets_once()
    {
        await using var host = await FleetHost.StartAsync();
        using var answer = await host.SendAsync(HttpMethod.Post, "/api/v1/devices", Person.Developer,
            JsonContent.Create(new { deviceId = "lamp-01", product = "lamp", chip = "esp32c3", name = "Hall", group = "home", tags = new[] { "b", "a" } }));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        Assert.Equal("/api/v1/devices/lamp-01", answer.Headers.Location?.ToString());
        var data = JsonNode.Parse(text)!["data"]!;
        Assert.Matches("^efk_[A-Za-z0-9_-]{43}$", (string)data["deviceKey"]!);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", (string)data["commandSecret"]!);

        var device = await host.GetAsync("devices/lamp-01");
        Assert.Equal(
            ["deviceId", "name", "product", "chip", "board", "hardwareId", "group", "tags", "version", "slot", "agentVersion", "online", "lastSeenAt", "uptimeMs",
                "freeHeapBytes", "rssiDbm", "createdAt", "offer", "hardware", "fit"],
            device.AsObject().Select(m => m.Key));
        Assert.Equal(("Hall", "home", false), ((string)device["name"]!, (string)device["group"]!, (bool)device["online"]!));
        Assert.Equal(["a", "b"], device["tags"]!.AsArray().Select(t => (string)t!));
        Assert.DoesNotContain("efk_", (await host.GetAsync("devices")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_is_taken_is_a_conflict()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01");
        Assert.Equal((409, "DEVICE_EXISTS", null), await host.RefusalAsync(HttpMethod.Post, "devices", new { deviceId = "lamp-01", product = "fan", chip = "esp32" }));
        Assert.Equal("lamp", (string)(await host.GetAsync("devices/lamp-01"))["product"]!);
    }

    [Fact]
    public async Task A_device_is_changed_listed_and_deleted_with_an_entry_each()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01");
        await host.DeviceAsync("lamp-02");
        var changed = await host.DataAsync(HttpMethod.Patch, "devices/lamp-01", new { name = "Hall", group = "home", tags = new[] { "x" } });
        Assert.Equal("Hall", (string)changed["name"]!);
        Assert.Null((await host.DataAsync(HttpMethod.Patch, "devices/lamp-01", new { group = "" }))["group"]);
        Assert.Equal("Hall", (string)(await host.DataAsync(HttpMethod.Patch, "devices/lamp-01", new { }))["name"]!);
        Assert.Equal(["lamp-01"], (await host.GetAsync("devices?search=hall")).AsArray().Select(d => (string)d!["deviceId"]!));
        Assert.Equal(2, (await host.GetAsync("devices?product=lamp")).AsArray().Count);
        Assert.Empty((await host.GetAsync("devices?product=fan")).AsArray());
        Assert.Single((await host.GetAsync("devices?limit=1")).AsArray());
        using var deleted = await host.SendAsync(HttpMethod.Delete, "/api/v1/devices/lamp-01", Person.Admin);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal((404, "DEVICE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Delete, "devices/lamp-01"));
        Assert.Equal(
            ["device.delete", "device.edit", "device.edit", "device.register", "device.register"],
            (await host.GetAsync("audit")).AsArray().Select(e => (string)e!["action"]!));
    }

    [Fact]
    public async Task A_device_goes_offline_by_itself_and_shows_its_offer()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        await host.ReleaseAsync("1.1.0");
        var release = (await host.GetAsync("releases")).AsArray()[0]!;
        await host.PostAsync("rollouts", new { releaseId = (string)release["id"]!, start = true });
        Assert.NotNull(await device.OfferAsync());
        var shown = await host.GetAsync("devices/lamp-01");
        Assert.True((bool)shown["online"]!);
        Assert.Equal(("1.1.0", "offered"), ((string)shown["offer"]!["version"]!, (string)shown["offer"]!["state"]!));
        Assert.Contains((await host.GetAsync("devices/lamp-01/timeline")).AsArray(), e => (string)e!["kind"]! == "offer" && e["rolloutId"] is not null);
        host.Clock.Move(TimeSpan.FromSeconds(91));
        Assert.False((bool)(await host.GetAsync("devices/lamp-01"))["online"]!);
    }
}
