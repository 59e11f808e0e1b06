using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Devices;

/// <summary>docs/protocol.md 1.1 and 1.2.</summary>
public class DeviceClaimEndpointsTests
{
    private static readonly object Good = new { hardwareId = "24:6F:28:AA:BB:CC", product = "lamp", chip = "esp32c3", board = "xiao-c3", agentVersion = "0.1.0" };

    [Fact]
    public async Task A_device_is_adopted_from_code_to_first_telemetry()
    {
        await using var host = await FleetHost.StartAsync();
        var claim = await JsonAsync(await BeginAsync(host, Good), HttpStatusCode.Created);
        Assert.Matches("^[0-9a-f]{32}$", (string)claim["claimId"]!);
        Assert.Matches("^[0-9]{6}$", (string)claim["pairingCode"]!);
        Assert.Equal(host.Clock.GetUtcNow().AddMinutes(10).ToUnixTimeMilliseconds(), (long)claim["expiresAt"]!);
        Assert.Equal(2_000, (int)claim["pollIntervalMs"]!);

        var pending = await JsonAsync(await PollAsync(host, claim), HttpStatusCode.Accepted);
        Assert.Equal("pending", (string)pending["state"]!);

        var device = await host.PostAsync("devices/claim", new { pairingCode = (string)claim["pairingCode"]!, name = "Hall" });
        Assert.Equal("24-6f-28-aa-bb-cc", (string)device["deviceId"]!);

        var delivered = await JsonAsync(await PollAsync(host, claim), HttpStatusCode.OK);
        Assert.Equal("claimed", (string)delivered["state"]!);
        Assert.Matches("^efk_[A-Za-z0-9_-]{43}$", (string)delivered["deviceKey"]!);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", (string)delivered["commandSecret"]!);
        Assert.Equal("espforge/24-6f-28-aa-bb-cc", (string)delivered["topicRoot"]!);
        Assert.True(delivered.AsObject().ContainsKey("mqttUrl"));
        Assert.Null(delivered["mqttUrl"]);
        Assert.Null(delivered["webSocketUrl"]);
        Assert.Equal(host.Clock.GetUtcNow().ToUnixTimeMilliseconds(), (long)delivered["serverTimeMs"]!);
        var key = Assert.Single(delivered["trustedKeys"]!.AsArray())!;
        Assert.Equal("ES256", (string)key["alg"]!);
        Assert.Matches("^[0-9a-f]{32}$", (string)key["kid"]!);
        Assert.Equal(87, ((string)key["publicKey"]!).Length);

        await ProblemAsync(await PollAsync(host, claim), 410, "claim-gone");
        using var telemetry = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", (string)delivered["deviceKey"]!,
            JsonContent.Create(new { version = "1.0.0", slot = "a", samples = new[] { new { uptimeMs = 5, freeHeapBytes = 6 } } }));
        Assert.Equal(HttpStatusCode.NoContent, telemetry.StatusCode);
        Assert.True((bool)(await host.GetAsync("devices/24-6f-28-aa-bb-cc"))["online"]!);
    }

    [Fact]
    public async Task Secrets_are_not_in_the_database()
    {
        await using var host = await FleetHost.StartAsync();
        var claim = await JsonAsync(await BeginAsync(host, Good), HttpStatusCode.Created);
        await host.PostAsync("devices/claim", new { pairingCode = (string)claim["pairingCode"]! });
        var delivered = await JsonAsync(await PollAsync(host, claim), HttpStatusCode.OK);
        var files = Directory.GetFiles(host.Folder, "fleet.db*").Select(path =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            return Encoding.Latin1.GetString(copy.ToArray());
        }).ToList();
        Assert.Contains(files, text => text.Contains("24-6f-28-aa-bb-cc", StringComparison.Ordinal));
        foreach (var secret in (string[])[(string)delivered["deviceKey"]!, (string)delivered["commandSecret"]!, (string)claim["pollToken"]!])
            Assert.DoesNotContain(files, text => text.Contains(secret, StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            var keys = Path.Combine(host.Folder, "keys");
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(keys) & Others);
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(keys, "signing.pem")) & Others);
        }
    }

    [Fact]
    public async Task A_member_that_is_not_known_is_ignored()
    {
        await using var host = await FleetHost.StartAsync();
        using var content = new StringContent("""{"hardwareId":"abc","product":"lamp","chip":"esp32","agentVersion":"1","later":{"a":[1]}}""", Encoding.UTF8, "application/json");
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/claims", "", content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Another_media_type_a_large_body_and_another_method_are_refused()
    {
        await using var host = await FleetHost.StartAsync();
        using var text = new StringContent("{}", Encoding.UTF8, "text/plain");
        await ProblemAsync(await host.SendAsync(HttpMethod.Post, "/device/v1/claims", "", text), 415, "unsupported-media-type");
        using var large = new StringContent($$"""{"hardwareId":"{{new string('a', 5_000)}}"}""", Encoding.UTF8, "application/json");
        await ProblemAsync(await host.SendAsync(HttpMethod.Post, "/device/v1/claims", "", large), 413, "too-large");
        using var get = await host.SendAsync(HttpMethod.Get, "/device/v1/claims", "");
        await ProblemAsync(get, 405, "method-not-allowed");
        Assert.Equal(["POST"], get.Content.Headers.Allow);
        await ProblemAsync(await host.SendAsync(HttpMethod.Get, "/device/v1/nothing", ""), 404, "not-found");
    }

    [Fact]
    public async Task A_poll_without_its_token_finds_nothing()
    {
        await using var host = await FleetHost.StartAsync();
        var claim = await JsonAsync(await BeginAsync(host, Good), HttpStatusCode.Created);
        await ProblemAsync(await host.SendAsync(HttpMethod.Get, $"/device/v1/claims/{claim["claimId"]}", ""), 404, "claim-unknown");
        await ProblemAsync(await host.SendAsync(HttpMethod.Get, $"/device/v1/claims/{claim["claimId"]}", "wrong"), 404, "claim-unknown");
        await ProblemAsync(await host.SendAsync(HttpMethod.Get, "/device/v1/claims/x", (string)claim["pollToken"]!), 404, "claim-unknown");
    }

    [Fact]
    public async Task An_expired_claim_is_gone_and_its_code_unknown()
    {
        await using var host = await FleetHost.StartAsync();
        var claim = await JsonAsync(await BeginAsync(host, Good), HttpStatusCode.Created);
        host.Clock.Move(TimeSpan.FromMinutes(10));
        await ProblemAsync(await PollAsync(host, claim), 410, "claim-gone");
        Assert.Equal((404, "PAIRING_CODE_UNKNOWN", null), await host.RefusalAsync(HttpMethod.Post, "devices/claim", new { pairingCode = (string)claim["pairingCode"]! }));
    }

    [Fact]
    public async Task An_address_that_claims_too_often_waits()
    {
        await using var host = await FleetHost.StartAsync(services: s => s.Configure<EspForgeOptions>(o => o.ClaimsPerAddressPerMinute = 2));
        for (var i = 0; i < 2; i++)
            (await BeginAsync(host, Good)).Dispose();
        using var third = await BeginAsync(host, Good);
        await ProblemAsync(third, 429, "rate-limited");
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task Too_many_open_claims_at_once_are_refused()
    {
        await using var host = await FleetHost.StartAsync(services: s => s.Configure<EspForgeOptions>(o => o.MaxOpenClaims = 1));
        (await BeginAsync(host, Good)).Dispose();
        using var second = await BeginAsync(host, new { hardwareId = "other", product = "lamp", chip = "esp32c3", agentVersion = "0.1.0" });
        await ProblemAsync(second, 429, "rate-limited");
        Assert.NotNull(second.Headers.RetryAfter);
    }

    [Fact]
    public async Task After_ten_wrong_codes_a_person_waits_and_a_colleague_does_not()
    {
        await using var host = await FleetHost.StartAsync();
        var claim = await JsonAsync(await BeginAsync(host, Good), HttpStatusCode.Created);
        var code = (string)claim["pairingCode"]!;
        var wrong = code == "000000" ? "000001" : "000000";
        for (var i = 0; i < 10; i++)
            Assert.Equal((404, "PAIRING_CODE_UNKNOWN", null), await host.RefusalAsync(HttpMethod.Post, "devices/claim", new { pairingCode = wrong }));
        Assert.Equal((429, "RATE_LIMITED", null), await host.RefusalAsync(HttpMethod.Post, "devices/claim", new { pairingCode = code }));
        await host.PostAsync("devices/claim", new { pairingCode = code }, Person.Developer);
        host.Clock.Move(TimeSpan.FromMinutes(10));
        Assert.Equal((404, "PAIRING_CODE_UNKNOWN", null), await host.RefusalAsync(HttpMethod.Post, "devices/claim", new { pairingCode = wrong }));
    }

    internal static async Task<JsonNode> ProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal($"urn:espforge:problem:{code}", (string?)problem["type"]);
        Assert.Equal(status, (int)problem["status"]!);
        return problem;
    }

    private static Task<HttpResponseMessage> BeginAsync(FleetHost host, object body) => host.SendAsync(HttpMethod.Post, "/device/v1/claims", "", JsonContent.Create(body));

    private static Task<HttpResponseMessage> PollAsync(FleetHost host, JsonNode claim) =>
        host.SendAsync(HttpMethod.Get, $"/device/v1/claims/{claim["claimId"]}", (string)claim["pollToken"]!);

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, text);
        answer.Dispose();
        return JsonNode.Parse(text)!;
    }
}
