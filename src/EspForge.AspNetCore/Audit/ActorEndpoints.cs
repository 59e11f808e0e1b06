using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore;

/// <summary>What actors are called: builds, images, releases and rollouts name who made them by id alone (docs/api.md).</summary>
internal static class ActorEndpoints
{
    private const int MaxLength = 100;

    public static void MapActors(this RouteGroupBuilder api) =>
        api.MapGet("actors/{actor}", FindAsync).WithName("getActor").WithTags("audit").RequireAuthorization(Permissions.ReleasesRead);

    private static async Task<ApiResult<ActorView>> FindAsync(string actor, ApiCaller caller, HttpContext context, CancellationToken cancel)
    {
        if (actor.Length > MaxLength)
            return ApiResults.Invalid("actor", $"An actor has at most {MaxLength} characters.");
        var names = context.RequestServices.GetService<IActorNames>() is { } known ? await known.FindAsync(caller.Organization, [actor], cancel) : null;
        return ApiResults.Ok(new ActorView(actor, names?.GetValueOrDefault(actor)));
    }
}

/// <summary>An actor.</summary>
/// <param name="Actor">As in the audit log: <c>user:ID</c>, <c>key:ID</c>, <c>device:ID</c> or a part of the host.</param>
/// <param name="Name">What the user or API key is called; <see langword="null"/> for every other and for those that are not of the caller's organization.</param>
internal sealed record ActorView(string Actor, string? Name);
