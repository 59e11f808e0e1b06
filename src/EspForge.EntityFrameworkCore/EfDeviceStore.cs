using EspForge.Devices;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Devices in the database.</summary>
internal sealed class EfDeviceStore(StoreContext store) : IDeviceStore
{
    private IQueryable<DeviceRow> Rows => store.Db.Set<DeviceRow>();

    public async Task<Device?> FindAsync(string organization, string deviceId, CancellationToken cancel = default)
    {
        var row = await Rows.AsNoTracking().Include(r => r.Tags).SingleOrDefaultAsync(r => r.Organization == organization && r.DeviceId == deviceId, cancel);
        return row?.ToDevice();
    }

    public async Task<IReadOnlyList<Device>> ListAsync(string organization, string? product, string? search, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 500);
        var rows = Rows.AsNoTracking().Where(r => r.Organization == organization);
        if (product is not null)
            rows = rows.Where(r => r.Product == product);
        if (!string.IsNullOrWhiteSpace(search))
        {
            var text = search.Trim().ToLowerInvariant();
            rows = rows.Where(r => r.SearchText.Contains(text) || r.Tags.Any(t => t.Tag == text));
        }

        var found = await rows.Include(r => r.Tags).OrderBy(r => r.SearchText).Take(limit).AsSplitQuery().ToListAsync(cancel);
        return found.ConvertAll(r => r.ToDevice());
    }

    public Task<DeviceIdentity?> IdentifyAsync(byte[] keyHash, CancellationToken cancel = default) =>
        Rows.AsNoTracking().Where(r => r.KeyHash == keyHash)
            .Select(r => new DeviceIdentity(r.DeviceId, r.Organization, r.Product, r.Chip, r.KeyHash!)).SingleOrDefaultAsync(cancel);

    public Task<DeviceIdentity?> IdentifyAsync(string deviceId, CancellationToken cancel = default) =>
        Rows.AsNoTracking().Where(r => r.DeviceId == deviceId && r.KeyHash != null)
            .Select(r => new DeviceIdentity(r.DeviceId, r.Organization, r.Product, r.Chip, r.KeyHash!)).SingleOrDefaultAsync(cancel);

    public Task<string?> FindSecretAsync(string organization, string deviceId, CancellationToken cancel = default) =>
        Rows.AsNoTracking().Where(r => r.Organization == organization && r.DeviceId == deviceId).Select(r => r.ProtectedSecret).SingleOrDefaultAsync(cancel);

    public async Task<Outcome<Device>> AddAsync(Device device, DeviceCredentials credentials, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(credentials);
        try
        {
            return await store.Db.InTransactionAsync<Outcome<Device>>(async () =>
            {
                if (await Rows.AnyAsync(r => r.DeviceId == device.DeviceId, cancel))
                    return Taken(device.DeviceId);
                var row = new DeviceRow
                {
                    DeviceId = device.DeviceId,
                    Organization = device.Organization,
                    Name = device.Name,
                    Product = device.Product,
                    Chip = device.Chip,
                    Board = device.Board,
                    HardwareId = device.HardwareId,
                    Group = device.Group,
                    KeyHash = credentials.KeyHash,
                    ProtectedSecret = credentials.ProtectedSecret,
                    CreatedAt = device.CreatedAt,
                    Tags = [.. device.Tags.Select(tag => new DeviceTagRow { DeviceId = device.DeviceId, Tag = tag })],
                };
                row.IndexForSearch();
                store.Db.Add(row);
                DeviceTimeline.Add(store.Db, row.Organization, row.DeviceId, store.Now, "registered", "Registered up front.");
                await AuditChain.AppendAsync(store.Db, row.Organization, entry, store.Now, cancel);
                store.Db.ChangeTracker.Clear();
                return row.ToDevice();
            }, cancel);
        }
        catch (DbUpdateException error) when (StoreTransaction.IsUniqueViolation(error))
        {
            return Taken(device.DeviceId);
        }
    }

    public Task<Outcome<Device>> ChangeAsync(string organization, string deviceId, DeviceChange change, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return store.Db.InTransactionAsync<Outcome<Device>>(async () =>
        {
            var row = await Rows.AsTracking().Include(r => r.Tags).SingleOrDefaultAsync(r => r.Organization == organization && r.DeviceId == deviceId, cancel);
            if (row is null)
                return new Fault("device-not-found", $"There is no device {deviceId}.");
            row.Take(change);
            DeviceTimeline.Add(store.Db, organization, deviceId, store.Now, "edited", "Name, group or tags were changed.");
            await AuditChain.AppendAsync(store.Db, organization, entry, store.Now, cancel);
            store.Db.ChangeTracker.Clear();
            return row.ToDevice();
        }, cancel);
    }

    public Task<bool> RemoveAsync(string organization, string deviceId, AuditDraft entry, CancellationToken cancel = default) =>
        store.Db.InTransactionAsync(async () =>
        {
            if (!await Rows.AnyAsync(r => r.Organization == organization && r.DeviceId == deviceId, cancel))
                return false;
            await store.Db.Set<DeviceTagRow>().Where(r => r.DeviceId == deviceId).ExecuteDeleteAsync(cancel);
            await store.Db.Set<TelemetryRow>().Where(r => r.DeviceId == deviceId).ExecuteDeleteAsync(cancel);
            await store.Db.Set<DeviceEventRow>().Where(r => r.DeviceId == deviceId).ExecuteDeleteAsync(cancel);
            await EfRolloutStore.ForgetDeviceAsync(store.Db, deviceId, cancel);
            await Rows.Where(r => r.DeviceId == deviceId).ExecuteDeleteAsync(cancel);
            await AuditChain.AppendAsync(store.Db, organization, entry, store.Now, cancel);
            return true;
        }, cancel);

    public async Task SeenAsync(string organization, string deviceId, DeviceSighting sighting, DateTimeOffset now, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(sighting);
        var hardware = sighting.Hardware.ToText();
        var rows = Rows.Where(r => r.Organization == organization && r.DeviceId == deviceId);
        var known = await rows.Select(r => new { r.Version }).SingleOrDefaultAsync(cancel);
        if (known is null)
            return;
        if (string.Equals(known.Version, sighting.Version, StringComparison.Ordinal))
        {
            await SetAsync();
            return;
        }

        await store.Db.InTransactionAsync(async () =>
        {
            await SetAsync();
            DeviceTimeline.AddVersion(store.Db, organization, deviceId, now, known.Version, sighting.Version);
            await store.Db.SaveChangesAsync(cancel);
            store.Db.ChangeTracker.Clear();
        }, cancel);

        Task SetAsync() => rows.ExecuteUpdateAsync(set => set
            .SetProperty(r => r.Version, sighting.Version)
            .SetProperty(r => r.Slot, sighting.Slot)
            .SetProperty(r => r.AgentVersion, r => sighting.AgentVersion ?? r.AgentVersion)
            .SetProperty(r => r.Hardware, r => hardware ?? r.Hardware)
            .SetProperty(r => r.LastSeenAt, now), cancel);
    }

    public async Task<IReadOnlyList<DeviceEvent>> TimelineAsync(string organization, string deviceId, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 500);
        return await store.Db.Set<DeviceEventRow>().AsNoTracking().Where(r => r.Organization == organization && r.DeviceId == deviceId)
            .OrderByDescending(r => r.At).ThenByDescending(r => r.Id).Take(limit)
            .Select(r => new DeviceEvent(r.At, r.Kind, r.Text, r.RolloutId)).ToListAsync(cancel);
    }

    public async Task<IReadOnlyList<ProductVersionCount>> CountVersionsAsync(string organization, CancellationToken cancel = default)
    {
        var counts = await Rows.AsNoTracking().Where(r => r.Organization == organization).GroupBy(r => new { r.Product, r.Version })
            .Select(g => new { g.Key.Product, g.Key.Version, Devices = g.Count() }).OrderBy(g => g.Product).ThenBy(g => g.Version).ToListAsync(cancel);
        return counts.ConvertAll(c => new ProductVersionCount(c.Product, c.Version, c.Devices));
    }

    private static Fault Taken(string deviceId) => new("device-exists", $"The device id {deviceId} is taken. Choose another.");
}
