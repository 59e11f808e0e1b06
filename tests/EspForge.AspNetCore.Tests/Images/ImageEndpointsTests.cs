using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

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
    public async Task A_form_with_one_part_named_file_is_an_upload_too()
    {
        await using var host = await FleetHost.StartAsync();
        var bytes = FleetHost.ImageBytes("1.2.0");
        using var form = Form(("file", "lamp 1.2.bin", bytes));
        using var answer = await host.SendAsync(HttpMethod.Post, "/api/v1/images", Person.Admin, form);
        var image = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!;
        Assert.Equal((201, "lamp 1.2.bin", Convert.ToHexStringLower(SHA256.HashData(bytes))), ((int)answer.StatusCode, (string)image["fileName"]!, (string)image["sha256"]!));

        using var named = Form(("file", "ignored.bin", FleetHost.ImageBytes("1.3.0")));
        using var other = await host.SendAsync(HttpMethod.Post, "/api/v1/images?fileName=wins.bin", Person.Admin, named);
        Assert.Equal("wins.bin", (string)JsonNode.Parse(await other.Content.ReadAsStringAsync())!["data"]!["fileName"]!);
    }

    [Fact]
    public async Task A_form_that_is_anything_else_is_refused_and_leaves_nothing()
    {
        await using var host = await FleetHost.StartAsync();
        var bytes = FleetHost.ImageBytes("1.0.0");
        foreach (var form in new[] { Form(), Form(("image", "a.bin", bytes)), Form(("file", "a.bin", bytes), ("more", "b.bin", [1])), Form(("more", "b.bin", [1]), ("file", "a.bin", bytes)), Form(("file", "a.bin", bytes), ("file", "b.bin", bytes)) })
        {
            using (form)
                Assert.Equal((400, "VALIDATION_ERROR", "file"), await host.RefusalAsync(HttpMethod.Post, "images", form));
        }

        using var whole = Form(("file", "a.bin", bytes));
        var text = await whole.ReadAsByteArrayAsync();
        foreach (var cut in (int[])[1, 30, 90, text.Length / 2, text.Length - 3])
        {
            using var part = new ByteArrayContent(text[..cut]);
            part.Headers.ContentType = whole.Headers.ContentType;
            Assert.Equal((400, "VALIDATION_ERROR", "file"), await host.RefusalAsync(HttpMethod.Post, "images", part));
        }

        foreach (var type in (string[])["multipart/form-data", "multipart/form-data; boundary=", $"multipart/form-data; boundary={new string('b', 71)}"])
        {
            using var none = new ByteArrayContent(text);
            none.Headers.TryAddWithoutValidation("Content-Type", type);
            Assert.Equal((400, "VALIDATION_ERROR", ""), await host.RefusalAsync(HttpMethod.Post, "images", none));
        }

        using var bad = Form(("file", "../passwd", bytes));
        Assert.Equal((400, "VALIDATION_ERROR", "fileName"), await host.RefusalAsync(HttpMethod.Post, "images", bad));
        using var large = Form(("file", "a.bin", FleetHost.ImageBytes("1.0.0", 1_048_577)));
        Assert.Equal((413, "TOO_LARGE", null), await host.RefusalAsync(HttpMethod.Post, "images", large));
        using var larger = Form(("file", "a.bin", FleetHost.ImageBytes("1.0.0", 1_148_577)));
        Assert.Equal((413, "TOO_LARGE", null), await host.RefusalAsync(HttpMethod.Post, "images", larger));
        using var malformed = Form(("file", "a.bin", [1, 2, 3]));
        Assert.Equal((400, "IMAGE_MALFORMED", null), await host.RefusalAsync(HttpMethod.Post, "images", malformed));
        using var unknown = Form(("file", "a.bin", FleetHost.ImageBytes("1.0.0", chip: "esp99")));
        Assert.Equal((400, "IMAGE_MALFORMED", null), await host.RefusalAsync(HttpMethod.Post, "images", unknown));

        Assert.Empty((await host.GetAsync("images")).AsArray());
        Assert.Empty((await host.GetAsync("audit")).AsArray());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(host.Folder, "images"), "*", SearchOption.AllDirectories));
    }

    private static MultipartFormDataContent Form(params (string Name, string FileName, byte[] Content)[] parts)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, fileName, content) in parts)
            form.Add(new ByteArrayContent(content), name, fileName);
        return form;
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
