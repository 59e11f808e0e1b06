using EspForge.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace EspForge.Migrations;

internal static class Program
{
    public static int Main()
    {
        Console.Error.WriteLine("This is the start-up project of `dotnet ef`; see docs/decisions/0006-migrations.md.");
        return 1;
    }
}

/// <summary>Makes the packages' own context for `dotnet ef`; no database is opened.</summary>
internal sealed class EspForgeDesign : IDesignTimeDbContextFactory<EspForgeDbContext>
{
    public EspForgeDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<EspForgeDbContext>().UseSqlite("Data Source=:memory:").Options);
}
