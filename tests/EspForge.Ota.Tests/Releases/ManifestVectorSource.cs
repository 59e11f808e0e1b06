using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota.Tests.Releases;

/// <summary>
/// Makes <c>tests/vectors/manifest.vec</c>. ECDSA signatures are random, so the file is made once and kept; to make it anew, run the test
/// <c>The_vector_file_can_be_made_anew</c> with ESPFORGE_WRITE_VECTORS=1.
/// </summary>
internal static class ManifestVectorSource
{
    public const ulong Now = 1_770_000_000_000;

    // Keys for these vectors and nothing else.
    private static readonly Es256SigningKey OurKey = Key("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    private static readonly Es256SigningKey OtherKey = Key("519b423d715f8b581f4fa8ee59f4771a5b44c8130b4e3eacca54a56dda72b464");

    private static readonly RsaSigningKey Pss2048 = RsaSigningKey.Create(TrustedKey.Ps256, 2_048);
    private static readonly RsaSigningKey Pss3072 = RsaSigningKey.Create(TrustedKey.Ps256, 3_072);
    private static readonly RsaSigningKey Pkcs2048 = RsaSigningKey.Create(TrustedKey.Rs256, 2_048);
    private static readonly RsaSigningKey Pkcs3072 = RsaSigningKey.Create(TrustedKey.Rs256, 3_072);

    // Order of P-256's group (FIPS 186-4 D.1.2.3).
    private static readonly byte[] GroupOrder = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    private static readonly string ImageSha256 = new('a', 64);

    public static string Write()
    {
        var text = new StringBuilder("""
            # Release manifests and what a device says to them (docs/protocol.md sections 3 and 4).
            # kid, alg, publicKey and state (trusted, retired) are those of the one key that the device has; now is Unix milliseconds, 0 = the clock was never set.


            """);
        foreach (var c in Cases())
        {
            using var trusted = TrustedKey.Of(c.Trusted ?? OurKey).Value;
            var d = c.Device;
            text.Append(CultureInfo.InvariantCulture, $"""
                name: {c.Name}
                cose: {Convert.ToHexStringLower(c.Cose)}
                kid: {trusted.KeyId}
                alg: {trusted.Algorithm}
                publicKey: {Convert.ToHexStringLower(trusted.DeviceKey.Span)}
                state: {(c.Retired ? "retired" : "trusted")}
                now: {c.Now}
                product: {d.Product}
                chip: {d.Chip}
                format: {(d.Format == ImageFormat.Esp ? "esp" : "host")}
                sequence: {d.Sequence}
                epoch: {d.SecurityEpoch}
                version: {d.Version}
                agentVersion: {d.AgentVersion}
                slotSize: {d.SlotSizeBytes}
                expect: {c.Expect}


                """);
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private sealed record Case(string Name, byte[] Cose, string Expect)
    {
        public ISigningKey? Trusted { get; init; }

        public bool Retired { get; init; }

        public ulong Now { get; init; } = ManifestVectorSource.Now;

        public ManifestContext Device { get; init; } = Lamp;
    }

    private static ManifestContext Lamp { get; } = new()
    {
        Product = "lamp",
        Chip = "esp32c3",
        Format = ImageFormat.Host,
        Version = "1.1.0",
        AgentVersion = "0.1.0",
        Sequence = 6,
        SecurityEpoch = 3,
        SlotSizeBytes = 1 << 20,
    };

    /// <summary>Values a map may have, right or wrong. A null leaves the key out.</summary>
    private sealed record Fields
    {
        public Action<LooseCbor>? FormatVersion { get; init; } = c => c.Uint(1);

        public Action<LooseCbor>? Sequence { get; init; } = c => c.Uint(7);

        public Action<LooseCbor>? Product { get; init; } = c => c.Text("lamp");

        public Action<LooseCbor>? Chip { get; init; } = c => c.Text("esp32c3");

        public Action<LooseCbor>? Version { get; init; } = c => c.Text("1.2.0");

        public Action<LooseCbor>? Image { get; init; } = c => ImageMap(c);

        public Action<LooseCbor>? MinimumAgent { get; init; } = c => c.Text("0.1.0");

        public Action<LooseCbor>? MinimumVersion { get; init; } = c => c.Text("1.0.0");

        public Action<LooseCbor>? Epoch { get; init; } = c => c.Uint(3);

        public Action<LooseCbor>? IssuedAt { get; init; } = c => c.Uint(Now - 86_400_000);

        public Action<LooseCbor>? ExpiresAt { get; init; } = c => c.Uint(Now + 86_400_000);

        public byte[] Encode()
        {
            Action<LooseCbor>?[] values = [FormatVersion, Sequence, Product, Chip, Version, Image, MinimumAgent, MinimumVersion, Epoch, IssuedAt, ExpiresAt];
            var cbor = new LooseCbor().Map((ulong)values.Count(v => v is not null));
            for (var i = 0; i < values.Length; i++)
                if (values[i] is { } write)
                    write(cbor.Uint((ulong)i + 1));
            return cbor.ToArray();
        }
    }

    private static void ImageMap(LooseCbor c, string format = "host", ulong size = 100_000, byte[]? sha = null, string? path = null) =>
        c.Map(4).Uint(1).Text(format).Uint(2).Uint(size).Uint(3).Bytes(sha ?? Convert.FromHexString(ImageSha256)).Uint(4).Text(path ?? "/device/v1/images/" + ImageSha256);

    private static IEnumerable<Case> Cases() => [.. Accepted(), .. Envelopes(), .. Payloads(), .. Values(), .. Signatures(), .. Judgements(), .. RsaSignatures(), .. RetiredKeys()];

    private static IEnumerable<Case> Accepted()
    {
        var good = new Fields();
        yield return new("a good manifest", Sign(good), "ok");
        yield return new("no minimum versions", Sign(good with { MinimumAgent = null, MinimumVersion = null }), "ok");
        yield return new("no minimum agent version", Sign(good with { MinimumAgent = null }), "ok");
        yield return new("no minimum version", Sign(good with { MinimumVersion = null }), "ok");
        yield return new("the highest sequence", Sign(good with { Sequence = c => c.Uint((1UL << 53) - 1) }), "ok");
        yield return new("sequence 24, the first of two bytes", Sign(good with { Sequence = c => c.Uint(24) }), "ok");
        yield return new("the longest version, 31 bytes", Sign(good with { Version = c => c.Text("1.2.0-" + new string('a', 25)) }), "ok");
        yield return new("the longest path, 127 bytes", Sign(good with { Image = c => ImageMap(c, path: "/" + new string('p', 126)) }), "ok");
        yield return new("the longest product, 63 bytes", Sign(good with { Product = c => c.Text(new string('l', 63)) }), "ok") { Device = Lamp with { Product = new string('l', 63) } };
        yield return new("an image as large as the slot", Sign(good with { Image = c => ImageMap(c, size: 1 << 20) }), "ok");
        yield return new("the highest epoch", Sign(good with { Epoch = c => c.Uint(uint.MaxValue) }), "ok");
        yield return new("the same epoch as stored", Sign(good with { Epoch = c => c.Uint(3) }), "ok");
        yield return new("an esp image", Sign(good with { Image = c => ImageMap(c, "esp") }), "ok") { Device = Lamp with { Format = ImageFormat.Esp } };
        yield return new("a millisecond before it expires", Sign(good with { ExpiresAt = c => c.Uint(Now + 1) }), "ok");
        yield return new("expired long ago, but the clock was never set", Sign(good with { IssuedAt = c => c.Uint(1), ExpiresAt = c => c.Uint(2) }), "ok") { Now = 0 };
        yield return new("the minimum version is the running one", Sign(good with { MinimumVersion = c => c.Text("1.1.0") }), "ok");
        yield return new("the running version differs from the minimum in build metadata alone", Sign(good with { MinimumVersion = c => c.Text("1.1.0+b9") }), "ok");
    }

    private static IEnumerable<Case> Envelopes()
    {
        var payload = new Fields().Encode();
        var header = Header(-7, OurKey.KeyId);
        var good = Sign(header, payload);
        var signature = good[^64..];
        yield return Malformed("empty", []);
        yield return Malformed("no tag", good[1..]);
        yield return Malformed("tag 17", [0xD1, .. good[1..]]);
        yield return Malformed("tag 18 in two bytes", [0xD8, 0x12, .. good[1..]]);
        yield return Malformed("tag 98, COSE_Sign", new LooseCbor().Tag(98).Raw(good.AsSpan(1)).ToArray());
        yield return Malformed("three parts", new LooseCbor().Tag(18).Array(3).Bytes(header).Map(0).Bytes(payload).ToArray());
        yield return Malformed("five parts", new LooseCbor().Tag(18).Array(5).Bytes(header).Map(0).Bytes(payload).Bytes(signature).Uint(0).ToArray());
        yield return Malformed("an array of indefinite length", new LooseCbor().Tag(18).Raw(0x9F).Bytes(header).Map(0).Bytes(payload).Bytes(signature).Raw(0xFF).ToArray());
        yield return Malformed("an unprotected header", new LooseCbor().Tag(18).Array(4).Bytes(header).Map(1).Uint(4).Bytes([1]).Bytes(payload).Bytes(signature).ToArray());
        yield return Malformed("a detached payload (null)", new LooseCbor().Tag(18).Array(4).Bytes(header).Map(0).Raw(0xF6).Bytes(signature).ToArray());
        yield return Malformed("an empty payload", Sign(header, []));
        yield return Malformed("a byte after the end", [.. good, 0x00]);
        yield return Malformed("the last byte missing", good[..^1]);
        yield return Malformed("cut in the payload", good[..100]);
        yield return Malformed("cut after the tag", good[..1]);
        yield return Malformed("2,049 bytes", Padded(2_049));
        yield return Malformed("payload length in more bytes than needed", new LooseCbor().Tag(18).Array(4).Bytes(header).Map(0).Head(2, (ulong)payload.Length, 4).Raw(payload).Bytes(signature).ToArray());
        yield return Malformed("payload in pieces", new LooseCbor().Tag(18).Array(4).Bytes(header).Map(0).Raw(0x5F).Bytes(payload).Raw(0xFF).Bytes(signature).ToArray());
        yield return Malformed("a payload that is text", new LooseCbor().Tag(18).Array(4).Bytes(header).Map(0).Head(3, (ulong)payload.Length).Raw(payload).Bytes(signature).ToArray());
        yield return Malformed("an empty protected header", Sign([], payload));
        yield return Malformed("no kid", Sign(new LooseCbor().Map(1).Uint(1).Int(-7).ToArray(), payload));
        yield return Malformed("no alg", Sign(new LooseCbor().Map(1).Uint(4).Bytes(Encoding.ASCII.GetBytes(OurKey.KeyId)).ToArray(), payload));
        yield return Malformed("kid before alg", Sign(new LooseCbor().Map(2).Uint(4).Bytes(Encoding.ASCII.GetBytes(OurKey.KeyId)).Uint(1).Int(-7).ToArray(), payload));
        yield return Malformed("a third header", Sign(new LooseCbor().Map(3).Uint(1).Int(-7).Uint(3).Uint(0).Uint(4).Bytes(Encoding.ASCII.GetBytes(OurKey.KeyId)).ToArray(), payload));
        yield return Malformed("alg in two bytes", Sign(new LooseCbor().Map(2).Uint(1).Head(1, 6, 1).Uint(4).Bytes(Encoding.ASCII.GetBytes(OurKey.KeyId)).ToArray(), payload));
        yield return Malformed("alg as text", Sign(new LooseCbor().Map(2).Uint(1).Text("ES256").Uint(4).Bytes(Encoding.ASCII.GetBytes(OurKey.KeyId)).ToArray(), payload));
        yield return Malformed("a kid of 31 characters", Sign(Header(-7, OurKey.KeyId[..31]), payload));
        yield return Malformed("a kid of 33 characters", Sign(Header(-7, OurKey.KeyId + "0"), payload));
        yield return Malformed("a kid as text", Sign(new LooseCbor().Map(2).Uint(1).Int(-7).Uint(4).Text(OurKey.KeyId).ToArray(), payload));
        yield return Malformed("a byte after the protected header", Sign([.. header, 0x00], payload));
    }

    private static IEnumerable<Case> Payloads()
    {
        var header = Header(-7, OurKey.KeyId);
        var payload = new Fields().Encode(); // begins AB 01 01 02 07 03 64 'lamp'
        Case Splice(string name, int at, int length, params byte[] with) => Malformed(name, Sign(header, [.. payload[..at], .. with, .. payload[(at + length)..]]));

        yield return Splice("a map of indefinite length", 0, 1, 0xBF);
        yield return Malformed("a map of indefinite length, ended", Sign(header, [0xBF, .. payload[1..], 0xFF]));
        yield return Splice("map count in two bytes", 0, 1, 0xB8, 0x0B);
        yield return Splice("map count too small", 0, 1, 0xAA);
        yield return Splice("map count too large", 0, 1, 0xAC);
        yield return Splice("map count of 2^64-1", 0, 1, 0xBB, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
        yield return Splice("keys out of order", 1, 4, 0x02, 0x07, 0x01, 0x01);
        yield return Splice("a key twice", 1, 2, 0x02, 0x07);
        yield return Splice("key 0", 1, 2, 0x00, 0x01);
        yield return Splice("a negative key", 1, 2, 0x20, 0x01);
        yield return Splice("a text key", 1, 2, 0x61, 0x31, 0x01);
        yield return Splice("a key in two bytes", 1, 1, 0x18, 0x01);
        yield return Splice("format version in two bytes", 2, 1, 0x18, 0x01);
        yield return Splice("sequence in nine bytes", 4, 1, 0x1B, 0, 0, 0, 0, 0, 0, 0, 7);
        yield return Splice("sequence as a float", 4, 1, 0xFB, 0x40, 0x1C, 0, 0, 0, 0, 0, 0);
        yield return Splice("sequence as a big number", 4, 1, 0xC2, 0x41, 0x07);
        yield return Splice("sequence with a reserved head", 4, 1, 0x1C);
        yield return Splice("product as bytes", 6, 1, 0x44);
        yield return Splice("product in pieces", 6, 5, 0x7F, 0x64, (byte)'l', (byte)'a', (byte)'m', (byte)'p', 0xFF);
        yield return Splice("product longer than the document", 6, 1, 0x7B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
        yield return Splice("product with U+0000", 6, 5, 0x64, (byte)'l', 0x00, (byte)'m', (byte)'p');
        yield return Splice("product that is no UTF-8", 6, 5, 0x62, 0xC3, 0x28);
        yield return Splice("product with a surrogate in UTF-8", 6, 5, 0x63, 0xED, 0xA0, 0x80);
        yield return Splice("product in overlong UTF-8", 6, 5, 0x62, 0xC1, 0xAC);
        yield return Malformed("an unknown key 12", Sign(header, [(byte)(payload[0] + 1), .. payload[1..], 0x0C, 0x00]));
        yield return Malformed("an array for the map", Sign(header, [0x80]));
        yield return Malformed("a byte after the map", Sign(header, [.. payload, 0x00]));
        foreach (var (name, without) in new (string, Fields)[]
        {
            ("formatVersion", new Fields { FormatVersion = null }),
            ("sequence", new Fields { Sequence = null }),
            ("product", new Fields { Product = null }),
            ("chip", new Fields { Chip = null }),
            ("version", new Fields { Version = null }),
            ("image", new Fields { Image = null }),
            ("securityEpoch", new Fields { Epoch = null }),
            ("issuedAt", new Fields { IssuedAt = null }),
            ("expiresAt", new Fields { ExpiresAt = null }),
        })
            yield return Malformed("no " + name, Sign(without));
    }

    private static IEnumerable<Case> Values()
    {
        Case With(string name, Fields fields) => Malformed(name, Sign(fields));
        yield return With("format version 0", new() { FormatVersion = c => c.Uint(0) });
        yield return With("format version 2", new() { FormatVersion = c => c.Uint(2) });
        yield return With("sequence 0", new() { Sequence = c => c.Uint(0) });
        yield return With("sequence 2^53", new() { Sequence = c => c.Uint(1UL << 53) });
        yield return With("sequence 2^64-1", new() { Sequence = c => c.Uint(ulong.MaxValue) });
        yield return With("sequence as text", new() { Sequence = c => c.Text("7") });
        yield return With("an empty product", new() { Product = c => c.Text("") });
        yield return With("a product of 64 bytes", new() { Product = c => c.Text(new string('l', 64)) });
        yield return With("an empty chip", new() { Chip = c => c.Text("") });
        yield return With("a chip of 17 bytes", new() { Chip = c => c.Text("esp32c3-seventeen") });
        yield return With("a version of two numbers", new() { Version = c => c.Text("1.2") });
        yield return With("a version with a leading zero", new() { Version = c => c.Text("1.02.0") });
        yield return With("a version of 32 bytes", new() { Version = c => c.Text("1.2.0-" + new string('a', 26)) });
        yield return With("an empty minimum version", new() { MinimumVersion = c => c.Text("") });
        yield return With("a minimum version that is none", new() { MinimumVersion = c => c.Text("v1.0.0") });
        yield return With("a minimum agent version that is none", new() { MinimumAgent = c => c.Text("1") });
        yield return With("minimum agent version null", new() { MinimumAgent = c => c.Raw(0xF6) });
        yield return With("epoch 2^32", new() { Epoch = c => c.Uint(1UL << 32) });
        yield return With("a negative epoch", new() { Epoch = c => c.Int(-1) });
        yield return With("expires when it is issued", new() { ExpiresAt = c => c.Uint(Now - 86_400_000) });
        yield return With("expires before it is issued", new() { ExpiresAt = c => c.Uint(Now - 86_400_001) });
        yield return With("an unknown format", new() { Image = c => ImageMap(c, "uf2") });
        yield return With("an image of 2^32 bytes", new() { Image = c => ImageMap(c, size: 1UL << 32) });
        yield return With("a hash of 31 bytes", new() { Image = c => ImageMap(c, sha: new byte[31]) });
        yield return With("a hash of 33 bytes", new() { Image = c => ImageMap(c, sha: new byte[33]) });
        yield return With("an empty path", new() { Image = c => ImageMap(c, path: "") });
        yield return With("a path that is not from the root", new() { Image = c => ImageMap(c, path: "images/x") });
        yield return With("a path of 128 bytes", new() { Image = c => ImageMap(c, path: "/" + new string('p', 127)) });
        yield return With("a path with a space", new() { Image = c => ImageMap(c, path: "/a b") });
        yield return With("a path with a line end", new() { Image = c => ImageMap(c, path: "/a\r\nHost: x") });
        yield return With("an image of three keys", new() { Image = c => c.Map(3).Uint(1).Text("host").Uint(2).Uint(100_000).Uint(3).Bytes(new byte[32]) });
        yield return With("image keys out of order", new() { Image = c => c.Map(4).Uint(2).Uint(100_000).Uint(1).Text("host").Uint(3).Bytes(new byte[32]).Uint(4).Text("/x") });
        yield return With("an image with a fifth key", new() { Image = c => c.Map(5).Uint(1).Text("host").Uint(2).Uint(1).Uint(3).Bytes(new byte[32]).Uint(4).Text("/x").Uint(5).Uint(0) });
    }

    private static IEnumerable<Case> Signatures()
    {
        var payload = new Fields().Encode();
        var good = Sign(new Fields());
        var r = good[^64..^32];
        var s = good[^32..];
        byte[] WithSignature(params ReadOnlySpan<byte> signature) => Envelope(Header(-7, OurKey.KeyId), payload, signature);
        byte[] Flipped(int at, byte mask)
        {
            var copy = (byte[])good.Clone();
            copy[at] ^= mask;
            return copy;
        }

        yield return new("a key the device does not trust", Sign(new Fields()), "key-unknown") { Trusted = OtherKey };
        yield return new("a kid with one letter in upper case", Sign(Header(-7, Raised(OurKey.KeyId)), payload), "key-unknown");
        yield return new("an unknown kid and a wrong signature", Envelope(Header(-7, OtherKey.KeyId), payload, new byte[64]), "key-unknown");
        yield return new("an unknown kid and another alg", Sign(Header(-37, OtherKey.KeyId), payload), "key-unknown");
        yield return new("alg PS256 with an ES256 key", Sign(Header(-37, OurKey.KeyId), payload), "manifest-algorithm");
        yield return new("alg RS256 with an ES256 key", Sign(Header(-257, OurKey.KeyId), payload), "manifest-algorithm");
        yield return new("alg EdDSA with an ES256 key", Sign(Header(-8, OurKey.KeyId), payload), "manifest-algorithm");
        yield return new("alg HMAC 256 with an ES256 key", Sign(Header(5, OurKey.KeyId), payload), "manifest-algorithm");
        yield return new("alg 0", Sign(Header(0, OurKey.KeyId), payload), "manifest-algorithm");
        yield return new("signed by another key under this kid", Envelope(Header(-7, OurKey.KeyId), payload, OtherKey.SignHash(ToBeSigned(Header(-7, OurKey.KeyId), payload))), "signature-invalid");
        yield return new("signature of zeros", WithSignature(new byte[64]), "signature-invalid");
        yield return new("r is zero", WithSignature([.. new byte[32], .. s]), "signature-invalid");
        yield return new("s is zero", WithSignature([.. r, .. new byte[32]]), "signature-invalid");
        yield return new("r is the group order", WithSignature([.. GroupOrder, .. s]), "signature-invalid");
        yield return new("s is the group order", WithSignature([.. r, .. GroupOrder]), "signature-invalid");
        yield return new("signature of ones", WithSignature([.. Enumerable.Repeat((byte)0xFF, 64)]), "signature-invalid");
        yield return new("n - s for s: the twin that ECDSA allows", WithSignature([.. r, .. OrderMinus(s)]), "ok");
        yield return new("r and s exchanged", WithSignature([.. s, .. r]), "signature-invalid");
        yield return new("signature of 63 bytes", WithSignature(good.AsSpan(good.Length - 64, 63)), "signature-invalid");
        yield return new("signature of 65 bytes", WithSignature([.. r, .. s, 0]), "signature-invalid");
        yield return new("an empty signature", WithSignature(), "signature-invalid");
        yield return new("a DER signature", WithSignature(OurKey.SignHashDer(ToBeSigned(Header(-7, OurKey.KeyId), payload))), "signature-invalid");
        yield return new("a bit of the signature flipped", Flipped(good.Length - 1, 0x01), "signature-invalid");
        yield return new("a bit of the product flipped", Flipped(IndexOf(good, "lamp"u8), 0x01), "signature-invalid");
        yield return new("a bit of the hash flipped", Flipped(IndexOf(good, Convert.FromHexString(ImageSha256)), 0x80), "signature-invalid");
        yield return new("signed over the payload alone", Envelope(Header(-7, OurKey.KeyId), payload, OurKey.SignHash(SHA256.HashData(payload))), "signature-invalid");
        yield return new("signed with the context Signature", Envelope(Header(-7, OurKey.KeyId), payload, OurKey.SignHash(ToBeSigned(Header(-7, OurKey.KeyId), payload, "Signature"))), "signature-invalid");
        yield return new("the payload of another manifest", Envelope(Header(-7, OurKey.KeyId), new Fields { Sequence = c => c.Uint(8) }.Encode(), good.AsSpan(good.Length - 64)), "signature-invalid");
        yield return new("not judged before the signature: another product, wrongly signed", Envelope(Header(-7, OurKey.KeyId), new Fields { Product = c => c.Text("door") }.Encode(), new byte[64]), "signature-invalid");
    }

    private static IEnumerable<Case> Judgements()
    {
        var all = new Fields
        {
            ExpiresAt = c => c.Uint(Now),
            Product = c => c.Text("door"),
            Chip = c => c.Text("esp32"),
            Image = c => ImageMap(c, "esp", (1 << 20) + 1),
            Sequence = c => c.Uint(6),
            Epoch = c => c.Uint(2),
            MinimumAgent = c => c.Text("0.1.1"),
            MinimumVersion = c => c.Text("1.1.1"),
        };
        yield return new("everything is wrong, and it expired at this very millisecond", Sign(all), "manifest-expired");
        all = all with { ExpiresAt = c => c.Uint(Now + 1) };
        yield return new("everything else is wrong: product", Sign(all), "product-mismatch");
        all = all with { Product = c => c.Text("lamp") };
        yield return new("everything else is wrong: chip", Sign(all), "chip-mismatch");
        all = all with { Chip = c => c.Text("esp32c3") };
        yield return new("everything else is wrong: format", Sign(all), "format-mismatch");
        all = all with { Image = c => ImageMap(c, "host", (1 << 20) + 1) };
        yield return new("everything else is wrong: sequence", Sign(all), "sequence-old");
        all = all with { Sequence = c => c.Uint(7) };
        yield return new("everything else is wrong: epoch", Sign(all), "epoch-old");
        all = all with { Epoch = c => c.Uint(3) };
        yield return new("everything else is wrong: agent", Sign(all), "agent-too-old");
        all = all with { MinimumAgent = c => c.Text("0.1.0") };
        yield return new("everything else is wrong: version", Sign(all), "version-too-old");
        all = all with { MinimumVersion = c => c.Text("1.1.0") };
        yield return new("a byte larger than the slot", Sign(all), "image-too-large");

        var good = Sign(new Fields());
        yield return new("expired a millisecond ago", Sign(new Fields { ExpiresAt = c => c.Uint(Now - 1) }), "manifest-expired");
        yield return new("not yet issued is not judged", Sign(new Fields { IssuedAt = c => c.Uint(Now + 1_000) }), "ok");
        yield return new("product is compared by case", good, "product-mismatch") { Device = Lamp with { Product = "Lamp" } };
        yield return new("product is compared whole", good, "product-mismatch") { Device = Lamp with { Product = "lam" } };
        yield return new("a lower sequence", good, "sequence-old") { Device = Lamp with { Sequence = 8 } };
        yield return new("the first manifest of a device", good, "ok") { Device = Lamp with { Sequence = 0, SecurityEpoch = 0 } };
        yield return new("the running version is a pre-release of the minimum", good, "version-too-old") { Device = Lamp with { Version = "1.0.0-rc.1" } };
        yield return new("10 is above 9 in a running version", Sign(new Fields { MinimumVersion = c => c.Text("1.9.0") }), "ok") { Device = Lamp with { Version = "1.10.0" } };
        yield return new("a running version that cannot be compared", good, "version-too-old") { Device = Lamp with { Version = "dev" } };
        yield return new("a running version that cannot be compared, and no minimum", Sign(new Fields { MinimumVersion = null }), "ok") { Device = Lamp with { Version = "dev" } };
        yield return new("an image of no bytes fits", Sign(new Fields { Image = c => ImageMap(c, size: 0) }), "ok");
        yield return new("an older version with a higher sequence is a return", Sign(new Fields { Version = c => c.Text("0.9.0") }), "ok");
    }

    private static IEnumerable<Case> RsaSignatures()
    {
        var payload = new Fields().Encode();
        foreach (var key in (RsaSigningKey[])[Pss2048, Pss3072, Pkcs2048, Pkcs3072])
        {
            var bits = key.SignHash(new byte[32]).Length * 8;
            var name = $"{TrustedKey.NameOf(key.CoseAlgorithm)} with RSA {bits}";
            var (header, other) = (Header(key.CoseAlgorithm, key.KeyId), Header(key.CoseAlgorithm == TrustedKey.Ps256 ? -257 : -37, key.KeyId));
            byte[] Signed(byte[] protectedHeader, ReadOnlySpan<byte> signature) => Envelope(protectedHeader, payload, signature);
            Case Of(string what, byte[] cose, string expect) => new($"{name}: {what}", cose, expect) { Trusted = key };

            var right = key.SignHash(ToBeSigned(header, payload));
            yield return Of("a good manifest", Signed(header, right), "ok");
            yield return Of("another product", Signed(header, key.SignHash(ToBeSigned(header, payload))), "product-mismatch") with { Device = Lamp with { Product = "door" } };
            yield return Of("the header names the other padding", Signed(other, key.SignHash(ToBeSigned(other, payload))), "manifest-algorithm");
            yield return Of("the header names ES256", Signed(Header(-7, key.KeyId), key.SignHash(ToBeSigned(Header(-7, key.KeyId), payload))), "manifest-algorithm");
            yield return Of("a signature with the other padding", Signed(header, OtherPadding(key, ToBeSigned(header, payload))), "signature-invalid");
            yield return Of("signed over the payload alone", Signed(header, key.SignHash(SHA256.HashData(payload))), "signature-invalid");
            yield return Of("a signature of zeros", Signed(header, new byte[right.Length]), "signature-invalid");
            yield return Of("a signature of ones", Signed(header, Enumerable.Repeat((byte)0xFF, right.Length).ToArray()), "signature-invalid");
            yield return Of("a signature of one", Signed(header, [.. new byte[right.Length - 1], 1]), "signature-invalid");
            yield return Of("a byte too few", Signed(header, right.AsSpan(1)), "signature-invalid");
            yield return Of("a zero before it", Signed(header, [0, .. right]), "signature-invalid");
            yield return Of("an empty signature", Signed(header, []), "signature-invalid");
            yield return Of("a bit of it flipped", Signed(header, [.. right[..^1], (byte)(right[^1] ^ 1)]), "signature-invalid");
            yield return Of("an ES256 signature", Signed(header, OurKey.SignHash(ToBeSigned(header, payload))), "signature-invalid");
        }

        var swapped = Header(-7, Pss2048.KeyId);
        yield return new("an ES256 key under the id of an RSA key", Envelope(swapped, payload, OurKey.SignHash(ToBeSigned(swapped, payload))), "manifest-algorithm") { Trusted = Pss2048 };
    }

    private static IEnumerable<Case> RetiredKeys()
    {
        var payload = new Fields().Encode();
        yield return new("signed by a retired key", Sign(new Fields()), "key-retired") { Retired = true };
        yield return new("a retired key and a wrong signature", Envelope(Header(-7, OurKey.KeyId), payload, new byte[64]), "key-retired") { Retired = true };
        yield return new("a retired key and another alg", Sign(Header(-37, OurKey.KeyId), payload), "key-retired") { Retired = true };
        yield return new("a retired key and an expired manifest", Sign(new Fields { ExpiresAt = c => c.Uint(Now - 1) }), "key-retired") { Retired = true };
        yield return new("a retired key and a malformed manifest", Sign(new Fields { Sequence = c => c.Uint(0) }), "manifest-malformed") { Retired = true };
        yield return new("an unknown key beside a retired one", Sign(Header(-7, OtherKey.KeyId), payload), "key-unknown") { Retired = true };
        yield return new("a retired RSA key", Envelope(Header(-37, Pss2048.KeyId), payload, Pss2048.SignHash(ToBeSigned(Header(-37, Pss2048.KeyId), payload))), "key-retired") { Retired = true, Trusted = Pss2048 };
    }

    private static byte[] OtherPadding(RsaSigningKey key, byte[] hash)
    {
        using var twin = RsaSigningKey.Import(key.ExportPem(), key.CoseAlgorithm == TrustedKey.Ps256 ? TrustedKey.Rs256 : TrustedKey.Ps256).Value;
        return twin.SignHash(hash);
    }

    private static Case Malformed(string name, byte[] cose) => new(name, cose, "manifest-malformed");

    private static byte[] Header(long alg, string kid) => new LooseCbor().Map(2).Uint(1).Int(alg).Uint(4).Bytes(Encoding.ASCII.GetBytes(kid)).ToArray();

    private static byte[] Sign(Fields fields) => Sign(Header(-7, OurKey.KeyId), fields.Encode());

    private static byte[] Sign(byte[] header, byte[] payload) => Envelope(header, payload, OurKey.SignHash(ToBeSigned(header, payload)));

    private static byte[] ToBeSigned(byte[] header, byte[] payload, string context = "Signature1") =>
        SHA256.HashData(new LooseCbor().Array(4).Text(context).Bytes(header).Bytes([]).Bytes(payload).ToArray());

    private static byte[] Envelope(byte[] header, byte[] payload, ReadOnlySpan<byte> signature) =>
        new LooseCbor().Tag(18).Array(4).Bytes(header).Map(0).Bytes(payload).Bytes(signature).ToArray();

    private static byte[] Padded(int length)
    {
        var good = Sign(new Fields());
        return [.. good, .. new byte[length - good.Length]];
    }

    private static string Raised(string kid)
    {
        var at = kid.AsSpan().IndexOfAnyInRange('a', 'f');
        return kid[..at] + char.ToUpperInvariant(kid[at]) + kid[(at + 1)..];
    }

    private static byte[] OrderMinus(byte[] s)
    {
        var result = new System.Numerics.BigInteger(GroupOrder, isUnsigned: true, isBigEndian: true) - new System.Numerics.BigInteger(s, isUnsigned: true, isBigEndian: true);
        var bytes = result.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    private static int IndexOf(ReadOnlySpan<byte> all, ReadOnlySpan<byte> part) => all.IndexOf(part);

    private static Es256SigningKey Key(string d)
    {
        using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Convert.FromHexString(d) });
        return Es256SigningKey.Import(ecdsa.ExportPkcs8PrivateKeyPem()).Value;
    }
}
