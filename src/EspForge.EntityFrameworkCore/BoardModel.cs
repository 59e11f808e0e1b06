using EspForge.Boards;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>A board of an organization.</summary>
internal sealed class BoardRow
{
    public required string Organization { get; set; }

    public required string Id { get; set; }

    /// <summary>The board file, JSON.</summary>
    public required string Content { get; set; }

    public required Guid Revision { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }

    public OwnBoard ToBoard() => new(Id, Content, Revision, CreatedAt, UpdatedAt);
}

/// <summary>The table of boards.</summary>
internal static class BoardModel
{
    public static void Configure(ModelBuilder model) => model.Entity<BoardRow>(row =>
    {
        row.ToTable("espforge_boards");
        row.HasKey(r => new { r.Organization, r.Id });
        row.Property(r => r.Organization).HasMaxLength(64);
        row.Property(r => r.Id).HasMaxLength(64);
    });
}
