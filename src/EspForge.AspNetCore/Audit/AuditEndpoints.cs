using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore;

/// <summary>Names actors for people: <c>user:ID</c> as the user's e-mail address. A host with accounts registers its own.</summary>
public interface IActorNames
{
    /// <summary>The names that are known, by actor.</summary>
    Task<IReadOnlyDictionary<string, string>> FindAsync(string organization, IReadOnlyCollection<string> actors, CancellationToken cancel = default);
}

/// <summary>The audit log, for people (docs/api.md).</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("audit").WithTags("audit").RequireAuthorization(Permissions.AuditRead);
        audit.MapGet("", ListAsync).WithName("listAudit");
        audit.MapGet("verify", VerifyAsync).WithName("verifyAudit");
    }

    private static async Task<ApiResult<IReadOnlyList<AuditEntryView>>> ListAsync(
        long? before, int? limit, string? action, ApiCaller caller, IAuditLog log, IServiceProvider services, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit) is { } refusal)
            return refusal;
        if (before is < 1)
            return ApiResults.Invalid("before", "'before' is a sequence, 1 or more.");
        if (action is { Length: > 64 })
            return ApiResults.Invalid("action", "'action' is at most 64 characters.");
        var entries = await log.ListAsync(caller.Organization, before, string.IsNullOrEmpty(action) ? null : action, limit ?? ApiLimit.Default, cancel);
        var actors = entries.Select(e => e.Actor).ToHashSet(StringComparer.Ordinal);
        var names = actors.Count > 0 && services.GetService<IActorNames>() is { } known
            ? await known.FindAsync(caller.Organization, actors, cancel)
            : new Dictionary<string, string>(StringComparer.Ordinal);
        return ApiResults.Ok<IReadOnlyList<AuditEntryView>>(
            [.. entries.Select(e => new AuditEntryView(e.Sequence, e.At, e.Actor, names.GetValueOrDefault(e.Actor, e.Actor), e.Action, e.Subject, e.Detail, e.Hash))]);
    }

    private static async Task<ApiResult<AuditVerification>> VerifyAsync(IAuditLog log, CancellationToken cancel) => await log.VerifyAsync(cancel);
}

/// <summary>An entry, for people.</summary>
internal sealed record AuditEntryView(long Sequence, DateTimeOffset At, string Actor, string ActorName, string Action, string Subject, string? Detail, string Hash);
