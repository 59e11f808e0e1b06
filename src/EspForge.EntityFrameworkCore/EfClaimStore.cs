using System.Security.Cryptography;
using EspForge.Devices;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Claims in the database.</summary>
internal sealed class EfClaimStore(StoreContext store) : IClaimStore
{
    private const string Open = "open";
    private const string Approved = "approved";
    private const string Delivered = "delivered";
    private const string Withdrawn = "withdrawn";

    private DbSet<ClaimRow> Rows => store.Db.Set<ClaimRow>();

    public Task<Outcome<Claim>> OpenAsync(ClaimRequest request, DateTimeOffset expiresAt, DateTimeOffset now, int maxOpen, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return store.Db.InTransactionAsync<Outcome<Claim>>(async () =>
        {
            // A claim that ended is remembered for a day, so that its device hears "gone" and not "unknown".
            var forget = now.AddDays(-1);
            await Rows.Where(r => r.ExpiresAt < forget).ExecuteDeleteAsync(cancel);
            await Rows.Where(r => r.PairingCode != null && r.ExpiresAt <= now).ExecuteUpdateAsync(set => set.SetProperty(r => r.PairingCode, (string?)null), cancel);
            await Rows.Where(r => r.State == Open && r.HardwareId == request.HardwareId)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, Withdrawn).SetProperty(r => r.PairingCode, (string?)null), cancel);
            if (await Rows.CountAsync(r => r.PairingCode != null, cancel) >= maxOpen)
                return new Fault("rate-limited", "Too many devices wait to be claimed. Try again in a minute.");

            var claim = Claim.Generate(expiresAt);
            while (await Rows.AnyAsync(r => r.PairingCode == claim.PairingCode, cancel))
                claim = Claim.Generate(expiresAt);
            store.Db.Add(new ClaimRow
            {
                Id = claim.ClaimId,
                PairingCode = claim.PairingCode,
                PollTokenHash = Claim.HashToken(claim.PollToken),
                HardwareId = request.HardwareId,
                Product = request.Product,
                Chip = request.Chip,
                Board = request.Board,
                AgentVersion = request.AgentVersion,
                Hardware = request.Hardware.ToText(),
                State = Open,
                CreatedAt = now,
                ExpiresAt = expiresAt,
            });
            await store.Db.SaveChangesAsync(cancel);
            store.Db.ChangeTracker.Clear();
            return claim;
        }, cancel);
    }

    public Task<Outcome<Device>> ApproveAsync(
        string organization, string pairingCode, DeviceChange said, DateTimeOffset fetchUntil, DateTimeOffset now, Func<Device, AuditDraft> entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(said);
        ArgumentNullException.ThrowIfNull(entry);
        return store.Db.InTransactionAsync<Outcome<Device>>(async () =>
        {
            var claim = await Rows.AsTracking().SingleOrDefaultAsync(r => r.PairingCode == pairingCode && r.State == Open && r.ExpiresAt > now, cancel);
            if (claim is null)
                return new Fault("pairing-code-unknown", "No device waits with this code. Check it, or restart the device for a new one.");

            var devices = store.Db.Set<DeviceRow>();
            var row = await devices.AsTracking().Include(r => r.Tags).SingleOrDefaultAsync(r => r.Organization == organization && r.HardwareId == claim.HardwareId, cancel);
            var known = row is not null;
            if (row is null)
            {
                var id = await FreeIdAsync(claim.HardwareId, cancel);
                row = new DeviceRow
                {
                    DeviceId = id,
                    Organization = organization,
                    Name = id,
                    Product = claim.Product,
                    Chip = claim.Chip,
                    HardwareId = claim.HardwareId,
                    CreatedAt = now,
                };
                devices.Add(row);
            }

            row.Product = claim.Product;
            row.Chip = claim.Chip;
            row.Board = claim.Board ?? row.Board;
            row.AgentVersion = claim.AgentVersion;
            row.Hardware = claim.Hardware ?? row.Hardware;
            row.Take(said);
            claim.State = Approved;
            claim.PairingCode = null;
            claim.Organization = organization;
            claim.DeviceId = row.DeviceId;
            claim.ExpiresAt = fetchUntil;
            DeviceTimeline.Add(store.Db, organization, row.DeviceId, now, "claimed", known ? "Claimed again; it gets a new key." : "Claimed with its pairing code.");
            var device = row.ToDevice();
            await AuditChain.AppendAsync(store.Db, organization, entry(device), now, cancel);
            store.Db.ChangeTracker.Clear();
            return device;
        }, cancel);
    }

    public async Task<ClaimDelivery> PollAsync(
        string claimId, byte[] pollTokenHash, DateTimeOffset now, Func<string, DeviceCredentials> credentials, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        var seen = await Rows.AsNoTracking().SingleOrDefaultAsync(r => r.Id == claimId, cancel);
        if (seen is null || !CryptographicOperations.FixedTimeEquals(seen.PollTokenHash, pollTokenHash))
            return new ClaimDelivery(ClaimPoll.Unknown);
        if (seen.ExpiresAt <= now || seen.State is Withdrawn or Delivered)
            return new ClaimDelivery(ClaimPoll.Gone);
        if (seen.State is not Approved)
            return new ClaimDelivery(ClaimPoll.Pending);

        return await store.Db.InTransactionAsync(async () =>
        {
            var claim = await Rows.AsTracking().SingleAsync(r => r.Id == claimId, cancel);
            if (claim.State is not Approved || claim.Organization is not { } organization || claim.DeviceId is not { } deviceId)
                return new ClaimDelivery(ClaimPoll.Gone);
            var row = await store.Db.Set<DeviceRow>().AsTracking().SingleOrDefaultAsync(r => r.Organization == organization && r.DeviceId == deviceId, cancel);
            claim.State = row is null ? Withdrawn : Delivered;
            if (row is null)
            {
                await store.Db.SaveChangesAsync(cancel);
                store.Db.ChangeTracker.Clear();
                return new ClaimDelivery(ClaimPoll.Gone);
            }

            var given = credentials(deviceId);
            row.KeyHash = given.KeyHash;
            row.ProtectedSecret = given.ProtectedSecret;
            DeviceTimeline.Add(store.Db, organization, deviceId, now, "key", "Fetched its key.");
            await AuditChain.AppendAsync(store.Db, organization, new AuditDraft($"device:{deviceId}", "device.enroll", $"device:{deviceId}", "The device fetched its key and command secret."), now, cancel);
            store.Db.ChangeTracker.Clear();
            return new ClaimDelivery(ClaimPoll.Delivered, organization, deviceId);
        }, cancel);
    }

    /// <summary>The hardware id as a device id, with four random digits after it when that one is taken.</summary>
    private async Task<string> FreeIdAsync(string hardwareId, CancellationToken cancel)
    {
        var wanted = DeviceFields.ToDeviceId(hardwareId);
        var id = wanted;
        while (await store.Db.Set<DeviceRow>().AnyAsync(r => r.DeviceId == id, cancel))
            id = $"{wanted[..Math.Min(wanted.Length, 59)]}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2))}";
        return id;
    }
}
