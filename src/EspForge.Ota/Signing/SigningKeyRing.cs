namespace EspForge.Ota;

/// <summary>
/// The key that signs now and the keys devices know: the active one, those that are still trusted, those that were retired. Keys rotate by a key list
/// (docs/protocol.md 6.6) of the next generation, signed by keys that devices trust already. Safe to use from several threads.
/// </summary>
public sealed class SigningKeyRing
{
    /// <summary>Most keys a device holds (docs/protocol.md 1.2).</summary>
    public const int MaximumTrusted = 4;

    private readonly Lock _gate = new();
    private readonly KeyRingFolder? _folder;
    private volatile KeyRingState _state;

    private SigningKeyRing(KeyRingState state, KeyRingFolder? folder) => (_state, _folder) = (state, folder);

    /// <summary>The key that signs.</summary>
    public ISigningKey Active => _state.Active;

    /// <summary>1–4 keys that verify, the active one first; published under <c>/.well-known/espforge</c> and given to devices at their claim.</summary>
    public IReadOnlyList<TrustedKey> Trusted => _state.Trusted;

    /// <summary>All keys devices may know, the active one first, with what they are good for.</summary>
    public IReadOnlyList<KeyListEntry> Keys => _state.Keys;

    /// <summary>Generation of the newest key list; 0 while there has been no rotation.</summary>
    public long Generation => _state.Generation;

    /// <summary>A ring of the active key and others that are still, or already, trusted; it is kept nowhere. Faults: <c>key-malformed</c>, <c>key-ring-full</c> above four.</summary>
    public static Outcome<SigningKeyRing> Create(ISigningKey active, IEnumerable<TrustedKey>? others = null) =>
        First(active, others).TryGet(out var state, out var fault) ? new SigningKeyRing(state, null) : fault;

    /// <summary>
    /// The ring as it was last rotated in <paramref name="folder"/>, or the one of <see cref="Create"/> when it never was. New keys and the ring (<c>keyring.json</c>) are kept
    /// there, in files of mode 0600. Faults as <see cref="Create"/>, and <c>key-ring-malformed</c>, <c>key-file-failed</c>, <c>key-file-open</c>, <c>key-file-missing</c>.
    /// </summary>
    public static Outcome<SigningKeyRing> Open(string folder, ISigningKey first, IEnumerable<TrustedKey>? others = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(first);
        var files = new KeyRingFolder(folder, first);
        if (!files.Read().TryGet(out var kept, out var fault)) return fault;
        if (kept is { State: { } state }) return new SigningKeyRing(state, files);
        return First(first, others).TryGet(out var fresh, out fault) ? new SigningKeyRing(fresh, files) : fault;
    }

    /// <summary>The trusted key of this id, or <see langword="null"/>.</summary>
    public TrustedKey? Find(string keyId) => Trusted.FirstOrDefault(k => string.Equals(k.KeyId, keyId, StringComparison.Ordinal));

    /// <summary>
    /// The newest list for a device whose keys are of <paramref name="generation"/>, signed by a key that was trusted then; <see langword="null"/> when it has the newest.
    /// </summary>
    public byte[]? ListFor(long generation)
    {
        var state = _state;
        return generation >= state.Generation ? null : state.ListFor(generation);
    }

    /// <summary>
    /// The next generation: with <paramref name="create"/> a new ES256 key signs from now on; keys of <paramref name="retire"/> verify nothing any more. Manifests signed by a
    /// retired key must be issued again. A list that is full loses its longest retired key. Faults: <c>key-unknown</c>, <c>key-active</c> when the active key is to be retired and
    /// none is made, <c>key-ring-unchanged</c>, <c>key-ring-full</c> when four keys are trusted already, <c>key-list-invalid</c>, and those of files.
    /// </summary>
    public Outcome<KeyRotation> Rotate(DateTimeOffset now, bool create = true, IReadOnlyCollection<string>? retire = null)
    {
        lock (_gate)
        {
            if (_folder is null) return Rotate(_state, now, create, retire ?? []);
            return _folder.Locked(() =>
            {
                // Another process may have rotated since.
                if (!_folder.Read().TryGet(out var kept, out var fault)) return fault;
                return Rotate(kept.State is { } newest && newest.Generation > _state.Generation ? newest : _state, now, create, retire ?? []);
            });
        }
    }

