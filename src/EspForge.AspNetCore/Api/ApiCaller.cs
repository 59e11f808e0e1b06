using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>Who calls the people's API: a parameter of an endpoint's handler.</summary>
/// <param name="Organization">The organization whose things are seen.</param>
/// <param name="Actor">The caller as the audit log names it: the claim <c>actor</c>, or <c>user:</c> and the claim <c>sub</c>.</param>
/// <param name="User">The principal.</param>
public sealed record ApiCaller(string Organization, string Actor, ClaimsPrincipal User)
{
    /// <summary>The organization of callers of a host that has no organizations.</summary>
    public const string DefaultOrganization = "default";

    /// <summary>Whether the caller has the permission.</summary>
    public bool May(string permission) => PermissionHandler.Has(User, permission);

    /// <summary>An audit draft by this caller.</summary>
    public AuditDraft Draft(string action, string subject, string? detail = null) => new(Actor, action, subject, detail);

    /// <summary>The caller of a principal.</summary>
    public static ApiCaller Of(ClaimsPrincipal user, EspForgeOptions options)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(options);
        var organization = options.Organization?.Invoke(user) ?? user.FindFirstValue("org");
        var subject = user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? user.Identity?.Name ?? "unknown";
        var actor = user.FindFirstValue("actor") ?? $"user:{subject}";
        return new(string.IsNullOrEmpty(organization) ? DefaultOrganization : organization, actor.Length <= 128 ? actor : actor[..128], user);
    }

    /// <summary>Binds the parameter.</summary>
    public static ValueTask<ApiCaller?> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<ApiCaller?>(Of(context.User, context.RequestServices.GetRequiredService<IOptions<EspForgeOptions>>().Value));
    }
}
