using System.Text;
using EspForge.Boards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore;

/// <summary>Boards that an organization describes itself (docs/api.md). The file's format is the package's schema; a refusal names the field.</summary>
internal static class OwnBoardEndpoints
{
    public static void MapOwnBoards(this RouteGroupBuilder api)
    {
        var boards = api.MapGroup("boards").WithTags("boards");
        boards.MapGet("{id}/source", SourceAsync).WithName("getBoardSource").RequireAuthorization(Permissions.BoardsRead);
        boards.MapPost("", AddAsync).WithName("addBoard").Accepts<BoardFileDocument>("application/json", ApiResults.AnyType).Answers(201).RequireAuthorization(Permissions.BoardsWrite);
        boards.MapPut("{id}", ChangeAsync).WithName("changeBoard").Accepts<BoardFileDocument>("application/json", ApiResults.AnyType).RequireAuthorization(Permissions.BoardsWrite);
        boards.MapDelete("{id}", RemoveAsync).WithName("deleteBoard").RequireAuthorization(Permissions.BoardsWrite);
    }

    private static async Task<ApiResult<BoardSourceView>> SourceAsync(string id, ApiCaller caller, HttpContext context, CancellationToken cancel) =>
        id.Length <= 64 && Store(context) is { } store && await store.FindAsync(caller.Organization, id, cancel) is { } own
            ? new BoardSourceView(own.Id, own.Content, own.CreatedAt, own.UpdatedAt,
                BoardReader.Read(Encoding.UTF8.GetBytes(own.Content)).TryGet(out _, out var fault) ? null : fault.Message)
            : NotFound();

    private static async Task<ApiResult<BoardView>> AddAsync(
        HttpContext context, ApiCaller caller, OrganizationBoards boards, EspForgeEvents events, CancellationToken cancel)
    {
        var (board, content, refusal) = await ReadAsync(context, cancel);
        if (board is null)
            return refusal!;
        if (boards.IsBuiltIn(board.Id))
            return new ApiRefusal(new Fault("board-exists", $"'{board.Id}' is a board that EspForge brings. Give yours another id."), [new ApiDetail("$.id", "The id is taken by a board that EspForge brings.")]);
        if (Store(context) is not { } store)
            return new Fault("boards-unavailable", "This host keeps no boards.");
        var outcome = await store.AddAsync(
            caller.Organization, board.Id, content, OrganizationBoards.MaxBoards, caller.Draft("board.add", $"board:{board.Id}", $"{board.Name}, {board.Chip.Name}, module {board.Module}."), cancel);
        if (!outcome.TryGet(out _, out var fault))
            return fault;
        Tell(events, caller, board.Id);
        return ApiResults.Created($"{context.Request.PathBase}{context.Request.Path.Value!.TrimEnd('/')}/{board.Id}", BoardView.Of(board, own: true));
    }

    private static async Task<ApiResult<BoardView>> ChangeAsync(
        string id, HttpContext context, ApiCaller caller, OrganizationBoards boards, EspForgeEvents events, CancellationToken cancel)
    {
        var (board, content, refusal) = await ReadAsync(context, cancel);
        if (board is null)
            return refusal!;
        if (!string.Equals(board.Id, id, StringComparison.Ordinal))
            return ApiResults.Invalid("$.id", "The id in the file is not the one of the address: a board keeps its id. Add another board instead.");
        if (Store(context) is not { } store || await store.FindAsync(caller.Organization, id, cancel) is null)
            return boards.IsBuiltIn(id) ? BuiltIn() : NotFound();
        var before = (await boards.ForAsync(caller.Organization, cancel)).FindBoard(id);
        var outcome = await store.ChangeAsync(
            caller.Organization, id, content, () => before is null || string.Equals(before.ChipId, board.ChipId, StringComparison.Ordinal)
                ? Task.FromResult<Fault?>(null)
                : InUseAsync(context, caller, id, "its chip cannot be another", cancel),
            caller.Draft("board.change", $"board:{id}", $"{board.Name}, {board.Chip.Name}, module {board.Module}."), cancel);
        if (!outcome.TryGet(out _, out var fault))
            return fault;
        Tell(events, caller, id);
        return BoardView.Of(board, own: true);
    }

    private static async Task<ApiResult> RemoveAsync(string id, HttpContext context, ApiCaller caller, OrganizationBoards boards, EspForgeEvents events, CancellationToken cancel)
    {
        if (boards.IsBuiltIn(id))
            return BuiltIn();
        if (id.Length > 64 || Store(context) is not { } store)
            return NotFound();
        var fault = await store.RemoveAsync(
            caller.Organization, id, () => InUseAsync(context, caller, id, "it cannot be deleted", cancel), caller.Draft("board.delete", $"board:{id}"), cancel);
        if (fault is not null)
            return fault;
        Tell(events, caller, id);
        return ApiResults.NoContent();
    }

    private static async Task<Fault?> InUseAsync(HttpContext context, ApiCaller caller, string id, string so, CancellationToken cancel)
    {
        if (context.RequestServices.GetService<IBoardUses>() is not { } known)
            return null;
        var uses = await known.UsesAsync(caller.Organization, id, 4, cancel);
        return uses.Count == 0 ? null : new Fault("board-in-use", $"{string.Join(", ", uses.Take(3))}{(uses.Count > 3 ? " and more" : "")} stand on this board, so {so}.");
    }

    private static async Task<(Board? Board, string Content, ApiRefusal? Refusal)> ReadAsync(HttpContext context, CancellationToken cancel)
    {
        var (bytes, refusal) = await PinBody.ReadAsync(context.Request, BoardReader.MaxBytes, "A board file", cancel);
        if (bytes is null)
            return (null, "", refusal);
        return BoardReader.Read(bytes, context.RequestServices.GetRequiredService<BoardCatalog>()).TryGet(out var board, out var fault)
            ? (board, Encoding.UTF8.GetString(bytes), null)
            : (null, "", PinBody.Invalid("board-malformed", fault.Message));
    }

    private static void Tell(EspForgeEvents events, ApiCaller caller, string id)
    {
        events.Publish("board", caller.Organization, id);
        events.Publish("audit", caller.Organization, "*");
    }

    private static IBoardStore? Store(HttpContext context) => context.RequestServices.GetService<IBoardStore>();

    private static Fault NotFound() => new("board-not-found", "There is no such board of your own. GET boards lists them.");

    private static Fault BuiltIn() => new("board-state", "This board comes with EspForge and is the same for everybody. Add one of your own under another id.");
}

/// <summary>The file of an organization's own board.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The file as it was sent.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Problem">Why it is not offered: it was valid when it was kept and is not for this version.</param>
internal sealed record BoardSourceView(string Id, string Content, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Problem);

/// <summary>A board file as sent; for the OpenAPI document. <c>BoardReader</c> reads it, by the package's JSON schema, which knows more fields.</summary>
internal sealed record BoardFileDocument(
    int SchemaVersion, string Id, string Name, string Vendor, string Chip, string Module, long FlashBytes, long PsramBytes, string? PsramMode,
    IReadOnlyList<BoardFileHeaderDocument> Headers, IReadOnlyList<int> ExposedGpios);

/// <summary>A row of header pins of a board file.</summary>
internal sealed record BoardFileHeaderDocument(string Id, string? Side, IReadOnlyList<BoardFileHeaderPinDocument> Pins);

/// <summary>One pin of a header of a board file; <c>pos</c> counts from 1.</summary>
internal sealed record BoardFileHeaderPinDocument(int Pos, string Label, string Kind, int? Gpio);
