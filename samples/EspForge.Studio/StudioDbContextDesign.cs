using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace EspForge.Studio;

/// <summary>Makes the context for <c>dotnet ef</c> (docs/decisions/0006-migrations.md); no database is opened.</summary>
internal sealed class StudioDbContextDesign : IDesignTimeDbContextFactory<StudioDbContext>
{
    public StudioDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<StudioDbContext>().UseSqlite("Data Source=:memory:").Options);
}
