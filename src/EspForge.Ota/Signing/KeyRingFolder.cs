using System.Buffers.Text;
using System.Text.Json;

namespace EspForge.Ota;

/// <summary>
/// Where a ring is kept: <c>keyring.json</c>, replaced as a whole, and a private key file for each key a rotation made. The key's file is there before the ring that
/// speaks of it, so that a cut in between leaves an unused key and the ring as it was.
/// </summary>
internal sealed class KeyRingFolder(string folder, ISigningKey first)
{
    private const int MaximumBytes = 262_144;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private string RingPath => Path.Combine(folder, "keyring.json");

    /// <summary>The ring that is kept; none when there was no rotation yet.</summary>
    public Outcome<Kept> Read()
    {
        try
        {
            if (!File.Exists(RingPath)) return new Kept(null);
            using var file = new FileStream(RingPath, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MaximumBytes) return Malformed("it is too large");
            if (JsonSerializer.Deserialize<Document>(file, Json) is not { Format: 1, Generation: >= 1, Active: not null, Keys: not null, Trusted: not null, Lists: not null } document)
                return Malformed("it is not of format 1");
            return State(document).TryGet(out var state, out var fault) ? new Kept(state) : fault;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return Malformed(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed(e);
        }
    }

    /// <summary>Keeps a ring, and before it the key that was made for it.</summary>
    public Fault? Write(KeyRingState state, Es256SigningKey? made)
    {
        var document = new Document(
            1,
            state.Generation,
            state.Active.KeyId,
            [.. state.Keys.Select(k => new Entry(k.Key.KeyId, k.Key.Algorithm, k.Key.DeviceKeyBase64Url, k.State == KeyState.Retired ? "retired" : "trusted"))],
            state.TrustedBefore.ToDictionary(pair => pair.Key, pair => pair.Value),
            state.Lists.ToDictionary(pair => pair.Key, pair => Base64Url.EncodeToString(pair.Value), StringComparer.Ordinal));
        try
        {
            DurableFile.CreateDirectory(folder);
            if (made is not null) Publish(PathOf(made.KeyId), System.Text.Encoding.ASCII.GetBytes(made.ExportPem()), overwrite: false);
            Publish(RingPath, JsonSerializer.SerializeToUtf8Bytes(document, Json), overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed(e);
        }
    }

    /// <summary>The private key of this id, if it is here.</summary>
    public ISigningKey? Find(string keyId) =>
        string.Equals(keyId, first.KeyId, StringComparison.Ordinal) ? first : IsKeyId(keyId) && File.Exists(PathOf(keyId)) && SigningKeyFile.Load(PathOf(keyId)).TryGet(out var key, out _) ? key : null;

    /// <summary>Runs while no other process rotates.</summary>
    public Outcome<KeyRotation> Locked(Func<Outcome<KeyRotation>> act)
    {
        try
        {
            DurableFile.CreateDirectory(folder);
            using var held = SigningKeyFile.Lock(RingPath + ".lock");
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed(e);
        }
    }

    private Outcome<KeyRingState> State(Document document)
    {
        var keys = new List<KeyListEntry>();
        foreach (var entry in document.Keys)
        {
            if (TrustedKey.AlgorithmOf(entry.Alg) is not { } algorithm || !Base64Url.IsValid(entry.PublicKey)) return Malformed("a key is not one");
            if (!TrustedKey.FromDeviceKey(algorithm, Base64Url.DecodeFromChars(entry.PublicKey)).TryGet(out var key, out var fault)) return Malformed(fault.Message);
            keys.Add(new KeyListEntry(key, entry.State is "retired" ? KeyState.Retired : KeyState.Trusted));
        }

        if (!IsKeyId(document.Active) || !document.Trusted.ContainsKey(0) || document.Lists.Count == 0
            || !keys.Exists(k => k.State == KeyState.Trusted && string.Equals(k.Key.KeyId, document.Active, StringComparison.Ordinal)))
        {
            return Malformed("its active key is none of its keys");
        }

        ISigningKey active = first;
        if (!string.Equals(document.Active, first.KeyId, StringComparison.Ordinal))
        {
            if (!SigningKeyFile.Load(PathOf(document.Active)).TryGet(out var loaded, out var missing)) return missing;
            if (!string.Equals(loaded.KeyId, document.Active, StringComparison.Ordinal)) return Malformed("the file of its active key holds another");
            active = loaded;
        }

        return new KeyRingState(active, keys)
        {
            Generation = document.Generation,
            TrustedBefore = document.Trusted,
            Lists = document.Lists.ToDictionary(pair => pair.Key, pair => Base64Url.DecodeFromChars(pair.Value), StringComparer.Ordinal),
        };
    }

    private string PathOf(string keyId) => Path.Combine(folder, $"signing-{keyId}.pem");

    private static void Publish(string path, byte[] content, bool overwrite)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = DurableFile.Create(temporary))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            DurableFile.Publish(temporary, path, overwrite);
        }
        catch
        {
            DurableFile.DeleteQuietly(temporary);
            throw;
        }
    }

    private static bool IsKeyId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    private Fault Malformed(string why) => new("key-ring-malformed", $"{RingPath} is no key ring: {why}");

    private Fault Failed(Exception e) => new("key-file-failed", $"The key ring {RingPath} could not be read or written: {e.Message}");

    /// <summary>What was found.</summary>
    internal sealed record Kept(KeyRingState? State);

    private sealed record Entry(string Kid, string Alg, string PublicKey, string State);

    private sealed record Document(
        int Format, long Generation, string Active, IReadOnlyList<Entry> Keys, IReadOnlyDictionary<long, IReadOnlyList<string>> Trusted, IReadOnlyDictionary<string, string> Lists);
}
