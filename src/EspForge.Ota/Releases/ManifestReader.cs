using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota;

/// <summary>Reads and verifies signed manifests, in the order of docs/protocol.md section 4.</summary>
public static class ManifestReader
{
    /// <summary>
    /// The payload, if the document is well formed and signed by one of the keys. Faults: <c>manifest-malformed</c>, <c>key-unknown</c>, <c>manifest-algorithm</c>,
    /// <c>signature-invalid</c>. Whether a device takes it is for <see cref="ManifestPolicy"/> to say.
    /// </summary>
    [OverloadResolutionPriority(1)] // for an empty list, which could be either
    public static Outcome<ManifestPayload> Open(ReadOnlySpan<byte> cose, IReadOnlyList<TrustedKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Open(cose, [.. keys.Select(key => new KeyListEntry(key, KeyState.Trusted))]);
    }

    /// <summary>The same with keys of which some are retired; fault <c>key-retired</c> when it is signed by one of those.</summary>
    public static Outcome<ManifestPayload> Open(ReadOnlySpan<byte> cose, IReadOnlyList<KeyListEntry> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!ManifestEnvelope.TryRead(cose, out var envelope) || ManifestCodec.Read(envelope.Payload) is not { } payload) return Malformed(cose.Length);
        return Verify(envelope, keys) is { } fault ? fault : payload;
    }

    /// <summary>The steps of docs/protocol.md section 4 from the key to the signature.</summary>
    internal static Fault? Verify(in ManifestEnvelope envelope, IReadOnlyList<KeyListEntry> keys)
    {
        if (Find(keys, envelope.KeyId) is not var (key, state))
            return new Fault("key-unknown", $"The document is signed with key {Printable(envelope.KeyId)}, which is not among the {keys.Count} known.");
        if (state == KeyState.Retired)
            return new Fault("key-retired", $"The document is signed with key {key.KeyId}, which was retired.");
        if (envelope.Algorithm != key.CoseAlgorithm)
            return new Fault("manifest-algorithm", $"The document names COSE algorithm {envelope.Algorithm}, but key {key.KeyId} is for {key.CoseAlgorithm} ({key.Algorithm}) alone.");

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        ManifestEnvelope.HashToBeSigned(envelope.Protected, envelope.Payload, hash);
        return key.VerifyHash(hash, envelope.Signature)
            ? null
            : new Fault("signature-invalid", $"The signature is not that of key {key.KeyId} over this document: it was altered, or signed with another key.");
    }

    /// <summary>What a manifest claims, with its signature unchecked: to show it, never to act on it. Fault <c>manifest-malformed</c>.</summary>
    public static Outcome<UnverifiedManifest> Inspect(ReadOnlySpan<byte> cose)
    {
        if (!ManifestEnvelope.TryRead(cose, out var envelope) || ManifestCodec.Read(envelope.Payload) is not { } payload) return Malformed(cose.Length);
        return new UnverifiedManifest(Printable(envelope.KeyId), envelope.Algorithm, payload);
    }

    private static Fault Malformed(int length) => length > ManifestCodec.MaximumBytes
        ? new Fault("manifest-malformed", $"The manifest has {length} bytes; {ManifestCodec.MaximumBytes} is the most.")
        : new Fault("manifest-malformed", "The manifest is not COSE_Sign1 in the profile of docs/protocol.md section 3.");

    private static KeyListEntry? Find(IReadOnlyList<KeyListEntry> keys, ReadOnlySpan<byte> keyId)
    {
        for (var i = 0; i < keys.Count; i++)
            if (Ascii.Equals(keyId, keys[i].Key.KeyId))
                return keys[i];
        return null;
    }

    // The id comes from outside and goes into a sentence.
    private static string Printable(ReadOnlySpan<byte> keyId) => keyId.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E) ? "0x" + Convert.ToHexStringLower(keyId) : Encoding.ASCII.GetString(keyId);
}

/// <summary>A manifest whose signature nobody has checked.</summary>
/// <param name="KeyId">The key it names.</param>
/// <param name="CoseAlgorithm">The algorithm it names.</param>
/// <param name="Payload">What it says.</param>
public sealed record UnverifiedManifest(string KeyId, long CoseAlgorithm, ManifestPayload Payload);
