using System.Collections.Concurrent;
using System.Text;
using EspForge.Boards;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore;

/// <summary>The boards that an organization sees: those of the package and its own. Resolve it in a request's scope.</summary>
public sealed class OrganizationBoards
{
    /// <summary>Most boards of its own that an organization may have.</summary>
    public const int MaxBoards = 100;

    private readonly BoardCatalog _catalog;
    private readonly IBoardStore? _store;
    private readonly OrganizationBoardCache _cache;

    internal OrganizationBoards(BoardCatalog catalog, IBoardStore? store, OrganizationBoardCache cache) => (_catalog, _store, _cache) = (catalog, store, cache);

    /// <summary>The catalog of an organization. Its own boards are read once and again when they changed; an id that the package has stays the package's.</summary>
    public async Task<BoardCatalog> ForAsync(string organization, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(organization);
        if (_store is null)
            return _catalog;
        var revisions = await _store.RevisionsAsync(organization, cancel);
        if (revisions.Count == 0)
            return _catalog;
        if (_cache.Find(organization, revisions) is { } known)
            return known;
        var catalog = _catalog;
        var read = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var own in await _store.ListAsync(organization, cancel))
        {
            read[own.Id] = own.Revision;

            // What was valid when it was kept may not be after an update of the package: it is then not offered, and its own page says why.
            if (BoardReader.Read(Encoding.UTF8.GetBytes(own.Content), _catalog).TryGet(out var board, out _) && catalog.With(board).TryGet(out var larger, out _))
                catalog = larger;
        }

        _cache.Keep(organization, read, catalog);
        return catalog;
    }

    /// <summary>Whether the id is a board of the package.</summary>
    internal bool IsBuiltIn(string id) => _catalog.FindBoard(id) is not null;

    internal static OrganizationBoards Of(IServiceProvider services) => new(
        services.GetRequiredService<BoardCatalog>(), services.GetService<IBoardStore>(), services.GetRequiredService<OrganizationBoardCache>());
}

/// <summary>Catalogs that were read, by organization.</summary>
internal sealed class OrganizationBoardCache
{
    private const int MaxOrganizations = 256;

    private readonly ConcurrentDictionary<string, (IReadOnlyDictionary<string, Guid> Revisions, BoardCatalog Catalog)> _known = new(StringComparer.Ordinal);

    public BoardCatalog? Find(string organization, IReadOnlyDictionary<string, Guid> revisions) =>
        _known.TryGetValue(organization, out var known) && known.Revisions.Count == revisions.Count
        && revisions.All(pair => known.Revisions.TryGetValue(pair.Key, out var revision) && revision == pair.Value)
            ? known.Catalog : null;

    public void Keep(string organization, IReadOnlyDictionary<string, Guid> revisions, BoardCatalog catalog)
    {
        if (_known.Count >= MaxOrganizations && !_known.ContainsKey(organization))
            _known.Clear();
        _known[organization] = (revisions, catalog);
    }
}

/// <summary>Says what stands on an organization's own board, so that it is not taken away from under it. A host that keeps plans implements it.</summary>
public interface IBoardUses
{
    /// <summary>Names of what uses the board, at most <paramref name="limit"/>. Called in the transaction that would change the board.</summary>
    Task<IReadOnlyList<string>> UsesAsync(string organization, string boardId, int limit, CancellationToken cancel = default);
}
