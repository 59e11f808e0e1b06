using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>One row of the audit log.</summary>
internal sealed class AuditRow
{
    public long Sequence { get; set; }

    public required DateTimeOffset At { get; set; }

    public required string Organization { get; set; }

    public required string Actor { get; set; }

    public required string Action { get; set; }

    public required string Subject { get; set; }

    public string? Detail { get; set; }

    public required byte[] Hash { get; set; }
}

/// <summary>The audit log's table.</summary>
internal static class AuditModel
{
    public static void Configure(ModelBuilder model) => model.Entity<AuditRow>(row =>
    {
        row.ToTable("espforge_audit");
        row.HasKey(r => r.Sequence);
        row.Property(r => r.Sequence).ValueGeneratedNever();
        row.Property(r => r.Organization).HasMaxLength(64);
        row.Property(r => r.Actor).HasMaxLength(128);
        row.Property(r => r.Action).HasMaxLength(64);
        row.Property(r => r.Subject).HasMaxLength(160);
        row.Property(r => r.Detail).HasMaxLength(2000);
        row.Property(r => r.Hash).HasMaxLength(32);
        row.HasIndex(r => new { r.Organization, r.Sequence });
        row.HasIndex(r => new { r.Organization, r.Action, r.Sequence });
        row.HasIndex(r => new { r.Organization, r.Subject, r.Sequence });
    });
}
