using System.Security.Cryptography;

namespace EspForge.Ota;

/// <summary>
/// COSE_Sign1 (RFC 9052 section 4.2) in the profile of docs/protocol.md section 3: the four parts, as views on the document. A key list (section 6.6) says what it is under
/// label 3 of the protected header, a manifest has no such label: what is signed as the one is never the other.
/// </summary>
internal readonly ref struct ManifestEnvelope
{
    private const ulong Sign1Tag = 18;
    private const int KeyIdChars = 32;
    private const ulong AlgorithmLabel = 1;
    private const ulong ContentLabel = 3;
    private const ulong KeyIdLabel = 4;

    public ReadOnlySpan<byte> Protected { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    public ReadOnlySpan<byte> Signature { get; private init; }

    public long Algorithm { get; private init; }

    public ReadOnlySpan<byte> KeyId { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> cose, out ManifestEnvelope envelope, string? content = null)
    {
        envelope = default;
        if (cose.Length > ManifestCodec.MaximumBytes) return false;
        var cbor = new CborReader(cose);
        if (!cbor.Tag(out var tag) || tag != Sign1Tag || !cbor.Array(out var parts) || parts != 4) return false;
        if (!cbor.Bytes(out var header) || !cbor.Map(out var unprotected) || unprotected != 0) return false;
        if (!cbor.Bytes(out var payload) || !cbor.Bytes(out var signature) || !cbor.AtEnd) return false;

        var inner = new CborReader(header);
        if (!inner.Map(out var pairs) || pairs != (content is null ? 2u : 3u)) return false;
        if (!inner.Unsigned(out var algKey) || algKey != AlgorithmLabel || !inner.Integer(out var algorithm)) return false;
        if (content is not null && (!inner.Unsigned(out var contentKey) || contentKey != ContentLabel || !inner.Text(content.Length, out var found) || !string.Equals(found, content, StringComparison.Ordinal))) return false;
        if (!inner.Unsigned(out var kidKey) || kidKey != KeyIdLabel || !inner.Bytes(out var keyId) || keyId.Length != KeyIdChars || !inner.AtEnd) return false;
        envelope = new ManifestEnvelope { Protected = header, Payload = payload, Signature = signature, Algorithm = algorithm, KeyId = keyId };
        return true;
    }

    /// <summary>The protected header's bytes for a key.</summary>
    public static int WriteProtected(Span<byte> into, int algorithm, string keyId, string? content = null)
    {
        Span<byte> kid = stackalloc byte[KeyIdChars];
        if (System.Text.Ascii.FromUtf16(keyId, kid, out var written) != System.Buffers.OperationStatus.Done || written != KeyIdChars)
            throw new ArgumentException("A key id is 32 hex digits.", nameof(keyId));
        var cbor = new CborWriter(into);
        cbor.Map(content is null ? 2 : 3);
        cbor.Unsigned(AlgorithmLabel);
        cbor.Integer(algorithm);
        if (content is not null)
        {
            cbor.Unsigned(ContentLabel);
            cbor.Text(content);
        }

        cbor.Unsigned(KeyIdLabel);
        cbor.Bytes(kid);
        return cbor.Length;
    }

    /// <summary>SHA-256 over <c>["Signature1", protected, h'', payload]</c>.</summary>
    public static void HashToBeSigned(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> hash)
    {
        Span<byte> buffer = stackalloc byte[ManifestCodec.MaximumBytes + 32];
        var cbor = new CborWriter(buffer);
        cbor.Array(4);
        cbor.Raw("\u006ASignature1"u8);
        cbor.Bytes(header);
        cbor.Bytes([]);
        cbor.Bytes(payload);
        SHA256.HashData(cbor.Written, hash);
    }

    public static int Write(Span<byte> into, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> signature)
    {
        var cbor = new CborWriter(into);
        cbor.Tag(Sign1Tag);
        cbor.Array(4);
        cbor.Bytes(header);
        cbor.Map(0);
        cbor.Bytes(payload);
        cbor.Bytes(signature);
        return cbor.Length;
    }
}
