using EspForge.Boards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EspForge.AspNetCore;

/// <summary>What hardware exists (docs/api.md).</summary>
internal static class BoardEndpoints
{
    public static void MapBoards(this RouteGroupBuilder api)
    {
        api.MapGet("boards", ListBoards).WithName("listBoards").WithTags("boards").RequireAuthorization(Permissions.BoardsRead);
        api.MapGet("boards/{id}", FindBoard).WithName("getBoard").WithTags("boards").RequireAuthorization(Permissions.BoardsRead);
        api.MapOwnBoards();
        api.MapGet("chips", ListChips).WithName("listChips").WithTags("boards").RequireAuthorization(Permissions.BoardsRead);
        api.MapGet("chips/{id}", FindChip).WithName("getChip").WithTags("boards").RequireAuthorization(Permissions.BoardsRead);
    }

    private static async Task<ApiResult<IReadOnlyList<BoardSummaryView>>> ListBoards(ApiCaller caller, OrganizationBoards boards, CancellationToken cancel)
    {
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        return ApiResults.Ok<IReadOnlyList<BoardSummaryView>>([.. catalog.Boards.Select(board => BoardSummaryView.Of(board, !boards.IsBuiltIn(board.Id)))]);
    }

    private static async Task<ApiResult<BoardView>> FindBoard(string id, ApiCaller caller, OrganizationBoards boards, CancellationToken cancel) =>
        (await boards.ForAsync(caller.Organization, cancel)).FindBoard(id) is { } board
            ? BoardView.Of(board, !boards.IsBuiltIn(id))
            : new Fault("board-not-found", "There is no such board. GET boards lists them.");

    private static ApiResult<IReadOnlyList<ChipView>> ListChips(BoardCatalog catalog) =>
        ApiResults.Ok<IReadOnlyList<ChipView>>([.. catalog.Chips.Select(ChipView.Of)]);

    private static ApiResult<ChipView> FindChip(string id, BoardCatalog catalog) =>
        catalog.FindChip(id) is { } chip ? ChipView.Of(chip) : new Fault("chip-not-found", "There is no such chip. GET chips lists them.");
}
