using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace EspForge.AspNetCore;

/// <summary>The permissions of the people's API. Each is an authorization policy of the same name.</summary>
public static class Permissions
{
    /// <summary>Look at boards and chips.</summary>
    public const string BoardsRead = "boards.read";

    /// <summary>Add, change and delete boards of the organization's own.</summary>
    public const string BoardsWrite = "boards.write";

    /// <summary>Check pin plans.</summary>
    public const string PinsCheck = "pins.check";

    /// <summary>Look at projects.</summary>
    public const string ProjectsRead = "projects.read";

    /// <summary>Create, change and delete projects.</summary>
    public const string ProjectsWrite = "projects.write";

    /// <summary>Look at builds.</summary>
    public const string BuildsRead = "builds.read";

    /// <summary>Build.</summary>
    public const string BuildsRun = "builds.run";

    /// <summary>Look at images and download them.</summary>
    public const string ImagesRead = "images.read";

    /// <summary>Upload images.</summary>
    public const string ImagesUpload = "images.upload";

    /// <summary>Look at releases.</summary>
    public const string ReleasesRead = "releases.read";

    /// <summary>Sign releases.</summary>
    public const string ReleasesCreate = "releases.create";

    /// <summary>Look at rollouts.</summary>
    public const string RolloutsRead = "rollouts.read";

    /// <summary>Start, pause, roll back and cancel rollouts.</summary>
    public const string RolloutsManage = "rollouts.manage";

    /// <summary>Look at devices and their telemetry.</summary>
    public const string DevicesRead = "devices.read";

    /// <summary>Claim, register, change and delete devices.</summary>
    public const string DevicesManage = "devices.manage";

    /// <summary>Start and stop virtual devices.</summary>
    public const string FleetManage = "fleet.manage";

    /// <summary>Read the audit log.</summary>
    public const string AuditRead = "audit.read";

    /// <summary>Manage users.</summary>
    public const string UsersManage = "users.manage";

    /// <summary>Make and revoke API keys of one's own.</summary>
    public const string ApiKeysManage = "api-keys.manage";

    /// <summary>Install toolchains on the host.</summary>
    public const string ToolchainsManage = "toolchains.manage";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        BoardsRead, BoardsWrite, PinsCheck, ProjectsRead, ProjectsWrite, BuildsRead, BuildsRun, ImagesRead, ImagesUpload, ReleasesRead, ReleasesCreate,
        RolloutsRead, RolloutsManage, DevicesRead, DevicesManage, FleetManage, AuditRead, UsersManage, ApiKeysManage, ToolchainsManage,
    ];

    /// <summary>The claim type that carries a permission.</summary>
    public const string ClaimType = "perm";
}

/// <summary>What each role may do.</summary>
public static class RolePermissions
{
    /// <summary>Everything.</summary>
    public const string Admin = "admin";

    /// <summary>Everything but users and what is installed on the host.</summary>
    public const string Developer = "developer";

    /// <summary>Looking, but not into the audit log; and checking pins.</summary>
    public const string Viewer = "viewer";

    private static readonly string[] DeveloperPermissions = [.. Permissions.All.Where(p => p is not (Permissions.UsersManage or Permissions.ToolchainsManage))];

    private static readonly string[] ViewerPermissions =
        [.. Permissions.All.Where(p => p is Permissions.PinsCheck || (p.EndsWith(".read", StringComparison.Ordinal) && p is not Permissions.AuditRead))];

    /// <summary>The permissions of a role; none for a role that is not known.</summary>
    public static IReadOnlyList<string> Of(string role) => role switch
    {
        Admin => Permissions.All,
        Developer => DeveloperPermissions,
        Viewer => ViewerPermissions,
        _ => [],
    };
}

/// <summary>Asks for one permission.</summary>
internal sealed record PermissionRequirement(string Permission) : IAuthorizationRequirement;

/// <summary>A permission is had by a claim <c>perm</c> of that value, or by a role that includes it.</summary>
internal sealed class PermissionHandler : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (Has(context.User, requirement.Permission))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    internal static bool Has(ClaimsPrincipal user, string permission) => user.Identities.Where(i => i.IsAuthenticated).Any(identity =>
        identity.HasClaim(Permissions.ClaimType, permission)
        || identity.Claims.Any(c => (string.Equals(c.Type, identity.RoleClaimType, StringComparison.Ordinal) || c.Type is "role" or ClaimTypes.Role)
            && RolePermissions.Of(c.Value).Contains(permission, StringComparer.Ordinal)));
}
