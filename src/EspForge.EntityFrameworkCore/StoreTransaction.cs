using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Runs a change and its audit entry in one transaction.</summary>
public static class StoreTransaction
{
    private const int Tries = 5;

    // SQLite has one writer. Those of this process wait for each other here, in order and without a thread; what SQLite itself offers is to sleep and try again.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Writers = new(StringComparer.Ordinal);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

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

        var turn = context.Database.IsSqlite() ? Writers.GetOrAdd(context.Database.GetDbConnection().DataSource, _ => new SemaphoreSlim(1, 1)) : null;

        // Past its patience a change goes ahead: the database then says whether it is busy, and nothing waits for ever.
        var isTurn = turn is not null && await turn.WaitAsync(Patience, cancel);
        try
        {
            return await RunAsync(context, change, cancel);
        }
        finally
        {
            if (isTurn)
                turn!.Release();
        }
    }

    /// <inheritdoc cref="InTransactionAsync{T}"/>
    public static Task InTransactionAsync(this DbContext context, Func<Task> change, CancellationToken cancel = default) =>
        context.InTransactionAsync(async () =>
        {
            await change();
            return true;
        }, cancel);

    /// <summary>Whether the error says that a unique index holds the value already (SQLite 1555/2067, PostgreSQL 23505).</summary>
    public static bool IsUniqueViolation(Exception error) => Root(error) switch
    {
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        DbException other => string.Equals(other.SqlState, "23505", StringComparison.Ordinal),
        _ => false,
    };

    private static async Task<T> RunAsync<T>(DbContext context, Func<Task<T>> change, CancellationToken cancel)
    {
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

    /// <summary>SQLite BUSY and LOCKED; PostgreSQL serialization failure and deadlock.</summary>
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
