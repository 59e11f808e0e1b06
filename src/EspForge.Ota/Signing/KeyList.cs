using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota;

/// <summary>What a key is good for.</summary>
public enum KeyState
{
    /// <summary>It verifies.</summary>
    Trusted = 0,

    /// <summary>It verifies nothing any more.</summary>
    Retired = 1,
}

/// <summary>A key and what it is good for.</summary>
/// <param name="Key">The public key.</param>
/// <param name="State">Trusted or retired.</param>
public sealed record KeyListEntry(TrustedKey Key, KeyState State);

/// <summary>The keys that devices trust, as a document that introduces new ones and retires old ones (docs/protocol.md 6.6).</summary>
public sealed class KeyList
{
    /// <summary>Longest list, envelope included, in bytes.</summary>
    public const int MaximumBytes = 2_048;

    /// <summary>2⁵³−1.</summary>
    public const long MaximumGeneration = ManifestPayload.MaximumSequence;

    /// <summary>Most keys in a list.</summary>
    public const int MaximumKeys = SigningKeyRing.MaximumTrusted;

    internal const string Content = "espforge-keys";
    private const int FormatVersion = 1;

    private KeyList(long generation, IReadOnlyList<KeyListEntry> keys, DateTimeOffset issuedAt) => (Generation, Keys, IssuedAt) = (generation, keys, issuedAt);

    private enum Key
    {
        FormatVersion = 1,
        Generation = 2,
        Keys = 3,
        IssuedAt = 4,
    }

    private enum EntryKey
    {
        KeyId = 1,
        Algorithm = 2,
        PublicKey = 3,
        State = 4,
    }

    /// <summary>1 … 2⁵³−1; a device takes a list of a higher generation only.</summary>
    public long Generation { get; }

    /// <summary>1–4 keys in the order of their ids, at least one of them trusted.</summary>
    public IReadOnlyList<KeyListEntry> Keys { get; }

