namespace EspForge.Ota.Tests.Signing;

public sealed class SigningKeyRingTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_770_000_000_000);

    private readonly TemporaryFolder _folder = new();
    private readonly Es256SigningKey _first = Es256SigningKey.Create();

    public void Dispose()
    {
        _first.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_new_key_is_introduced_by_a_list_that_the_previous_one_signed()
    {
        var ring = Open();
        Assert.Equal((0L, null), (ring.Generation, ring.ListFor(0)));
        var rotation = ring.Rotate(Now).Value;
        Assert.Equal((1L, ring.Active.KeyId), (rotation.Generation, rotation.NewKeyId));
        Assert.NotEqual(_first.KeyId, ring.Active.KeyId);
        Assert.Equal([ring.Active.KeyId, _first.KeyId], ring.Trusted.Select(k => k.KeyId));

        var list = KeyList.Open(ring.ListFor(0)!, [new(TrustedKey.Of(_first).Value, KeyState.Trusted)], 0).Value;
        Assert.Equal((1L, Now), (list.Generation, list.IssuedAt));
        Assert.Equal(ring.Keys.Select(k => (k.Key.KeyId, k.State)).Order(), list.Keys.Select(k => (k.Key.KeyId, k.State)));
        Assert.Null(ring.ListFor(1));
        Assert.Null(ring.ListFor(2));
    }

    [Fact]
    public void A_ring_is_found_again_as_it_was_rotated()
    {
        var ring = Open();
        Assert.True(ring.Rotate(Now).IsSuccess);
        Assert.True(ring.Rotate(Now, retire: [_first.KeyId]).IsSuccess);
        var again = Open();
        Assert.Equal((ring.Generation, ring.Active.KeyId), (again.Generation, again.Active.KeyId));
        Assert.Equal(ring.Keys.Select(k => (k.Key.KeyId, k.State)), again.Keys.Select(k => (k.Key.KeyId, k.State)));
        Assert.Equal(ring.ListFor(0), again.ListFor(0));
        Assert.Equal(ring.ListFor(1), again.ListFor(1));
        if (!OperatingSystem.IsWindows())
            foreach (var file in Directory.GetFiles(_folder.Path).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.True(again.Rotate(Now).IsSuccess);
        Assert.Equal(3, again.Generation);
    }

    [Fact]
    public void A_device_of_any_generation_can_take_the_newest_list()
    {
        var ring = Open();
        var devices = new List<(long Generation, IReadOnlyList<KeyListEntry> Keys)> { (0, ring.Keys) };
        for (var i = 0; i < 7; i++)
        {
            // The one before the last is retired each time, so that most of those that were ever trusted are gone.
            Assert.True(ring.Rotate(Now, retire: i > 0 ? [ring.Trusted[^1].KeyId] : null).IsSuccess);
            devices.Add((ring.Generation, ring.Keys));
        }

        Assert.Equal(4, ring.Keys.Count);
        foreach (var (generation, keys) in devices.SkipLast(1))
        {
            var list = KeyList.Open(ring.ListFor(generation)!, keys, generation).Value;
            Assert.Equal(7, list.Generation);
            Assert.Contains(list.Keys, k => k.State == KeyState.Trusted && k.Key.KeyId == ring.Active.KeyId);
        }
    }

    [Fact]
    public void A_key_is_retired_with_or_without_a_new_one()
    {
        var ring = Open();
        Assert.Equal("key-active", ring.Rotate(Now, create: false, retire: [_first.KeyId]).Fault?.Code);
        Assert.True(ring.Rotate(Now, retire: [_first.KeyId]).IsSuccess);
        Assert.Equal([(ring.Active.KeyId, KeyState.Trusted), (_first.KeyId, KeyState.Retired)], ring.Keys.Select(k => (k.Key.KeyId, k.State)));
        var second = ring.Active.KeyId;
        Assert.True(ring.Rotate(Now).IsSuccess);
        Assert.True(ring.Rotate(Now, create: false, retire: [second]).IsSuccess);
        Assert.Equal([ring.Active.KeyId], ring.Trusted.Select(k => k.KeyId));
    }

    [Fact]
    public void What_would_change_nothing_or_cannot_be_is_refused_and_nothing_changes()
    {
        var ring = Open();
        Assert.Equal("key-ring-unchanged", ring.Rotate(Now, create: false).Fault?.Code);
        Assert.Equal("key-unknown", ring.Rotate(Now, retire: [new string('0', 32)]).Fault?.Code);
        for (var i = 0; i < 3; i++) Assert.True(ring.Rotate(Now).IsSuccess);
        Assert.Equal("key-ring-full", ring.Rotate(Now).Fault?.Code);
        Assert.Equal((3L, 3L), (ring.Generation, Open().Generation));
        Assert.True(ring.Rotate(Now, retire: [_first.KeyId]).IsSuccess);
        Assert.Equal(4, ring.Generation);
    }

    [Fact]
    public void Two_hosts_on_one_folder_do_not_rotate_to_the_same_generation()
    {
        var (one, other) = (Open(), Open());
        Assert.Equal(1, one.Rotate(Now).Value.Generation);
        Assert.Equal(2, other.Rotate(Now).Value.Generation);
        Assert.Equal(3, other.Keys.Count);
    }

    [Fact]
    public void A_ring_that_was_altered_is_refused_with_its_path()
    {
        var ring = Open();
        Assert.True(ring.Rotate(Now).IsSuccess);
        var path = _folder.File("keyring.json");
        var text = File.ReadAllText(path);
        foreach (var broken in (string[])["", "{}", "[]", "{\"format\":1}", text.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal), text.Replace(ring.Active.KeyId, _first.KeyId[..31] + "x", StringComparison.Ordinal)])
        {
            File.WriteAllText(path, broken);
            var fault = SigningKeyRing.Open(_folder.Path, _first).Fault;
            Assert.Equal("key-ring-malformed", fault?.Code);
            Assert.Contains(path, fault!.Message, StringComparison.Ordinal);
        }

        File.WriteAllText(path, text);
        File.Delete(_folder.File($"signing-{ring.Active.KeyId}.pem"));
        Assert.Equal("key-file-missing", SigningKeyRing.Open(_folder.Path, _first).Fault?.Code);
    }

    [Fact]
    public void An_rsa_key_signs_what_the_published_key_verifies()
    {
        foreach (var algorithm in (int[])[TrustedKey.Ps256, TrustedKey.Rs256])
        {
            using var key = RsaSigningKey.Create(algorithm, 2_048);
            using var again = RsaSigningKey.Import(key.ExportPem(), algorithm).Value;
            Assert.Equal(key.KeyId, again.KeyId);
            var ring = SigningKeyRing.Create(key).Value;
            var hash = new byte[32];
            Assert.True(ring.Trusted[0].VerifyHash(hash, again.SignHash(hash)));
            Assert.True(ring.Trusted[0].VerifyHashDer(hash, again.SignHashDer(hash)));
            Assert.Equal((algorithm, key.KeyId), KeySet.FromJwks(KeySet.ToJwks(ring.Trusted)).Value.Select(k => (k.CoseAlgorithm, k.KeyId)).Single());
            Assert.Equal(key.KeyId, KeySet.FromPem(KeySet.ToPem(ring.Trusted)).Value.Single().KeyId);
        }

        Assert.Equal("key-malformed", RsaSigningKey.Import(_first.ExportPem()).Fault?.Code);
        Assert.Equal("key-malformed", RsaSigningKey.Import("nothing").Fault?.Code);
    }

    private SigningKeyRing Open() => SigningKeyRing.Open(_folder.Path, _first).Value;
}
