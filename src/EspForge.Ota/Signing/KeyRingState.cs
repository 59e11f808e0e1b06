namespace EspForge.Ota;

/// <summary>A ring at one generation. Not changed once it is in use.</summary>
internal sealed class KeyRingState(ISigningKey active, IReadOnlyList<KeyListEntry> keys)
{
    public ISigningKey Active { get; } = active;

    /// <summary>The active key first, then from new to old.</summary>
    public IReadOnlyList<KeyListEntry> Keys { get; } = keys;

    public IReadOnlyList<TrustedKey> Trusted { get; } = [.. keys.Where(k => k.State == KeyState.Trusted).Select(k => k.Key)];

    public long Generation { get; init; }

    /// <summary>Which keys every former generation trusted; 0 is how the ring began.</summary>
    public IReadOnlyDictionary<long, IReadOnlyList<string>> TrustedBefore { get; init; } = new Dictionary<long, IReadOnlyList<string>>();

    /// <summary>The list of this generation by the key that signed it.</summary>
    public Dictionary<string, byte[]> Lists { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Keys that some device out there may trust.</summary>
    public IEnumerable<string> EverTrusted => TrustedBefore.Values.SelectMany(ids => ids).Distinct(StringComparer.Ordinal);

    /// <summary>The next generation, still without its lists.</summary>
    public KeyRingState Next(ISigningKey signsNow, IReadOnlyList<KeyListEntry> keysThen) => new(signsNow, keysThen)
    {
        Generation = Generation + 1,
        TrustedBefore = new Dictionary<long, IReadOnlyList<string>>(TrustedBefore) { [Generation] = [.. Trusted.Select(k => k.KeyId)] },
    };

    /// <summary>By a key that a device of this generation trusts, the newest first; one that asks from a generation there never was gets what the first devices get.</summary>
    public byte[]? ListFor(long generation)
    {
        var ids = TrustedBefore.TryGetValue(generation, out var then) ? then : TrustedBefore[0];
        return ids.Select(id => Lists.GetValueOrDefault(id)).FirstOrDefault(list => list is not null) ?? Lists.Values.FirstOrDefault();
    }
}
