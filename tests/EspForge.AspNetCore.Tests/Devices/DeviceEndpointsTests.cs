using System.Net;
using System.Net.Http.Json;
using System.Text;
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
                "freeHeapBytes", "rssiDbm", "createdAt", "offer"],
            device.AsObject().Select(m => m.Key));
        Assert.Equal(("Hall", "home", false), ((string)device["name"]!, (string)device["group"]!, (bool)device["online"]!));
        Assert.Equal(["a", "b"], device["tags"]!.AsArray().Select(t => (string)t!));
        Assert.DoesNotContain("efk_", (await host.GetAsync("devices")).ToJsonString(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string?> BadRegistrations => new()
    {
        { """{"product":"lamp","chip":"esp32c3"}""", null },
        { """{"deviceId":"A","product":"lamp","chip":"esp32c3"}""", "deviceId" },
        { """{"deviceId":"lamp-01","product":"","chip":"esp32c3"}""", "product" },
        { """{"deviceId":"lamp-01","product":"lamp","chip":"esp8266"}""", "chip" },
        { """{"deviceId":"lamp-01","product":"lamp","chip":"esp32c3","board":"a b"}""", "board" },
        { """{"deviceId":"lamp-01","product":"lamp","chip":"esp32c3","name":" "}""", "name" },
        { """{"deviceId":"lamp-01","product":"lamp","chip":"esp32c3","group":"a\nb"}""", "group" },
        { """{"deviceId":"lamp-01","product":"lamp","chip":"esp32c3","tags":["A"]}""", "tags" },
        { """{"deviceId":"lamp-01","product":"lamp","chip":"esp32c3","tags":[null]}""", "tags" },
        { """{"deviceId":"lamp-01","product":"lamp","chip":"esp32c3","tags":"a"}""", "tags" },
        { """{"deviceId":"lamp-01","product":"lamp","chip":"esp32c3","colour":"red"}""", "colour" },
        { """{"deviceId":"lamp-01","deviceId":"lamp-02","product":"lamp","chip":"esp32c3"}""", null },
        { """{"deviceId":null,"product":"lamp","chip":"esp32c3"}""", "deviceId" },
        { "null", "" },
        { "[]", "" },
        { "{", null },
        { "", "" },
    };

    [Theory]
    [MemberData(nameof(BadRegistrations))]
    public async Task A_bad_registration_names_the_field_and_registers_nothing(string body, string? field)
    {
        await using var host = await FleetHost.StartAsync();
        var refusal = await host.RefusalAsync(HttpMethod.Post, "devices", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal((400, "VALIDATION_ERROR"), (refusal.Status, refusal.Code));
        if (field is not null)
            Assert.Equal(field, refusal.Field);
        Assert.Empty((await host.GetAsync("devices")).AsArray());
        Assert.Empty((await host.GetAsync("audit")).AsArray());
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

    public static TheoryData<string, string, string?> Unknowns => new()
    {
        { "GET", "devices/nobody", null },
        { "GET", "devices/nobody/telemetry", null },
        { "GET", "devices/nobody/timeline", null },
        { "PATCH", "devices/nobody", """{"name":"x"}""" },
        { "PATCH", "devices/nobody", "{}" },
        { "DELETE", "devices/nobody", null },
        { "DELETE", "devices/" + new string('x', 300), null },
        { "PATCH", "devices/" + new string('x', 300), """{"name":"x"}""" },
    };

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task A_device_of_nobody_or_of_another_organization_is_not_found(string method, string path, string? body)
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01", Person.Stranger);
        foreach (var address in (string[])[path, path.Replace("nobody", "lamp-01", StringComparison.Ordinal)])
        {
            var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
            Assert.Equal((404, "DEVICE_NOT_FOUND", null), await host.RefusalAsync(new HttpMethod(method), address, content));
        }

        Assert.Equal("lamp-01", (string)(await host.GetAsync("devices/lamp-01", Person.Stranger))["name"]!);
    }

    [Theory]
    [InlineData("devices?limit=0", "limit")]
    [InlineData("devices?limit=501", "limit")]
    [InlineData("devices?limit=many", "limit")]
    [InlineData("devices/lamp-01/timeline?limit=501", "limit")]
    [InlineData("devices/lamp-01/telemetry?limit=5001", "limit")]
    [InlineData("devices/lamp-01/telemetry?from=yesterday", "from")]
    [InlineData("devices/lamp-01/telemetry?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("audit?limit=0", "limit")]
    [InlineData("audit?before=0", "before")]
    [InlineData("audit?before=x", "before")]
    public async Task A_query_that_makes_no_sense_names_its_parameter(string path, string field)
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01");
        Assert.Equal((400, "VALIDATION_ERROR", field), await host.RefusalAsync(HttpMethod.Get, path));
    }

    [Fact]
    public async Task A_pairing_code_that_is_none_is_refused_before_it_is_looked_up()
    {
        await using var host = await FleetHost.StartAsync();
        foreach (var code in (string[])["", "12345", "abcdef", "1234567"])
            Assert.Equal((400, "VALIDATION_ERROR", "pairingCode"), await host.RefusalAsync(HttpMethod.Post, "devices/claim", new { pairingCode = code }));
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
