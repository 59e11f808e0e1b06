using System.Net;
using System.Text.Json.Nodes;

namespace EspForge.AspNetCore.Tests.Images;

/// <summary>Ranges of an image, for people and for devices (RFC 9110 section 14).</summary>
public class ImageRangesTests
{
    [Fact]
    public async Task Both_addresses_of_an_image_answer_ranges_alike()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        var bytes = FleetHost.ImageBytes("1.0.0");
        var sha256 = (string)(await host.UploadAsync(bytes))["sha256"]!;
        var tag = $"\"{sha256}\"";
        foreach (var (path, bearer) in new[] { ($"/api/v1/images/{sha256}/content", Person.Admin), ($"/device/v1/images/{sha256}", device.Key) })
        {
            foreach (var (range, condition, status, length) in new[]
            {
                ("bytes=0-9", null, 206, 10), ("bytes=-5", null, 206, 5), ($"bytes={bytes.Length - 1}-", null, 206, 1), ("bytes=0-9", tag, 206, 10),
                ("bytes=0-9", "\"other\"", 200, bytes.Length), ("bytes=0-9", "garbage", 200, bytes.Length), ("bytes=0-9", "W/" + tag, 200, bytes.Length),
                ("bytes=5-2", null, 200, bytes.Length), ("bytes=0-1,3-4", null, 200, bytes.Length), ("items=0-9", null, 200, bytes.Length), ("bytes=a-b", null, 200, bytes.Length),
            })
            {
                using var answer = await host.SendAsync(HttpMethod.Get, path, bearer, null, request =>
                {
                    request.Headers.TryAddWithoutValidation("Range", range);
                    if (condition is not null)
                        request.Headers.TryAddWithoutValidation("If-Range", condition);
                });
                Assert.True(status == (int)answer.StatusCode, $"{path} {range} {condition}: {(int)answer.StatusCode}");
                Assert.Equal(length, (await answer.Content.ReadAsByteArrayAsync()).Length);
            }
        }
    }

    [Theory]
    [InlineData("Range", "bytes=4352-", 416, "RANGE_NOT_SATISFIABLE", "range-not-satisfiable")]
    [InlineData("Range", "bytes=-0", 416, "RANGE_NOT_SATISFIABLE", "range-not-satisfiable")]
    [InlineData("If-Match", "\"other\"", 412, "PRECONDITION_FAILED", "precondition-failed")]
    public async Task What_cannot_be_given_is_refused_with_a_code(string header, string value, int status, string code, string problem)
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-01");
        var sha256 = (string)(await host.UploadAsync(FleetHost.ImageBytes("1.0.0")))["sha256"]!;
        using var people = await host.SendAsync(HttpMethod.Get, $"/api/v1/images/{sha256}/content", Person.Admin, null, request => request.Headers.TryAddWithoutValidation(header, value));
        Assert.Equal((status, code), ((int)people.StatusCode, (string)JsonNode.Parse(await people.Content.ReadAsStringAsync())!["error"]!["code"]!));
        using var own = await host.SendAsync(HttpMethod.Get, $"/device/v1/images/{sha256}", device.Key, null, request => request.Headers.TryAddWithoutValidation(header, value));
        Assert.Equal((status, problem), ((int)own.StatusCode, (string)JsonNode.Parse(await own.Content.ReadAsStringAsync())!["code"]!));
        if (own.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            Assert.Equal("bytes */4352", own.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task What_is_not_at_the_keys_address_is_a_problem()
    {
        await using var host = await FleetHost.StartAsync();
        foreach (var (method, path, status) in new[] { (HttpMethod.Get, "/.well-known/espforge/nothing", 404), (HttpMethod.Post, "/.well-known/espforge/keys.json", 405) })
        {
            using var answer = await host.SendAsync(method, path, "");
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        }
    }
}
