using System.Collections.Frozen;
using System.Text.Json;

namespace EspForge.Boards;

/// <summary>
/// The chips and boards that are known. A chip or board is read when it is first asked for. Immutable and safe to share; adding a board
/// gives a new catalog.
/// </summary>
public sealed class BoardCatalog
{
    private readonly FrozenDictionary<string, Lazy<Chip>> _chips;
    private readonly FrozenDictionary<string, Lazy<Board>> _boards;
    private readonly Lazy<IReadOnlyList<Chip>> _allChips;
    private readonly Lazy<IReadOnlyList<Board>> _allBoards;

    private BoardCatalog(FrozenDictionary<string, Lazy<Chip>> chips, FrozenDictionary<string, Lazy<Board>> boards)
    {
        _chips = chips;
        _boards = boards;
        ChipIds = [.. chips.Keys.Order(StringComparer.Ordinal)];
        BoardIds = [.. boards.Keys.Order(StringComparer.Ordinal)];
        _allChips = new(() => [.. ChipIds.Select(id => _chips[id].Value)]);
        _allBoards = new(() => [.. BoardIds.Select(id => _boards[id].Value)]);
    }

    /// <summary>The catalog that ships with the package.</summary>
    public static BoardCatalog Default { get; } = Embedded();

    /// <summary>The ids of all chips, ascending. Reads nothing.</summary>
    public IReadOnlyList<string> ChipIds { get; }

    /// <summary>The ids of all boards, ascending. Reads nothing.</summary>
    public IReadOnlyList<string> BoardIds { get; }

    /// <summary>All chips by ascending id.</summary>
    public IReadOnlyList<Chip> Chips => _allChips.Value;

    /// <summary>All boards by ascending id.</summary>
    public IReadOnlyList<Board> Boards => _allBoards.Value;

    /// <summary>The chip with this id (<c>esp32c3</c>), or null.</summary>
    public Chip? FindChip(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _chips.TryGetValue(id, out var chip) ? chip.Value : null;
    }

    /// <summary>The board with this id (<c>esp32-cam</c>), or null.</summary>
    public Board? FindBoard(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _boards.TryGetValue(id, out var board) ? board.Value : null;
    }

    /// <summary>This catalog and one board more, such as a user's own. An id that is taken is refused with <c>board-exists</c>.</summary>
    public Outcome<BoardCatalog> With(Board board)
    {
        ArgumentNullException.ThrowIfNull(board);
        if (_boards.ContainsKey(board.Id))
            return new Fault("board-exists", $"There is already a board '{board.Id}'. Give yours another id.");
        if (!_chips.ContainsKey(board.ChipId))
            return new Fault("chip-unknown", $"Board '{board.Id}' names the chip '{board.ChipId}', which this catalog does not have.");
        var boards = _boards.Append(KeyValuePair.Create(board.Id, new Lazy<Board>(board)));
        return new BoardCatalog(_chips, boards.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>A catalog of the shipped chips and boards that has read none of them yet, apart from <see cref="Default"/>.</summary>
    public static BoardCatalog Fresh() => Embedded();

    private static BoardCatalog Embedded()
    {
        var chips = ResourceIds("chips/").ToFrozenDictionary(
            id => id, id => new Lazy<Chip>(() => Read("chips/" + id, CatalogJson.Default.Chip)), StringComparer.Ordinal);
        var boards = ResourceIds("boards/").ToFrozenDictionary(
            id => id, id => new Lazy<Board>(() => ReadBoard(id, chips)), StringComparer.Ordinal);
        return new BoardCatalog(chips, boards);
    }

    private static Board ReadBoard(string id, FrozenDictionary<string, Lazy<Chip>> chips)
    {
        var board = Read("boards/" + id, CatalogJson.Default.Board);
        board.Chip = chips[board.ChipId].Value;
        return board;
    }

    private static IEnumerable<string> ResourceIds(string folder) =>
        from name in BoardSchemas.Assembly.GetManifestResourceNames()
        where name.StartsWith(folder, StringComparison.Ordinal)
        select name[folder.Length..];

    private static T Read<T>(string resource, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using var stream = BoardSchemas.Open(resource);
        return JsonSerializer.Deserialize(stream, type) ?? throw new InvalidOperationException($"The package's resource '{resource}' is empty.");
    }
}
