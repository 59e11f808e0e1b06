using EspForge.Boards;
using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>Boards of organizations in the database.</summary>
internal sealed class EfBoardStore(StoreContext store) : IBoardStore
{
    private IQueryable<BoardRow> Rows => store.Db.Set<BoardRow>();

    public async Task<IReadOnlyDictionary<string, Guid>> RevisionsAsync(string organization, CancellationToken cancel = default) =>
        await Rows.AsNoTracking().Where(r => r.Organization == organization).ToDictionaryAsync(r => r.Id, r => r.Revision, StringComparer.Ordinal, cancel);

    public async Task<IReadOnlyList<OwnBoard>> ListAsync(string organization, CancellationToken cancel = default)
    {
        var rows = await Rows.AsNoTracking().Where(r => r.Organization == organization).OrderBy(r => r.Id).ToListAsync(cancel);
        return rows.ConvertAll(r => r.ToBoard());
    }

    public async Task<OwnBoard?> FindAsync(string organization, string id, CancellationToken cancel = default) =>
        (await Rows.AsNoTracking().SingleOrDefaultAsync(r => r.Organization == organization && r.Id == id, cancel))?.ToBoard();

    public async Task<Outcome<OwnBoard>> AddAsync(string organization, string id, string content, int most, AuditDraft entry, CancellationToken cancel = default)
    {
        try
        {
            return await store.Db.InTransactionAsync<Outcome<OwnBoard>>(async () =>
            {
                if (await Rows.AnyAsync(r => r.Organization == organization && r.Id == id, cancel))
                    return Taken(id);
                if (await Rows.CountAsync(r => r.Organization == organization, cancel) >= most)
                    return new Fault("board-limit", $"An organization has at most {most} boards of its own.");
                var row = new BoardRow { Organization = organization, Id = id, Content = content, Revision = Guid.NewGuid(), CreatedAt = store.Now, UpdatedAt = store.Now };
                store.Db.Add(row);
                await AuditChain.AppendAsync(store.Db, organization, entry, store.Now, cancel);
                store.Db.ChangeTracker.Clear();
                return row.ToBoard();
            }, cancel);
        }
        catch (DbUpdateException error) when (StoreTransaction.IsUniqueViolation(error))
        {
            return Taken(id);
        }
    }

    public Task<Outcome<OwnBoard>> ChangeAsync(string organization, string id, string content, Func<Task<Fault?>> allow, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(allow);
        return store.Db.InTransactionAsync<Outcome<OwnBoard>>(async () =>
        {
            var row = await Rows.AsTracking().SingleOrDefaultAsync(r => r.Organization == organization && r.Id == id, cancel);
            if (row is null)
                return NotFound(id);
            if (await allow() is { } refusal)
                return refusal;
            row.Content = content;
            row.Revision = Guid.NewGuid();
            row.UpdatedAt = store.Now;
            await AuditChain.AppendAsync(store.Db, organization, entry, store.Now, cancel);
            store.Db.ChangeTracker.Clear();
            return row.ToBoard();
        }, cancel);
    }

    public Task<Fault?> RemoveAsync(string organization, string id, Func<Task<Fault?>> allow, AuditDraft entry, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(allow);
        return store.Db.InTransactionAsync<Fault?>(async () =>
        {
            if (!await Rows.AnyAsync(r => r.Organization == organization && r.Id == id, cancel))
                return NotFound(id);
            if (await allow() is { } refusal)
                return refusal;
            await Rows.Where(r => r.Organization == organization && r.Id == id).ExecuteDeleteAsync(cancel);
            await AuditChain.AppendAsync(store.Db, organization, entry, store.Now, cancel);
            return null;
        }, cancel);
    }

    private static Fault Taken(string id) => new("board-exists", $"There is already a board '{id}'. Give yours another id.");

    private static Fault NotFound(string id) => new("board-not-found", id.Length <= 64 ? $"There is no board '{id}' of your own." : "There is no such board.");
}
