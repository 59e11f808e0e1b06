namespace EspForge.Devices;

/// <summary>What a device measured.</summary>
/// <param name="At">When; the time of arrival where the device's clock was not set.</param>
/// <param name="Version">The version it ran.</param>
/// <param name="UptimeMs">Milliseconds since it started.</param>
/// <param name="FreeHeapBytes">Free heap in bytes.</param>
/// <param name="RssiDbm">Received signal strength in dBm, −128 … 20.</param>
/// <param name="Values">The application's own values.</param>
public sealed record TelemetrySample(
    DateTimeOffset At, string Version, long UptimeMs, long FreeHeapBytes, int? RssiDbm, IReadOnlyDictionary<string, double>? Values);

/// <summary>A sample as a device sends it (docs/protocol.md 2.4).</summary>
public sealed record TelemetryReading(
    long? At, long? UptimeMs, long? FreeHeapBytes, int? RssiDbm, IReadOnlyDictionary<string, double>? Values);

/// <summary>A batch as a device sends it.</summary>
public sealed record TelemetryBatch(string? Version, string? Slot, string? AgentVersion, IReadOnlyList<TelemetryReading?>? Samples, DeviceHardware? Hardware = null)
{
    /// <summary>Most samples of a batch.</summary>
    public const int MaxSamples = 64;

    /// <summary>Most values of a sample.</summary>
    public const int MaxValues = 16;

    /// <summary>Largest count a JSON number carries without loss: 2⁵³ − 1.</summary>
    private const long MaxNumber = 9_007_199_254_740_991;

    /// <summary>The first field that is wrong and why, or <see langword="null"/>. A time more than a day ahead of <paramref name="now"/> or before 2020 is wrong.</summary>
    public (string Field, string Message)? Check(DateTimeOffset now)
    {
        if (DeviceFields.CheckVersion(Version) is { } version)
            return ("version", version);
        if (DeviceFields.CheckSlot(Slot) is { } slot)
            return ("slot", slot);
        if (AgentVersion is not null && DeviceFields.CheckVersion(AgentVersion) is { } agent)
            return ("agentVersion", agent);
        if (Hardware?.Check() is { } hardware)
            return hardware;
        if (Samples is not { Count: >= 1 and <= MaxSamples })
            return ("samples", $"A batch has 1–{MaxSamples} samples.");
        for (var i = 0; i < Samples.Count; i++)
        {
            if (Check(Samples[i], now) is { } wrong)
                return (wrong.Field.Length == 0 ? $"samples[{i}]" : $"samples[{i}].{wrong.Field}", wrong.Message);
        }

        return null;
    }

    /// <summary>The samples; the batch has been checked.</summary>
    public IReadOnlyList<TelemetrySample> ToSamples(DateTimeOffset arrived) =>
        [.. Samples!.Select(s => new TelemetrySample(
            s!.At is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : arrived, Version!, s.UptimeMs!.Value, s.FreeHeapBytes!.Value, s.RssiDbm, s.Values))];

    private static (string Field, string Message)? Check(TelemetryReading? sample, DateTimeOffset now)
    {
        const long Earliest = 1_577_836_800_000;
        if (sample is null)
            return ("", "A sample is an object.");
        if (sample.At is { } at && (at < Earliest || at > now.ToUnixTimeMilliseconds() + 86_400_000))
            return ("at", "A time is Unix milliseconds, not before 2020 and not more than a day ahead; leave it out while the clock is not set.");
        if (sample.UptimeMs is not (>= 0 and <= MaxNumber))
            return ("uptimeMs", "The uptime is 0 or more milliseconds.");
        if (sample.FreeHeapBytes is not (>= 0 and <= MaxNumber))
            return ("freeHeapBytes", "The free heap is 0 or more bytes.");
        if (sample.RssiDbm is < -128 or > 20)
            return ("rssiDbm", "The signal strength is −128 … 20 dBm.");
        if (sample.Values is null)
            return null;
        if (sample.Values.Count > MaxValues)
            return ("values", $"A sample has at most {MaxValues} values.");
        foreach (var (name, value) in sample.Values)
        {
            if (name.Length is < 1 or > 32 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
                return ("values", "A value's name is 1–32 of A-Z a-z 0-9 _ . -.");
            if (!double.IsFinite(value))
                return ($"values.{name}", "A value is a finite number.");
        }

        return null;
    }
}

/// <summary>Keeps telemetry.</summary>
public interface ITelemetryStore
{
    /// <summary>
    /// Keeps a batch and makes its newest sample the device's state, in one transaction. A device that started again since its last word gets a <c>boot</c>
    /// on its timeline, one that runs another version a <c>version</c>.
    /// </summary>
    Task AddAsync(string organization, string deviceId, DeviceSighting sighting, IReadOnlyList<TelemetrySample> samples, DateTimeOffset now, CancellationToken cancel = default);

    /// <summary>The newest <paramref name="limit"/> (1–5,000) samples of the time span, oldest first.</summary>
    Task<IReadOnlyList<TelemetrySample>> ListAsync(string organization, string deviceId, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancel = default);

    /// <summary>Forgets samples before one time and timeline entries before another; returns how many rows went. Set-based.</summary>
    Task<int> ForgetAsync(DateTimeOffset samplesBefore, DateTimeOffset eventsBefore, CancellationToken cancel = default);
}
