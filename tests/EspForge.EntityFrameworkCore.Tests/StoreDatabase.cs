using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore.Tests;

/// <summary>A database of its own for one test, with as many contexts at once as the test opens. The store suites know no more of it than this.</summary>
public abstract class StoreDatabase : IDisposable
{
    public const string Acme = "acme";
    public const string Rival = "rival";

    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    internal StoreClock Clock { get; } = new(Start);

    public static AuditDraft Draft { get; } = new("user:1", "test.change", "test:1");

    public abstract EspForgeDbContext Open();

    internal StoreContext Store() => new(Open(), Clock);

    internal async Task<List<AuditRow>> AuditAsync()
    {
        await using var db = Open();
        return await db.Set<AuditRow>().AsNoTracking().OrderBy(row => row.Sequence).ToListAsync();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>A clock that a test sets.</summary>
internal sealed class StoreClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>A SQLite file, made by the migrations.</summary>
public sealed class SqliteDatabase : StoreDatabase
{
    private readonly string _folder = Directory.CreateTempSubdirectory("espforge-store-").FullName;

    public SqliteDatabase()
    {
        using var db = Open();
        db.Database.Migrate();
    }

    public override EspForgeDbContext Open()
    {
        var options = new DbContextOptionsBuilder<EspForgeDbContext>();
        options.UseEspForgeSqlite(Path.Combine(_folder, "fleet.db"));
        return new(options.Options);
    }

    protected override void Dispose(bool disposing)
    {
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder, "fleet.db"), ForeignKeys = true, DefaultTimeout = 10 }.ToString()))
            SqliteConnection.ClearPool(connection);
        Directory.Delete(_folder, recursive: true);
    }
}
