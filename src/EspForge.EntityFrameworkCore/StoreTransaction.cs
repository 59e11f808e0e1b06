using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Runs a change and its audit entry in one transaction.</summary>
public static class StoreTransaction
{
    private const int Tries = 5;

    /// <summary>
    /// Runs <paramref name="change"/> in a transaction and commits it. Joins the transaction that is open, if one is; then the owner of that one commits.
    /// When the database was busy or chose this transaction to break a tie, the change tracker is emptied and the change runs again, at most five times:
    /// load what you change inside.
    /// </summary>
    public static async Task<T> InTransactionAsync<T>(this DbContext context, Func<Task<T>> change, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(change);
        if (context.Database.CurrentTransaction is not null)
            return await change();

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
                {
                    await using var transaction = await context.Database.BeginTransactionAsync(cancel);
                    var result = await change();
                    await transaction.CommitAsync(cancel);
                    return result;
                });
            }
            catch (Exception error) when (attempt < Tries && IsTransient(error))
            {
                context.ChangeTracker.Clear();
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(5, 40) * attempt), TimeProvider.System, cancel);
            }
            catch
            {
                // What failed is not to be saved by the next user of this context.
                context.ChangeTracker.Clear();
                throw;
            }
        }
    }

    /// <inheritdoc cref="InTransactionAsync{T}"/>
    public static Task InTransactionAsync(this DbContext context, Func<Task> change, CancellationToken cancel = default) =>
        context.InTransactionAsync(async () =>
        {
            await change();
            return true;
        }, cancel);

    /// <summary>Whether the error says that a unique index holds the value already (SQLite 19/1555/2067, PostgreSQL 23505).</summary>
    public static bool IsUniqueViolation(Exception error) => Root(error) switch
    {
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        DbException other => string.Equals(other.SqlState, "23505", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>SQLite BUSY and LOCKED; PostgreSQL serialization failure, deadlock, and a sequence of the audit chain taken meanwhile.</summary>
    private static bool IsTransient(Exception error) => Root(error) switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6,
        DbException other => other.SqlState is "40001" or "40P01",
        _ => false,
    };

    private static Exception? Root(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is DbException)
                return e;
        }

        return null;
    }
}
