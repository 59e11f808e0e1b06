namespace EspForge.Devices;

/// <summary>A device of an organization: what people said about it, and what it last said itself.</summary>
public sealed record Device
{
    /// <summary>3–64 of <c>a-z 0-9 - _</c>; unique on the host.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The organization that owns it.</summary>
    public required string Organization { get; init; }

    /// <summary>A name for people, 1–80 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Product, 1–63 of <c>a-z 0-9 - _ .</c>.</summary>
    public required string Product { get; init; }

    /// <summary>Chip id of EspForge.Boards, such as <c>esp32c3</c>.</summary>
    public required string Chip { get; init; }

    /// <summary>Board id, where it is known.</summary>
    public string? Board { get; init; }

    /// <summary>What the hardware calls itself; none for a device registered up front that has not been heard of.</summary>
    public string? HardwareId { get; init; }

    /// <summary>A group, at most 64 characters.</summary>
    public string? Group { get; init; }

    /// <summary>At most 20 tags, sorted.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The version it runs, as it last said.</summary>
    public string? Version { get; init; }

    /// <summary>The slot it runs from, <c>a</c> or <c>b</c>.</summary>
    public string? Slot { get; init; }

    /// <summary>Version of the agent in it.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>What it read from its own silicon, where it said it.</summary>
    public DeviceHardware? Hardware { get; init; }

    /// <summary>When it was last heard of.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Milliseconds since it started, as last said.</summary>
    public long? UptimeMs { get; init; }

    /// <summary>Free heap in bytes, as last said.</summary>
    public long? FreeHeapBytes { get; init; }

    /// <summary>Received signal strength in dBm, as last said.</summary>
    public int? RssiDbm { get; init; }

    /// <summary>When it was claimed or registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a person may change.</summary>
/// <param name="Name">A new name, or <see langword="null"/> to keep it.</param>
/// <param name="Group">A new group; empty to leave the group; <see langword="null"/> to keep it.</param>
/// <param name="Tags">The new tags, or <see langword="null"/> to keep them.</param>
public sealed record DeviceChange(string? Name, string? Group, IReadOnlyList<string>? Tags);

/// <summary>What is kept of a device's secrets: nothing that could be used in its place.</summary>
/// <param name="KeyHash">SHA-256 of the device key, 32 bytes.</param>
/// <param name="ProtectedSecret">The command secret, encrypted by the host.</param>
public sealed record DeviceCredentials(byte[] KeyHash, string ProtectedSecret);

/// <summary>What authentication needs to know of a device.</summary>
public sealed record DeviceIdentity(string DeviceId, string Organization, string Product, string Chip, byte[] KeyHash);

/// <summary>What a device said about itself when it asked for an update or sent telemetry.</summary>
/// <param name="Version">The version it runs.</param>
/// <param name="Slot"><c>a</c> or <c>b</c>.</param>
/// <param name="AgentVersion">Version of its agent, where it said it.</param>
/// <param name="Hardware">What it read from its own silicon, where it said it.</param>
public sealed record DeviceSighting(string Version, string Slot, string? AgentVersion = null, DeviceHardware? Hardware = null);

/// <summary>One thing that happened to a device.</summary>
public sealed record DeviceEvent(DateTimeOffset At, string Kind, string Text, Guid? RolloutId);

/// <summary>Where a device stands with its newest offer.</summary>
/// <param name="RolloutId">The rollout.</param>
/// <param name="Version">The version offered.</param>
/// <param name="State">As docs/protocol.md 2.3 names it.</param>
/// <param name="Percent">Download progress, 0–100.</param>
/// <param name="Error">Code of docs/protocol.md section 4.</param>
/// <param name="Detail">The device's own sentence.</param>
public sealed record DeviceOffer(Guid RolloutId, string Version, string State, int? Percent, string? Error, string? Detail);

/// <summary>Says where devices stand with their offers; kept by whoever keeps the rollouts.</summary>
public interface IDeviceOffers
{
    /// <summary>The newest offer of each of the devices that has one; at most 500 ids.</summary>
    Task<IReadOnlyDictionary<string, DeviceOffer>> CurrentAsync(string organization, IReadOnlyCollection<string> deviceIds, CancellationToken cancel = default);
}

/// <summary>Keeps devices. What a person does writes its audit entry in the same transaction.</summary>
public interface IDeviceStore
{
    /// <summary>The device, or <see langword="null"/> when this organization has none of that id.</summary>
    Task<Device?> FindAsync(string organization, string deviceId, CancellationToken cancel = default);

    /// <summary>By name, at most <paramref name="limit"/> (1–500); of one product or all; with <paramref name="search"/> in id, name, hardware id, group or as a tag.</summary>
    Task<IReadOnlyList<Device>> ListAsync(string organization, string? product, string? search, int limit, CancellationToken cancel = default);

    /// <summary>Who owns this key (by its SHA-256), in any organization.</summary>
    Task<DeviceIdentity?> IdentifyAsync(byte[] keyHash, CancellationToken cancel = default);

    /// <summary>The device of this id, in any organization, if it has a key.</summary>
    Task<DeviceIdentity?> IdentifyAsync(string deviceId, CancellationToken cancel = default);

    /// <summary>The encrypted command secret.</summary>
    Task<string?> FindSecretAsync(string organization, string deviceId, CancellationToken cancel = default);

    /// <summary>Registers a device up front. Fault <c>device-exists</c> when the id is taken.</summary>
    Task<Outcome<Device>> AddAsync(Device device, DeviceCredentials credentials, AuditDraft entry, CancellationToken cancel = default);

    /// <summary>Changes name, group or tags. Fault <c>device-not-found</c>.</summary>
    Task<Outcome<Device>> ChangeAsync(string organization, string deviceId, DeviceChange change, AuditDraft entry, CancellationToken cancel = default);

    /// <summary>Forgets the device, its key, telemetry and timeline. <see langword="false"/> when there is none.</summary>
    Task<bool> RemoveAsync(string organization, string deviceId, AuditDraft entry, CancellationToken cancel = default);

    /// <summary>Stores version, slot, agent version and that it was heard of now; a change of version is put on its timeline.</summary>
    Task SeenAsync(string organization, string deviceId, DeviceSighting sighting, DateTimeOffset now, CancellationToken cancel = default);

    /// <summary>Newest first, at most <paramref name="limit"/> (1–500).</summary>
    Task<IReadOnlyList<DeviceEvent>> TimelineAsync(string organization, string deviceId, int limit, CancellationToken cancel = default);

    /// <summary>Counts devices by product and version.</summary>
    Task<IReadOnlyList<ProductVersionCount>> CountVersionsAsync(string organization, CancellationToken cancel = default);
}

/// <summary>How many devices of a product run a version (<see langword="null"/>: not heard of yet).</summary>
public sealed record ProductVersionCount(string Product, string? Version, int Devices);
