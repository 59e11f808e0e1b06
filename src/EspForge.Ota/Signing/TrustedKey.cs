using System.Buffers.Text;
using System.Security.Cryptography;

namespace EspForge.Ota;

/// <summary>
/// A public key that manifests are verified with, and the one COSE algorithm it may be used with: ES256 on P-256 (RFC 9053 section 2.1), or PS256 or RS256
/// (RFC 8230, RFC 8812) with RSA of 2,048 or 3,072 bits and the exponent 65537. Safe to use from several threads.
/// </summary>
public sealed class TrustedKey : IDisposable
{
    /// <summary>COSE algorithm ES256.</summary>
    public const int Es256 = -7;

    /// <summary>COSE algorithm PS256: RSASSA-PSS, SHA-256, a salt of 32 bytes.</summary>
    public const int Ps256 = -37;

    /// <summary>COSE algorithm RS256: RSASSA-PKCS1-v1_5, SHA-256.</summary>
    public const int Rs256 = -257;

    internal const string P256 = "1.2.840.10045.3.1.7";
    private const int CoordinateBytes = 32;

    private readonly ECDsa? _ecdsa;
    private readonly RSA? _rsa;
    private readonly Lock _gate = new();

    private TrustedKey(ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        CoseAlgorithm = Es256;
        PublicKey = ecdsa.ExportSubjectPublicKeyInfo();
        KeyId = IdOf(PublicKey.Span);
        var q = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        DeviceKey = (byte[])[0x04, .. q.X!, .. q.Y!];
    }

    private TrustedKey(RSA rsa, int algorithm)
    {
        _rsa = rsa;
        CoseAlgorithm = algorithm;
        PublicKey = rsa.ExportSubjectPublicKeyInfo();
        KeyId = IdOf(PublicKey.Span);
        DeviceKey = rsa.ExportRSAPublicKey();
    }

    /// <summary>32 lower-case hex digits: the first 16 bytes of SHA-256 over the DER SubjectPublicKeyInfo.</summary>
    public string KeyId { get; }

    /// <summary>COSE algorithm the key may be used with: −7, −37 or −257.</summary>
    public int CoseAlgorithm { get; }

    /// <summary><see cref="CoseAlgorithm"/> by its name: <c>ES256</c>, <c>PS256</c> or <c>RS256</c>.</summary>
    public string Algorithm => NameOf(CoseAlgorithm)!;

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>What a device is given (docs/protocol.md 1.2, 6.6): the uncompressed point, 65 bytes, <c>04 ‖ X ‖ Y</c>, or DER RSAPublicKey.</summary>
    public ReadOnlyMemory<byte> DeviceKey { get; }

    /// <summary><see cref="DeviceKey"/> in base64url without padding.</summary>
    public string DeviceKeyBase64Url => Base64Url.EncodeToString(DeviceKey.Span);

    /// <summary>The name of a COSE algorithm, or <see langword="null"/> for one that is not supported.</summary>
    public static string? NameOf(long algorithm) => algorithm switch { Es256 => "ES256", Ps256 => "PS256", Rs256 => "RS256", _ => null };

    /// <summary>The COSE algorithm of a name, or <see langword="null"/> for one that is not supported.</summary>
    public static int? AlgorithmOf(string? name) => name switch { "ES256" => Es256, "PS256" => Ps256, "RS256" => Rs256, _ => null };

    /// <summary>
    /// The key of a DER SubjectPublicKeyInfo. It does not say how an RSA key is to be used, so that <paramref name="rsaAlgorithm"/> does.
    /// Fault <c>key-malformed</c> when it is neither a point on P-256 nor RSA of 2,048 or 3,072 bits.
    /// </summary>
    public static Outcome<TrustedKey> FromSubjectPublicKeyInfo(ReadOnlySpan<byte> der, int rsaAlgorithm = Ps256)
    {
        if (Rsa(der, rsaAlgorithm, (rsa, bytes) => { rsa.ImportSubjectPublicKeyInfo(bytes, out var read); return read; }) is { } found) return found;
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportSubjectPublicKeyInfo(der, out var read);
            if (read == der.Length && IsP256(ecdsa)) return new TrustedKey(ecdsa);
        }
        catch (CryptographicException)
        {
            // What is wrong is said below: the platform's own words name no field a person could correct.
        }

