using System.Text.Json;
using EspForge.Devices;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Telemetry in the database.</summary>
internal sealed class EfTelemetryStore(StoreContext store) : ITelemetryStore
{
    public Task AddAsync(
        string organization, string deviceId, DeviceSighting sighting, IReadOnlyList<TelemetrySample> samples, DateTimeOffset now, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(sighting);
        var hardware = sighting.Hardware.ToText();
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfZero(samples.Count, nameof(samples));
        return store.Db.InTransactionAsync(async () =>
        {
            var device = store.Db.Set<DeviceRow>().Where(r => r.Organization == organization && r.DeviceId == deviceId);
            var known = await device.Select(r => new { r.Version, r.UptimeMs }).SingleOrDefaultAsync(cancel);
            if (known is null)
                return;

            var uptime = known.UptimeMs;
            foreach (var sample in samples)
            {
                store.Db.Add(new TelemetryRow
                {
                    Organization = organization,
                    DeviceId = deviceId,
                    At = sample.At,
                    Version = sample.Version,
                    UptimeMs = sample.UptimeMs,
                    FreeHeapBytes = sample.FreeHeapBytes,
                    RssiDbm = sample.RssiDbm,
                    Values = sample.Values is { Count: > 0 } values ? JsonSerializer.Serialize(values) : null,
                });
                if (uptime > sample.UptimeMs)
                    DeviceTimeline.Add(store.Db, organization, deviceId, sample.At, "boot", $"Started again, running {sample.Version}.");
                uptime = sample.UptimeMs;
            }

            var last = samples[^1];
            await device.ExecuteUpdateAsync(set => set
                .SetProperty(r => r.Version, sighting.Version)
                .SetProperty(r => r.Slot, sighting.Slot)
                .SetProperty(r => r.AgentVersion, r => sighting.AgentVersion ?? r.AgentVersion)
                .SetProperty(r => r.Hardware, r => hardware ?? r.Hardware)
                .SetProperty(r => r.LastSeenAt, now)
                .SetProperty(r => r.UptimeMs, last.UptimeMs)
                .SetProperty(r => r.FreeHeapBytes, last.FreeHeapBytes)
                .SetProperty(r => r.RssiDbm, last.RssiDbm), cancel);
            if (!string.Equals(known.Version, sighting.Version, StringComparison.Ordinal))
                DeviceTimeline.AddVersion(store.Db, organization, deviceId, now, known.Version, sighting.Version);
            await store.Db.SaveChangesAsync(cancel);
            store.Db.ChangeTracker.Clear();
        }, cancel);
    }

    public async Task<IReadOnlyList<TelemetrySample>> ListAsync(
        string organization, string deviceId, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 5_000);
        var rows = store.Db.Set<TelemetryRow>().AsNoTracking().Where(r => r.Organization == organization && r.DeviceId == deviceId);
        if (from is { } earliest)
            rows = rows.Where(r => r.At >= earliest);
        if (to is { } latest)
            rows = rows.Where(r => r.At <= latest);
        var found = await rows.OrderByDescending(r => r.At).ThenByDescending(r => r.Id).Take(limit).ToListAsync(cancel);
        found.Reverse();
        return found.ConvertAll(r => new TelemetrySample(r.At, r.Version, r.UptimeMs, r.FreeHeapBytes, r.RssiDbm,
            r.Values is null ? null : JsonSerializer.Deserialize<Dictionary<string, double>>(r.Values)));
    }

    public async Task<int> ForgetAsync(DateTimeOffset samplesBefore, DateTimeOffset eventsBefore, CancellationToken cancel = default)
    {
        var samples = await store.Db.Set<TelemetryRow>().Where(r => r.At < samplesBefore).ExecuteDeleteAsync(cancel);
        return samples + await store.Db.Set<DeviceEventRow>().Where(r => r.At < eventsBefore).ExecuteDeleteAsync(cancel);
    }
}
