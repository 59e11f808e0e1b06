using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EspForge.AspNetCore.Tests.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Api;

/// <summary>docs/api.md: every answer under the prefix is the envelope, whoever refused.</summary>
public class EnvelopeTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Theory]
    [InlineData("GET", "/api/v1/nothing", Person.Admin, 404, "NOT_FOUND")]
    [InlineData("PUT", "/api/v1/devices", Person.Admin, 405, "METHOD_NOT_ALLOWED")]
    [InlineData("GET", "/api/v1/devices", "", 401, "AUTH_INVALID_TOKEN")]
    [InlineData("GET", "/api/v1/devices", "nobody", 401, "AUTH_INVALID_TOKEN")]
    [InlineData("GET", "/api/v1/audit", Person.Viewer, 403, "FORBIDDEN")]
    [InlineData("GET", "/API/v1/nothing", Person.Admin, 404, "NOT_FOUND")]
    public async Task A_refusal_is_an_envelope_with_code_and_request_id(string method, string path, string person, int status, string code)
    {
        var host = shared.Host;
        using var answer = await host.SendAsync(new HttpMethod(method), path, person, null, request => request.Headers.Add("X-Request-Id", "my-id.1"));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(["success", "data", "error", "meta"], body.AsObject().Select(m => m.Key));
        Assert.False((bool)body["success"]!);
        Assert.Equal(code, (string)body["error"]!["code"]!);
        Assert.False(string.IsNullOrEmpty((string?)body["error"]!["message"]));
        Assert.Equal("my-id.1", (string)body["meta"]!["requestId"]!);
        Assert.Equal("v1", (string)body["meta"]!["version"]!);
        Assert.Equal(["my-id.1"], answer.Headers.GetValues("X-Request-Id"));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public async Task A_request_id_that_is_not_well_formed_is_replaced(string sent)
    {
        var host = shared.Host;
        using var answer = await host.SendAsync(HttpMethod.Get, "/api/v1/devices", Person.Admin, null, request => request.Headers.TryAddWithoutValidation("X-Request-Id", sent));
        var id = Assert.Single(answer.Headers.GetValues("X-Request-Id"));
        Assert.Matches("^[0-9a-f]{16}$", id);
    }

    [Fact]
    public async Task An_error_nobody_expected_says_no_more_than_its_request_id()
    {
        await using var host = await FleetHost.StartAsync(services: s => s.AddScoped<IAuditLog, Broken>());
        using var answer = await host.SendAsync(HttpMethod.Get, "/api/v1/audit", Person.Admin);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("INTERNAL", (string)JsonNode.Parse(text)!["error"]!["code"]!);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Contains(answer.Headers.GetValues("X-Request-Id").Single(), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_success_has_data_and_no_error()
    {
        var host = shared.Host;
        using var answer = await host.SendAsync(HttpMethod.Get, "/api/v1/devices", Person.Viewer);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True((bool)body["success"]!);
        Assert.Null(body["error"]);
        Assert.Single(body["data"]!.AsArray());
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task A_body_of_another_type_or_size_is_refused()
    {
        var host = shared.Host;
        Assert.Equal((415, "UNSUPPORTED_MEDIA_TYPE", null), await host.RefusalAsync(HttpMethod.Post, "devices", new StringContent("{}", Encoding.UTF8, "text/plain")));
        var refusal = await host.RefusalAsync(HttpMethod.Post, "devices", new StringContent(new string(' ', 1_048_577), Encoding.UTF8, "application/json"));
        Assert.Equal((413, "TOO_LARGE", null), refusal);
    }

    [Fact]
    public async Task Other_paths_of_the_host_are_left_alone()
    {
        var host = shared.Host;
        using var answer = await host.SendAsync(HttpMethod.Get, "/elsewhere", "");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.False(answer.Headers.Contains("X-Request-Id"));
    }

    [Fact]
    public async Task An_error_nobody_expected_is_a_problem_for_a_device()
    {
        await using var host = await FleetHost.StartAsync(services: s => s.AddScoped<EspForge.Devices.ITelemetryStore>(_ => throw new InvalidOperationException("secret")));
        var device = await host.DeviceAsync("lamp-01");
        using var answer = await host.SendAsync(HttpMethod.Post, "/device/v1/telemetry", device.Key, new StringContent("{}", Encoding.UTF8, "application/json"));
        var problem = await DeviceClaimEndpointsTests.ProblemAsync(answer, 500, "internal");
        Assert.DoesNotContain("secret", problem.ToJsonString(), StringComparison.Ordinal);
    }

    private sealed class Broken : IAuditLog
    {
        public Task AppendAsync(string organization, AuditDraft draft, CancellationToken cancel = default) => throw new InvalidOperationException("secret");

        public Task<IReadOnlyList<AuditEntry>> ListAsync(string organization, long? before, string? action, int limit, CancellationToken cancel = default) => throw new InvalidOperationException("secret");

        public Task<IReadOnlyList<AuditEntry>> ListOfAsync(string organization, string subject, int limit, CancellationToken cancel = default) => throw new InvalidOperationException("secret");

        public Task<AuditVerification> VerifyAsync(CancellationToken cancel = default) => throw new InvalidOperationException("secret");
    }
}
