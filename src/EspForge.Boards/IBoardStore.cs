namespace EspForge.Boards;

/// <summary>A board that an organization described itself.</summary>
/// <param name="Id">Its id, as in the file.</param>
/// <param name="Content">The board file, JSON as it was sent.</param>
/// <param name="Revision">Changes with every change.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record OwnBoard(string Id, string Content, Guid Revision, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Keeps the boards of organizations. What changes them writes its audit entry in the same transaction. Whether a file is a board is for the caller to know: <see cref="BoardReader"/>.</summary>
public interface IBoardStore
{
    /// <summary>Id → revision of all boards of the organization: cheap, to know whether what was read is still so.</summary>
    Task<IReadOnlyDictionary<string, Guid>> RevisionsAsync(string organization, CancellationToken cancel = default);

    /// <summary>All boards of the organization, by id.</summary>
    Task<IReadOnlyList<OwnBoard>> ListAsync(string organization, CancellationToken cancel = default);

    /// <summary>The board, or <see langword="null"/> when this organization has none of that id.</summary>
    Task<OwnBoard?> FindAsync(string organization, string id, CancellationToken cancel = default);

    /// <summary>Adds a board. Faults: <c>board-exists</c>, and <c>board-limit</c> when the organization has <paramref name="most"/> boards.</summary>
    Task<Outcome<OwnBoard>> AddAsync(string organization, string id, string content, int most, AuditDraft entry, CancellationToken cancel = default);

    /// <summary>Replaces a board's file. Fault <c>board-not-found</c>, or what <paramref name="allow"/> says, which runs in the transaction.</summary>
    Task<Outcome<OwnBoard>> ChangeAsync(string organization, string id, string content, Func<Task<Fault?>> allow, AuditDraft entry, CancellationToken cancel = default);

    /// <summary>Forgets a board; the fault is <c>board-not-found</c>, or what <paramref name="allow"/> says, which runs in the transaction. <see langword="null"/> when it is gone.</summary>
    Task<Fault?> RemoveAsync(string organization, string id, Func<Task<Fault?>> allow, AuditDraft entry, CancellationToken cancel = default);
}
