using System.Text;

namespace EspForge.AspNetCore.Tests.Devices;

/// <summary>docs/api.md, Devices: bad input is refused with its place, and nothing changes.</summary>
public class DeviceRefusalsTests(SharedHost shared) : IClassFixture<SharedHost>
{
    public static TheoryData<string, string?> BadRegistrations => new()
    {
        { """{"product":"lamp","chip":"esp32c3"}""", null },
        { """{"deviceId":"A","product":"lamp","chip":"esp32c3"}""", "deviceId" },
        { """{"deviceId":"lamp-09","product":"","chip":"esp32c3"}""", "product" },
        { """{"deviceId":"lamp-09","product":"lamp","chip":"esp8266"}""", "chip" },
        { """{"deviceId":"lamp-09","product":"lamp","chip":"esp32c3","board":"a b"}""", "board" },
        { """{"deviceId":"lamp-09","product":"lamp","chip":"esp32c3","name":" "}""", "name" },
        { """{"deviceId":"lamp-09","product":"lamp","chip":"esp32c3","group":"a\nb"}""", "group" },
        { """{"deviceId":"lamp-09","product":"lamp","chip":"esp32c3","tags":["A"]}""", "tags" },
        { """{"deviceId":"lamp-09","product":"lamp","chip":"esp32c3","tags":[null]}""", "tags" },
        { """{"deviceId":"lamp-09","product":"lamp","chip":"esp32c3","tags":"a"}""", "tags" },
        { """{"deviceId":"lamp-09","product":"lamp","chip":"esp32c3","colour":"red"}""", "colour" },
        { """{"deviceId":"lamp-09","deviceId":"lamp-02","product":"lamp","chip":"esp32c3"}""", null },
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
        var host = shared.Host;
        var refusal = await host.RefusalAsync(HttpMethod.Post, "devices", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal((400, "VALIDATION_ERROR"), (refusal.Status, refusal.Code));
        if (field is not null)
            Assert.Equal(field, refusal.Field);
        Assert.Single((await host.GetAsync("devices")).AsArray());
        Assert.Single((await host.GetAsync("audit")).AsArray());
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
        var host = shared.Host;
        foreach (var address in (string[])[path, path.Replace("nobody", "lamp-01", StringComparison.Ordinal)])
        {
            var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
            Assert.Equal((404, "DEVICE_NOT_FOUND", null), await host.RefusalAsync(new HttpMethod(method), address, content, Person.Stranger));
        }

        Assert.Equal("lamp-01", (string)(await host.GetAsync("devices/lamp-01"))["name"]!);
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
        var host = shared.Host;
        Assert.Equal((400, "VALIDATION_ERROR", field), await host.RefusalAsync(HttpMethod.Get, path));
    }

    [Fact]
    public async Task A_pairing_code_that_is_none_is_refused_before_it_is_looked_up()
    {
        var host = shared.Host;
        foreach (var code in (string[])["", "12345", "abcdef", "1234567"])
            Assert.Equal((400, "VALIDATION_ERROR", "pairingCode"), await host.RefusalAsync(HttpMethod.Post, "devices/claim", new { pairingCode = code }));
    }
}
