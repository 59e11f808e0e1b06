using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Api;

/// <summary>docs/api.md: the same key with the same request gets the same answer, and nothing is done twice.</summary>
public class IdempotencyKeyTests
{
    [Fact]
    public async Task The_same_request_again_gets_the_same_answer_and_is_done_once()
    {
        await using var host = await FleetHost.StartAsync();
        var rollout = await RolloutAsync(host);
        var first = await SendAsync(host, $"rollouts/{rollout}/start", new { reason = "go" }, "k-1");
        var second = await SendAsync(host, $"rollouts/{rollout}/start", new { reason = "go" }, "k-1");
        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(first.Status, second.Status);
        Assert.Equal(first.Body, second.Body);
        Assert.False(first.Replayed);
        Assert.True(second.Replayed);
        Assert.Single((await host.GetAsync("audit?action=rollout.start")).AsArray());

        // Without the key it is a second start, which there is not.
        Assert.Equal((409, "ROLLOUT_STATE", null), await host.RefusalAsync(HttpMethod.Post, $"rollouts/{rollout}/start", new { reason = "go" }));
    }

    [Fact]
    public async Task A_created_thing_is_created_once_and_its_address_is_told_again()
    {
        await using var host = await FleetHost.StartAsync();
        var image = await host.UploadAsync(FleetHost.ImageBytes("1.0.0"));
        var body = new { imageSha256 = (string)image["sha256"]!, product = FleetHost.Product };
        var first = await SendAsync(host, "releases", body, "release-1.0.0");
        var second = await SendAsync(host, "releases", body, "release-1.0.0");
        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(first.Location, second.Location);
        Assert.NotNull(second.Location);
        Assert.Single((await host.GetAsync("releases")).AsArray());
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_a_conflict_and_changes_nothing()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01");
        await ExpectAsync(HttpStatusCode.OK, SendAsync(host, "devices/lamp-01", new { name = "Hall" }, "k", method: HttpMethod.Patch));
        var other = await SendAsync(host, "devices/lamp-01", new { name = "Attic" }, "k", method: HttpMethod.Patch);
        Assert.Equal((HttpStatusCode.Conflict, "IDEMPOTENCY_CONFLICT"), (other.Status, other.Code));
        Assert.Equal("Hall", (string)(await host.GetAsync("devices/lamp-01"))["name"]!);
    }

    [Fact]
    public async Task A_key_is_of_one_account_and_one_address()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01");
        await host.DeviceAsync("lamp-02");
        foreach (var (device, person, name) in new[] { ("lamp-01", Person.Admin, "A"), ("lamp-02", Person.Admin, "B"), ("lamp-01", Person.Developer, "C") })
        {
            var answer = await SendAsync(host, $"devices/{device}", new { name }, "k", person, HttpMethod.Patch);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.False(answer.Replayed);
        }

