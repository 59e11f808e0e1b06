using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Tests;

public sealed class SchemaTests
{
    [Fact]
    public void The_migrations_make_the_model()
    {
        using var db = new StudioDbContextDesign().CreateDbContext([]);
        Assert.False(db.Database.HasPendingModelChanges(), "The model changed: add a migration (docs/decisions/0006-migrations.md).");
    }

    [Fact]
    public async Task The_database_is_brought_up_to_date_at_start_and_keeps_a_write_ahead_log()
    {
        await using var host = await StudioHost.StartAsync();
        Assert.Empty(await host.WithDatabaseAsync(db => db.Database.GetPendingMigrationsAsync()));
        Assert.Equal("wal", await host.WithDatabaseAsync(db => db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").SingleAsync()));
    }
}