    private static Outcome<KeyRingState> First(ISigningKey active, IEnumerable<TrustedKey>? others)
    {
        ArgumentNullException.ThrowIfNull(active);
        if (!TrustedKey.Of(active).TryGet(out var own, out var fault)) return fault;
        var trusted = new List<TrustedKey> { own };
        foreach (var other in others ?? [])
            if (!trusted.Exists(k => string.Equals(k.KeyId, other.KeyId, StringComparison.Ordinal)))
                trusted.Add(other);
        if (trusted.Count > MaximumTrusted)
            return new Fault("key-ring-full", $"A device holds at most {MaximumTrusted} trusted keys, and {trusted.Count} were given. Retire the oldest.");
        return new KeyRingState(active, [.. trusted.Select(key => new KeyListEntry(key, KeyState.Trusted))]);
    }

    private Outcome<KeyRotation> Rotate(KeyRingState old, DateTimeOffset now, bool create, IReadOnlyCollection<string> retire)
    {
        if (retire.FirstOrDefault(id => !old.Trusted.Any(k => string.Equals(k.KeyId, id, StringComparison.Ordinal))) is { } unknown)
            return new Fault("key-unknown", $"{unknown} is no key that is trusted now.");
        if (!create && retire.Contains(old.Active.KeyId, StringComparer.Ordinal))
            return new Fault("key-active", "The active key signs; it can be retired only together with making a new one.");
        if (!create && retire.Count == 0) return new Fault("key-ring-unchanged", "Neither a new key nor one to retire: nothing would change.");

        var keys = old.Keys.Select(k => retire.Contains(k.Key.KeyId, StringComparer.Ordinal) ? k with { State = KeyState.Retired } : k).ToList();
        var active = old.Active;
        Es256SigningKey? made = null;
        if (create)
        {
            if (keys.Count == MaximumTrusted && !keys.Remove(keys.LastOrDefault(k => k.State == KeyState.Retired)!))
                return new Fault("key-ring-full", $"A device holds at most {MaximumTrusted} keys, and all are trusted. Retire one of them first, or with this.");
            active = made = Es256SigningKey.Create();
            keys.Insert(0, new KeyListEntry(TrustedKey.Of(made).Value, KeyState.Trusted));
        }

        var outcome = Sign(old, active, keys, now);
        if (!outcome.TryGet(out var next, out var fault))
        {
            made?.Dispose();
            return fault;
        }

        if (_folder?.Write(next, made) is { } failed) return failed;
        _state = next;
        return new KeyRotation(next.Generation, made?.KeyId, [.. retire]);
    }

    /// <summary>The next generation's list, once by every key at hand that some generation trusted: a device may have been away for many of them.</summary>
    private Outcome<KeyRingState> Sign(KeyRingState old, ISigningKey active, IReadOnlyList<KeyListEntry> keys, DateTimeOffset now)
    {
        var next = old.Next(active, keys);
        if (!KeyList.Create(next.Generation, keys, now).TryGet(out var list, out var fault)) return fault;
        foreach (var id in next.EverTrusted)
        {
            var signer = string.Equals(id, old.Active.KeyId, StringComparison.Ordinal) ? old.Active : _folder?.Find(id);
            if (signer is null) continue;
            if (!list.Sign(signer).TryGet(out var cose, out fault)) return fault;
            next.Lists[id] = cose;
        }

        return next;
    }
}

/// <summary>What a rotation came to.</summary>
/// <param name="Generation">Of the list that devices are given from now on.</param>
/// <param name="NewKeyId">The key that signs from now on, when one was made.</param>
/// <param name="Retired">Keys that verify nothing any more.</param>
public sealed record KeyRotation(long Generation, string? NewKeyId, IReadOnlyList<string> Retired);
