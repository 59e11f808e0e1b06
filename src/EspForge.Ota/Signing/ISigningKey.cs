namespace EspForge.Ota;

/// <summary>A key that signs manifests and images. A host may put a hardware module or a cloud key behind it.</summary>
public interface ISigningKey
{
    /// <summary>32 lower-case hex digits: the first 16 bytes of SHA-256 over the DER SubjectPublicKeyInfo.</summary>
    string KeyId { get; }

    /// <summary>COSE algorithm: −7 ES256 (RFC 9053), −37 PS256 or −257 RS256 (RFC 8230, RFC 8812).</summary>
    int CoseAlgorithm { get; }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs a SHA-256 digest (32 bytes) for COSE: r ‖ s, 64 bytes, or RSA with the padding of the algorithm.</summary>
    byte[] SignHash(ReadOnlySpan<byte> hash);

    /// <summary>Signs a SHA-256 digest for OpenSSL: DER ECDSA, or RSA PKCS#1 v1.5 whatever the algorithm.</summary>
    byte[] SignHashDer(ReadOnlySpan<byte> hash);
}
