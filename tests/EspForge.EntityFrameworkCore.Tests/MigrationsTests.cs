using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.EntityFrameworkCore.Tests;

public class MigrationsTests
{
    [Fact]
    public void The_migrations_make_the_model_that_the_code_has()
    {
        using var database = new SqliteDatabase();
        using var db = database.Open();
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void Every_table_has_our_prefix()
    {
        using var database = new SqliteDatabase();
        using var db = database.Open();
        Assert.All(db.Model.GetEntityTypes(), entity => Assert.StartsWith("espforge_", entity.GetTableName(), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_time_is_stored_as_a_number_that_orders()
    {
        using var database = new SqliteDatabase();
        using var db = database.Open();
        var times = db.Model.GetEntityTypes().SelectMany(e => e.GetProperties()).Where(p => (Nullable.GetUnderlyingType(p.ClrType) ?? p.ClrType) == typeof(DateTimeOffset)).ToList();
        Assert.NotEmpty(times);
        Assert.All(times, property => Assert.Equal("INTEGER", property.GetColumnType()));
    }

    [Fact]
    public async Task A_host_prepares_its_file_with_two_calls_and_again_at_its_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-host-");
        try
        {
            for (var start = 0; start < 2; start++)
            {
                await using var services = new ServiceCollection().AddEspForgeSqlite(Path.Combine(folder.FullName, "sub", "fleet.db")).BuildServiceProvider();
                await services.EnsureEspForgeDatabaseAsync();
                await using var scope = services.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<IAuditLog>().AppendAsync("default", new AuditDraft("system:test", "host.start", "host:1"));
                Assert.Equal(start + 1, (await scope.ServiceProvider.GetRequiredService<IAuditLog>().ListAsync("default", null, null, 10)).Count);
            }
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_file_is_opened_with_a_write_ahead_log_foreign_keys_and_patience()
    {
        using var database = new SqliteDatabase();
        await using var db = database.Open();
        Assert.Equal("wal", await PragmaAsync<string>("journal_mode"));
        Assert.Equal(1L, await PragmaAsync<long>("foreign_keys"));
        Assert.Equal(5_000L, await PragmaAsync<long>("busy_timeout"));

        async Task<T> PragmaAsync<T>(string name)
        {
            await db.Database.OpenConnectionAsync();
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"PRAGMA {name}";
            return (T)(await command.ExecuteScalarAsync())!;
        }
    }
}
