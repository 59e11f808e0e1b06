using System.Security.Cryptography;

namespace EspForge.Ota;

/// <summary>An ES256 key (ECDSA on P-256 with SHA-256) held in memory. Safe to use from several threads.</summary>
public sealed class Es256SigningKey : ISigningKey, IDisposable
{
    private readonly ECDsa _ecdsa;
    private readonly Lock _gate = new();

    private Es256SigningKey(ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        PublicKey = ecdsa.ExportSubjectPublicKeyInfo();
        KeyId = TrustedKey.IdOf(PublicKey.Span);
    }

    /// <inheritdoc/>
    public string KeyId { get; }

    /// <inheritdoc/>
    public int CoseAlgorithm { get; } = TrustedKey.Es256;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>A new random key.</summary>
    public static Es256SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>
    /// The key of a PEM text: PKCS#8 (<c>PRIVATE KEY</c>) or SEC 1 (<c>EC PRIVATE KEY</c>), not encrypted.
    /// Fault <c>key-malformed</c> when it is none, or of another curve.
    /// </summary>
    public static Outcome<Es256SigningKey> Import(ReadOnlySpan<char> pem)
    {
        if (!PemEncoding.TryFind(pem, out var block))
            return new Fault("key-malformed", "The text holds no PEM block; expected '-----BEGIN PRIVATE KEY-----'.");
        var label = pem[block.Label];
        if (label is "ENCRYPTED PRIVATE KEY")
            return new Fault("key-malformed", "The key is encrypted. Remove the passphrase (openssl pkey -in KEY -out PLAIN) and protect the file by its mode.");
        if (label is not ("PRIVATE KEY" or "EC PRIVATE KEY"))
            return new Fault("key-malformed", $"The PEM block is '{label}'; expected 'PRIVATE KEY' (PKCS#8).");

        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportFromPem(pem);
            if (TrustedKey.IsP256(ecdsa)) return new Es256SigningKey(ecdsa);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Said below, without the platform's words: they could quote the key.
        }

        ecdsa.Dispose();
        return new Fault("key-malformed", "The PEM block is no private key of the curve P-256. Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    }

    /// <summary>The private key as PKCS#8 PEM, ending in a line feed. Secret.</summary>
    public string ExportPem()
    {
        lock (_gate) return _ecdsa.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <inheritdoc/>
    public byte[] SignHash(ReadOnlySpan<byte> hash) => Sign(hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <inheritdoc/>
    public byte[] SignHashDer(ReadOnlySpan<byte> hash) => Sign(hash, DSASignatureFormat.Rfc3279DerSequence);

    /// <inheritdoc/>
    public void Dispose() => _ecdsa.Dispose();

    private byte[] Sign(ReadOnlySpan<byte> hash, DSASignatureFormat format)
    {
        if (hash.Length != SHA256.HashSizeInBytes) throw new ArgumentException("A SHA-256 digest is 32 bytes.", nameof(hash));
        lock (_gate) return _ecdsa.SignHash(hash, format);
    }
}
