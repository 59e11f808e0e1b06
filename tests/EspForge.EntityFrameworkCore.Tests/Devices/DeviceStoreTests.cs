using EspForge.Devices;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore.Tests;

public sealed class SqliteDeviceStoreTests() : DeviceStoreTests(new SqliteDatabase());

/// <summary>What every database must do with devices.</summary>
public abstract class DeviceStoreTests(StoreDatabase database) : IDisposable
{
    private EfDeviceStore Store => new(database.Store());

    [Fact]
    public async Task A_registered_device_is_found_as_it_was_given_and_its_entry_is_written()
    {
        var device = Make("lamp-01") with { Tags = ["b", "a"], Group = "hall", Board = "xiao-c3" };
        var added = (await Store.AddAsync(device, Credentials(1), StoreDatabase.Draft)).Value;
        Assert.Equivalent(device with { Tags = ["a", "b"] }, added);
        Assert.Equivalent(added, await Store.FindAsync(StoreDatabase.Acme, "lamp-01"));
        Assert.Equal("test.change", Assert.Single(await database.AuditAsync()).Action);
        Assert.Equal("registered", Assert.Single(await Store.TimelineAsync(StoreDatabase.Acme, "lamp-01", 10)).Kind);
    }

    [Fact]
    public async Task An_id_that_is_taken_anywhere_is_refused_and_nothing_changes()
    {
        await AddAsync("lamp-01");
        var again = await Store.AddAsync(Make("lamp-01") with { Organization = StoreDatabase.Rival, Name = "Mine" }, Credentials(2), StoreDatabase.Draft);
        Assert.Equal("device-exists", again.Fault?.Code);
        Assert.Equal("lamp-01", (await Store.FindAsync(StoreDatabase.Acme, "lamp-01"))!.Name);
        Assert.Null(await Store.FindAsync(StoreDatabase.Rival, "lamp-01"));
        Assert.Single(await database.AuditAsync());
        Assert.Null(await Store.IdentifyAsync(Credentials(2).KeyHash));
    }

    [Fact]
    public async Task Another_organization_sees_and_changes_nothing()
    {
        await AddAsync("lamp-01");
        Assert.Null(await Store.FindAsync(StoreDatabase.Rival, "lamp-01"));
        Assert.Empty(await Store.ListAsync(StoreDatabase.Rival, null, null, 10));
        Assert.Empty(await Store.TimelineAsync(StoreDatabase.Rival, "lamp-01", 10));
        Assert.Empty(await Store.CountVersionsAsync(StoreDatabase.Rival));
        Assert.Null(await Store.FindSecretAsync(StoreDatabase.Rival, "lamp-01"));
        Assert.Equal("device-not-found", (await Store.ChangeAsync(StoreDatabase.Rival, "lamp-01", new DeviceChange("x", null, null), StoreDatabase.Draft)).Fault?.Code);
        Assert.False(await Store.RemoveAsync(StoreDatabase.Rival, "lamp-01", StoreDatabase.Draft));
        await Store.SeenAsync(StoreDatabase.Rival, "lamp-01", new DeviceSighting("9.9.9", "b"), StoreDatabase.Start);
        Assert.Null((await Store.FindAsync(StoreDatabase.Acme, "lamp-01"))!.Version);
        Assert.Single(await database.AuditAsync());
    }

    [Fact]
    public async Task A_key_finds_its_device_until_the_device_is_removed()
    {
        await AddAsync("lamp-01", 1);
        await AddAsync("lamp-02", 2);
        Assert.Equal("lamp-02", (await Store.IdentifyAsync(Credentials(2).KeyHash))!.DeviceId);
        Assert.Equal(Credentials(1).KeyHash, (await Store.IdentifyAsync("lamp-01"))!.KeyHash);
        Assert.Null(await Store.IdentifyAsync(Credentials(3).KeyHash));
        Assert.True(await Store.RemoveAsync(StoreDatabase.Acme, "lamp-02", StoreDatabase.Draft));
        Assert.Null(await Store.IdentifyAsync(Credentials(2).KeyHash));
        Assert.Null(await Store.IdentifyAsync("lamp-02"));
    }

