using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>A key of a change. Neither the key nor the request is kept, only their hashes.</summary>
internal sealed class IdempotencyRow
{
    /// <summary>SHA-256 of organization, actor, route and key, 64 hex digits.</summary>
    public required string Id { get; set; }

    public required string Organization { get; set; }

    public required string Actor { get; set; }

    public required byte[] Fingerprint { get; set; }

    public required DateTimeOffset BegunAt { get; set; }

    /// <summary>The answer's status; none until it was answered.</summary>
    public int? Status { get; set; }

    public string? ContentType { get; set; }

    public string? Location { get; set; }

    /// <summary>The answer; none until it was answered, or when it was too long to keep.</summary>
    public byte[]? Body { get; set; }

    public int BodyBytes { get; set; }
}

/// <summary>The table of keys.</summary>
internal static class IdempotencyModel
{
    public static void Configure(ModelBuilder model) => model.Entity<IdempotencyRow>(row =>
    {
        row.ToTable("espforge_idempotency");
        row.HasKey(r => r.Id);
        row.Property(r => r.Id).HasMaxLength(64);
        row.Property(r => r.Organization).HasMaxLength(64);
        row.Property(r => r.Actor).HasMaxLength(128);
        row.Property(r => r.Fingerprint).HasMaxLength(32);
        row.Property(r => r.ContentType).HasMaxLength(128);
        row.Property(r => r.Location).HasMaxLength(512);
        row.HasIndex(r => new { r.Organization, r.Actor, r.BegunAt });
        row.HasIndex(r => r.BegunAt);
    });
}
