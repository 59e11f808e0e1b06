using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota;

/// <summary>Who is in which stage. Devices are ranked by a salted hash once, and the hash at each stage's cut is frozen: sizes are exact and nobody ever moves.</summary>
public static class Cohort
{
    /// <summary>Length of a rank hash, in bytes.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>Length of a rollout's salt, in bytes.</summary>
    public const int SaltBytes = 32;

    /// <summary>Most devices of one rollout.</summary>
    public const int MaximumDevices = 10_000_000;

    /// <summary>Longest device id, in bytes.</summary>
    public const int MaximumDeviceIdBytes = 64;

    /// <summary>A new salt, 32 random bytes.</summary>
    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltBytes);

    /// <summary>The device's rank, SHA-256(salt ‖ UTF-8 deviceId), as 64 lower-case hex digits.</summary>
    public static string Rank(ReadOnlySpan<byte> salt, string deviceId)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        Rank(salt, deviceId, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>The device's rank into 32 bytes. Throws <see cref="ArgumentException"/> for an id of 0 or more than 64 bytes.</summary>
    public static void Rank(ReadOnlySpan<byte> salt, string deviceId, Span<byte> hash)
    {
        Span<byte> id = stackalloc byte[MaximumDeviceIdBytes];
        var length = IdBytes(deviceId, id);
        if (length == 0) throw new ArgumentException("A device id has 1 to 64 bytes.", nameof(deviceId));
        Rank(salt, id[..length], hash);
    }

    /// <summary>Index of the first stage whose threshold is not below the hash (64 lower-case hex digits).</summary>
    public static int StageOf(string hash, IReadOnlyList<RolloutStage> stages)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(stages);
        for (var i = 0; i < stages.Count; i++)
            if (string.CompareOrdinal(stages[i].Threshold, hash) >= 0)
                return i;
        return stages.Count - 1;
    }

    /// <summary>
    /// Ranks the devices and cuts them into the stages: of N devices, stage i ends with device ⌈percent·N/100⌉. The same id twice counts once. Memory: about 60 bytes a device
    /// and no string is kept. Faults: <c>rollout-invalid</c>, <c>cohort-empty</c>, <c>cohort-too-large</c> above 10,000,000.
    /// </summary>
    public static Outcome<FrozenCohort> Freeze(IEnumerable<string> deviceIds, ReadOnlySpan<byte> salt, IReadOnlyList<StagePlan> plan)
    {
        ArgumentNullException.ThrowIfNull(deviceIds);
        if (RolloutPlan.Check(plan) is { } fault) return fault;
        using var ranking = new CohortRanking(salt.ToArray());
        foreach (var deviceId in deviceIds)
            if (!ranking.Add(deviceId))
                return TooLarge();
        return Cut(ranking, plan);
    }

    /// <inheritdoc cref="Freeze"/>
    public static async Task<Outcome<FrozenCohort>> FreezeAsync(IAsyncEnumerable<string> deviceIds, ReadOnlyMemory<byte> salt, IReadOnlyList<StagePlan> plan, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(deviceIds);
        if (RolloutPlan.Check(plan) is { } fault) return fault;
        using var ranking = new CohortRanking(salt.ToArray());
        await foreach (var deviceId in deviceIds.WithCancellation(cancel))
            if (!ranking.Add(deviceId))
                return TooLarge();
        return Cut(ranking, plan);
    }

    internal static int IdBytes(string deviceId, Span<byte> into)
    {
        ArgumentNullException.ThrowIfNull(deviceId);
        return Encoding.UTF8.TryGetBytes(deviceId, into, out var length) ? length : 0;
    }

    internal static void Rank(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> id, Span<byte> hash)
    {
        Span<byte> message = stackalloc byte[256];
        if (salt.Length > message.Length - MaximumDeviceIdBytes) throw new ArgumentException("A salt has at most 192 bytes.", nameof(salt));
        salt.CopyTo(message);
        id.CopyTo(message[salt.Length..]);
        SHA256.HashData(message[..(salt.Length + id.Length)], hash);
    }

    private static Outcome<FrozenCohort> Cut(CohortRanking ranking, IReadOnlyList<StagePlan> plan)
    {
        ranking.Sort();
        if (ranking.Count == 0) return new Fault("cohort-empty", "No device matches: a rollout to nobody would pass every gate without proving anything. Check product, chip and filter.");

        var stages = new RolloutStage[plan.Count];
        var taken = 0;
        Span<byte> hash = stackalloc byte[HashBytes];
        for (var i = 0; i < stages.Length; i++)
        {
            var end = (int)((((long)plan[i].Percent * ranking.Count) + 99) / 100);
            ranking.Hash(end - 1, hash);
            var threshold = i == stages.Length - 1 ? new string('f', 2 * HashBytes) : Convert.ToHexStringLower(hash);
            stages[i] = new RolloutStage(plan[i].Percent, end - taken, threshold, plan[i].Gate, StartedAt: null);
            taken = end;
        }

        return new FrozenCohort(ranking, stages);
    }

    private static Fault TooLarge() => new("cohort-too-large", "More than 10000000 devices match; narrow the filter and release to one part after the other.");
}