    [Fact]
    public async Task Removing_forgets_telemetry_and_timeline_and_leaves_the_neighbours()
    {
        await AddAsync("lamp-01", 1);
        await AddAsync("lamp-02", 2);
        var telemetry = new EfTelemetryStore(database.Store());
        foreach (var id in (string[])["lamp-01", "lamp-02"])
            await telemetry.AddAsync(StoreDatabase.Acme, id, new DeviceSighting("1.0.0", "a"), [new(StoreDatabase.Start, "1.0.0", 1, 1, null, null)], StoreDatabase.Start);
        Assert.True(await Store.RemoveAsync(StoreDatabase.Acme, "lamp-01", StoreDatabase.Draft));
        Assert.False(await Store.RemoveAsync(StoreDatabase.Acme, "lamp-01", StoreDatabase.Draft));
        Assert.Empty(await telemetry.ListAsync(StoreDatabase.Acme, "lamp-01", null, null, 10));
        Assert.Empty(await Store.TimelineAsync(StoreDatabase.Acme, "lamp-01", 10));
        Assert.Single(await telemetry.ListAsync(StoreDatabase.Acme, "lamp-02", null, null, 10));
        Assert.Equal(3, (await database.AuditAsync()).Count);
    }

    [Fact]
    public async Task A_change_sets_what_it_names_and_keeps_the_rest()
    {
        await Store.AddAsync(Make("lamp-01") with { Group = "hall", Tags = ["a", "b"] }, Credentials(1), StoreDatabase.Draft);
        var named = (await Store.ChangeAsync(StoreDatabase.Acme, "lamp-01", new DeviceChange("Hall lamp", null, null), StoreDatabase.Draft)).Value;
        Assert.Equal(("Hall lamp", "hall"), (named.Name, named.Group));
        Assert.Equal(["a", "b"], named.Tags);
        var moved = (await Store.ChangeAsync(StoreDatabase.Acme, "lamp-01", new DeviceChange(null, "", ["b", "c"]), StoreDatabase.Draft)).Value;
        Assert.Null(moved.Group);
        Assert.Equal(["b", "c"], moved.Tags);
        Assert.Equivalent(moved, await Store.FindAsync(StoreDatabase.Acme, "lamp-01"));
        Assert.Equal(3, (await database.AuditAsync()).Count);
    }

    [Fact]
    public async Task A_search_looks_in_id_name_hardware_group_and_tags_whatever_the_case()
    {
        await Store.AddAsync(Make("aaa-1") with { Name = "Küche", Tags = ["beta"] }, Credentials(1), StoreDatabase.Draft);
        await Store.AddAsync(Make("bbb-2") with { HardwareId = "24:6F:28", Group = "Hall", Product = "fan" }, Credentials(2), StoreDatabase.Draft);
        Assert.Equal(["aaa-1"], await FoundAsync("KÜCHE"));
        Assert.Equal(["aaa-1"], await FoundAsync("beta"));
        Assert.Empty(await FoundAsync("bet"));
        Assert.Equal(["bbb-2"], await FoundAsync("24:6f"));
        Assert.Equal(["bbb-2"], await FoundAsync(" hall "));
        Assert.Empty(await FoundAsync("%"));
        Assert.Empty(await FoundAsync("_"));
        Assert.Equal(["bbb-2", "aaa-1"], await FoundAsync(null));
        Assert.Equal(["bbb-2"], (await Store.ListAsync(StoreDatabase.Acme, "fan", null, 10)).Select(d => d.DeviceId));
        Assert.Single(await Store.ListAsync(StoreDatabase.Acme, null, null, 1));

        async Task<IEnumerable<string>> FoundAsync(string? search) => (await Store.ListAsync(StoreDatabase.Acme, null, search, 10)).Select(d => d.DeviceId);
    }