    /// <summary>When it was made, whole milliseconds.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>A list of these keys, in any order. Fault <c>key-list-invalid</c> says what is wrong.</summary>
    public static Outcome<KeyList> Create(long generation, IEnumerable<KeyListEntry> keys, DateTimeOffset issuedAt)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var sorted = keys.OrderBy(k => k.Key.KeyId, StringComparer.Ordinal).ToList();
        if (generation is < 1 or > MaximumGeneration) return new Fault("key-list-invalid", "The generation must be 1 to 2^53-1.");
        if (sorted.Count is 0 or > MaximumKeys) return new Fault("key-list-invalid", $"A list has 1 to {MaximumKeys} keys, and {sorted.Count} were given.");
        if (sorted.Select(k => k.Key.KeyId).Distinct(StringComparer.Ordinal).Count() != sorted.Count) return new Fault("key-list-invalid", "A key is there twice.");
        if (!sorted.Exists(k => k.State == KeyState.Trusted)) return new Fault("key-list-invalid", "At least one key must be trusted: devices could never be updated again.");
        if (issuedAt < DateTimeOffset.UnixEpoch) return new Fault("key-list-invalid", "The list was issued before 1970.");
        return new KeyList(generation, sorted, DateTimeOffset.FromUnixTimeMilliseconds(issuedAt.ToUnixTimeMilliseconds()));
    }

    /// <summary>
    /// The list as COSE_Sign1, signed by a key that devices trust already. Fault <c>key-list-invalid</c> when it would be longer than <see cref="MaximumBytes"/>: RSA keys of
    /// 3,072 bits are large, and four do not fit.
    /// </summary>
    public Outcome<byte[]> Sign(ISigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> body = stackalloc byte[2 * MaximumBytes];
        body = body[..Encode(body)];
        Span<byte> header = stackalloc byte[64];
        header = header[..ManifestEnvelope.WriteProtected(header, key.CoseAlgorithm, key.KeyId, Content)];
        if (body.Length > MaximumBytes) return TooLong(body.Length);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        ManifestEnvelope.HashToBeSigned(header, body, hash);
        Span<byte> cose = stackalloc byte[2 * MaximumBytes];
        var length = ManifestEnvelope.Write(cose, header, body, key.SignHash(hash));
        return length <= MaximumBytes ? cose[..length].ToArray() : TooLong(length);
    }

    /// <summary>
    /// Reads a list as a device does that has <paramref name="keys"/> of <paramref name="generation"/>. Faults, in this order: <c>manifest-malformed</c>, <c>key-unknown</c>,
    /// <c>key-retired</c>, <c>manifest-algorithm</c>, <c>signature-invalid</c>, <c>keys-old</c>.
    /// </summary>
    public static Outcome<KeyList> Open(ReadOnlySpan<byte> cose, IReadOnlyList<KeyListEntry> keys, long generation)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (cose.Length > MaximumBytes || !ManifestEnvelope.TryRead(cose, out var envelope, Content) || Read(envelope.Payload) is not { } list)
            return new Fault("manifest-malformed", "The document is no key list in the profile of docs/protocol.md section 6.6.");
        if (ManifestReader.Verify(envelope, keys) is { } fault) return fault;
        return list.Generation > generation
            ? list
            : new Fault("keys-old", $"The list's generation {list.Generation} is not above {generation}.");
    }

    private static Fault TooLong(int length) => new("key-list-invalid", $"The list would have {length} bytes; {MaximumBytes} is the most. Drop a retired key, or use ES256 keys.");

    private static KeyList? Read(ReadOnlySpan<byte> encoded)
    {
        var cbor = new CborReader(encoded);
        if (!cbor.Map(out var pairs) || pairs != 4 || !IsNext(ref cbor, (ulong)Key.FormatVersion) || !cbor.Unsigned(out var format) || format != FormatVersion) return null;
        if (!IsNext(ref cbor, (ulong)Key.Generation) || !cbor.Unsigned(out var generation) || generation is < 1 or > MaximumGeneration) return null;
        if (!IsNext(ref cbor, (ulong)Key.Keys) || !cbor.Array(out var count) || count is < 1 or > MaximumKeys) return null;
        var keys = new List<KeyListEntry>();
        for (ulong i = 0; i < count; i++)
        {
            if (!Entry(ref cbor, out var entry)) return null;
            if (keys.Count > 0 && string.CompareOrdinal(keys[^1].Key.KeyId, entry.Key.KeyId) >= 0) return null;
            keys.Add(entry);
        }

        if (!IsNext(ref cbor, (ulong)Key.IssuedAt) || !cbor.Unsigned(out var issuedAt) || !cbor.AtEnd || !keys.Exists(k => k.State == KeyState.Trusted)) return null;
        var milliseconds = Math.Min(issuedAt, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        return new KeyList((long)generation, keys, DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds));
    }

    // A device takes the id as it stands; here it must also be the key's, as in everything this package makes.
    private static bool Entry(ref CborReader cbor, [NotNullWhen(true)] out KeyListEntry? entry)
    {
        entry = null;
        if (!cbor.Map(out var pairs) || pairs != 4 || !IsNext(ref cbor, (ulong)EntryKey.KeyId) || !cbor.Text(32, out var keyId) || !IsKeyId(keyId)) return false;
        if (!IsNext(ref cbor, (ulong)EntryKey.Algorithm) || !cbor.Integer(out var algorithm)) return false;
        if (!IsNext(ref cbor, (ulong)EntryKey.PublicKey) || !cbor.Bytes(out var bytes)) return false;
        if (!IsNext(ref cbor, (ulong)EntryKey.State) || !cbor.Unsigned(out var state) || state > (ulong)KeyState.Retired) return false;
        if (!TrustedKey.FromDeviceKey(algorithm, bytes).TryGet(out var key, out _) || !string.Equals(key.KeyId, keyId, StringComparison.Ordinal)) return false;
        entry = new KeyListEntry(key, (KeyState)state);
        return true;
    }

    private static bool IsKeyId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    private static bool IsNext(ref CborReader cbor, ulong key) => cbor.Unsigned(out var found) && found == key;

    private int Encode(Span<byte> buffer)
    {
        var cbor = new CborWriter(buffer);
        cbor.Map(4);
        cbor.Unsigned((ulong)Key.FormatVersion);
        cbor.Unsigned(FormatVersion);
        cbor.Unsigned((ulong)Key.Generation);
        cbor.Unsigned((ulong)Generation);
        cbor.Unsigned((ulong)Key.Keys);
        cbor.Array(Keys.Count);
        foreach (var (key, state) in Keys)
        {
            cbor.Map(4);
            cbor.Unsigned((ulong)EntryKey.KeyId);
            cbor.Text(key.KeyId);
            cbor.Unsigned((ulong)EntryKey.Algorithm);
            cbor.Integer(key.CoseAlgorithm);
            cbor.Unsigned((ulong)EntryKey.PublicKey);
            cbor.Bytes(key.DeviceKey.Span);
            cbor.Unsigned((ulong)EntryKey.State);
            cbor.Unsigned((ulong)state);
        }

        cbor.Unsigned((ulong)Key.IssuedAt);
        cbor.Unsigned((ulong)IssuedAt.ToUnixTimeMilliseconds());
        return cbor.Length;
    }
}
