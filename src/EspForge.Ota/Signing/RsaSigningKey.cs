using System.Security.Cryptography;

namespace EspForge.Ota;

/// <summary>An RSA key of 2,048 or 3,072 bits held in memory, for PS256 or RS256. Safe to use from several threads.</summary>
public sealed class RsaSigningKey : ISigningKey, IDisposable
{
    private readonly RSA _rsa;
    private readonly Lock _gate = new();

    private RsaSigningKey(RSA rsa, int algorithm)
    {
        _rsa = rsa;
        CoseAlgorithm = algorithm;
        PublicKey = rsa.ExportSubjectPublicKeyInfo();
        KeyId = TrustedKey.IdOf(PublicKey.Span);
    }

    /// <inheritdoc/>
    public string KeyId { get; }

    /// <inheritdoc/>
    public int CoseAlgorithm { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>A new random key. Throws <see cref="ArgumentOutOfRangeException"/> for another size or algorithm.</summary>
    /// <param name="algorithm"><see cref="TrustedKey.Ps256"/> or <see cref="TrustedKey.Rs256"/>.</param>
    /// <param name="bits">2,048 or 3,072.</param>
    public static RsaSigningKey Create(int algorithm = TrustedKey.Ps256, int bits = 3_072)
    {
        if (bits is not (2_048 or 3_072)) throw new ArgumentOutOfRangeException(nameof(bits), bits, "Devices take RSA keys of 2,048 or 3,072 bits.");
        return new RsaSigningKey(RSA.Create(bits), Checked(algorithm));
    }

    /// <summary>The key of a PEM text: PKCS#8 (<c>PRIVATE KEY</c>) or PKCS#1 (<c>RSA PRIVATE KEY</c>), not encrypted. Fault <c>key-malformed</c>.</summary>
    public static Outcome<RsaSigningKey> Import(ReadOnlySpan<char> pem, int algorithm = TrustedKey.Ps256)
    {
        Checked(algorithm);
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            rsa.ExportParameters(includePrivateParameters: true);
            if (TrustedKey.IsSupported(rsa)) return new RsaSigningKey(rsa, algorithm);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Said below, without the platform's words: they could quote the key.
        }

        rsa.Dispose();
        return new Fault("key-malformed", "The text holds no private RSA key of 2,048 or 3,072 bits with the exponent 65537. Make one with: openssl genrsa 3072");
    }

    /// <summary>The private key as PKCS#8 PEM, ending in a line feed. Secret.</summary>
    public string ExportPem()
    {
        lock (_gate) return _rsa.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <inheritdoc/>
    public byte[] SignHash(ReadOnlySpan<byte> hash) => Sign(hash, CoseAlgorithm == TrustedKey.Ps256 ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);

    /// <inheritdoc/>
    public byte[] SignHashDer(ReadOnlySpan<byte> hash) => Sign(hash, RSASignaturePadding.Pkcs1);

    /// <inheritdoc/>
    public void Dispose() => _rsa.Dispose();

    private static int Checked(int algorithm) => algorithm is TrustedKey.Ps256 or TrustedKey.Rs256
        ? algorithm
        : throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "An RSA key signs with PS256 (-37) or RS256 (-257).");

    private byte[] Sign(ReadOnlySpan<byte> hash, RSASignaturePadding padding)
    {
        if (hash.Length != SHA256.HashSizeInBytes) throw new ArgumentException("A SHA-256 digest is 32 bytes.", nameof(hash));
        lock (_gate) return _rsa.SignHash(hash, HashAlgorithmName.SHA256, padding);
    }
}
