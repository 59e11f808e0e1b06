using System.Security.Cryptography;

namespace EspForge.Ota;

/// <summary>Makes a signed manifest.</summary>
public static class ManifestSigner
{
    /// <summary>The payload as COSE_Sign1 (docs/protocol.md section 3), at most 2,048 bytes. Throws <see cref="ArgumentException"/> when the payload is not valid.</summary>
    public static byte[] Sign(ManifestPayload payload, ISigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> body = stackalloc byte[ManifestCodec.MaximumBytes];
        body = body[..ManifestCodec.Encode(payload, body)];
        Span<byte> header = stackalloc byte[64];
        header = header[..ManifestEnvelope.WriteProtected(header, key.CoseAlgorithm, key.KeyId)];

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        ManifestEnvelope.HashToBeSigned(header, body, hash);
        Span<byte> cose = stackalloc byte[ManifestCodec.MaximumBytes];
        return cose[..ManifestEnvelope.Write(cose, header, body, key.SignHash(hash))].ToArray();
    }

    /// <summary>The signed manifest with the facts that are looked up.</summary>
    internal static SignedManifest Issue(ManifestPayload payload, ISigningKey key) =>
        new(payload.Sequence, key.KeyId, Sign(payload, key), payload.IssuedAt, payload.ExpiresAt);
}
