using System.Text.Json;
using EspForge.Devices;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>The newest offers of a page of devices.</summary>
internal sealed class EfDeviceOffers(StoreContext store) : IDeviceOffers
{
    public async Task<IReadOnlyDictionary<string, DeviceOffer>> CurrentAsync(string organization, IReadOnlyCollection<string> deviceIds, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(deviceIds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(deviceIds.Count, 500, nameof(deviceIds));
        var members = store.Db.Set<RolloutMemberRow>().AsNoTracking();
        var offers = await (
            from member in members
            join rollout in store.Db.Set<RolloutRow>().AsNoTracking() on member.RolloutId equals rollout.Id
            where deviceIds.Contains(member.DeviceId) && rollout.Organization == organization && member.OfferId != null
                && !members.Any(later => later.DeviceId == member.DeviceId && later.OfferId != null && later.OfferedAt > member.OfferedAt)
            select new { member.DeviceId, member.RolloutId, rollout.Version, member.State, member.Percent, member.Error, member.Detail }).ToListAsync(cancel);

        var newest = new Dictionary<string, DeviceOffer>(StringComparer.Ordinal);
        foreach (var offer in offers)
            newest[offer.DeviceId] = new DeviceOffer(offer.RolloutId, offer.Version, JsonNamingPolicy.CamelCase.ConvertName(offer.State.ToString()), offer.Percent, offer.Error, offer.Detail);
        return newest;
    }
}
