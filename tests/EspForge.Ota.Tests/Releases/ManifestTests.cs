using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Other = System.Formats.Cbor;

namespace EspForge.Ota.Tests.Releases;

public sealed class ManifestTests : IDisposable
{
    private readonly Es256SigningKey _key = Es256SigningKey.Create();
    private readonly TrustedKey _trusted;

    public ManifestTests() => _trusted = TrustedKey.Of(_key).Value;

    public void Dispose()
    {
        _trusted.Dispose();
        _key.Dispose();
    }

    private static ManifestPayload Payload { get; } = new()
    {
        Sequence = 7,
        Product = "lamp",
        Chip = "esp32c3",
        Version = "1.2.0",
        Image = new ManifestImage(ImageFormat.Host, 100_000, new string('a', 64), ManifestImage.PathOf(new string('a', 64))),
        MinimumAgentVersion = "0.1.0",
        MinimumVersion = "1.0.0",
        SecurityEpoch = 3,
        IssuedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_770_000_000_000),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(1_777_776_000_000),
    };

    private static Gen<ManifestPayload> Payloads() =>
        from sequence in Gen.OneOf(Gen.Choose(1, int.MaxValue).Select(i => (long)i), Gen.Constant(ManifestPayload.MaximumSequence), Gen.Elements(23L, 24L, 255L, 256L, 65_535L, 65_536L, 4_294_967_295L, 4_294_967_296L))
        from product in Gen.Elements("lamp", "a", "door-2.x_y", new string('p', 63))
        from version in Gen.Elements("1.2.0", "0.0.1-rc.1+b5", "1.2.0-" + new string('a', 25))
        from size in Gen.Choose(1, int.MaxValue)
        from hash in Gen.ArrayOf(Gen.Choose(0, 255), 32)
        from agent in Gen.Elements(null, "0.1.0", "10.20.30")
        from minimum in Gen.Elements(null, "1.0.0")
        from epoch in Gen.Choose(0, int.MaxValue)
        from issued in Gen.Choose(0, int.MaxValue)
        from valid in Gen.Choose(1, int.MaxValue)
        let sha = Convert.ToHexStringLower(hash.Select(b => (byte)b).ToArray())
        select new ManifestPayload
        {
            Sequence = sequence,
            Product = product,
            Chip = "esp32s3",
            Version = version,
            Image = new ManifestImage(ImageFormat.Esp, size, sha, ManifestImage.PathOf(sha)),
            MinimumAgentVersion = agent,
            MinimumVersion = minimum,
            SecurityEpoch = (uint)epoch,
            IssuedAt = DateTimeOffset.FromUnixTimeMilliseconds(issued * 1_000L),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds((issued * 1_000L) + valid),
        };

    [Fact]
    public void What_is_signed_is_read_back() =>
        Prop.ForAll(Payloads().ToArbitrary(), p => ManifestReader.Open(ManifestSigner.Sign(p, _key), [_trusted]).Value == p).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_manifest_is_canonical_CBOR_in_another_readers_eyes() =>
        Prop.ForAll(Payloads().ToArbitrary(), p =>
        {
            var cose = ManifestSigner.Sign(p, _key);
            var reader = new Other.CborReader(cose, Other.CborConformanceMode.Canonical);
            Assert.Equal((Other.CborTag)18, reader.ReadTag());
            Assert.Equal(4, reader.ReadStartArray());
            var header = new Other.CborReader(reader.ReadByteString(), Other.CborConformanceMode.Canonical);
            Assert.Equal(2, header.ReadStartMap());
            Assert.Equal((1, -7, 4), (header.ReadInt32(), header.ReadInt32(), header.ReadInt32()));
            Assert.Equal(_key.KeyId, Encoding.ASCII.GetString(header.ReadByteString()));
            Assert.Equal(0, reader.ReadStartMap());
            reader.ReadEndMap();
            var body = new Other.CborReader(reader.ReadByteString(), Other.CborConformanceMode.Canonical);
            body.SkipValue();
            Assert.Equal(0, body.BytesRemaining);
            Assert.Equal(64, reader.ReadByteString().Length);
            reader.ReadEndArray();
            return reader.BytesRemaining == 0 && cose.Length <= ManifestCodec.MaximumBytes;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_writers_canonical_CBOR_is_the_same_bytes()
    {
        var p = Payload;
        var writer = new Other.CborWriter(Other.CborConformanceMode.Canonical);
        writer.WriteStartMap(11);
        foreach (var (key, write) in new (int, Action)[]
        {
            (11, () => writer.WriteInt64(p.ExpiresAt.ToUnixTimeMilliseconds())),
            (6, Image),
            (1, () => writer.WriteInt32(1)),
            (2, () => writer.WriteInt64(p.Sequence)),
            (3, () => writer.WriteTextString(p.Product)),
            (4, () => writer.WriteTextString(p.Chip)),
            (5, () => writer.WriteTextString(p.Version)),
            (7, () => writer.WriteTextString(p.MinimumAgentVersion!)),
            (8, () => writer.WriteTextString(p.MinimumVersion!)),
            (9, () => writer.WriteUInt32(p.SecurityEpoch)),
            (10, () => writer.WriteInt64(p.IssuedAt.ToUnixTimeMilliseconds())),
        })
        {
            writer.WriteInt32(key);
            write();
        }

        writer.WriteEndMap();
        Assert.Equal(writer.Encode(), ManifestCodec.Encode(p));

        void Image()
        {
            writer.WriteStartMap(4);
            writer.WriteInt32(4);
            writer.WriteTextString(p.Image.Path);
            writer.WriteInt32(1);
            writer.WriteTextString("host");
            writer.WriteInt32(2);
            writer.WriteInt64(p.Image.SizeBytes);
            writer.WriteInt32(3);
            writer.WriteByteString(Convert.FromHexString(p.Image.Sha256));
            writer.WriteEndMap();
        }
    }

    [Fact]
    public void What_is_decoded_encodes_to_the_same_bytes_or_is_refused()
    {
        // The payload has one encoding: whatever a damaged one decodes to, it is that one. (A time past the calendar's end is kept as its end.)
        var encoded = ManifestCodec.Encode(Payload);
        for (var i = 0; i < encoded.Length; i++)
            for (var value = 0; value < 256; value++)
            {
                var damaged = (byte[])encoded.Clone();
                damaged[i] = (byte)value;
                if (ManifestCodec.Decode(damaged).TryGet(out var payload, out _) && payload.Check() is null && payload.ExpiresAt.Year < 9999) Assert.Equal(damaged, ManifestCodec.Encode(payload));
            }
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        var cose = ManifestSigner.Sign(Payload, _key);
        var codes = new HashSet<string>();
        for (var bit = 0; bit < cose.Length * 8; bit++)
        {
            cose[bit / 8] ^= (byte)(1 << (bit % 8));
            codes.Add(ManifestReader.Open(cose, [_trusted]).Fault!.Code);
            cose[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Subset(new HashSet<string> { "manifest-malformed", "key-unknown", "manifest-algorithm", "signature-invalid" }, codes);
        Assert.True(ManifestReader.Open(cose, [_trusted]).IsSuccess);
    }

    [Fact]
    public void Every_truncation_is_malformed()
    {
        var cose = ManifestSigner.Sign(Payload, _key);
        for (var length = 0; length < cose.Length; length++) Assert.Equal("manifest-malformed", ManifestReader.Open(cose.AsSpan(0, length), [_trusted]).Fault?.Code);
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var noise = Gen.ArrayOf(Gen.Choose(0, 255)).Select(a => a.Select(b => (byte)b).ToArray());
        Prop.ForAll(noise.ToArbitrary(), bytes => ManifestReader.Open(bytes, [_trusted]).Fault?.Code == "manifest-malformed").QuickCheckThrowOnFailure();
        Prop.ForAll(noise.ToArbitrary(), bytes => ManifestReader.Open([0xD2, 0x84, .. bytes], [_trusted]).Fault?.Code == "manifest-malformed").QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Keys_are_found_among_several_and_none_trusts_nothing()
    {
        using var other = Es256SigningKey.Create();
        using var otherTrusted = TrustedKey.Of(other).Value;
        Assert.True(ManifestReader.Open(ManifestSigner.Sign(Payload, _key), [otherTrusted, _trusted]).IsSuccess);
        Assert.Equal("key-unknown", ManifestReader.Open(ManifestSigner.Sign(Payload, _key), []).Fault?.Code);
    }

    [Fact]
    public void What_breaks_a_rule_is_not_signed()
    {
        foreach (var (field, payload) in new (string, ManifestPayload)[]
        {
            ("sequence", Payload with { Sequence = 0 }),
            ("sequence", Payload with { Sequence = 1L << 53 }),
            ("product", Payload with { Product = "Lamp" }),
            ("product", Payload with { Product = "-lamp" }),
            ("product", Payload with { Product = "" }),
            ("chip", Payload with { Chip = "seventeen-bytes-x" }),
            ("1.2", Payload with { Version = "1.2" }),
            ("minimumVersion", Payload with { MinimumVersion = "x" }),
            ("minimumAgentVersion", Payload with { MinimumAgentVersion = "" }),
            ("image", Payload with { Image = Payload.Image with { SizeBytes = 0 } }),
            ("image", Payload with { Image = Payload.Image with { SizeBytes = 1L << 32 } }),
            ("image", Payload with { Image = Payload.Image with { Sha256 = new string('A', 64) } }),
            ("image", Payload with { Image = Payload.Image with { Path = "x" } }),
            ("image", Payload with { Image = Payload.Image with { Format = (ImageFormat)9 } }),
            ("expiresAt", Payload with { ExpiresAt = Payload.IssuedAt }),
            ("issuedAt", Payload with { IssuedAt = DateTimeOffset.UnixEpoch.AddSeconds(-1) }),
        })
        {
            Assert.Contains(field, payload.Check()!.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => ManifestSigner.Sign(payload, _key));
        }
    }

    [Fact]
    public void An_inspection_shows_what_nobody_has_checked()
    {
        var shown = ManifestReader.Inspect(ManifestSigner.Sign(Payload, _key)).Value;
        Assert.Equal((_key.KeyId, -7L, Payload), (shown.KeyId, shown.CoseAlgorithm, shown.Payload));
        Assert.Equal("manifest-malformed", ManifestReader.Inspect([0xD2]).Fault?.Code);
    }

    [Fact]
    public void Openssl_verifies_the_signature_over_the_Sig_structure()
    {
        using var folder = new TemporaryFolder();
        var cose = ManifestSigner.Sign(Payload, _key);
        var reader = new Other.CborReader(cose);
        reader.ReadTag();
        reader.ReadStartArray();
        var header = reader.ReadByteString();
        reader.SkipValue();
        var body = reader.ReadByteString();
        var signature = reader.ReadByteString();

        var signed = new Other.CborWriter(Other.CborConformanceMode.Canonical);
        signed.WriteStartArray(4);
        signed.WriteTextString("Signature1");
        signed.WriteByteString(header);
        signed.WriteByteString([]);
        signed.WriteByteString(body);
        signed.WriteEndArray();
        File.WriteAllBytes(folder.File("signed"), signed.Encode());
        File.WriteAllText(folder.File("keys.pem"), KeySet.ToPem([_trusted]));

        // OpenSSL wants DER.
        var der = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (der.PushSequence())
        {
            der.WriteInteger(new System.Numerics.BigInteger(signature.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
            der.WriteInteger(new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true));
        }

        File.WriteAllBytes(folder.File("sig"), der.Encode());
        Assert.Equal((0, "Verified OK\n"), OpenSsl.Run("dgst", "-sha256", "-verify", folder.File("keys.pem"), "-signature", folder.File("sig"), folder.File("signed")));
    }
}