    [Fact]
    public async Task What_a_device_says_is_kept_and_a_new_version_is_on_its_timeline_once()
    {
        await AddAsync("lamp-01");
        await Store.SeenAsync(StoreDatabase.Acme, "lamp-01", new DeviceSighting("1.0.0", "a", "0.1.0"), StoreDatabase.Start);
        await Store.SeenAsync(StoreDatabase.Acme, "lamp-01", new DeviceSighting("1.0.0", "a"), StoreDatabase.Start.AddSeconds(5));
        await Store.SeenAsync(StoreDatabase.Acme, "lamp-01", new DeviceSighting("1.1.0", "b"), StoreDatabase.Start.AddSeconds(9));
        var device = (await Store.FindAsync(StoreDatabase.Acme, "lamp-01"))!;
        Assert.Equal(("1.1.0", "b", "0.1.0", StoreDatabase.Start.AddSeconds(9)), (device.Version, device.Slot, device.AgentVersion, device.LastSeenAt));
        Assert.Equal(["version", "version", "registered"], (await Store.TimelineAsync(StoreDatabase.Acme, "lamp-01", 10)).Select(e => e.Kind));
        Assert.Single(await Store.TimelineAsync(StoreDatabase.Acme, "lamp-01", 1));
        Assert.Equal([new ProductVersionCount("lamp", "1.1.0", 1)], await Store.CountVersionsAsync(StoreDatabase.Acme));
    }

    [Fact]
    public async Task A_change_whose_entry_cannot_be_written_does_not_happen()
    {
        await AddAsync("lamp-01");
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ChangeAsync(StoreDatabase.Acme, "lamp-01", new DeviceChange("Other", null, ["x"]), new AuditDraft("", "a", "b")));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.RemoveAsync(StoreDatabase.Acme, "lamp-01", new AuditDraft("user:1", "", "b")));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AddAsync(Make("lamp-02"), Credentials(2), new AuditDraft("user:1", "a", new string('x', 161))));
        var device = (await Store.FindAsync(StoreDatabase.Acme, "lamp-01"))!;
        Assert.Equal("lamp-01", device.Name);
        Assert.Empty(device.Tags);
        Assert.Null(await Store.FindAsync(StoreDatabase.Acme, "lamp-02"));
        Assert.Single(await database.AuditAsync());
    }

    [Fact]
    public async Task What_a_failed_change_left_behind_is_not_saved_by_the_next_one()
    {
        await AddAsync("lamp-01");
        var context = database.Store();
        var store = new EfDeviceStore(context);
        await Assert.ThrowsAsync<ArgumentException>(() => store.AddAsync(Make("ghost"), Credentials(3), new AuditDraft("", "a", "b")));
        await store.ChangeAsync(StoreDatabase.Acme, "lamp-01", new DeviceChange("Other", null, null), StoreDatabase.Draft);
        Assert.Null(await Store.FindAsync(StoreDatabase.Acme, "ghost"));
    }

    [Fact]
    public async Task The_same_id_registered_twice_at_once_is_one_device()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => Store.AddAsync(Make("lamp-01"), Credentials((byte)i), StoreDatabase.Draft))));
        Assert.Single(outcomes, o => o.IsSuccess);
        Assert.All(outcomes.Where(o => !o.IsSuccess), o => Assert.Equal("device-exists", o.Fault?.Code));
        Assert.Single(await database.AuditAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public async Task A_page_is_1_to_500(int limit)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ListAsync(StoreDatabase.Acme, null, null, limit));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.TimelineAsync(StoreDatabase.Acme, "x", limit));
    }

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task AddAsync(string id, byte key = 1) => Assert.True((await Store.AddAsync(Make(id), Credentials(key), StoreDatabase.Draft)).IsSuccess);

    private static Device Make(string id) => new()
    {
        DeviceId = id,
        Organization = StoreDatabase.Acme,
        Name = id,
        Product = "lamp",
        Chip = "esp32c3",
        CreatedAt = StoreDatabase.Start,
    };

    private static DeviceCredentials Credentials(byte seed) => new(DeviceKey.Hash($"key {seed}"), $"secret {seed}");
}
