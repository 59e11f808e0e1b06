using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Keys of changes in the database.</summary>
internal sealed class EfIdempotencyStore(StoreContext store) : IIdempotencyStore
{
    private IQueryable<IdempotencyRow> Rows => store.Db.Set<IdempotencyRow>();

    public async Task<IdempotencyOutcome> BeginAsync(
        IdempotencyKey key, byte[] fingerprint, DateTimeOffset now, IdempotencyLimits limits, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(limits);
        var id = IdOf(key);
        var forget = now - limits.Keep;
        try
        {
            return await store.Db.InTransactionAsync(async () =>
            {
                await Rows.Where(r => r.Id == id && r.BegunAt <= forget).ExecuteDeleteAsync(cancel);
                if (await FindAsync(id, fingerprint, now, limits, cancel) is { } known)
                    return known;
                if (await Rows.CountAsync(r => r.Organization == key.Organization && r.Actor == key.Actor && r.BegunAt > forget, cancel) >= limits.MaxKeys)
                    return new IdempotencyOutcome(IdempotencyVerdict.Full);
                var row = new IdempotencyRow { Id = id, Organization = key.Organization, Actor = key.Actor, Fingerprint = fingerprint, BegunAt = now };
                store.Db.Add(row);
                await store.Db.SaveChangesAsync(cancel);
                store.Db.Entry(row).State = EntityState.Detached;
                return new IdempotencyOutcome(IdempotencyVerdict.Begun);
            }, cancel);
        }
        catch (DbUpdateException error) when (StoreTransaction.IsUniqueViolation(error))
        {
            // Another request with the key came between looking and taking.
            return await FindAsync(id, fingerprint, now, limits, cancel) ?? new IdempotencyOutcome(IdempotencyVerdict.Busy);
        }
    }

    public Task CompleteAsync(IdempotencyKey key, IdempotentAnswer answer, IdempotencyLimits limits, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(limits);
        var id = IdOf(key);
        return store.Db.InTransactionAsync(async () =>
        {
            var kept = await Rows.Where(r => r.Organization == key.Organization && r.Actor == key.Actor).SumAsync(r => (long)r.BodyBytes, cancel);
            var body = answer.Body is { } bytes && kept + bytes.Length <= limits.MaxBytes ? bytes : null;
            var size = body?.Length ?? 0;
            await Rows.Where(r => r.Id == id && r.Status == null).ExecuteUpdateAsync(
                set => set
                    .SetProperty(r => r.Status, answer.Status)
                    .SetProperty(r => r.ContentType, answer.ContentType)
                    .SetProperty(r => r.Location, answer.Location)
                    .SetProperty(r => r.Body, body)
                    .SetProperty(r => r.BodyBytes, size),
                cancel);
        }, cancel);
    }

    public Task AbandonAsync(IdempotencyKey key, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var id = IdOf(key);
        return store.Db.InTransactionAsync(() => Rows.Where(r => r.Id == id && r.Status == null).ExecuteDeleteAsync(cancel), cancel);
    }

    public Task<int> ForgetAsync(DateTimeOffset begunBefore, CancellationToken cancel = default) =>
        store.Db.InTransactionAsync(() => Rows.Where(r => r.BegunAt < begunBefore).ExecuteDeleteAsync(cancel), cancel);

    private async Task<IdempotencyOutcome?> FindAsync(string id, byte[] fingerprint, DateTimeOffset now, IdempotencyLimits limits, CancellationToken cancel)
    {
        if (await Rows.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } row)
            return null;
        if (!CryptographicOperations.FixedTimeEquals(row.Fingerprint, fingerprint))
            return new IdempotencyOutcome(IdempotencyVerdict.Other);
        if (row.Status is { } status)
            return new IdempotencyOutcome(IdempotencyVerdict.Answered, new IdempotentAnswer(status, row.ContentType, row.Location, row.Body));
        return new IdempotencyOutcome(now - row.BegunAt < limits.Patience ? IdempotencyVerdict.Busy : IdempotencyVerdict.Cut);
    }

    // Each field with its length before it, so that no two keys read alike.
    private static string IdOf(IdempotencyKey key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var field in (ReadOnlySpan<string>)[key.Organization, key.Actor, key.Route, key.Key])
        {
            var bytes = Encoding.UTF8.GetBytes(field);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
