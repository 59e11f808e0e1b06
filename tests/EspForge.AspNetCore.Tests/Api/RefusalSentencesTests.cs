using System.Text;
using System.Text.Json.Nodes;

namespace EspForge.AspNetCore.Tests.Api;

/// <summary>A refused body names each member that is wrong, and what it is to be.</summary>
public class RefusalSentencesTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Id = "01a20206-8f97-7199-90cd-347f35f7dda8";

    [Theory]
    [InlineData("devices", """{"deviceId":null,"product":"lamp","chip":"esp32c3"}""", "deviceId", "The member 'deviceId' must not be null; it must be a text.")]
    [InlineData("devices", """{"deviceId":7,"product":"lamp","chip":"esp32c3"}""", "deviceId", "The member 'deviceId' must be a text.")]
    [InlineData("devices", """{"deviceId":"a","deviceId":"b"}""", "deviceId", "The member 'deviceId' is there twice.")]
    [InlineData("devices", """{"deviceId":"\ud800","product":"lamp","chip":"esp32c3"}""", "deviceId", "The member 'deviceId' holds half of a character (a lone surrogate).")]
    [InlineData("devices", """{"colour":"red"}""", "colour", "The member 'colour' is not known here; known are deviceId, product, chip, board, name, group, tags.")]
    [InlineData("devices", """{"deviceId":"lamp-x","product":"lamp","chip":"esp32c3","tags":{}}""", "tags", "The member 'tags' must be a list.")]
    [InlineData("devices", """{"deviceId":"lamp-x","product":"lamp","chip":"esp32c3","tags":[1]}""", "tags[0]", "The member 'tags[0]' must be a text.")]
    [InlineData("devices", """{"deviceId":"lamp-x","product":"lamp","chip":"esp32c3","name":"a\u202eb"}""", "name", "A name is 1–80 characters, without control characters and not only spaces.")]
    [InlineData("devices", "[]", "", "The body must be an object.")]
    [InlineData("devices", "null", "", "The body is null; an object is required.")]
    [InlineData("devices", "", "", "A JSON body is required.")]
    [InlineData("devices", "{", "", "The body is not valid JSON (line 1, byte 2).")]
    [InlineData("rollouts", "{\"releaseId\":\"nope\"}", "releaseId", "The member 'releaseId' must be an id (UUID), such as 01a20206-8f97-7199-90cd-347f35f7dda8.")]
    [InlineData("rollouts", "{\"releaseId\":\"" + Id + "\",\"stages\":[{\"percent\":1.5}]}", "stages[0].percent", "The member 'stages[0].percent' must be a whole number from -2147483648 to 2147483647.")]
    [InlineData("rollouts", "{\"releaseId\":\"" + Id + "\",\"stages\":[{}]}", "stages[0].percent", "The member 'stages[0].percent' is missing; it is required.")]
    [InlineData("rollouts", "{\"releaseId\":\"" + Id + "\",\"stages\":[{\"percent\":100,\"gate\":{\"bogus\":1}}]}", "stages[0].gate.bogus",
        "The member 'stages[0].gate.bogus' is not known here; known are soakSeconds, minimumReports, maximumFailureRate, confidence, requireProof, silentAfterSeconds, maximumSilentShare.")]
    [InlineData("rollouts", "{\"releaseId\":\"" + Id + "\",\"start\":\"yes\"}", "start", "The member 'start' must be true or false.")]
    [InlineData("rollouts", "{\"releaseId\":\"" + Id + "\",\"stages\":[{\"percent\":100,\"gate\":{\"confidence\":\"x\"}}]}", "stages[0].gate.confidence", "The member 'stages[0].gate.confidence' must be a number.")]
    [InlineData("releases", """{"imageSha256":"0000000000000000000000000000000000000000000000000000000000000000","product":"lamp","notes":"a\u0000b"}""", "notes",
        "Notes are text: they hold no control characters but line breaks and tabs.")]
    public async Task A_body_that_is_wrong_is_told_where_and_how(string path, string body, string field, string message)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await shared.Host.SendAsync(HttpMethod.Post, "/api/v1/" + path, Person.Admin, content);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("VALIDATION_ERROR", (string)error["code"]!);
        Assert.Equal((field, message), ((string)error["details"]![0]!["field"]!, (string)error["details"]![0]!["message"]!));
        Assert.Equal(message, (string)error["message"]!);
    }

    [Fact]
    public async Task Each_member_that_is_missing_is_named()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await shared.Host.SendAsync(HttpMethod.Post, "/api/v1/devices", Person.Admin, content);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal(["deviceId", "product", "chip"], error["details"]!.AsArray().Select(detail => (string)detail!["field"]!));
    }

    [Theory]
    [InlineData("", "$ is empty: a JSON body is required.")]
    [InlineData("""{"board":"a","board":"b","uses":[]}""", "$ is not valid JSON: a field is there twice.")]
    public async Task A_plan_that_is_none_is_told_how(string body, string message)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await shared.Host.SendAsync(HttpMethod.Post, "/api/v1/pins/check", Person.Admin, content);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal(("PLAN_INVALID", message), ((string)error["code"]!, (string)error["message"]!));
    }

    [Theory]
    [InlineData("/device/v1/reports", """{"offerId":"00000000000000000000000000000000","state":"failed","detail":"a\u0000b"}""", "detail")]
    [InlineData("/device/v1/reports", """{"offerId":"00000000000000000000000000000000","state":"failed","error":"a b"}""", "error")]
    [InlineData("/device/v1/reports", """{"offerId":"00000000000000000000000000000000","state":"failed","percent":"5"}""", "percent")]
    [InlineData("/device/v1/claims", """{"hardwareId":"hw-1","product":"lamp","chip":"esp99","agentVersion":"0.1.0"}""", "chip")]
    [InlineData("/device/v1/claims", "", null)]
    public async Task A_device_hears_which_field_is_wrong(string path, string body, string? field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await shared.Host.SendAsync(HttpMethod.Post, path, shared.Device.Key, content);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((400, "validation", field), ((int)answer.StatusCode, (string)problem["code"]!, (string?)problem["field"]));
        Assert.NotNull(answer.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task An_image_for_a_chip_nobody_knows_is_refused()
    {
        var refusal = await shared.Host.RefusalAsync(HttpMethod.Post, "images", FleetHost.Octets(FleetHost.ImageBytes("1.0.0", chip: "esp99")));
        Assert.Equal((400, "IMAGE_MALFORMED", null), refusal);
        Assert.Empty((await shared.Host.GetAsync("images")).AsArray());
    }
}
