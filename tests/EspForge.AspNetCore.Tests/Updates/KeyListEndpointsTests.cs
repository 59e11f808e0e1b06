using System.Net;
using System.Text.Json.Nodes;
using EspForge.Ota;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Updates;

public sealed class KeyListEndpointsTests
{
    [Fact]
    public async Task A_rotation_reaches_a_device_as_a_list_that_its_old_key_signed()
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        var before = host.Services.GetRequiredService<SigningKeyRing>().Keys;
        using (var silent = await device.AskAsync())
            Assert.False(silent.Headers.Contains("EspForge-Keys"));
        using (var none = await host.SendAsync(HttpMethod.Get, "/device/v1/keys?generation=0", device.Key))
            Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);

        var rotated = await host.PostAsync("keys/rotate");
        Assert.Equal((1L, 2), ((long)rotated["generation"]!, rotated["keys"]!.AsArray().Count));
        using (var told = await device.AskAsync())
            Assert.Equal("1", told.Headers.GetValues("EspForge-Keys").Single());
        using var answer = await host.SendAsync(HttpMethod.Get, "/device/v1/keys?generation=0", device.Key);
        Assert.Equal("application/cose", answer.Content.Headers.ContentType!.MediaType);
        var list = KeyList.Open(await answer.Content.ReadAsByteArrayAsync(), before, 0).Value;
        var active = (string)rotated["keys"]!.AsArray().Single(k => (bool)k!["active"]!)!["kid"]!;
        Assert.Contains(list.Keys, k => k.Key.KeyId == active && k.State == KeyState.Trusted);
        using (var newest = await host.SendAsync(HttpMethod.Get, "/device/v1/keys?generation=1", device.Key))
            Assert.Equal(HttpStatusCode.NoContent, newest.StatusCode);

        // What is released from now on is signed by the new key.
        Assert.Equal(active, (string)(await host.ReleaseAsync("1.1.0"))["keyId"]!);
        var entry = Assert.Single((await host.GetAsync("audit?action=key.rotate")).AsArray())!;
        Assert.Equal(("user:admin", $"key:{before[0].Key.KeyId}"), ((string)entry["actor"]!, (string)entry["subject"]!));
    }

    [Fact]
    public async Task A_rotation_is_for_those_who_administer_the_host()
    {
        await using var host = await FleetHost.StartAsync();
        Assert.Equal(403, (await host.RefusalAsync(HttpMethod.Post, "keys/rotate", new { }, Person.Developer)).Status);
        Assert.Equal(403, (await host.RefusalAsync(HttpMethod.Post, "keys/rotate", new { }, Person.Viewer)).Status);
        Assert.Equal(0L, (long)(await host.GetAsync("keys", Person.Viewer))["generation"]!);
        var own = (string)(await host.GetAsync("keys"))["keys"]![0]!["kid"]!;
        Assert.Equal("KEY_ACTIVE", (await host.RefusalAsync(HttpMethod.Post, "keys/rotate", new { create = false, retire = new[] { own } })).Code);
        Assert.Equal("KEY_UNKNOWN", (await host.RefusalAsync(HttpMethod.Post, "keys/rotate", new { retire = new[] { new string('0', 32) } })).Code);
        Assert.Equal("KEY_RING_UNCHANGED", (await host.RefusalAsync(HttpMethod.Post, "keys/rotate", new { create = false })).Code);
        Assert.Equal((400, "VALIDATION_ERROR", "retire"), await host.RefusalAsync(HttpMethod.Post, "keys/rotate", new { retire = new[] { "x" } }));
        Assert.Equal(0L, (long)(await host.GetAsync("keys"))["generation"]!);
        Assert.Equal(3, (await host.GetAsync("audit?action=key.rotate-failed")).AsArray().Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?generation=")]
    [InlineData("?generation=-1")]
    [InlineData("?generation=1.0")]
    [InlineData("?generation=9007199254740992")]
    public async Task A_question_that_is_none_names_the_field(string query)
    {
        await using var host = await FleetHost.StartAsync();
        var device = await host.DeviceAsync("lamp-1");
        using var answer = await host.SendAsync(HttpMethod.Get, "/device/v1/keys" + query, device.Key);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("generation", (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["field"]!);
        using var stranger = await host.SendAsync(HttpMethod.Get, "/device/v1/keys?generation=0", "");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task The_host_starts_again_with_the_keys_it_rotated_to()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-keys-").FullName;
        try
        {
            JsonNode rotated;
            await using (var host = await FleetHost.StartAsync(folder))
                rotated = await host.PostAsync("keys/rotate");
            await using var again = await FleetHost.StartAsync(folder);
            Assert.Equal(rotated.ToJsonString(), (await again.GetAsync("keys")).ToJsonString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
