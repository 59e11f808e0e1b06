using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace EspForge.AspNetCore.Tests.Images;

public sealed class ImageEndpointsTests
{
    [Fact]
    public async Task An_uploaded_image_says_what_it_is_and_is_given_back_byte_for_byte()
    {
        await using var host = await FleetHost.StartAsync();
        var bytes = FleetHost.ImageBytes("1.2.0");
        var image = await host.UploadAsync(bytes, fileName: "lamp 1.2.bin");

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.Equal(
            (sha256, "host", "esp32c3", "lamp", "1.2.0", "0.1.0", bytes.Length, "lamp 1.2.bin", "user:admin"),
            ((string)image["sha256"]!, (string)image["format"]!, (string)image["chip"]!, (string)image["project"]!, (string)image["version"]!, (string)image["agentVersion"]!,
                (int)image["sizeBytes"]!, (string)image["fileName"]!, (string)image["createdBy"]!));
        Assert.Equal(image.ToJsonString(), (await host.GetAsync($"images/{sha256}")).ToJsonString());
        Assert.Equal(image.ToJsonString(), (await host.GetAsync("images")).AsArray().Single()!.ToJsonString());

        using var content = await host.SendAsync(HttpMethod.Get, $"/api/v1/images/{sha256}/content", Person.Viewer);
        Assert.Equal(bytes, await content.Content.ReadAsByteArrayAsync());
        Assert.Equal("application/octet-stream", content.Content.Headers.ContentType!.MediaType);

        // The same bytes again are the same image; nothing is written twice.
        Assert.Equal(image.ToJsonString(), (await host.UploadAsync(bytes, Person.Developer, "again.bin")).ToJsonString());
        Assert.Single((await host.GetAsync("audit?action=image.add")).AsArray());
    }

    [Fact]
    public async Task What_is_no_image_is_refused_and_leaves_nothing()
    {
        await using var host = await FleetHost.StartAsync();
        var flipped = FleetHost.ImageBytes("1.0.0");
        flipped[300] ^= 1;
        foreach (var bytes in (byte[][])[[], [0xE9], [1, 2, 3, 4, 5], flipped, FleetHost.ImageBytes("1.0.0")[..^1], [.. FleetHost.ImageBytes("1.0.0"), 0]])
            Assert.Equal((400, "IMAGE_MALFORMED", null), await host.RefusalAsync(HttpMethod.Post, "images", FleetHost.Octets(bytes)));

        Assert.Equal((413, "TOO_LARGE", null), await host.RefusalAsync(HttpMethod.Post, "images", FleetHost.Octets(FleetHost.ImageBytes("1.0.0", 1_048_577))));
        using var chunked = new StreamContent(new MemoryStream(FleetHost.ImageBytes("1.0.0", 1_048_577))) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        Assert.Equal((413, "TOO_LARGE", null), await host.RefusalAsync(HttpMethod.Post, "images", chunked));
        Assert.Equal((415, "UNSUPPORTED_MEDIA_TYPE", null), await host.RefusalAsync(HttpMethod.Post, "images", new { bytes = "" }));
        Assert.Equal((400, "VALIDATION_ERROR", "fileName"), await host.RefusalAsync(HttpMethod.Post, "images?fileName=..%2Fpasswd", FleetHost.Octets(FleetHost.ImageBytes("1.0.0"))));
        Assert.Equal((400, "VALIDATION_ERROR", "fileName"), await host.RefusalAsync(HttpMethod.Post, $"images?fileName={new string('a', 129)}", FleetHost.Octets(FleetHost.ImageBytes("1.0.0"))));

        Assert.Empty((await host.GetAsync("images")).AsArray());
        Assert.Empty((await host.GetAsync("audit")).AsArray());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(host.Folder, "images"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Another_organization_does_not_find_it_and_a_viewer_cannot_upload()
    {
        await using var host = await FleetHost.StartAsync();
        var sha256 = (string)(await host.UploadAsync(FleetHost.ImageBytes("1.0.0")))["sha256"]!;

        Assert.Equal((404, "IMAGE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Get, $"images/{sha256}", person: Person.Stranger));
        Assert.Equal((404, "IMAGE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Get, $"images/{sha256}/content", person: Person.Stranger));
        Assert.Equal((404, "IMAGE_NOT_FOUND", null), await host.RefusalAsync(HttpMethod.Get, "images/..%2f..%2fkeys"));
        Assert.Empty((await host.GetAsync("images", Person.Stranger)).AsArray());
        Assert.Equal((403, "FORBIDDEN", null), await host.RefusalAsync(HttpMethod.Post, "images", FleetHost.Octets(FleetHost.ImageBytes("1.1.0")), Person.Viewer));
        Assert.Equal((401, "AUTH_INVALID_TOKEN", null), await host.RefusalAsync(HttpMethod.Get, "images", person: ""));
        Assert.Equal((400, "VALIDATION_ERROR", "limit"), await host.RefusalAsync(HttpMethod.Get, "images?limit=0"));
        Assert.Equal((400, "VALIDATION_ERROR", "limit"), await host.RefusalAsync(HttpMethod.Get, "images?limit=501"));
    }
}
