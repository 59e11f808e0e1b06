using System.Buffers.Text;
using System.Security.Cryptography;

namespace EspForge.Ota;

/// <summary>A public key that manifests are verified with: ES256 on P-256 (RFC 9053 section 2.1). Safe to use from several threads.</summary>
public sealed class TrustedKey : IDisposable
{
    /// <summary>COSE algorithm ES256.</summary>
    public const int Es256 = -7;

    internal const string P256 = "1.2.840.10045.3.1.7";
    private const int CoordinateBytes = 32;

    private readonly ECDsa _ecdsa;
    private readonly Lock _gate = new();

    private TrustedKey(ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        PublicKey = ecdsa.ExportSubjectPublicKeyInfo();
        KeyId = IdOf(PublicKey.Span);
        var q = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        Point = (byte[])[0x04, .. q.X!, .. q.Y!];
    }

    /// <summary>32 lower-case hex digits: the first 16 bytes of SHA-256 over the DER SubjectPublicKeyInfo.</summary>
    public string KeyId { get; }

    /// <summary>COSE algorithm the key may be used with; −7.</summary>
    public int CoseAlgorithm { get; } = Es256;

    /// <summary>DER SubjectPublicKeyInfo, named curve, uncompressed point.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The uncompressed point, 65 bytes, <c>04 ‖ X ‖ Y</c>: what a device is given (docs/protocol.md 1.2).</summary>
    public ReadOnlyMemory<byte> Point { get; }

    /// <summary><see cref="Point"/> in base64url without padding, 87 characters.</summary>
    public string PointBase64Url => Base64Url.EncodeToString(Point.Span);

    /// <summary>The key of a DER SubjectPublicKeyInfo. Fault <c>key-malformed</c> when it is not one of a point on P-256.</summary>
    public static Outcome<TrustedKey> FromSubjectPublicKeyInfo(ReadOnlySpan<byte> der)
    {
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
        return new Fault("key-malformed", "This is no public key of the curve P-256 as DER SubjectPublicKeyInfo.");
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

    /// <summary>The public half of a signing key. Fault <c>key-malformed</c> when the key is not ES256.</summary>
    public static Outcome<TrustedKey> Of(ISigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.CoseAlgorithm != Es256) return new Fault("key-malformed", $"COSE algorithm {key.CoseAlgorithm} is not supported; use an ES256 key.");
        return FromSubjectPublicKeyInfo(key.PublicKey.Span);
    }

    /// <summary>Whether <paramref name="signature"/> (r ‖ s, 64 bytes) is this key's over the SHA-256 digest. Never throws on a bad signature.</summary>
    public bool VerifyHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => Verify(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Whether <paramref name="signature"/> (DER) is this key's over the SHA-256 digest. Never throws on a bad signature.</summary>
    public bool VerifyHashDer(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) => Verify(hash, signature, DSASignatureFormat.Rfc3279DerSequence);

    /// <inheritdoc/>
    public void Dispose() => _ecdsa.Dispose();

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

    private bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature, DSASignatureFormat format)
    {
        if (hash.Length != SHA256.HashSizeInBytes) return false;
        try
        {
            lock (_gate) return _ecdsa.VerifyHash(hash, signature, format);
        }
        catch (CryptographicException)
        {
            return false; // a signature that does not even parse is a wrong one
        }
    }
}
