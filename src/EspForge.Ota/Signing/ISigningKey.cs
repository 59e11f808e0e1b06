namespace EspForge.Ota;

/// <summary>A key that signs manifests and images. A host may put a hardware module or a cloud key behind it.</summary>
public interface ISigningKey
{
    /// <summary>32 lower-case hex digits: the first 16 bytes of SHA-256 over the DER SubjectPublicKeyInfo.</summary>
    string KeyId { get; }

    /// <summary>COSE algorithm: −7 ES256 (RFC 9053).</summary>
    int CoseAlgorithm { get; }

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs a SHA-256 digest (32 bytes); r ‖ s, 64 bytes, for COSE.</summary>
    byte[] SignHash(ReadOnlySpan<byte> hash);

    /// <summary>Signs a SHA-256 digest; DER, for OpenSSL.</summary>
    byte[] SignHashDer(ReadOnlySpan<byte> hash);
}
