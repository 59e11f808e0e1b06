using EspForge.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Opens databases.</summary>
public static class EspForgeDatabaseExtensions
{
    /// <summary>Uses the SQLite file at <paramref name="path"/> with write-ahead log, five seconds of patience and foreign keys. The folder is created.</summary>
    /// <param name="options">The context's options.</param>
    /// <param name="path">The file.</param>
    /// <param name="sqlite">More, such as the migrations assembly.</param>
    public static DbContextOptionsBuilder UseEspForgeSqlite(this DbContextOptionsBuilder options, string path, Action<SqliteDbContextOptionsBuilder>? sqlite = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        var connection = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, DefaultTimeout = 10 };
        return options.UseSqlite(connection.ToString(), sqlite).AddInterceptors(new SqlitePragmas());
    }
}
