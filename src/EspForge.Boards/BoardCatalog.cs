using System.Text.Json;

namespace EspForge.Boards;

/// <summary>
/// The chips and boards that are known. A chip or board is read when it is first asked for. Immutable and safe to share; adding a board
/// gives a new catalog.
/// </summary>
public sealed class BoardCatalog
{
    private readonly Dictionary<string, Lazy<Chip>> _chips;
    private readonly Dictionary<string, Lazy<Board>> _boards;
    private readonly Lazy<IReadOnlyList<Chip>> _allChips;
    private readonly Lazy<IReadOnlyList<Board>> _allBoards;

    private BoardCatalog(Dictionary<string, Lazy<Chip>> chips, Dictionary<string, Lazy<Board>> boards)
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
        var boards = new Dictionary<string, Lazy<Board>>(_boards, StringComparer.Ordinal) { [board.Id] = new Lazy<Board>(board) };
        return new BoardCatalog(_chips, boards);
    }

    /// <summary>A catalog of the shipped chips and boards that has read none of them yet, apart from <see cref="Default"/>.</summary>
    public static BoardCatalog Fresh() => Embedded();

    private static BoardCatalog Embedded()
    {
        var chips = new Dictionary<string, Lazy<Chip>>(StringComparer.Ordinal);
        var boards = new Dictionary<string, Lazy<Board>>(StringComparer.Ordinal);
        foreach (var name in BoardSchemas.Assembly.GetManifestResourceNames())
        {
            var id = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
            if (name.StartsWith("chips/", StringComparison.Ordinal))
                chips[id] = new Lazy<Chip>(() => Read(name, ChipFile.Read));
            else if (name.StartsWith("boards/", StringComparison.Ordinal))
                boards[id] = new Lazy<Board>(() => ReadBoard(name, chips));
        }

        return new BoardCatalog(chips, boards);
    }

    private static Board ReadBoard(string resource, Dictionary<string, Lazy<Chip>> chips)
    {
        var board = Read(resource, BoardFile.Read);
        board.Chip = chips[board.ChipId].Value;
        return board;
    }

    private static T Read<T>(string resource, Func<CatalogNode, T> read)
    {
        using var stream = BoardSchemas.Open(resource);
        using var document = JsonDocument.Parse(stream);
        return read(new CatalogNode(document.RootElement));
    }
}
