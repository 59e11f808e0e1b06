using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.Studio.Accounts;
using EspForge.Studio.ApiKeys;
using EspForge.Studio.Projects;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Language;

/// <summary><c>projects/{id}/language</c>: a language server for the editor, over a WebSocket.</summary>
internal static class LanguageEndpoints
{
    public const string SubProtocol = "espforge.lsp.v1";

    public static void AddStudioLanguage(this IServiceCollection services, IConfigurationSection settings)
    {
        services.AddOptions<LanguageOptions>().Bind(settings).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<LanguageSeats>();
        services.AddSingleton<SocketRights>();
        services.AddTransient<LanguageBridge>();
    }

    public static void MapLanguage(this RouteGroupBuilder api) =>
        api.MapGet("projects/{id:guid}/language", Open).WithName("openLanguageServer").WithTags("projects").RequireAuthorization(Permissions.ProjectsRead).ExcludeFromDescription();

    private static async Task<IResult> Open(
        Guid id, HttpContext context, ApiCaller caller, StudioDbContext db, LanguageSeats seats, LanguageSessions sessions, LanguageBridge bridge, OrganizationBoards boards, CancellationToken cancel)
    {
        var project = await db.Projects.AsNoTracking().Include(row => row.Files).SingleOrDefaultAsync(row => row.Id == id && row.Organization == caller.Organization, cancel);
        if (project is null)
            return ApiResults.Problem(ProjectEndpoints.NotFound);
        if (!context.WebSockets.IsWebSocketRequest)
            return ApiResults.Problem(new Fault("upgrade-required", "This address is a WebSocket."));
        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(SubProtocol, StringComparer.Ordinal))
            return ApiResults.Problem(new Fault("validation-error", $"Ask for the sub-protocol {SubProtocol}."));

        using var socket = await context.WebSockets.AcceptWebSocketAsync(SubProtocol);
        using var seat = seats.Take(caller.UserId(), id);
        if (seat is null)
        {
            await SocketClosing.CloseAsync(socket, 4429, "As many language servers run as may on this host. Try again later.");
            return Results.Empty;
        }

        if (!(await LanguageSessions.ProbeAsync(cancel)).TryGet(out var server, out var fault))
        {
            await SocketClosing.CloseAsync(socket, CodeOf(fault), fault.Message);
            return Results.Empty;
        }

        var request = LanguageBridge.Request(project, await boards.ForAsync(caller.Organization, cancel));
        if (!(await sessions.OpenAsync(request, cancel)).TryGet(out var session, out fault))
        {
            await SocketClosing.CloseAsync(socket, CodeOf(fault), fault.Message);
            return Results.Empty;
        }

        await using (session)
            await bridge.RunAsync(socket, session, seat, caller, id, request, server, cancel);

        return Results.Empty;
    }

    private static int CodeOf(Fault fault) => fault.Code switch
    {
        "language-server-missing" => 4404,
        "build-invalid" => 4400,
        _ => 4503,
    };
}
