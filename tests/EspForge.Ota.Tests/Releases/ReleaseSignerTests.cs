using EspForge.Ota.Tests.Images;

namespace EspForge.Ota.Tests.Releases;

public sealed class ReleaseSignerTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_770_000_000_123).AddTicks(7);
    private static readonly byte[] Bytes = new EspImageBuilder().Build();
    private static readonly ImageInfo Info = ImageReader.Read(Bytes).Value;

    private readonly Es256SigningKey _key = Es256SigningKey.Create();

    public void Dispose() => _key.Dispose();

    private static ReleaseDraft Draft { get; } = new() { Organization = "acme", Product = "lamp", Image = Info, Notes = "Better light.", MinimumVersion = "1.0.0", CreatedBy = "user:1" };

    private async Task<Outcome<PreparedRelease>> Prepare(ReleaseDraft draft, byte[]? content = null)
    {
        using var stream = new MemoryStream(content ?? Bytes);
        return await ReleaseSigner.PrepareAsync(draft, stream, _key, Now);
    }

    [Fact]
    public async Task A_release_says_what_its_manifest_says()
    {
        var release = (await Prepare(Draft)).Value.Sign(42);
        var payload = ManifestReader.Open(release.Manifest.Cose, [TrustedKey.Of(_key).Value]).Value;
        Assert.Equal(("lamp", "esp32c3", "1.2.0", 42L), (payload.Product, payload.Chip, payload.Version, payload.Sequence));
        Assert.Equal(("lamp", "1.2.0", 42L, _key.KeyId), (release.Product, release.Version, release.Manifest.Sequence, release.Manifest.KeyId));
        Assert.Equal((payload.IssuedAt, payload.ExpiresAt), (release.Manifest.IssuedAt, release.Manifest.ExpiresAt));
        Assert.Equal(TimeSpan.FromDays(90), payload.ExpiresAt - payload.IssuedAt);
        Assert.Equal(1_770_000_000_123, payload.IssuedAt.ToUnixTimeMilliseconds());
        Assert.Equal(ManifestImage.Of(Info), payload.Image);
        Assert.Equal("/device/v1/images/" + Info.Sha256, payload.Image.Path);
        Assert.Equal("1.0.0", payload.MinimumVersion);
    }

    [Fact]
    public async Task Openssl_accepts_the_detached_signature_of_the_image()
    {
        using var folder = new TemporaryFolder();
        var release = (await Prepare(Draft)).Value.Sign(1);
        File.WriteAllBytes(folder.File("image.bin"), Bytes);
        File.WriteAllBytes(folder.File("image.sig"), release.ImageSignature);
        File.WriteAllText(folder.File("keys.pem"), KeySet.ToPem([TrustedKey.Of(_key).Value]));
        string[] verify = ["dgst", "-sha256", "-verify", folder.File("keys.pem"), "-signature", folder.File("image.sig"), folder.File("image.bin")];
        Assert.Equal((0, "Verified OK\n"), OpenSsl.Run(verify));

        File.WriteAllBytes(folder.File("image.bin"), [.. Bytes, 0]);
        Assert.NotEqual(0, OpenSsl.Run(verify).ExitCode);
    }

    [Fact]
    public async Task Content_that_is_not_the_image_is_not_signed()
    {
        Assert.Equal("image-size-mismatch", (await Prepare(Draft, Bytes[..^1])).Fault?.Code);
        Assert.Equal("image-size-mismatch", (await Prepare(Draft, [.. Bytes, 0])).Fault?.Code);
        var other = (byte[])Bytes.Clone();
        other[40] ^= 1;
        Assert.Equal("image-hash-mismatch", (await Prepare(Draft, other)).Fault?.Code);
    }

    [Theory]
    [InlineData("v1.2")]
    [InlineData("1.0.0-01")]
    public async Task An_image_whose_version_is_no_SemVer_is_not_released(string version) =>
        Assert.Equal("version-invalid", (await Prepare(Draft with { Image = Info with { Version = version } })).Fault?.Code);

    [Fact]
    public async Task Each_field_of_the_draft_keeps_its_rule()
    {
        foreach (var (field, draft) in new (string, ReleaseDraft)[]
        {
            ("product:", Draft with { Product = "Lamp" }),
            ("organization:", Draft with { Organization = " " }),
            ("createdBy:", Draft with { CreatedBy = "" }),
            ("notes:", Draft with { Notes = new string('n', 4_001) }),
            ("minimumVersion:", Draft with { MinimumVersion = "1" }),
            ("minimumAgentVersion:", Draft with { MinimumAgentVersion = "1" }),
            ("validity:", Draft with { Validity = TimeSpan.FromSeconds(59) }),
            ("validity:", Draft with { Validity = TimeSpan.MaxValue }),
        })
        {
            var fault = (await Prepare(draft)).Fault;
            Assert.Equal("release-invalid", fault?.Code);
            Assert.StartsWith(field, fault!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reissue_has_a_higher_sequence_and_a_new_validity_and_nothing_else_changes()
    {
        using var next = Es256SigningKey.Create();
        var release = (await Prepare(Draft)).Value.Sign(42);
        var later = Now.AddDays(200);
        var manifest = ReleaseSigner.Reissue(release, 50, next, later, TimeSpan.FromDays(1));
        var old = ManifestReader.Inspect(release.Manifest.Cose).Value.Payload;
        var payload = ManifestReader.Open(manifest.Cose, [TrustedKey.Of(next).Value]).Value;
        Assert.Equal(old with { Sequence = 50, IssuedAt = payload.IssuedAt, ExpiresAt = payload.IssuedAt.AddDays(1) }, payload);
        Assert.Equal((50L, next.KeyId), (manifest.Sequence, manifest.KeyId));
        Assert.Throws<ArgumentException>(() => ReleaseSigner.Reissue(release, 42, next, later));
    }
}
