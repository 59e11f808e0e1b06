using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EspForge.Ota;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Updates;

public sealed class UpdateEndpointsTests
{
    [Fact]
    public async Task A_device_gets_its_manifest_with_the_offer_until_it_ended()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        Assert.Null(await device.OfferAsync());
        await StartAsync(host, await host.ReleaseAsync("1.1.0"));

        using var answer = await device.AskAsync();
        Assert.Equal("application/cose", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Content.Headers.ContentLength is > 0 and <= 2_048);
        Assert.NotNull(answer.Headers.Date);
        var offer = answer.Headers.GetValues("EspForge-Offer").Single();
        Assert.Matches("^[0-9a-f]{32}$", offer);
        Assert.Equal("1.1.0", ManifestReader.Open(await answer.Content.ReadAsByteArrayAsync(), host.Services.GetRequiredService<SigningKeyRing>().Trusted).Value.Version);

        Assert.Equal(offer, await device.OfferAsync());
        await device.ReportAsync(offer, "downloading");
        Assert.Equal(offer, await device.OfferAsync());
        await device.ReportAsync(offer, "rolledBack", "self-test-failed");
        Assert.Null(await device.OfferAsync());

        var seen = await host.GetAsync("devices/lamp-1");
        Assert.Equal(("1.0.0", "a", true), ((string)seen["version"]!, (string)seen["slot"]!, (bool)seen["online"]!));
        Assert.Equal(("rolledBack", "self-test-failed", "1.1.0"), ((string)seen["offer"]!["state"]!, (string)seen["offer"]!["error"]!, (string)seen["offer"]!["version"]!));
        Assert.Contains("1.1.0", (await host.GetAsync("devices/lamp-1/timeline")).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "version")]
    [InlineData("?slot=a", "version")]
    [InlineData("?version=1.0&slot=a", "version")]
    [InlineData("?version=1.0.0-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa&slot=a", "version")]
    [InlineData("?version=1.0.0", "slot")]
    [InlineData("?version=1.0.0&slot=c", "slot")]
    [InlineData("?version=1.0.0&slot=A", "slot")]
    public async Task A_question_that_is_none_names_the_field(string query, string field)
    {
        await using var host = await FleetHost.StartAsync();
        using var answer = await (await host.DeviceAsync("lamp-1")).AskAsync(query);
        await AssertProblemAsync(answer, 400, "validation", field);
        Assert.Null((await host.GetAsync("devices/lamp-1"))["version"]);
    }

    [Fact]
    public async Task Without_a_device_credential_nothing_is_answered()
    {
        await using var host = await FleetHost.StartAsync();
        var sha256 = (string)(await host.ReleaseAsync("1.1.0"))["image"]!["sha256"]!;
        foreach (var bearer in (string[])["", "efk_" + new string('A', 43), "nonsense"])
        {
            foreach (var (method, path) in new[] { (HttpMethod.Get, "update?version=1.0.0&slot=a"), (HttpMethod.Post, "reports"), (HttpMethod.Get, $"images/{sha256}"), (HttpMethod.Get, $"images/{sha256}.sig") })
            {
                using var answer = await host.SendAsync(method, "/device/v1/" + path, bearer);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            }
        }

        using var person = await host.SendAsync(HttpMethod.Get, "/device/v1/update?version=1.0.0&slot=a", Person.Admin);
        Assert.Equal(HttpStatusCode.Unauthorized, person.StatusCode);
    }

    [Fact]
    public async Task A_report_that_is_none_is_refused_and_changes_nothing()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        var other = await host.DeviceAsync("lamp-2");
        var rollout = await StartAsync(host, await host.ReleaseAsync("1.1.0"));
        var offer = (await device.OfferAsync())!;
        (object Body, string Field)[] table =
        [
            (new { state = "confirmed" }, "offerId"),
            (new { offerId = "1", state = "confirmed" }, "offerId"),
            (new { offerId = offer.ToUpperInvariant() + "Z", state = "confirmed" }, "offerId"),
            (new { offerId = offer }, "state"),
            (new { offerId = offer, state = "waiting" }, "state"),
            (new { offerId = offer, state = "cancelled" }, "state"),
            (new { offerId = offer, state = "Confirmed" }, "state"),
            (new { offerId = offer, state = "done" }, "state"),
            (new { offerId = offer, state = 7 }, "state"),
            (new { offerId = offer, state = "downloading", percent = 101 }, "percent"),
            (new { offerId = offer, state = "downloading", percent = -1 }, "percent"),
            (new { offerId = offer, state = "downloading", percent = "10" }, "percent"),
            (new { offerId = offer, state = "failed", error = new string('e', 65) }, "error"),
            (new { offerId = offer, state = "failed", detail = new string('d', 257) }, "detail"),
        ];
        foreach (var (body, field) in table)
        {
            using var answer = await device.ReportAsync(body);
            await AssertProblemAsync(answer, 400, "validation", field);
        }

        using var theirs = await other.ReportAsync(new { offerId = offer, state = "confirmed" });
        await AssertProblemAsync(theirs, 404, "offer-unknown", null);
        using var large = await device.ReportAsync(new { offerId = offer, state = "failed", detail = new string('d', 5_000) });
        await AssertProblemAsync(large, 413, "too-large", null);
        using var text = await host.SendAsync(HttpMethod.Post, "/device/v1/reports", device.Key, new StringContent("confirmed"));
        await AssertProblemAsync(text, 415, "unsupported-media-type", null);

        var members = (await host.GetAsync($"rollouts/{rollout}/members")).AsArray();
        Assert.All(members, member => Assert.Contains((string)member!["state"]!, (string[])["offered", "waiting"]));

        // A member that is not known is ignored, as the protocol says.
        using var extra = await device.ReportAsync(new { offerId = offer, state = "downloading", percent = 10, mood = "good" });
        Assert.Equal(HttpStatusCode.NoContent, extra.StatusCode);
    }

    [Fact]
    public async Task An_expired_manifest_is_not_given()
    {
        await using var host = await FleetHost.StartAsync();
        var devices = await host.DevicesAsync(2);
        await StartAsync(host, await host.ReleaseAsync("1.1.0"));
        Assert.NotNull(await devices[0].OfferAsync());
        host.Clock.Move(TimeSpan.FromDays(91));

        Assert.Null(await devices[0].OfferAsync());
        Assert.Null(await devices[1].OfferAsync());
    }

    [Fact]
    public async Task Polls_of_one_device_at_once_get_one_offer()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        await StartAsync(host, await host.ReleaseAsync("1.1.0"));

        var offers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => device.OfferAsync()));
        Assert.Single(offers.Distinct());
        Assert.NotNull(offers[0]);
    }

    [Fact]
    public async Task An_image_is_served_with_a_length_a_strong_tag_and_single_ranges()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        var release = await host.ReleaseAsync("1.1.0", payload: 200_000);
        var bytes = FleetHost.ImageBytes("1.1.0", 200_000);
        var sha256 = (string)release["image"]!["sha256"]!;
        var path = $"/device/v1/images/{sha256}";

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var whole = await host.SendAsync(method, path, device.Key);
            Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
            Assert.Equal(bytes.Length, whole.Content.Headers.ContentLength);
            Assert.Null(whole.Headers.TransferEncodingChunked);
            Assert.Equal("bytes", Assert.Single(whole.Headers.AcceptRanges));
            Assert.Equal(new EntityTagHeaderValue($"\"{sha256}\"", isWeak: false), whole.Headers.ETag);
            Assert.Equal("private, max-age=31536000, immutable", string.Join(", ", whole.Headers.GetValues("Cache-Control").SelectMany(value => value.Split(", ")).OrderByDescending(part => part.StartsWith('p')).ThenByDescending(part => part.StartsWith('m'))));
            Assert.Equal(method == HttpMethod.Get ? bytes : [], await whole.Content.ReadAsByteArrayAsync());
        }

        // (Range, If-Range) → status, Content-Range, the bytes.
        (string Range, string? IfRange, int Status, string? ContentRange, byte[]? Body)[] table =
        [
            ("bytes=0-99", null, 206, $"bytes 0-99/{bytes.Length}", bytes[..100]),
            ("bytes=100-", $"\"{sha256}\"", 206, $"bytes 100-{bytes.Length - 1}/{bytes.Length}", bytes[100..]),
            ("bytes=-16", null, 206, $"bytes {bytes.Length - 16}-{bytes.Length - 1}/{bytes.Length}", bytes[^16..]),
            ($"bytes=0-{bytes.Length * 2}", null, 206, $"bytes 0-{bytes.Length - 1}/{bytes.Length}", bytes),
            ("bytes=100-", "\"another\"", 200, null, bytes),
            ($"bytes={bytes.Length}-", null, 416, $"bytes */{bytes.Length}", null),
            ($"bytes={bytes.Length}-", $"\"{sha256}\"", 416, $"bytes */{bytes.Length}", null),
            ("bytes=9-3", null, 200, null, bytes),
            ("lines=1-2", null, 200, null, bytes),
        ];
        foreach (var (range, ifRange, status, contentRange, body) in table)
        {
            using var part = await host.SendAsync(HttpMethod.Get, path, device.Key, set: request =>
            {
                request.Headers.TryAddWithoutValidation("Range", range);
                if (ifRange is not null)
                    request.Headers.TryAddWithoutValidation("If-Range", ifRange);
            });
            Assert.Equal((range, status, contentRange), (range, (int)part.StatusCode, part.Content.Headers.ContentRange?.ToString()));
            Assert.NotNull(part.Content.Headers.ContentLength);
            Assert.Null(part.Headers.TransferEncodingChunked);
            if (body is not null)
                Assert.Equal(body, await part.Content.ReadAsByteArrayAsync());
        }

        using var unchanged = await host.SendAsync(HttpMethod.Get, path, device.Key, set: request => request.Headers.IfNoneMatch.Add(new($"\"{sha256}\"")));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task An_image_is_only_for_those_whose_organization_holds_it()
    {
        await using var host = await FleetHost.StartAsync();
        var sha256 = (string)(await host.ReleaseAsync("1.1.0"))["image"]!["sha256"]!;
        var stranger = await host.DeviceAsync("theirs-1", Person.Stranger);
        foreach (var suffix in (string[])["", ".sig"])
        {
            using var theirs = await host.SendAsync(HttpMethod.Get, $"/device/v1/images/{sha256}{suffix}", stranger.Key);
            await AssertProblemAsync(theirs, 404, "image-not-found", null);
            using var strange = await host.SendAsync(HttpMethod.Get, $"/device/v1/images/{sha256}{suffix}", Person.Stranger);
            Assert.Equal(HttpStatusCode.NotFound, strange.StatusCode);
            using var own = await host.SendAsync(HttpMethod.Get, $"/device/v1/images/{sha256}{suffix}", Person.Viewer);
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
            using var upper = await host.SendAsync(HttpMethod.Get, $"/device/v1/images/{sha256.ToUpperInvariant()}{suffix}", Person.Viewer);
            Assert.Equal(HttpStatusCode.NotFound, upper.StatusCode);
        }

        // An image that was only uploaded has no signature: signing is what a release does.
        var loose = (string)(await host.UploadAsync(FleetHost.ImageBytes("9.9.9")))["sha256"]!;
        using var unsigned = await host.SendAsync(HttpMethod.Get, $"/device/v1/images/{loose}.sig", Person.Viewer);
        Assert.Equal(HttpStatusCode.NotFound, unsigned.StatusCode);
    }

    [Fact]
    public async Task Curl_resumes_a_cut_download_and_openssl_verifies_it_with_the_published_key()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        var release = await host.ReleaseAsync("1.1.0", payload: 300_000);
        var sha256 = (string)release["image"]!["sha256"]!;
        var whole = FleetHost.ImageBytes("1.1.0", 300_000);
        var folder = Directory.CreateTempSubdirectory("espforge-curl-").FullName;
        try
        {
            var (image, signature, pem) = (Path.Combine(folder, "image"), Path.Combine(folder, "image.sig"), Path.Combine(folder, "keys.pem"));
            await File.WriteAllBytesAsync(image, whole[..123_456]);
            var curl = FleetHost.Run("curl", "-sS", "-f", "--max-time", "30", "-C", "-", "-H", $"Authorization: Bearer {device.Key}", "-o", image, $"{host.Address}/device/v1/images/{sha256}");
            Assert.True(curl.ExitCode == 0, curl.Output);
            Assert.Equal(whole, await File.ReadAllBytesAsync(image));

            Assert.Equal(0, FleetHost.Run("curl", "-sS", "-f", "-H", $"Authorization: Bearer {device.Key}", "-o", signature, $"{host.Address}/device/v1/images/{sha256}.sig").ExitCode);
            Assert.Equal(0, FleetHost.Run("curl", "-sS", "-f", "-o", pem, $"{host.Address}/.well-known/espforge/keys.pem").ExitCode);
            var good = FleetHost.Run("openssl", "dgst", "-sha256", "-verify", pem, "-signature", signature, image);
            Assert.True(good is { ExitCode: 0 } && good.Output.Contains("Verified OK", StringComparison.Ordinal), good.Output);

            await File.AppendAllTextAsync(image, "x");
            Assert.NotEqual(0, FleetHost.Run("openssl", "dgst", "-sha256", "-verify", pem, "-signature", signature, image).ExitCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_public_keys_are_everyones()
    {
        await using var host = await FleetHost.StartAsync();
        var release = await host.ReleaseAsync("1.1.0");
        using var jwks = await host.SendAsync(HttpMethod.Get, "/.well-known/espforge/keys.json", "");
        Assert.Equal("application/jwk-set+json", jwks.Content.Headers.ContentType!.MediaType);
        var key = Assert.Single(JsonNode.Parse(await jwks.Content.ReadAsStringAsync())!["keys"]!.AsArray())!;
        Assert.Equal(((string)release["keyId"]!, "EC", "P-256"), ((string)key["kid"]!, (string)key["kty"]!, (string)key["crv"]!));

        using var pem = await host.SendAsync(HttpMethod.Get, "/.well-known/espforge/keys.pem", "");
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", await pem.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> StartAsync(FleetHost host, JsonNode release) =>
        (string)(await host.PostAsync("rollouts", new { releaseId = (string)release["id"]!, stages = new[] { new { percent = 100 } }, start = true }))["id"]!;

    private static async Task AssertProblemAsync(HttpResponseMessage answer, int status, string code, string? field)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(body)!;
        Assert.Equal((code, $"urn:espforge:problem:{code}", field), ((string)problem["code"]!, (string)problem["type"]!, (string?)problem["field"]));
    }
}
