using System.Text.Json;
using System.Text.Json.Serialization;
using EspForge.Devices;

namespace EspForge.EntityFrameworkCore;

/// <summary>Between rows and records of devices.</summary>
internal static class DeviceRowMapping
{
    private static readonly JsonSerializerOptions HardwareJson = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static Device ToDevice(this DeviceRow row) => new()
    {
        DeviceId = row.DeviceId,
        Organization = row.Organization,
        Name = row.Name,
        Product = row.Product,
        Chip = row.Chip,
        Board = row.Board,
        HardwareId = row.HardwareId,
        Group = row.Group,
        Tags = [.. row.Tags.Select(t => t.Tag).Order(StringComparer.Ordinal)],
        Version = row.Version,
        Slot = row.Slot,
        AgentVersion = row.AgentVersion,
        Hardware = row.Hardware is null ? null : JsonSerializer.Deserialize<DeviceHardware>(row.Hardware, HardwareJson),
        LastSeenAt = row.LastSeenAt,
        UptimeMs = row.UptimeMs,
        FreeHeapBytes = row.FreeHeapBytes,
        RssiDbm = row.RssiDbm,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt.ToUnixTimeMilliseconds()),
    };

    /// <summary>Takes over what a person said; the row is tracked and its tags are loaded.</summary>
    public static void Take(this DeviceRow row, DeviceChange change)
    {
        row.Name = change.Name ?? row.Name;
        if (change.Group is { } group)
            row.Group = group.Length == 0 ? null : group;
        if (change.Tags is { } tags)
        {
            row.Tags.RemoveAll(t => !tags.Contains(t.Tag, StringComparer.Ordinal));
            row.Tags.AddRange(tags.Where(tag => !row.Tags.Exists(t => string.Equals(t.Tag, tag, StringComparison.Ordinal)))
                .Select(tag => new DeviceTagRow { DeviceId = row.DeviceId, Tag = tag }).ToList());
        }

        row.IndexForSearch();
    }

    /// <summary>The facts as they are kept; null where there is none.</summary>
    public static string? ToText(this DeviceHardware? hardware) => hardware is null ? null : JsonSerializer.Serialize(hardware, HardwareJson);

    public static void IndexForSearch(this DeviceRow row) =>
        row.SearchText = string.Join('\n', row.Name, row.DeviceId, row.HardwareId, row.Group).ToLowerInvariant();
}
