using EspForge.Devices;

namespace EspForge.EntityFrameworkCore.Tests;

public sealed class SqliteTelemetryStoreTests() : TelemetryStoreTests(new SqliteDatabase());

/// <summary>What every database must do with telemetry.</summary>
public abstract class TelemetryStoreTests(StoreDatabase database) : IAsyncLifetime
{
    private const string Device = "lamp-01";
    private static readonly DateTimeOffset Now = StoreDatabase.Start;

    private EfTelemetryStore Store => new(database.Store());

    private EfDeviceStore Devices => new(database.Store());

    [Fact]
    public async Task Samples_come_back_as_they_were_and_the_last_is_the_devices_state()
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal) { ["temperature"] = 21.5, ["x.y"] = -1e300 };
        TelemetrySample[] samples = [Sample(0, uptime: 10), Sample(1, uptime: 20) with { Values = values, RssiDbm = -70 }];
        await AddAsync(samples, "1.2.0", "b");
        Assert.Equivalent(samples, await Store.ListAsync(StoreDatabase.Acme, Device, null, null, 10), strict: true);
        var device = (await Devices.FindAsync(StoreDatabase.Acme, Device))!;
        Assert.Equal(("1.2.0", "b", 20L, -70, Now), (device.Version, device.Slot, device.UptimeMs, device.RssiDbm, device.LastSeenAt));
    }

    [Fact]
    public async Task A_page_is_the_newest_samples_oldest_first_within_the_time_span()
    {
        await AddAsync([.. Enumerable.Range(0, 10).Select(i => Sample(i, uptime: i))]);
        Assert.Equal([7L, 8, 9], await UptimesAsync(null, null, 3));
        Assert.Equal([2L, 3, 4], await UptimesAsync(Now.AddSeconds(2), Now.AddSeconds(4), 10));
        Assert.Empty(await UptimesAsync(Now.AddSeconds(20), null, 10));

        async Task<IEnumerable<long>> UptimesAsync(DateTimeOffset? from, DateTimeOffset? to, int limit) =>
            (await Store.ListAsync(StoreDatabase.Acme, Device, from, to, limit)).Select(s => s.UptimeMs);
    }

    [Fact]
    public async Task An_uptime_that_falls_is_a_boot()
    {
        await AddAsync([Sample(0, 1_000), Sample(1, 2_000)]);
        await AddAsync([Sample(2, 3_000)]);
        Assert.DoesNotContain("boot", await KindsAsync());
        await AddAsync([Sample(3, 5), Sample(4, 6), Sample(5, 2)]);
        Assert.Equal(2, (await KindsAsync()).Count(k => k == "boot"));

        async Task<List<string>> KindsAsync() => [.. (await Devices.TimelineAsync(StoreDatabase.Acme, Device, 50)).Select(e => e.Kind)];
    }

    [Fact]
    public async Task A_device_of_another_organization_or_none_at_all_keeps_nothing()
    {
        await Store.AddAsync(StoreDatabase.Rival, Device, new DeviceSighting("1.0.0", "a"), [Sample(0, 1)], Now);
        await Store.AddAsync(StoreDatabase.Acme, "nobody", new DeviceSighting("1.0.0", "a"), [Sample(0, 1)], Now);
        Assert.Empty(await Store.ListAsync(StoreDatabase.Rival, Device, null, null, 10));
        Assert.Empty(await Store.ListAsync(StoreDatabase.Acme, Device, null, null, 10));
        Assert.Empty(await Store.ListAsync(StoreDatabase.Acme, "nobody", null, null, 10));
        Assert.Null((await Devices.FindAsync(StoreDatabase.Acme, Device))!.LastSeenAt);
    }

    [Fact]
    public async Task Old_samples_and_old_timelines_are_forgotten_each_by_its_own_age()
    {
        await AddAsync([Sample(0, 1), Sample(100, 2)]);
        Assert.Equal(1, await Store.ForgetAsync(Now.AddSeconds(50), Now.AddDays(-1)));
        Assert.Equal(2L, Assert.Single(await Store.ListAsync(StoreDatabase.Acme, Device, null, null, 10)).UptimeMs);
        Assert.NotEmpty(await Devices.TimelineAsync(StoreDatabase.Acme, Device, 10));
        Assert.True(await Store.ForgetAsync(Now.AddSeconds(50), Now.AddDays(1)) > 0);
        Assert.Empty(await Devices.TimelineAsync(StoreDatabase.Acme, Device, 10));
    }

    public async Task InitializeAsync() =>
        await Devices.AddAsync(
            new Device { DeviceId = Device, Organization = StoreDatabase.Acme, Name = Device, Product = "lamp", Chip = "esp32c3", CreatedAt = Now },
            new DeviceCredentials(DeviceKey.Hash("k"), "s"), StoreDatabase.Draft);

    public Task DisposeAsync()
    {
        database.Dispose();
        return Task.CompletedTask;
    }

    private Task AddAsync(TelemetrySample[] samples, string version = "1.0.0", string slot = "a") =>
        Store.AddAsync(StoreDatabase.Acme, Device, new DeviceSighting(version, slot), samples, Now);

    private static TelemetrySample Sample(int second, long uptime) => new(Now.AddSeconds(second), "1.0.0", uptime, 100_000, null, null);
}
