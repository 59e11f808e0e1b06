using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>EspForge's tables alone, for hosts without a context of their own.</summary>
public sealed class EspForgeDbContext(DbContextOptions<EspForgeDbContext> options) : DbContext(options)
{
    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddEspForge();
}
