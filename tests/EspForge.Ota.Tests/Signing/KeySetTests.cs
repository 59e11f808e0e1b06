using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace EspForge.Ota.Tests.Signing;

public sealed class KeySetTests : IDisposable
{
    private readonly Es256SigningKey _key = Es256SigningKey.Create();
    private readonly Es256SigningKey _next = Es256SigningKey.Create();

    public void Dispose()
    {
        _key.Dispose();
        _next.Dispose();
    }

    [Fact]
    public void A_jwk_carries_what_RFC_7518_asks_for()
    {
        var trusted = TrustedKey.Of(_key).Value;
        using var document = JsonDocument.Parse(KeySet.ToJwks([trusted]));
        var jwk = document.RootElement.GetProperty("keys")[0];
        Assert.Equal("EC", jwk.GetProperty("kty").GetString());
        Assert.Equal("P-256", jwk.GetProperty("crv").GetString());
        Assert.Equal("ES256", jwk.GetProperty("alg").GetString());
        Assert.Equal("sig", jwk.GetProperty("use").GetString());
        Assert.Equal(_key.KeyId, jwk.GetProperty("kid").GetString());
        byte[] point = [4, .. Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), .. Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString())];
        Assert.Equal(trusted.DeviceKey.ToArray(), point);
        Assert.Equal(7, jwk.EnumerateObject().Count());
    }

    [Fact]
    public void Both_documents_come_back_as_the_same_keys()
    {
        var keys = SigningKeyRing.Create(_key, [TrustedKey.Of(_next).Value]).Value.Trusted;
        var ids = keys.Select(k => k.KeyId);
        Assert.Equal(ids, KeySet.FromJwks(KeySet.ToJwks(keys)).Value.Select(k => k.KeyId));
        Assert.Equal(ids, KeySet.FromPem(KeySet.ToPem(keys)).Value.Select(k => k.KeyId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[3]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}""")]
    public void A_set_without_a_usable_key_is_refused(string json) =>
        Assert.Equal("key-malformed", KeySet.FromJwks(Encoding.UTF8.GetBytes(json)).Fault?.Code);

    [Fact]
    public void A_private_key_is_not_taken_for_a_public_one() => Assert.Equal("key-malformed", KeySet.FromPem(_key.ExportPem()).Fault?.Code);

    [Fact]
    public void The_point_that_devices_get_is_the_same_key()
    {
        var trusted = TrustedKey.Of(_key).Value;
        Assert.Equal(87, trusted.DeviceKeyBase64Url.Length);
        Assert.Equal(trusted.KeyId, TrustedKey.FromPoint(trusted.DeviceKey.Span).Value.KeyId);
        Assert.Equal("key-malformed", TrustedKey.FromPoint(trusted.DeviceKey.Span[1..]).Fault?.Code);
    }

    [Fact]
    public void A_ring_holds_four_keys_and_each_once()
    {
        var others = Enumerable.Range(0, 4).Select(_ => TrustedKey.Of(Es256SigningKey.Create()).Value).ToList();
        Assert.Equal("key-ring-full", SigningKeyRing.Create(_key, others).Fault?.Code);
        var ring = SigningKeyRing.Create(_key, [TrustedKey.Of(_key).Value, .. others.Take(3)]).Value;
        Assert.Equal(4, ring.Trusted.Count);
        Assert.Equal(_key.KeyId, ring.Trusted[0].KeyId);
        Assert.Same(ring.Trusted[2], ring.Find(ring.Trusted[2].KeyId));
        Assert.Null(ring.Find("0"));
    }
}
