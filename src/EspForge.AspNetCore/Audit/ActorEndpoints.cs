using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore;

/// <summary>What actors are called: builds, images, releases and rollouts name who made them by id alone (docs/api.md).</summary>
internal static class ActorEndpoints
{
    private static readonly Fault NotFound = new("actor-not-found", "No user and no API key of this organization is meant.");

    public static void MapActors(this RouteGroupBuilder api) =>
        api.MapGet("actors/{actor}", FindAsync).WithName("getActor").WithTags("audit").RequireAuthorization(Permissions.ReleasesRead);

    private static async Task<ApiResult<ActorView>> FindAsync(string actor, ApiCaller caller, HttpContext context, CancellationToken cancel)
    {
        var names = context.RequestServices.GetService<IActorNames>() is { } known ? await known.FindAsync(caller.Organization, [actor], cancel) : null;
        return names?.GetValueOrDefault(actor) is { } name ? ApiResults.Ok(new ActorView(actor, name)) : NotFound;
    }
}

/// <summary>An actor that has a name.</summary>
/// <param name="Actor">As in the audit log: <c>user:ID</c> or <c>key:ID</c>.</param>
/// <param name="Name">What the user or API key is called.</param>
internal sealed record ActorView(string Actor, string Name);
