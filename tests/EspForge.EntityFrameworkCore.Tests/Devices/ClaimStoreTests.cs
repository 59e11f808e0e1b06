using EspForge.Devices;

namespace EspForge.EntityFrameworkCore.Tests;

public sealed class SqliteClaimStoreTests() : ClaimStoreTests(new SqliteDatabase());

/// <summary>What every database must do with claims.</summary>
public abstract class ClaimStoreTests(StoreDatabase database) : IDisposable
{
    private static readonly DateTimeOffset Now = StoreDatabase.Start;
    private static readonly DateTimeOffset Later = Now.AddMinutes(10);
    private static readonly ClaimRequest Request = new("24:6F:28:AA:BB:CC", "lamp", "esp32c3", "xiao-c3", "0.1.0");
    private static readonly DeviceChange Nothing = new(null, null, null);

    private EfClaimStore Store => new(database.Store());

    private EfDeviceStore Devices => new(database.Store());

    [Fact]
    public async Task A_claim_goes_from_code_to_key_and_delivers_once()
    {
        var claim = await OpenAsync();
        Assert.Equal(ClaimPoll.Pending, (await PollAsync(claim)).Poll);
        var device = (await ApproveAsync(claim, said: new DeviceChange("Hall", "g", ["t"]))).Value;
        Assert.Equal(("24-6f-28-aa-bb-cc", "Hall", "lamp", "esp32c3", "xiao-c3", "24:6F:28:AA:BB:CC", "g"),
            (device.DeviceId, device.Name, device.Product, device.Chip, device.Board, device.HardwareId, device.Group));
        Assert.Equal(["t"], device.Tags);
        Assert.Null(await Devices.IdentifyAsync(device.DeviceId));

        Assert.Equal(new ClaimDelivery(ClaimPoll.Delivered, StoreDatabase.Acme, device.DeviceId), await PollAsync(claim, key: 1));
        Assert.Equal(Key(1), (await Devices.IdentifyAsync(device.DeviceId))!.KeyHash);
        Assert.Equal("secret 1", await Devices.FindSecretAsync(StoreDatabase.Acme, device.DeviceId));
        Assert.Equal(ClaimPoll.Gone, (await PollAsync(claim, key: 2)).Poll);
        Assert.Equal(Key(1), (await Devices.IdentifyAsync(device.DeviceId))!.KeyHash);
        Assert.Equal(["device.claim", "device.enroll"], (await database.AuditAsync()).Select(e => e.Action));
        Assert.Equal(["key", "claimed"], (await Devices.TimelineAsync(StoreDatabase.Acme, device.DeviceId, 10)).Select(e => e.Kind));
    }

