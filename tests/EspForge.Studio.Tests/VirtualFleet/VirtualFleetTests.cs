using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace EspForge.Studio.Tests.VirtualFleet;

public sealed class VirtualFleetTests
{
    [Fact]
    public async Task Virtual_devices_are_claimed_for_real_come_back_after_a_restart_and_go_when_told()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-studio-").FullName;
        string[] ids;
        await using (var host = await StudioHost.StartAsync(folder))
        {
            var admin = await host.BootstrapAsync();
            var added = await admin.PostAsync("virtual-devices", new { count = 2, product = "lamp", board = "esp32-c3-devkitc-02" });
            Assert.Equal(HttpStatusCode.Accepted, added.Status);
            Assert.Equal(2, added.Data.GetProperty("devices").GetArrayLength());
            var fleet = await admin.UntilAsync("virtual-devices", AllRun);
            ids = [.. fleet.GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("hardwareId").GetString()!)];

            var devices = await admin.UntilAsync("devices?product=lamp", list => list.GetArrayLength() == 2 && list.EnumerateArray().All(device => device.GetProperty("online").GetBoolean()));
            Assert.All(devices.EnumerateArray(), device => Assert.Equal("esp32c3", device.GetProperty("chip").GetString()));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/virtual-devices/{ids[0]}/log");
            request.Headers.Accept.ParseAdd("text/plain");
            using var log = await admin.Http.SendAsync(request);
            Assert.Contains("CLAIMED ", await log.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            var entries = (await admin.GetAsync("audit?action=device.claim")).Data;
            var me = (await admin.GetAsync("auth/me")).Data.GetProperty("id").GetString();
            Assert.All(entries.EnumerateArray(), entry => Assert.Equal($"user:{me}", entry.GetProperty("actor").GetString()));
        }

        Assert.Empty(ProcessesOf(folder));
        await using (var host = await StudioHost.StartAsync(folder))
        {
            var admin = await host.SignInAsync("ada@example.com");
            var fleet = await admin.UntilAsync("virtual-devices", AllRun);
            Assert.Equal(ids, fleet.GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("hardwareId").GetString()!));
            Assert.Equal(2, (await admin.GetAsync("devices?product=lamp")).Data.GetArrayLength());

            var streaming = admin.Http.GetStringAsync(new Uri($"/api/v1/virtual-devices/{ids[0]}/log", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"virtual-devices/{ids[0]}")).Status);
            Assert.Contains("event: end", await streaming, StringComparison.Ordinal);
            Assert.Equal("VIRTUAL_DEVICE_NOT_FOUND", (await admin.DeleteAsync($"virtual-devices/{ids[0]}")).Code);
            Assert.False(Directory.Exists(Path.Combine(folder, "virtual", ids[0])));
            Assert.Single((await admin.GetAsync("virtual-devices")).Data.GetProperty("devices").EnumerateArray());
            Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync("virtual-devices")).Status);
            Assert.Equal(2, (await admin.GetAsync("devices?product=lamp")).Data.GetArrayLength());
            Assert.Empty(ProcessesOf(folder));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_device_of_an_own_board_plays_the_memory_of_that_board()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        Assert.Equal(HttpStatusCode.Created, (await admin.PostAsync("boards", JsonDocument.Parse("""
            {"schemaVersion":1,"id":"pump-controller","name":"Pump controller","vendor":"Acme","chip":"esp32c3","module":"ESP32-C3-MINI-1","flashBytes":8388608,"psramBytes":0,"psramMode":null,
             "headerOrder":"documented","headers":[{"id":"J1","side":"left","pins":[{"pos":1,"label":"IO4","kind":"gpio","gpio":4}]}],"exposedGpios":[4]}
            """).RootElement)).Status);
        await admin.PostAsync("virtual-devices", new { count = 1, product = "pump", board = "pump-controller" });
        var devices = await admin.UntilAsync("devices?product=pump", list => list.GetArrayLength() == 1 && list[0].GetProperty("hardware").ValueKind == JsonValueKind.Object);
        Assert.Equal(8_388_608, devices[0].GetProperty("hardware").GetProperty("flashBytes").GetInt64());
    }

    [Fact]
    public async Task A_device_whose_process_dies_is_started_again()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        await admin.PostAsync("virtual-devices", new { count = 1, product = "lamp", board = "esp32-c3-devkitc-02" });
        var before = await admin.UntilAsync("virtual-devices", AllRun);
        foreach (var process in ProcessesOf(host.Folder))
            process.Kill();
        var after = await admin.UntilAsync("virtual-devices", fleet => AllRun(fleet) && Started(fleet) > Started(before));
        Assert.Equal(before.GetProperty("devices")[0].GetProperty("deviceId").GetString(), after.GetProperty("devices")[0].GetProperty("deviceId").GetString());
    }

    [Fact]
    public async Task Bad_fleets_are_refused_and_nothing_is_started()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:VirtualFleet:Limit", "3");
        var admin = await host.BootstrapAsync();
        foreach (var (body, code) in new (object, string)[]
        {
            (new { count = 4, product = "lamp", board = "esp32-c3-devkitc-02" }, "FLEET_LIMIT"),
            (new { count = 0, product = "lamp", board = "esp32-c3-devkitc-02" }, "VALIDATION_ERROR"),
            (new { count = 1, product = "Not A Product", board = "esp32-c3-devkitc-02" }, "VALIDATION_ERROR"),
            (new { count = 1, product = "lamp", board = "esp8266" }, "VALIDATION_ERROR"),
            (new { count = 1, product = "lamp" }, "VALIDATION_ERROR"),
        })
            Assert.Equal(code, (await admin.PostAsync("virtual-devices", body)).Code);
        Assert.Empty((await admin.GetAsync("virtual-devices")).Data.GetProperty("devices").EnumerateArray());
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080")]
    [InlineData("http://0.0.0.0:80", "http://127.0.0.1:80")]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080")]
    [InlineData("http://+:8080", "http://127.0.0.1:8080")]
    [InlineData("https://127.0.0.1:5443", null)]
    public void Devices_reach_the_host_by_loopback(string address, string? expected) =>
        Assert.Equal(expected, EspForge.Studio.VirtualFleet.VirtualDevices.LoopbackUrl([address]));

    private static bool AllRun(JsonElement fleet) =>
        fleet.GetProperty("devices").EnumerateArray().All(device => device.GetProperty("state").GetString() == "running")
        && fleet.GetProperty("running").GetInt32() == fleet.GetProperty("devices").GetArrayLength();

    private static DateTimeOffset Started(JsonElement fleet) => fleet.GetProperty("devices")[0].GetProperty("startedAt").GetDateTimeOffset();

    /// <summary>The processes that were started with a state directory of this folder.</summary>
    private static List<Process> ProcessesOf(string folder) =>
        [.. Process.GetProcesses().Where(process => CommandLine(process).Contains($"{folder}/virtual/", StringComparison.Ordinal))];

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
