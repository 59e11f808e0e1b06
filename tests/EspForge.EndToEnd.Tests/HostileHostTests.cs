using System.Security.Cryptography;
using EspForge.Ota;

namespace EspForge.EndToEnd.Tests;

/// <summary>The real agent against a host that lies: docs/protocol.md section 4, each with its own reason in the report.</summary>
public class HostileHostTests(HostToolsFixture tools) : IClassFixture<HostToolsFixture>
{
    private const string Quiet = "void ef_app_setup(ef_app *app) { ef_app_log(app, \"hello\"); }";

    [Fact]
    public async Task Every_lie_is_refused_with_its_own_reason_and_the_truth_is_taken()
    {
        await using var host = await HostileHost.StartAsync();
        var image = await File.ReadAllBytesAsync(await tools.ImageAsync("1.0.0", Quiet));
        host.ImageBytes = image;
        await using var device = VirtualDevice.Start(tools, host.Address);
        var honest = HostileHost.Payload(image, "1.0.0", 10);

        // One flipped bit in the signed payload, in the signature, and in the structure.
        var signed = ManifestSigner.Sign(honest, host.Key);
        await RefusedAsync(host, device, Flip(signed, signed.AsSpan().IndexOf(SHA256.HashData(image))), "signature-invalid"); // in the image's hash: a time might become one that cannot be
        await RefusedAsync(host, device, Flip(signed, signed.Length - 5), "signature-invalid");
        await RefusedAsync(host, device, Flip(signed, 1), "manifest-malformed");

        using var stranger = Es256SigningKey.Create();
        await RefusedAsync(host, device, ManifestSigner.Sign(honest, stranger), "key-unknown");
        await RefusedAsync(host, device, ManifestSigner.Sign(honest with { IssuedAt = DateTimeOffset.UtcNow.AddHours(-2), ExpiresAt = DateTimeOffset.UtcNow.AddHours(-1) }, host.Key), "manifest-expired");
        await RefusedAsync(host, device, ManifestSigner.Sign(honest with { Product = "another-lamp" }, host.Key), "product-mismatch");
        await RefusedAsync(host, device, ManifestSigner.Sign(honest with { Chip = "esp32s3" }, host.Key), "chip-mismatch");
        await RefusedAsync(host, device, ManifestSigner.Sign(honest with { Image = honest.Image with { Format = ImageFormat.Esp } }, host.Key), "format-mismatch");
        await RefusedAsync(host, device, ManifestSigner.Sign(honest with { MinimumVersion = "0.2.0" }, host.Key), "version-too-old");
        await RefusedAsync(host, device, ManifestSigner.Sign(honest with { MinimumAgentVersion = "99.0.0" }, host.Key), "agent-too-old");
        await RefusedAsync(host, device, ManifestSigner.Sign(honest with { Image = honest.Image with { SizeBytes = 3_000_000_000 } }, host.Key), "image-too-large");

        // An image with one flipped byte, and one that is shorter than the manifest says.
        host.ImageBytes = Flip(image, image.Length / 2);
        await RefusedAsync(host, device, signed, "image-hash-mismatch", "failed");
        host.ImageBytes = image[..^100];
        await RefusedAsync(host, device, signed, "image-size-mismatch", "failed");

        // The truth, over a connection that is cut in the middle: the device goes on where it was.
        host.ImageBytes = image;
        host.Ranges.Clear();
        host.CutFirstDownloadAfter = image.Length / 2;
        host.Offer(signed);
        Assert.Equal("confirmed", (string)(await host.EndAsync(() => device.Output))["state"]!);
        Assert.Contains(host.Ranges, range => range.StartsWith("bytes=", StringComparison.Ordinal) && range != "bytes=0-");

        // And then nothing older, nor the same again.
        await RefusedAsync(host, device, ManifestSigner.Sign(honest with { Sequence = 9 }, host.Key), "sequence-old");
        await RefusedAsync(host, device, signed, "sequence-old");
    }

    [Theory]
    [InlineData("void ef_app_setup(ef_app *app) { (void)app; abort(); }", "crashed")]
    [InlineData("void ef_app_setup(ef_app *app) { (void)app; } ef_status ef_app_self_test(ef_app *app) { (void)app; return EF_SELF_TEST_FAILED; }", "self-test-failed")]
    [InlineData("void ef_app_setup(ef_app *app) { (void)app; for (volatile int x = 0;; x = x + 1) {} }", "confirm-timeout")]
    public async Task An_image_that_does_not_prove_itself_returns_by_itself_and_is_not_taken_again(string source, string reason)
    {
        await using var host = await HostileHost.StartAsync();
        var image = await File.ReadAllBytesAsync(await tools.ImageAsync("2.0.0", source));
        host.ImageBytes = image;
        await using var device = VirtualDevice.Start(tools, host.Address);
        var signed = ManifestSigner.Sign(HostileHost.Payload(image, "2.0.0", 5), host.Key);
        await RefusedAsync(host, device, signed, reason, "rolledBack");
        await RefusedAsync(host, device, signed, "sequence-old");

        // It still takes a good one.
        var good = await File.ReadAllBytesAsync(await tools.ImageAsync("2.0.1", Quiet));
        host.ImageBytes = good;
        host.Offer(ManifestSigner.Sign(HostileHost.Payload(good, "2.0.1", 6), host.Key));
        Assert.Equal("confirmed", (string)(await host.EndAsync(() => device.Output))["state"]!);
    }

    private static async Task RefusedAsync(HostileHost host, VirtualDevice device, byte[] manifest, string code, string state = "rejected")
    {
        host.Offer(manifest);
        var end = await host.EndAsync(() => device.Output);
        Assert.Equal((state, code), ((string)end["state"]!, (string?)end["error"]));
        Assert.False(string.IsNullOrWhiteSpace((string?)end["detail"]), $"{code} came without a sentence: {end.ToJsonString()}");
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        var flipped = bytes.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }
}
