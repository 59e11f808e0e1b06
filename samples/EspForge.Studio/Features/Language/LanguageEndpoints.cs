using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.Studio.Accounts;
using EspForge.Studio.ApiKeys;
using EspForge.Studio.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Language;

/// <summary><c>projects/{id}/language</c>: a language server for the editor, over a WebSocket.</summary>
internal static class LanguageEndpoints
{
    public const string SubProtocol = "espforge.lsp.v1";
    private const int MaxReasonBytes = 120;

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
            await CloseAsync(socket, 4429, "As many language servers run as may on this host. Try again later.");
            return Results.Empty;
        }

        if (!(await LanguageSessions.ProbeAsync(cancel)).TryGet(out var server, out var fault))
        {
            await CloseAsync(socket, CodeOf(fault), fault.Message);
            return Results.Empty;
        }

        var request = LanguageBridge.Request(project, await boards.ForAsync(caller.Organization, cancel));
        if (!(await sessions.OpenAsync(request, cancel)).TryGet(out var session, out fault))
        {
            await CloseAsync(socket, CodeOf(fault), fault.Message);
            return Results.Empty;
        }

        await using (session)
        {
            var (code, reason) = await bridge.RunAsync(socket, session, seat, caller, id, request, server, cancel);
            await CloseAsync(socket, code, reason);
        }

        return Results.Empty;
    }

    internal static async Task CloseAsync(WebSocket socket, int code, string reason)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes)
            reason = reason[..^1];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            // The other side's frames are no longer of interest; it sees the close and goes.
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, limit.Token);
            var rest = new byte[4096];
            while (socket.State is WebSocketState.CloseSent && (await socket.ReceiveAsync(rest.AsMemory(), limit.Token)).MessageType is not WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            socket.Abort();
        }
    }

    private static int CodeOf(Fault fault) => fault.Code switch
    {
        "language-server-missing" => 4404,
        "build-invalid" => 4400,
        _ => 4503,
    };
}

/// <summary>Whether who opened a socket may still have it: a token says only who came in.</summary>
internal sealed class SocketRights(OpenSignIns signIns, IServiceScopeFactory scopes, IOptions<EspForgeOptions> options, TimeProvider time)
{
    public async Task<bool> StillHoldAsync(ClaimsPrincipal user, CancellationToken cancel)
    {
        if (user.FindFirstValue(ApiKeyHandler.KeyClaim) is not { } key)
            return Guid.TryParse(user.FindFirstValue(AccessTokens.SignInClaim), out var signIn) && await signIns.IsOpenAsync(signIn, cancel);
        var id = Guid.Parse(key);
        var organization = ApiCaller.Of(user, options.Value).Organization;
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        return await (
            from one in db.ApiKeys
            join maker in db.Users on one.UserId equals maker.Id
            where one.Id == id && one.Organization == organization && one.RevokedAt == null && !maker.Disabled && (one.ExpiresAt == null || one.ExpiresAt > now)
            select one.Id).AnyAsync(cancel);
    }
}