        ecdsa.Dispose();
        return new Fault("key-malformed", "This is no public key of the curve P-256, nor of RSA with 2,048 or 3,072 bits, as DER SubjectPublicKeyInfo.");
    }

    /// <summary>The key in the form a device is given. Fault <c>key-malformed</c> when the bytes are no key of that algorithm.</summary>
    public static Outcome<TrustedKey> FromDeviceKey(long algorithm, ReadOnlySpan<byte> bytes)
    {
        if (algorithm == Es256) return FromPoint(bytes);
        if (algorithm is not (Ps256 or Rs256)) return new Fault("key-malformed", $"COSE algorithm {algorithm} is not supported; use ES256, PS256 or RS256.");
        if (Rsa(bytes, (int)algorithm, (rsa, der) => { rsa.ImportRSAPublicKey(der, out var read); return read; }) is { } key)
        {
            if (key.DeviceKey.Span.SequenceEqual(bytes)) return key;
            key.Dispose(); // another encoding of the same key
        }

        return new Fault("key-malformed", "This is no DER RSAPublicKey of 2,048 or 3,072 bits with the exponent 65537.");
    }

    /// <summary>The key of an uncompressed point, 65 bytes. Fault <c>key-malformed</c> when it is not a point on P-256.</summary>
    public static Outcome<TrustedKey> FromPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length != 1 + (2 * CoordinateBytes) || point[0] != 0x04)
            return new Fault("key-malformed", "A P-256 public key is 65 bytes that begin with 04.");

        var parameters = new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = point.Slice(1, CoordinateBytes).ToArray(), Y = point[(1 + CoordinateBytes)..].ToArray() },
        };
        try
        {
            return new TrustedKey(ECDsa.Create(parameters));
        }
        catch (CryptographicException)
        {
            return new Fault("key-malformed", "The 65 bytes are not a point on the curve P-256.");
        }
    }

    /// <summary>The public half of a signing key. Fault <c>key-malformed</c> when the key is of another algorithm than it says, or of one that is not supported.</summary>
    public static Outcome<TrustedKey> Of(ISigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (NameOf(key.CoseAlgorithm) is null) return new Fault("key-malformed", $"COSE algorithm {key.CoseAlgorithm} is not supported; use ES256, PS256 or RS256.");
        var outcome = FromSubjectPublicKeyInfo(key.PublicKey.Span, key.CoseAlgorithm == Es256 ? Ps256 : key.CoseAlgorithm);
        return outcome.TryGet(out var trusted, out _) && trusted.CoseAlgorithm != key.CoseAlgorithm
            ? new Fault("key-malformed", $"The signing key says {NameOf(key.CoseAlgorithm)}, but its public key is for {trusted.Algorithm}.")
            : outcome;
    }

    /// <summary>Whether <paramref name="signature"/> (COSE: r ‖ s, or RSA) is this key's over the SHA-256 digest. Never throws on a bad signature.</summary>
    public bool VerifyHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        Verify(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, CoseAlgorithm == Ps256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);

    /// <summary>Whether <paramref name="signature"/> (OpenSSL: DER ECDSA, or RSA PKCS#1 v1.5) is this key's over the SHA-256 digest. Never throws on a bad signature.</summary>
    public bool VerifyHashDer(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => Verify(hash, signature, DSASignatureFormat.Rfc3279DerSequence, RSASignaturePadding.Pkcs1);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
    }

    internal static string IdOf(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(subjectPublicKeyInfo, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    internal static bool IsP256(ECDsa key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && key.KeySize == 256 && curve.Oid.Value is null or P256 && curve.Oid.FriendlyName is not ("secP256k1" or "brainpoolP256r1" or "brainpoolP256t1");
    }

    internal static bool IsSupported(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return key.KeySize is 2_048 or 3_072 && parameters.Exponent.AsSpan().SequenceEqual((ReadOnlySpan<byte>)[1, 0, 1]) && (parameters.Modulus![^1] & 1) == 1;
    }

    internal RSAParameters? RsaParameters()
    {
        lock (_gate) return _rsa?.ExportParameters(includePrivateParameters: false);
    }

    private delegate int Import(RSA rsa, ReadOnlySpan<byte> bytes);

    private static TrustedKey? Rsa(ReadOnlySpan<byte> bytes, int algorithm, Import import)
    {
        var rsa = RSA.Create();
        try
        {
            if (import(rsa, bytes) == bytes.Length && IsSupported(rsa)) return new TrustedKey(rsa, algorithm);
        }
        catch (CryptographicException)
        {
            // No RSA key; the caller says what was expected.
        }

        rsa.Dispose();
        return null;
    }

    private bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature, DSASignatureFormat format, RSASignaturePadding padding)
    {
        if (hash.Length != SHA256.HashSizeInBytes) return false;
        try
        {
            lock (_gate)
                return _ecdsa is not null ? _ecdsa.VerifyHash(hash, signature, format) : _rsa!.VerifyHash(hash, signature, HashAlgorithmName.SHA256, padding);
        }
        catch (CryptographicException)
        {
            return false; // a signature that does not even parse is a wrong one
        }
    }
}