        var stranger = await SendAsync(host, "devices/lamp-01", new { name = "A" }, "k", Person.Stranger, HttpMethod.Patch);
        Assert.Equal(HttpStatusCode.NotFound, stranger.Status);
        Assert.Equal("C", (string)(await host.GetAsync("devices/lamp-01"))["name"]!);
    }

    [Fact]
    public async Task Keys_and_answers_outlive_the_host_for_a_day()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-idempotency-").FullName;
        var clock = new StandingClock();
        string first;
        await using (var host = await FleetHost.StartAsync(folder, clock))
        {
            await host.DeviceAsync("lamp-01");
            first = (await SendAsync(host, "devices/lamp-01", new { name = "Hall" }, "k", method: HttpMethod.Patch)).Body;
        }

        await using (var host = await FleetHost.StartAsync(folder, clock))
        {
            clock.Move(TimeSpan.FromHours(23));
            var again = await SendAsync(host, "devices/lamp-01", new { name = "Hall" }, "k", method: HttpMethod.Patch);
            Assert.True(again.Replayed);
            Assert.Equal(first, again.Body);
            clock.Move(TimeSpan.FromHours(1));
            Assert.False((await SendAsync(host, "devices/lamp-01", new { name = "Attic" }, "k", method: HttpMethod.Patch)).Replayed);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Of_many_at_once_one_is_carried_out()
    {
        await using var host = await FleetHost.StartAsync();
        var rollout = await RolloutAsync(host);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => SendAsync(host, $"rollouts/{rollout}/start", new { }, "k")));
        Assert.All(answers, answer => Assert.True(answer is { Status: HttpStatusCode.OK } or { Status: HttpStatusCode.Conflict, Code: "IDEMPOTENCY_CONFLICT", RetryAfter: 1 }, answer.Body));
        Assert.Single(answers, answer => answer is { Status: HttpStatusCode.OK, Replayed: false });
        Assert.Single((await host.GetAsync("audit?action=rollout.start")).AsArray());
        Assert.True((await SendAsync(host, $"rollouts/{rollout}/start", new { }, "k")).Replayed);
    }

    [Fact]
    public async Task A_request_that_was_not_valid_may_be_corrected_under_its_key()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01");
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, "devices/lamp-01", new { name = "" }, "k", method: HttpMethod.Patch)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, "devices/lamp-01", new { name = "Hall" }, "k", method: HttpMethod.Patch)).Status);
    }

    [Fact]
    public async Task An_answer_with_secrets_is_not_kept()
    {
        await using var host = await FleetHost.StartAsync();
        var body = new { deviceId = "lamp-01", product = FleetHost.Product, chip = FleetHost.Chip };
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(host, "devices", body, "k")).Status);
        var second = await SendAsync(host, "devices", body, "k");
        Assert.Equal((HttpStatusCode.Conflict, "DEVICE_EXISTS"), (second.Status, second.Code));
    }

    [Fact]
    public async Task An_image_is_taken_in_once_and_its_bytes_are_whole()
    {
        await using var host = await FleetHost.StartAsync();
        var bytes = FleetHost.ImageBytes("1.0.0", payload: 200_000);
        var first = await SendAsync(host, "images?fileName=a.bin", FleetHost.Octets(bytes), "k");
        var second = await SendAsync(host, "images?fileName=a.bin", FleetHost.Octets(bytes), "k");
        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.True(second.Replayed);
        Assert.Equal("IDEMPOTENCY_CONFLICT", (await SendAsync(host, "images?fileName=b.bin", FleetHost.Octets(bytes), "k")).Code);
        using var content = await host.SendAsync(HttpMethod.Get, $"/api/v1/images/{(string)JsonNode.Parse(first.Body)!["data"]!["sha256"]!}/content", Person.Admin);
        Assert.Equal(bytes, await content.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(host, "images", FleetHost.Octets(new byte[1_048_577]), "k2")).Status);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01");
        using var answer = await host.SendAsync(HttpMethod.Delete, "/api/v1/devices/lamp-01", Person.Admin, null, request => request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull(await host.GetAsync("devices/lamp-01"));
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused_and_reading_needs_none()
    {
        await using var host = await FleetHost.StartAsync();
        Assert.Equal("VALIDATION_ERROR", (await SendAsync(host, "devices/x", new { name = "x" }, new string('k', 129), method: HttpMethod.Patch)).Code);
        using var read = await host.SendAsync(HttpMethod.Get, "/api/v1/devices", Person.Admin, null, request => request.Headers.Add("Idempotency-Key", new string('k', 129)));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task An_account_with_as_many_keys_as_are_kept_is_told_to_wait()
    {
        await using var host = await FleetHost.StartAsync(services: services => services.Configure<EspForgeOptions>(options => options.IdempotencyKeysPerAccount = 2));
        await host.DeviceAsync("lamp-01");
        await SendAsync(host, "devices/lamp-01", new { name = "1" }, "k1", method: HttpMethod.Patch);
        await SendAsync(host, "devices/lamp-01", new { name = "2" }, "k2", method: HttpMethod.Patch);
        var third = await SendAsync(host, "devices/lamp-01", new { name = "3" }, "k3", method: HttpMethod.Patch);
        Assert.Equal(((HttpStatusCode)429, "RATE_LIMITED", 3600), (third.Status, third.Code, third.RetryAfter));
        Assert.Equal("2", (string)(await host.GetAsync("devices/lamp-01"))["name"]!);
        Assert.True((await SendAsync(host, "devices/lamp-01", new { name = "2" }, "k2", method: HttpMethod.Patch)).Replayed);
    }

    private static async Task<Guid> RolloutAsync(FleetHost host)
    {
        await host.DevicesAsync(2);
        var release = await host.ReleaseAsync("1.1.0");
        return (Guid)(await host.PostAsync("rollouts", new { releaseId = (Guid)release["id"]! }))["id"]!;
    }

    private static async Task ExpectAsync(HttpStatusCode status, Task<Answer> answer) => Assert.Equal(status, (await answer).Status);

    private static async Task<Answer> SendAsync(FleetHost host, string path, object body, string key, string person = Person.Admin, HttpMethod? method = null)
    {
        using var answer = await host.SendAsync(
            method ?? HttpMethod.Post, "/api/v1/" + path, person, body as HttpContent ?? JsonContent.Create(body), request => request.Headers.Add("Idempotency-Key", key));
        var text = await answer.Content.ReadAsStringAsync();
        return new Answer(
            answer.StatusCode, text, (string?)JsonNode.Parse(text)?["error"]?["code"], answer.Headers.Location?.ToString(), answer.Headers.Contains("Idempotent-Replayed"),
            (int?)answer.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    private sealed record Answer(HttpStatusCode Status, string Body, string? Code, string? Location, bool Replayed, int? RetryAfter);
}
