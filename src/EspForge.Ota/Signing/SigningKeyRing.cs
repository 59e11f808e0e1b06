namespace EspForge.Ota;

/// <summary>The key that signs now and the keys devices trust: the active one and, around a rotation, those before or after it.</summary>
public sealed class SigningKeyRing
{
    /// <summary>Most keys a device holds (docs/protocol.md 1.2).</summary>
    public const int MaximumTrusted = 4;

    private SigningKeyRing(ISigningKey active, IReadOnlyList<TrustedKey> trusted)
    {
        Active = active;
        Trusted = trusted;
    }

    /// <summary>The key that signs.</summary>
    public ISigningKey Active { get; }

    /// <summary>1–4 keys that verify, the active one first; published under <c>/.well-known/espforge</c> and given to devices at their claim.</summary>
    public IReadOnlyList<TrustedKey> Trusted { get; }

    /// <summary>A ring of the active key and others that are still, or already, trusted. Faults: <c>key-malformed</c>, <c>key-ring-full</c> above four.</summary>
    public static Outcome<SigningKeyRing> Create(ISigningKey active, IEnumerable<TrustedKey>? others = null)
    {
        ArgumentNullException.ThrowIfNull(active);
        if (!TrustedKey.Of(active).TryGet(out var own, out var fault)) return fault;
        var trusted = new List<TrustedKey> { own };
        foreach (var other in others ?? [])
            if (!trusted.Exists(k => string.Equals(k.KeyId, other.KeyId, StringComparison.Ordinal)))
                trusted.Add(other);
        if (trusted.Count > MaximumTrusted)
            return new Fault("key-ring-full", $"A device holds at most {MaximumTrusted} trusted keys, and {trusted.Count} were given. Retire the oldest.");
        return new SigningKeyRing(active, trusted);
    }

    /// <summary>The trusted key of this id, or <see langword="null"/>.</summary>
    public TrustedKey? Find(string keyId) => Trusted.FirstOrDefault(k => string.Equals(k.KeyId, keyId, StringComparison.Ordinal));
}
