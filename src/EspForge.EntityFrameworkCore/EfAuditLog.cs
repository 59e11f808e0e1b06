using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>The audit log in the database.</summary>
internal sealed class EfAuditLog(StoreContext store) : IAuditLog
{
    public Task AppendAsync(string organization, AuditDraft draft, CancellationToken cancel = default) =>
        store.Db.InTransactionAsync(() => AuditChain.AppendAsync(store.Db, organization, draft, store.Now, cancel), cancel);

    public async Task<IReadOnlyList<AuditEntry>> ListAsync(string organization, long? before, string? action, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 500);
        var rows = store.Db.Set<AuditRow>().AsNoTracking().Where(r => r.Organization == organization);
        if (before is { } sequence)
            rows = rows.Where(r => r.Sequence < sequence);
        if (action is not null)
            rows = rows.Where(r => r.Action == action);
        return await ReadAsync(rows, limit, cancel);
    }

    public Task<IReadOnlyList<AuditEntry>> ListOfAsync(string organization, string subject, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 500);
        return ReadAsync(store.Db.Set<AuditRow>().AsNoTracking().Where(r => r.Organization == organization && r.Subject == subject), limit, cancel);
    }

    public async Task<AuditVerification> VerifyAsync(CancellationToken cancel = default)
    {
        byte[] previous = [];
        long entries = 0;
        await foreach (var row in store.Db.Set<AuditRow>().AsNoTracking().OrderBy(r => r.Sequence).AsAsyncEnumerable().WithCancellation(cancel))
        {
            entries++;
            if (row.Sequence != entries || !CryptographicOperations.FixedTimeEquals(row.Hash, AuditChain.Hash(previous, row)))
                return new AuditVerification(false, entries, row.Sequence);
            previous = row.Hash;
        }

        return new AuditVerification(true, entries, null);
    }

    private static async Task<IReadOnlyList<AuditEntry>> ReadAsync(IQueryable<AuditRow> rows, int limit, CancellationToken cancel)
    {
        var found = await rows.OrderByDescending(r => r.Sequence).Take(limit).ToListAsync(cancel);
        return found.ConvertAll(r => new AuditEntry(r.Sequence, r.At, r.Organization, r.Actor, r.Action, r.Subject, r.Detail, Convert.ToHexStringLower(r.Hash)));
    }
}
