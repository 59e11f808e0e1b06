using System.Collections.Concurrent;
using EspForge.Devices;

namespace EspForge.AspNetCore;

/// <summary>Who the devices are, remembered for 30 seconds, so that a request costs no query and a deleted device is refused within a minute on every host.</summary>
internal sealed class DeviceDirectory(TimeProvider time)
{
    private const int MaxEntries = 100_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (DeviceIdentity Identity, DateTimeOffset Until)> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _idByKey = new(StringComparer.Ordinal);

    public async Task<DeviceIdentity?> FindByKeyAsync(string key, IDeviceStore store, CancellationToken cancel)
    {
        var hash = DeviceKey.Hash(key);
        var name = Convert.ToHexStringLower(hash);
        if (_idByKey.TryGetValue(name, out var id) && await FindAsync(id, store, cancel) is { } known && DeviceKey.Matches(key, known.KeyHash))
            return known;
        var found = await store.IdentifyAsync(hash, cancel);
        if (found is null)
        {
            _idByKey.TryRemove(name, out _);
            return null;
        }

        if (_idByKey.Count >= MaxEntries)
            _idByKey.Clear();
        _idByKey[name] = found.DeviceId;
        Remember(found);
        return found;
    }

    public async Task<DeviceIdentity?> FindAsync(string deviceId, IDeviceStore store, CancellationToken cancel)
    {
        if (_byId.TryGetValue(deviceId, out var entry) && entry.Until > time.GetUtcNow())
            return entry.Identity;
        var found = await store.IdentifyAsync(deviceId, cancel);
        if (found is null)
            Forget(deviceId);
        else
            Remember(found);
        return found;
    }

    /// <summary>Its key changed or it is gone: ask the store again.</summary>
    public void Forget(string deviceId) => _byId.TryRemove(deviceId, out _);

    private void Remember(DeviceIdentity identity)
    {
        if (_byId.Count >= MaxEntries)
            _byId.Clear();
        _byId[identity.DeviceId] = (identity, time.GetUtcNow() + Fresh);
    }
}
