using System.Globalization;

namespace EspForge.Ota.Tests.Signing;

public sealed class KeyListTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_770_000_000_123);

    private readonly Es256SigningKey _key = Es256SigningKey.Create();
    private readonly Es256SigningKey _next = Es256SigningKey.Create();

    public void Dispose()
    {
        _key.Dispose();
        _next.Dispose();
    }

    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var block in VectorFile.Read("keylist.vec")) names.Add(block["name"]);
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_key_list_is_judged_as_the_vector_says(string name)
    {
        var v = Assert.Single(VectorFile.Read("keylist.vec"), b => b["name"] == name);
        using var key = TrustedKey.FromDeviceKey(TrustedKey.AlgorithmOf(v["alg"])!.Value, Convert.FromHexString(v["publicKey"])).Value;
        Assert.Equal(v["kid"], key.KeyId);
        var opened = KeyList.Open(Convert.FromHexString(v["cose"]), [new KeyListEntry(key, v["state"] == "retired" ? KeyState.Retired : KeyState.Trusted)], Number(v["generation"]));
        Assert.Equal(v["expect"], opened.Fault?.Code ?? "ok");
        if (opened.TryGet(out var list, out _))
            Assert.Equal((Number(v["becomes"]), Number(v["keys"])), (list.Generation, list.Keys.Count));
    }

    [Fact]
    public void The_vector_file_can_be_made_anew_and_covers_every_code()
    {
        var text = KeyListVectorSource.Write();
        if (Environment.GetEnvironmentVariable("ESPFORGE_WRITE_VECTORS") == "1") File.WriteAllText(VectorFile.PathOf("keylist.vec"), text);

        static IEnumerable<string> Fixed(IEnumerable<string> lines) =>
            lines.Where(l => l.StartsWith("name:", StringComparison.Ordinal) || l.StartsWith("expect:", StringComparison.Ordinal));
        Assert.Equal(Fixed(text.Split('\n')), Fixed(File.ReadAllLines(VectorFile.PathOf("keylist.vec"))));
        string[] codes = ["ok", "manifest-malformed", "key-unknown", "key-retired", "manifest-algorithm", "signature-invalid", "keys-old"];
        Assert.Equal(codes.Order(), VectorFile.Read("keylist.vec").Select(b => b["expect"]).Distinct().Order());
    }

    [Fact]
    public void A_list_is_read_as_it_was_signed_and_has_one_encoding()
    {
        KeyListEntry[] keys = [new(TrustedKey.Of(_key).Value, KeyState.Retired), new(TrustedKey.Of(_next).Value, KeyState.Trusted)];
        var cose = KeyList.Create(7, keys, Now).Value.Sign(_key).Value;
        var turned = KeyList.Create(7, keys.Reverse(), Now).Value.Sign(_key).Value;
        Assert.Equal(cose[..^64], turned[..^64]); // all but the signature, which is random
        var list = KeyList.Open(cose, [new(TrustedKey.Of(_key).Value, KeyState.Trusted)], 6).Value;
        Assert.Equal((7L, Now), (list.Generation, list.IssuedAt));
        Assert.Equal(keys.Select(k => (k.Key.KeyId, k.State)).Order(), list.Keys.Select(k => (k.Key.KeyId, k.State)));
    }

    [Fact]
    public void A_list_that_no_device_could_take_is_not_made()
    {
        var key = TrustedKey.Of(_key).Value;
        Assert.Equal("key-list-invalid", KeyList.Create(0, [new(key, KeyState.Trusted)], Now).Fault?.Code);
        Assert.Equal("key-list-invalid", KeyList.Create(1, [], Now).Fault?.Code);
        Assert.Equal("key-list-invalid", KeyList.Create(1, [new(key, KeyState.Retired)], Now).Fault?.Code);
        Assert.Equal("key-list-invalid", KeyList.Create(1, [new(key, KeyState.Trusted), new(key, KeyState.Retired)], Now).Fault?.Code);
        var rsa = Enumerable.Range(0, 4).Select(_ => new KeyListEntry(TrustedKey.Of(RsaSigningKey.Create(TrustedKey.Rs256)).Value, KeyState.Trusted)).ToList();
        Assert.Equal("key-list-invalid", KeyList.Create(1, rsa, Now).Value.Sign(RsaSigningKey.Create()).Fault?.Code);
        Assert.True(KeyList.Create(1, rsa.Take(3), Now).Value.Sign(RsaSigningKey.Create()).IsSuccess);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
