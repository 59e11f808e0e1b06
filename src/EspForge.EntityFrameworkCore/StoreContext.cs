using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>What every store works on: the host's context of this scope, and the time.</summary>
internal sealed class StoreContext(DbContext db, TimeProvider time)
{
    public DbContext Db => db;

    public DateTimeOffset Now => time.GetUtcNow();
}