    [Fact]
    public async Task Polled_by_many_at_once_it_delivers_once()
    {
        var claim = await OpenAsync();
        var device = (await ApproveAsync(claim)).Value;
        var polls = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => PollAsync(claim, (byte)i))));
        Assert.Single(polls, p => p.Poll is ClaimPoll.Delivered);
        Assert.All(polls, p => Assert.True(p.Poll is ClaimPoll.Delivered or ClaimPoll.Gone));
        Assert.NotNull(await Devices.IdentifyAsync(device.DeviceId));
    }

    [Fact]
    public async Task A_code_typed_by_many_at_once_counts_once()
    {
        var claim = await OpenAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => ApproveAsync(claim, i % 2 == 0 ? StoreDatabase.Acme : StoreDatabase.Rival))));
        Assert.Single(outcomes, o => o.IsSuccess);
        Assert.Single(await database.AuditAsync());
    }

    [Fact]
    public async Task A_wrong_token_or_id_is_unknown()
    {
        var claim = await OpenAsync();
        Assert.Equal(ClaimPoll.Unknown, (await Store.PollAsync(claim.ClaimId, Claim.HashToken("other"), Now, Credentials(1))).Poll);
        Assert.Equal(ClaimPoll.Unknown, (await Store.PollAsync(new string('0', 32), Claim.HashToken(claim.PollToken), Now, Credentials(1))).Poll);
    }

    [Fact]
    public async Task A_wrong_used_or_expired_code_is_unknown_and_makes_no_device()
    {
        var claim = await OpenAsync();
        var other = claim.PairingCode == "000000" ? "000001" : "000000";
        Assert.Equal("pairing-code-unknown", (await Store.ApproveAsync(StoreDatabase.Acme, other, Nothing, Later, Now, Entry)).Fault?.Code);
        Assert.Equal("pairing-code-unknown", (await Store.ApproveAsync(StoreDatabase.Acme, claim.PairingCode, Nothing, Later, Later, Entry)).Fault?.Code);
        Assert.Empty(await Devices.ListAsync(StoreDatabase.Acme, null, null, 10));
        Assert.Empty(await database.AuditAsync());
        Assert.True((await ApproveAsync(claim)).IsSuccess);
        Assert.Equal("pairing-code-unknown", (await ApproveAsync(claim)).Fault?.Code);
    }

    [Fact]
    public async Task An_expired_claim_is_gone_and_a_day_later_unknown()
    {
        var claim = await OpenAsync();
        Assert.Equal(ClaimPoll.Gone, (await PollAsync(claim, at: Later)).Poll);
        await OpenAsync(Request with { HardwareId = "other" }, at: Later.AddDays(1).AddMinutes(1));
        Assert.Equal(ClaimPoll.Unknown, (await PollAsync(claim, at: Later.AddDays(1).AddMinutes(1))).Poll);
    }

    [Fact]
    public async Task A_new_claim_of_the_same_hardware_withdraws_the_open_one()
    {
        var first = await OpenAsync();
        var second = await OpenAsync();
        Assert.Equal(ClaimPoll.Gone, (await PollAsync(first)).Poll);
        Assert.Equal("pairing-code-unknown", (await ApproveAsync(first)).Fault?.Code);
        Assert.True((await ApproveAsync(second)).IsSuccess);
    }

    [Fact]
    public async Task Hardware_that_is_known_in_the_organization_stays_the_same_device_and_its_old_key_ends_at_delivery()
    {
        var first = await OpenAsync();
        var device = (await ApproveAsync(first, said: new DeviceChange("Hall", null, ["t"]))).Value;
        await PollAsync(first, key: 1);
        var second = await OpenAsync(Request with { Product = "fan" });
        var again = (await ApproveAsync(second)).Value;
        Assert.Equal((device.DeviceId, "Hall", "fan"), (again.DeviceId, again.Name, again.Product));
        Assert.Equal(["t"], again.Tags);
        Assert.NotNull(await Devices.IdentifyAsync(Key(1)));
        await PollAsync(second, key: 2);
        Assert.Null(await Devices.IdentifyAsync(Key(1)));
        Assert.NotNull(await Devices.IdentifyAsync(Key(2)));
    }

    [Fact]
    public async Task Hardware_of_another_organization_becomes_a_device_of_another_id()
    {
        var first = await OpenAsync();
        var device = (await ApproveAsync(first)).Value;
        await PollAsync(first, key: 1);
        var second = await OpenAsync();
        var other = (await ApproveAsync(second, StoreDatabase.Rival)).Value;
        Assert.NotEqual(device.DeviceId, other.DeviceId);
        Assert.Null(DeviceFields.CheckDeviceId(other.DeviceId));
        Assert.NotNull(await Devices.IdentifyAsync(Key(1)));
    }

    [Fact]
    public async Task A_device_that_was_deleted_before_it_fetched_its_key_gets_none()
    {
        var claim = await OpenAsync();
        var device = (await ApproveAsync(claim)).Value;
        await Devices.RemoveAsync(StoreDatabase.Acme, device.DeviceId, StoreDatabase.Draft);
        Assert.Equal(ClaimPoll.Gone, (await PollAsync(claim)).Poll);
        Assert.Null(await Devices.IdentifyAsync(device.DeviceId));
    }

    [Fact]
    public async Task Only_so_many_claims_wait_at_once_and_expired_ones_do_not_count()
    {
        for (var i = 0; i < 3; i++)
            Assert.True((await Store.OpenAsync(Request with { HardwareId = $"hw-{i}" }, Later, Now, maxOpen: 3)).IsSuccess);
        Assert.Equal("rate-limited", (await Store.OpenAsync(Request with { HardwareId = "hw-9" }, Later, Now, maxOpen: 3)).Fault?.Code);
        Assert.True((await Store.OpenAsync(Request with { HardwareId = "hw-0" }, Later, Now, maxOpen: 3)).IsSuccess);
        Assert.True((await Store.OpenAsync(Request with { HardwareId = "hw-9" }, Later.AddMinutes(10), Later, maxOpen: 3)).IsSuccess);
    }

    [Fact]
    public async Task Codes_of_open_claims_differ()
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
            Assert.True(codes.Add((await OpenAsync(Request with { HardwareId = $"hw-{i}" })).PairingCode));
    }

    public void Dispose()
    {
        database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static AuditDraft Entry(Device device) => new("user:1", "device.claim", $"device:{device.DeviceId}");

    private static byte[] Key(byte seed) => DeviceKey.Hash($"key {seed}");

    private static Func<string, DeviceCredentials> Credentials(byte seed) => _ => new DeviceCredentials(Key(seed), $"secret {seed}");

    private async Task<Claim> OpenAsync(ClaimRequest? request = null, DateTimeOffset? at = null) =>
        (await Store.OpenAsync(request ?? Request, (at ?? Now).AddMinutes(10), at ?? Now, 1_000)).Value;

    private Task<Outcome<Device>> ApproveAsync(Claim claim, string organization = StoreDatabase.Acme, DeviceChange? said = null) =>
        Store.ApproveAsync(organization, claim.PairingCode, said ?? Nothing, Later, Now, Entry);

    private Task<ClaimDelivery> PollAsync(Claim claim, byte key = 1, DateTimeOffset? at = null) =>
        Store.PollAsync(claim.ClaimId, Claim.HashToken(claim.PollToken), at ?? Now, Credentials(key));
}
