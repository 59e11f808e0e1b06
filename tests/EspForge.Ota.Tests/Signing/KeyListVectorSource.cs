using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EspForge.Ota.Tests.Releases;

namespace EspForge.Ota.Tests.Signing;

/// <summary>Makes <c>tests/vectors/keylist.vec</c>, as <see cref="ManifestVectorSource"/> makes that of manifests.</summary>
internal static class KeyListVectorSource
{
    private const ulong IssuedAt = 1_770_000_000_000;

    private static readonly Es256SigningKey Ours = Es256SigningKey.Create();
    private static readonly Es256SigningKey Next = Es256SigningKey.Create();
    private static readonly RsaSigningKey Pss = RsaSigningKey.Create(TrustedKey.Ps256, 2_048);
    private static readonly RsaSigningKey Pkcs = RsaSigningKey.Create(TrustedKey.Rs256, 3_072);

    public static string Write()
    {
        var text = new StringBuilder("""
            # Key lists and what a device says to them (docs/protocol.md section 6.6).
            # kid, alg, publicKey and state (trusted, retired) are those of the one key that the device has, generation that of its keys.
            # Of a list that is taken: becomes is its generation, keys how many it holds.


            """);
        foreach (var c in Cases())
        {
            using var key = TrustedKey.Of(c.Device).Value;
            text.Append(CultureInfo.InvariantCulture, $"""
                name: {c.Name}
                cose: {Convert.ToHexStringLower(c.Cose)}
                kid: {key.KeyId}
                alg: {key.Algorithm}
                publicKey: {Convert.ToHexStringLower(key.DeviceKey.Span)}
                state: {(c.Retired ? "retired" : "trusted")}
                generation: {c.Generation}
                expect: {c.Expect}
                becomes: {c.Becomes}
                keys: {c.Keys}


                """);
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private sealed record Case(string Name, byte[] Cose, string Expect)
    {
        public ISigningKey Device { get; init; } = Ours;

        public bool Retired { get; init; }

        public long Generation { get; init; } = 4;

        public ulong Becomes { get; init; } = Expect == "ok" ? 5u : 0;

        public int Keys { get; init; } = Expect == "ok" ? 2 : 0;
    }

    /// <summary>An entry of the list, right or wrong. A null leaves the member out.</summary>
    private sealed record Entry(string Kid, Action<LooseCbor>? Algorithm, Action<LooseCbor>? PublicKey, Action<LooseCbor>? State)
    {
        public Action<LooseCbor>? Id { get; init; } = c => c.Text(Kid);

        public static Entry Of(ISigningKey key, ulong state = 0)
        {
            using var trusted = TrustedKey.Of(key).Value;
            return Of(key.KeyId, key.CoseAlgorithm, trusted.DeviceKey.ToArray(), state);
        }

        public static Entry Of(string kid, long algorithm, byte[] publicKey, ulong state = 0) => new(kid, c => c.Int(algorithm), c => c.Bytes(publicKey), c => c.Uint(state));

        public void Write(LooseCbor cbor)
        {
            Action<LooseCbor>?[] values = [Id, Algorithm, PublicKey, State];
            cbor.Map((ulong)values.Count(v => v is not null));
            for (var i = 0; i < values.Length; i++)
                if (values[i] is { } write)
                    write(cbor.Uint((ulong)i + 1));
        }
    }

    private static IEnumerable<Case> Cases() => [.. Accepted(), .. Signed(), .. Envelopes(), .. Payloads(), .. Entries()];

    private static IEnumerable<Case> Accepted()
    {
        yield return new("a list that introduces a key", Sign(Payload(5, Entry.Of(Ours), Entry.Of(Next))), "ok");
        yield return new("a list that retires the key that signed it", Sign(Payload(5, Entry.Of(Ours, 1), Entry.Of(Next))), "ok");
        yield return new("a list without the key that signed it", Sign(Payload(5, Entry.Of(Next))), "ok") { Keys = 1 };
        yield return new("the first list after a claim", Sign(Payload(1, Entry.Of(Ours), Entry.Of(Next))), "ok") { Generation = 0, Becomes = 1 };
        yield return new("a list that skips generations", Sign(Payload(900, Entry.Of(Ours), Entry.Of(Next))), "ok") { Becomes = 900 };
        yield return new("the highest generation", Sign(Payload((1UL << 53) - 1, Entry.Of(Ours), Entry.Of(Next))), "ok") { Becomes = (1UL << 53) - 1 };
        yield return new("RSA keys of either kind", Sign(Payload(5, Entry.Of(Ours), Entry.Of(Pss), Entry.Of(Pkcs))), "ok") { Keys = 3 };
        yield return new("signed with PS256", Sign(Payload(5, Entry.Of(Pss), Entry.Of(Next)), Pss), "ok") { Device = Pss };
        yield return new("signed with RS256", Sign(Payload(5, Entry.Of(Pkcs), Entry.Of(Next)), Pkcs), "ok") { Device = Pkcs };
    }

    private static IEnumerable<Case> Signed()
    {
        var payload = Payload(5, Entry.Of(Ours), Entry.Of(Next));
        var good = Sign(payload);
        yield return new("the generation the device has", good, "keys-old") { Generation = 5 };
        yield return new("a generation below the device's", good, "keys-old") { Generation = 6 };
        yield return new("signed by a key the device does not have", Sign(payload, Next), "key-unknown");
        yield return new("signed by the key it introduces", Sign(Payload(5, Entry.Of(Next)), Next), "key-unknown");
        yield return new("signed by a retired key", good, "key-retired") { Retired = true };
        yield return new("another algorithm in the header", Envelope(Header(-37, Ours.KeyId), payload, Ours.SignHash(ToBeSigned(Header(-37, Ours.KeyId), payload))), "manifest-algorithm");
        yield return new("signed by another key under this id", Envelope(Header(-7, Ours.KeyId), payload, Next.SignHash(ToBeSigned(Header(-7, Ours.KeyId), payload))), "signature-invalid");
        yield return new("a signature of zeros", Envelope(Header(-7, Ours.KeyId), payload, new byte[64]), "signature-invalid");
        yield return new("an empty signature", Envelope(Header(-7, Ours.KeyId), payload, []), "signature-invalid");
        yield return new("not judged before the signature: an old generation, wrongly signed", Envelope(Header(-7, Ours.KeyId), payload, new byte[64]), "signature-invalid") { Generation = 9 };
        yield return new("the signature of another list", Envelope(Header(-7, Ours.KeyId), Payload(6, Entry.Of(Ours), Entry.Of(Next)), good.AsSpan(good.Length - 64)), "signature-invalid");
    }

    private static IEnumerable<Case> Envelopes()
    {
        var payload = Payload(5, Entry.Of(Ours), Entry.Of(Next));
        var good = Sign(payload);
        byte[] Under(byte[] header) => Envelope(header, payload, Ours.SignHash(ToBeSigned(header, payload)));
        var kid = Encoding.ASCII.GetBytes(Ours.KeyId);
        yield return Malformed("signed as a manifest", Under(new LooseCbor().Map(2).Uint(1).Int(-7).Uint(4).Bytes(kid).ToArray()));
        yield return Malformed("another content type", Under(new LooseCbor().Map(3).Uint(1).Int(-7).Uint(3).Text("espforge-kezs").Uint(4).Bytes(kid).ToArray()));
        yield return Malformed("a longer content type", Under(new LooseCbor().Map(3).Uint(1).Int(-7).Uint(3).Text("espforge-keys2").Uint(4).Bytes(kid).ToArray()));
        yield return Malformed("the content type as bytes", Under(new LooseCbor().Map(3).Uint(1).Int(-7).Uint(3).Bytes("espforge-keys"u8).Uint(4).Bytes(kid).ToArray()));
        yield return Malformed("labels out of order", Under(new LooseCbor().Map(3).Uint(1).Int(-7).Uint(4).Bytes(kid).Uint(3).Text("espforge-keys").ToArray()));
        yield return Malformed("one more label", Under(new LooseCbor().Map(4).Uint(1).Int(-7).Uint(3).Text("espforge-keys").Uint(4).Bytes(kid).Uint(5).Uint(0).ToArray()));
        yield return Malformed("without its tag", good[1..]);
        yield return Malformed("a byte behind it", [.. good, 0]);
        yield return Malformed("cut short", good[..^1]);
        yield return Malformed("nothing", []);
        yield return Malformed("2049 bytes", [.. good, .. new byte[2_049 - good.Length]]);
    }

    private static IEnumerable<Case> Payloads()
    {
        var (ours, next) = (Entry.Of(Ours), Entry.Of(Next));
        LooseCbor Begin(ulong pairs = 4) => new LooseCbor().Map(pairs).Uint(1).Uint(1).Uint(2).Uint(5).Uint(3);
        yield return Malformed("generation 0", Sign(Payload(0, ours, next)));
        yield return Malformed("generation 2^53", Sign(Payload(1UL << 53, ours, next)));
        yield return Malformed("format version 2", Sign(Keys(new LooseCbor().Map(4).Uint(1).Uint(2).Uint(2).Uint(5).Uint(3), ours, next).Uint(4).Uint(IssuedAt).ToArray()));
        yield return Malformed("no keys", Sign(Payload(5)));
        yield return Malformed("five keys", Sign(Payload(5, [.. Enumerable.Range(0, 5).Select(_ => Entry.Of(Es256SigningKey.Create()))])));
        yield return Malformed("no trusted key", Sign(Payload(5, Entry.Of(Ours, 1), Entry.Of(Next, 1))));
        yield return Malformed("keys out of order", Sign(Begin().Array(2).With(Descending(ours, next)).Uint(4).Uint(IssuedAt).ToArray()));
        yield return Malformed("a key twice", Sign(Begin().Array(2).With([ours, ours]).Uint(4).Uint(IssuedAt).ToArray()));
        yield return Malformed("no time", Sign(Keys(Begin(3), ours, next).ToArray()));
        yield return Malformed("a negative time", Sign(Keys(Begin(), ours, next).Uint(4).Int(-1).ToArray()));
        yield return Malformed("an extra key", Sign(Keys(Begin(5), ours, next).Uint(4).Uint(IssuedAt).Uint(5).Uint(0).ToArray()));
        yield return Malformed("a byte behind the payload", Sign([.. Payload(5, ours, next), 0]));
        yield return Malformed("an array of indefinite length", Sign([.. new LooseCbor().Map(4).Uint(1).Uint(1).Uint(2).Uint(5).Uint(3).Raw(0x9F).With([ours]).ToArray(), 0xFF, .. new LooseCbor().Uint(4).Uint(IssuedAt).ToArray()]));
        yield return Malformed("a generation longer than needed", Sign(Keys(new LooseCbor().Map(4).Uint(1).Uint(1).Uint(2).Head(0, 5, 1).Uint(3), ours, next).Uint(4).Uint(IssuedAt).ToArray()));
    }

    private static IEnumerable<Case> Entries()
    {
        using var next = TrustedKey.Of(Next).Value;
        using var rsa = TrustedKey.Of(Pss).Value;
        var (point, der, good) = (next.DeviceKey.ToArray(), rsa.DeviceKey.ToArray(), Entry.Of(Next));
        Case Bad(string name, Entry entry) => Malformed(name, Sign(Payload(5, entry)));
        Case BadPoint(string name, byte[] bytes) => Bad(name, Entry.Of(Next.KeyId, -7, bytes));
        Case BadRsa(string name, byte[] bytes) => Bad(name, Entry.Of(Pss.KeyId, -37, bytes));
        byte[] Changed(byte[] bytes, Index at, byte to)
        {
            var copy = bytes.ToArray();
            copy[at] = to;
            return copy;
        }

        yield return Bad("a key id in capitals", good with { Id = c => c.Text(Next.KeyId.ToUpperInvariant().Replace('0', 'A')) });
        yield return Bad("a key id of 31 digits", good with { Id = c => c.Text(Next.KeyId[1..]) });
        yield return Bad("a key id of 33 digits", good with { Id = c => c.Text(Next.KeyId + "0") });
        yield return Bad("a key id as bytes", good with { Id = c => c.Bytes(Encoding.ASCII.GetBytes(Next.KeyId)) });
        yield return Bad("no key id", good with { Id = null });
        yield return Bad("no state", good with { State = null });
        yield return Bad("state 2", good with { State = c => c.Uint(2) });
        yield return Bad("no algorithm", good with { Algorithm = null });
        yield return Bad("algorithm EdDSA", good with { Algorithm = c => c.Int(-8) });
        yield return Bad("algorithm 7", good with { Algorithm = c => c.Int(7) });
        yield return Bad("no public key", good with { PublicKey = null });
        yield return Bad("the public key as text", good with { PublicKey = c => c.Text("abc") });
        yield return Bad("PS256 for a point", Entry.Of(Next.KeyId, -37, point));
        yield return Bad("ES256 for an RSA key", Entry.Of(Pss.KeyId, -7, der));
        yield return BadPoint("a point of 64 bytes", point[1..]);
        yield return BadPoint("a compressed point", [2, .. point[1..33]]);
        yield return BadPoint("a point that is not on the curve", Changed(point, 1, (byte)(point[1] ^ 1)));
        yield return BadPoint("the point of zeros", [4, .. new byte[64]]);
        yield return BadPoint("an empty point", []);
        yield return BadRsa("an even modulus", Changed(der, ^6, (byte)(der[^6] & 0xFE)));
        yield return BadRsa("the exponent 3", [.. der[..2], (byte)((der.Length - 6) >> 8), (byte)(der.Length - 6), .. der[4..^5], 2, 1, 3]);
        yield return BadRsa("the exponent 65539", Changed(der, ^1, 3));
        yield return BadRsa("a byte behind the RSA key", [.. der, 0]);
        yield return BadRsa("an RSA key cut short", der[..^1]);
        using var small = RSA.Create(1_024);
        using var large = RSA.Create(4_096);
        yield return BadRsa("RSA of 1024 bits", small.ExportRSAPublicKey());
        yield return BadRsa("RSA of 4096 bits", large.ExportRSAPublicKey());
        yield return BadRsa("an RSA key as SubjectPublicKeyInfo", rsa.PublicKey.ToArray());
    }

    private static Case Malformed(string name, byte[] cose) => new(name, cose, "manifest-malformed");

    private static Entry[] Descending(params Entry[] entries) => [.. entries.OrderByDescending(e => e.Kid, StringComparer.Ordinal)];

    private static LooseCbor Keys(LooseCbor cbor, params Entry[] entries) => cbor.Array((ulong)entries.Length).With(entries.OrderBy(e => e.Kid, StringComparer.Ordinal));

    private static LooseCbor With(this LooseCbor cbor, IEnumerable<Entry> entries)
    {
        foreach (var entry in entries) entry.Write(cbor);
        return cbor;
    }

    private static byte[] Payload(ulong generation, params Entry[] entries) =>
        Keys(new LooseCbor().Map(4).Uint(1).Uint(1).Uint(2).Uint(generation).Uint(3), entries).Uint(4).Uint(IssuedAt).ToArray();

    private static byte[] Header(long alg, string kid) => new LooseCbor().Map(3).Uint(1).Int(alg).Uint(3).Text("espforge-keys").Uint(4).Bytes(Encoding.ASCII.GetBytes(kid)).ToArray();

    private static byte[] Sign(byte[] payload, ISigningKey? key = null)
    {
        key ??= Ours;
        var header = Header(key.CoseAlgorithm, key.KeyId);
        return Envelope(header, payload, key.SignHash(ToBeSigned(header, payload)));
    }

    private static byte[] ToBeSigned(byte[] header, byte[] payload) =>
        SHA256.HashData(new LooseCbor().Array(4).Text("Signature1").Bytes(header).Bytes([]).Bytes(payload).ToArray());

    private static byte[] Envelope(byte[] header, byte[] payload, ReadOnlySpan<byte> signature) =>
        new LooseCbor().Tag(18).Array(4).Bytes(header).Map(0).Bytes(payload).Bytes(signature).ToArray();
}
