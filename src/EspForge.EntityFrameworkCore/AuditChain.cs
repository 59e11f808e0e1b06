using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>
/// Appends to the audit log inside the transaction of the change it tells about. The pattern, the same in every store and in a host's own code:
/// <code>
/// await context.InTransactionAsync(async () =>
/// {
///     var row = await context.Set&lt;ThingRow&gt;().SingleAsync(…);    // load inside: a retry starts with an empty change tracker
///     row.Name = name;
///     await AuditChain.AppendAsync(context, organization, entry, time.GetUtcNow(), cancel);   // last: it saves, too
/// }, cancel);
/// </code>
/// On SQLite the transaction is <c>BEGIN IMMEDIATE</c>, so that writers queue before they read the chain's end; on PostgreSQL a transaction-scoped
/// advisory lock does the same.
/// </summary>
public static class AuditChain
{
    private const long AdvisoryLock = 0x4553_5046_4155_4454;

    /// <summary>
    /// Adds the entry to the chain and saves the context, pending changes included. Throws <see cref="InvalidOperationException"/> when no transaction is
    /// open, and <see cref="ArgumentException"/> when the draft's actor, action or subject is empty or too long.
    /// </summary>
    public static async Task AppendAsync(DbContext context, string organization, AuditDraft draft, DateTimeOffset at, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(organization);
        ArgumentNullException.ThrowIfNull(draft);
        Require(draft.Actor, 128, nameof(draft.Actor));
        Require(draft.Action, 64, nameof(draft.Action));
        Require(draft.Subject, 160, nameof(draft.Subject));
        if (context.Database.CurrentTransaction is null)
            throw new InvalidOperationException("An audit entry is written in the transaction of its change: call it inside `context.InTransactionAsync(...)`.");

        if (string.Equals(context.Database.ProviderName, "Npgsql.EntityFrameworkCore.PostgreSQL", StringComparison.Ordinal))
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancel);

        var last = await context.Set<AuditRow>().AsNoTracking().OrderByDescending(r => r.Sequence)
            .Select(r => new { r.Sequence, r.Hash }).FirstOrDefaultAsync(cancel);
        var row = new AuditRow
        {
            Sequence = (last?.Sequence ?? 0) + 1,
            At = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()),
            Organization = organization,
            Actor = draft.Actor,
            Action = draft.Action,
            Subject = draft.Subject,
            Detail = Cut(draft.Detail),
            Hash = [],
        };
        row.Hash = Hash(last?.Hash ?? [], row);
        context.Add(row);
        await context.SaveChangesAsync(cancel);
        context.Entry(row).State = EntityState.Detached;
    }

    /// <summary>SHA-256 over the previous hash and the fields, each with its length before it so that no two entries read alike.</summary>
    internal static byte[] Hash(byte[] previous, AuditRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Span<byte> number = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(number, row.Sequence);
        BinaryPrimitives.WriteInt64BigEndian(number[8..], row.At.ToUnixTimeMilliseconds());
        hash.AppendData(number);
        foreach (var field in (ReadOnlySpan<string?>)[row.Organization, row.Actor, row.Action, row.Subject, row.Detail])
        {
            var bytes = field is null ? [] : Encoding.UTF8.GetBytes(field);
            BinaryPrimitives.WriteInt32BigEndian(number, field is null ? -1 : bytes.Length);
            hash.AppendData(number[..4]);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    private static string? Cut(string? detail)
    {
        if (detail is not { Length: > 2000 })
            return detail;
        var end = char.IsHighSurrogate(detail[1998]) ? 1998 : 1999;
        return string.Concat(detail.AsSpan(0, end), "…");
    }

    private static void Require(string? value, int most, string name)
    {
        if (string.IsNullOrWhiteSpace(value) || value.Length > most)
            throw new ArgumentException($"An audit draft's {name} is 1–{most} characters.", nameof(value));
    }
}
