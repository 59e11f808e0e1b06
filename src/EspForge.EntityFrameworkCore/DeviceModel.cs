using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>A device. The id is unique in the database, whatever the organization: it is also its name towards the host.</summary>
internal sealed class DeviceRow
{
    public required string DeviceId { get; set; }

    public required string Organization { get; set; }

    public required string Name { get; set; }

    public required string Product { get; set; }

    public required string Chip { get; set; }

    public string? Board { get; set; }

    public string? HardwareId { get; set; }

    public string? Group { get; set; }

    /// <summary>SHA-256 of the device key; none until the key was delivered.</summary>
    public byte[]? KeyHash { get; set; }

    /// <summary>The command secret, encrypted by the host.</summary>
    public string? ProtectedSecret { get; set; }

    public string? Version { get; set; }

    public string? Slot { get; set; }

    public string? AgentVersion { get; set; }

    /// <summary>What it read from its silicon, JSON.</summary>
    public string? Hardware { get; set; }

    public DateTimeOffset? LastSeenAt { get; set; }

    public long? UptimeMs { get; set; }

    public long? FreeHeapBytes { get; set; }

    public int? RssiDbm { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>Name, id, hardware id and group in lower case: what a search looks in and a list is ordered by.</summary>
    public string SearchText { get; set; } = "";

    public List<DeviceTagRow> Tags { get; set; } = [];
}

/// <summary>A tag of a device; a table, so that a rollout's filter is a query.</summary>
internal sealed class DeviceTagRow
{
    public required string DeviceId { get; set; }

    public required string Tag { get; set; }
}

/// <summary>Something that happened to a device, for its timeline. Written by the store that made it happen, in the same transaction.</summary>
internal sealed class DeviceEventRow
{
    public long Id { get; set; }

    public required string Organization { get; set; }

    public required string DeviceId { get; set; }

    public required DateTimeOffset At { get; set; }

    public required string Kind { get; set; }

    public required string Text { get; set; }

    public Guid? RolloutId { get; set; }
}

/// <summary>An attempt of a device to be adopted.</summary>
internal sealed class ClaimRow
{
    public required string Id { get; set; }

    /// <summary>Six digits while it can be used, then none.</summary>
    public string? PairingCode { get; set; }

    public required byte[] PollTokenHash { get; set; }

    public required string HardwareId { get; set; }

    public required string Product { get; set; }

    public required string Chip { get; set; }

    public string? Board { get; set; }

    public required string AgentVersion { get; set; }

    /// <summary>What it read from its silicon, JSON.</summary>
    public string? Hardware { get; set; }

    public required string State { get; set; }

    public string? Organization { get; set; }

    public string? DeviceId { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    public required DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>One telemetry sample.</summary>
internal sealed class TelemetryRow
{
    public long Id { get; set; }

    public required string Organization { get; set; }

    public required string DeviceId { get; set; }

    public required DateTimeOffset At { get; set; }

    public required string Version { get; set; }

    public required long UptimeMs { get; set; }

    public required long FreeHeapBytes { get; set; }

    public int? RssiDbm { get; set; }

    /// <summary>A JSON object of numbers, or none.</summary>
    public string? Values { get; set; }
}

/// <summary>The tables of devices, claims and telemetry.</summary>
internal static class DeviceModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<DeviceRow>(row =>
        {
            row.ToTable("espforge_devices");
            row.HasKey(r => r.DeviceId);
            row.Property(r => r.DeviceId).HasMaxLength(64);
            row.Property(r => r.Organization).HasMaxLength(64);
            row.Property(r => r.Name).HasMaxLength(80);
            row.Property(r => r.Product).HasMaxLength(63);
            row.Property(r => r.Chip).HasMaxLength(16);
            row.Property(r => r.Board).HasMaxLength(64);
            row.Property(r => r.HardwareId).HasMaxLength(64);
            row.Property(r => r.Group).HasMaxLength(64);
            row.Property(r => r.KeyHash).HasMaxLength(32);
            row.Property(r => r.ProtectedSecret).HasMaxLength(1024);
            row.Property(r => r.Version).HasMaxLength(31);
            row.Property(r => r.Slot).HasMaxLength(1);
            row.Property(r => r.AgentVersion).HasMaxLength(31);
            row.Property(r => r.Hardware).HasMaxLength(512);
            row.Property(r => r.SearchText).HasMaxLength(280);
            row.HasIndex(r => r.KeyHash).IsUnique();
            row.HasIndex(r => new { r.Organization, r.HardwareId }).IsUnique();
            row.HasIndex(r => new { r.Organization, r.Product, r.Chip, r.DeviceId });
            row.HasMany(r => r.Tags).WithOne().HasForeignKey(t => t.DeviceId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<DeviceTagRow>(row =>
        {
            row.ToTable("espforge_device_tags");
            row.HasKey(r => new { r.DeviceId, r.Tag });
            row.Property(r => r.DeviceId).HasMaxLength(64);
            row.Property(r => r.Tag).HasMaxLength(32);
            row.HasIndex(r => new { r.Tag, r.DeviceId });
        });
        model.Entity<DeviceEventRow>(row =>
        {
            row.ToTable("espforge_device_events");
            row.HasKey(r => r.Id);
            row.Property(r => r.Organization).HasMaxLength(64);
            row.Property(r => r.DeviceId).HasMaxLength(64);
            row.Property(r => r.Kind).HasMaxLength(32);
            row.Property(r => r.Text).HasMaxLength(500);
            row.HasIndex(r => new { r.DeviceId, r.At });
            row.HasIndex(r => r.At);
        });
        model.Entity<ClaimRow>(row =>
        {
            row.ToTable("espforge_claims");
            row.HasKey(r => r.Id);
            row.Property(r => r.Id).HasMaxLength(32);
            row.Property(r => r.PairingCode).HasMaxLength(6);
            row.Property(r => r.PollTokenHash).HasMaxLength(32);
            row.Property(r => r.HardwareId).HasMaxLength(64);
            row.Property(r => r.Product).HasMaxLength(63);
            row.Property(r => r.Chip).HasMaxLength(16);
            row.Property(r => r.Board).HasMaxLength(64);
            row.Property(r => r.AgentVersion).HasMaxLength(31);
            row.Property(r => r.Hardware).HasMaxLength(512);
            row.Property(r => r.State).HasMaxLength(16);
            row.Property(r => r.Organization).HasMaxLength(64);
            row.Property(r => r.DeviceId).HasMaxLength(64);
            row.HasIndex(r => r.PairingCode).IsUnique();
            row.HasIndex(r => r.HardwareId);
            row.HasIndex(r => r.ExpiresAt);
        });
        model.Entity<TelemetryRow>(row =>
        {
            row.ToTable("espforge_telemetry");
            row.HasKey(r => r.Id);
            row.Property(r => r.Organization).HasMaxLength(64);
            row.Property(r => r.DeviceId).HasMaxLength(64);
            row.Property(r => r.Version).HasMaxLength(31);
            row.Property(r => r.Values).HasMaxLength(2048);
            row.HasIndex(r => new { r.DeviceId, r.At });
            row.HasIndex(r => r.At);
        });
    }
}
