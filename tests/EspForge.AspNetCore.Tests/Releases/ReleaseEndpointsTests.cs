using System.Net;
using System.Text.Json.Nodes;
using EspForge.Ota;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Releases;

public sealed class ReleaseEndpointsTests
{
    [Fact]
    public async Task A_release_is_signed_and_its_manifest_opens_with_the_published_key()
    {
        await using var host = await FleetHost.StartAsync();
        var release = await host.ReleaseAsync("1.1.0");

        Assert.Equal(("lamp", "esp32c3", "1.1.0", 1, "Brighter.", "user:admin"), ((string)release["product"]!, (string)release["chip"]!, (string)release["version"]!, (int)release["sequence"]!, (string)release["notes"]!, (string)release["createdBy"]!));
        Assert.Equal("1.1.0", (string)release["image"]!["version"]!);
        Assert.Equal(release.ToJsonString(), (await host.GetAsync($"releases/{release["id"]}")).ToJsonString());

        using var answer = await host.SendAsync(HttpMethod.Get, $"/api/v1/releases/{release["id"]}/manifest", Person.Viewer);
        Assert.Equal("application/cose", answer.Content.Headers.ContentType!.MediaType);
        var opened = ManifestReader.Open(await answer.Content.ReadAsByteArrayAsync(), host.Services.GetRequiredService<SigningKeyRing>().Trusted).Value;
        Assert.Equal(("lamp", "1.1.0", 1L, (string)release["image"]!["sha256"]!), (opened.Product, opened.Version, opened.Sequence, opened.Image.Sha256));
        Assert.Equal("/device/v1/images/" + opened.Image.Sha256, opened.Image.Path);

        var entry = Assert.Single((await host.GetAsync("audit?action=release.create")).AsArray())!;
        Assert.Equal(($"release:{release["id"]}", "user:admin"), ((string)entry["subject"]!, (string)entry["actor"]!));
    }

    [Fact]
    public async Task A_version_is_released_once_and_sequences_rise()
    {
        await using var host = await FleetHost.StartAsync();
        var first = await host.ReleaseAsync("1.0.0");
        var other = await host.UploadAsync(FleetHost.ImageBytes("1.0.0", 8_192));

        Assert.Equal((409, "RELEASE_EXISTS", null), await host.RefusalAsync(HttpMethod.Post, "releases", new { imageSha256 = (string)other["sha256"]!, product = "lamp" }));
        Assert.Equal(2, (int)(await host.ReleaseAsync("1.1.0"))["sequence"]!);
        Assert.Equal(["1.1.0", "1.0.0"], (await host.GetAsync("releases?product=lamp")).AsArray().Select(release => (string)release!["version"]!));
        Assert.Empty((await host.GetAsync("releases?product=kettle")).AsArray());
        Assert.Equal((string)first["id"]!, (string)(await host.GetAsync("releases")).AsArray()[1]!["id"]!);
    }

    [Fact]
    public async Task Bad_input_names_the_field_and_changes_nothing()
    {
        await using var host = await FleetHost.StartAsync();
        var sha256 = (string)(await host.UploadAsync(FleetHost.ImageBytes("1.0.0")))["sha256"]!;
        var odd = (string)(await host.UploadAsync(FleetHost.ImageBytes("one")))["sha256"]!;
        (object Body, int Status, string Code, string? Field)[] table =
        [
            (new { product = "lamp" }, 400, "VALIDATION_ERROR", "imageSha256"),
            (new { imageSha256 = sha256 }, 400, "VALIDATION_ERROR", "product"),
            (new { imageSha256 = "zz", product = "lamp" }, 400, "VALIDATION_ERROR", "imageSha256"),
            (new { imageSha256 = sha256.ToUpperInvariant(), product = "lamp" }, 400, "VALIDATION_ERROR", "imageSha256"),
            (new { imageSha256 = sha256, product = "Lamp!" }, 400, "VALIDATION_ERROR", "product"),
            (new { imageSha256 = sha256, product = "lamp", notes = new string('n', 4_001) }, 400, "VALIDATION_ERROR", "notes"),
            (new { imageSha256 = sha256, product = "lamp", minimumVersion = "1" }, 400, "VALIDATION_ERROR", "minimumVersion"),
            (new { imageSha256 = sha256, product = "lamp", minimumAgentVersion = "x" }, 400, "VALIDATION_ERROR", "minimumAgentVersion"),
            (new { imageSha256 = sha256, product = "lamp", securityEpoch = -1 }, 400, "VALIDATION_ERROR", "securityEpoch"),
            (new { imageSha256 = sha256, product = "lamp", securityEpoch = 4_294_967_296 }, 400, "VALIDATION_ERROR", "securityEpoch"),
            (new { imageSha256 = sha256, product = "lamp", validDays = 0 }, 400, "VALIDATION_ERROR", "validDays"),
            (new { imageSha256 = sha256, product = "lamp", validDays = 1.5 }, 400, "VALIDATION_ERROR", "validDays"),
            (new { imageSha256 = sha256, product = "lamp", colour = "red" }, 400, "VALIDATION_ERROR", "colour"),
            (new { imageSha256 = new string('0', 64), product = "lamp" }, 404, "IMAGE_NOT_FOUND", null),
            (new { imageSha256 = odd, product = "lamp" }, 400, "VERSION_INVALID", null),
        ];
        foreach (var (body, status, code, field) in table)
            Assert.Equal((status, code, field), await host.RefusalAsync(HttpMethod.Post, "releases", body));

        Assert.Equal((404, "IMAGE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Post, "releases", new { imageSha256 = sha256, product = "lamp" }, Person.Stranger));
        Assert.Equal((403, "FORBIDDEN", null), await host.RefusalAsync(HttpMethod.Post, "releases", new { imageSha256 = sha256, product = "lamp" }, Person.Viewer));
        Assert.Empty((await host.GetAsync("releases")).AsArray());

        // A refusal took no sequence.
        Assert.Equal(1, (int)(await host.PostAsync("releases", new { imageSha256 = sha256, product = "lamp" }))["sequence"]!);
    }

    [Fact]
    public async Task Another_organizations_release_is_not_found()
    {
        await using var host = await FleetHost.StartAsync();
        var id = (string)(await host.ReleaseAsync("1.0.0"))["id"]!;

        Assert.Equal((404, "RELEASE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Get, $"releases/{id}", person: Person.Stranger));
        Assert.Equal((404, "RELEASE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Get, $"releases/{id}/manifest", person: Person.Stranger));
        Assert.Equal(404, (await host.RefusalAsync(HttpMethod.Get, "releases/not-an-id")).Status);
        Assert.Empty((await host.GetAsync("releases", Person.Stranger)).AsArray());
        Assert.Empty((await host.GetAsync("products", Person.Stranger)).AsArray());
    }

    [Fact]
    public async Task A_product_shows_what_its_devices_run_and_its_newest_release()
    {
        await using var host = await FleetHost.StartAsync();
        await host.ReleaseAsync("1.0.0");
        host.Clock.Move(TimeSpan.FromMinutes(1));
        await host.ReleaseAsync("1.1.0");
        var devices = await host.DevicesAsync(3);
        await devices[0].OfferAsync();

        var product = Assert.Single((await host.GetAsync("products")).AsArray())!;
        Assert.Equal(("lamp", 3, "1.1.0"), ((string)product["product"]!, (int)product["devices"]!, (string)product["latestRelease"]!["version"]!));
        Assert.Equal([(null, 2), ("1.0.0", 1)], product["versions"]!.AsArray().Select(count => ((string?)count!["version"], (int)count["devices"]!)));
    }
}
