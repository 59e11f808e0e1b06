using EspForge.Devices;

namespace EspForge.AspNetCore;

/// <summary>A device, for people.</summary>
internal sealed record DeviceView(
    string DeviceId, string Name, string Product, string Chip, string? Board, string? HardwareId, string? Group, IReadOnlyList<string> Tags,
    string? Version, string? Slot, string? AgentVersion, bool Online, DateTimeOffset? LastSeenAt, long? UptimeMs, long? FreeHeapBytes, int? RssiDbm,
    DateTimeOffset CreatedAt, DeviceOffer? Offer, DeviceHardware? Hardware, DeviceFitView? Fit)
{
    public static DeviceView Of(Device device, DeviceOffer? offer, DeviceFitView? fit, DateTimeOffset now, TimeSpan offlineAfter) => new(
        device.DeviceId, device.Name, device.Product, device.Chip, device.Board, device.HardwareId, device.Group, device.Tags,
        device.Version, device.Slot, device.AgentVersion, device.LastSeenAt is { } seen && now - seen <= offlineAfter, device.LastSeenAt, device.UptimeMs,
        device.FreeHeapBytes, device.RssiDbm, device.CreatedAt, offer, device.Hardware, fit);
}

/// <summary>A device registered up front, with what is shown once.</summary>
internal sealed record RegisteredDeviceView(DeviceView Device, string DeviceKey, string CommandSecret);

/// <summary>One line of a device's timeline.</summary>
internal sealed record DeviceEventView(DateTimeOffset At, string Kind, string Text, Guid? RolloutId);

/// <summary>A person types a pairing code.</summary>
internal sealed record ClaimDeviceRequest(string PairingCode, string? Name = null, string? Group = null, IReadOnlyList<string>? Tags = null);

/// <summary>A person registers a device up front.</summary>
internal sealed record RegisterDeviceRequest(
    string DeviceId, string Product, string Chip, string? Board = null, string? Name = null, string? Group = null, IReadOnlyList<string>? Tags = null);

/// <summary>A person changes a device; an empty group leaves the group.</summary>
internal sealed record ChangeDeviceRequest(string? Name = null, string? Group = null, IReadOnlyList<string>? Tags = null);
