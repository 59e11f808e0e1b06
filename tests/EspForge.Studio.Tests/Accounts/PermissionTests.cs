using System.Net;
using EspForge.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.Studio.Tests.Accounts;

[Collection(SharedStudioCollection.Name)]
public sealed class PermissionTests(SharedStudio studio)
{
    private static readonly Guid None = Guid.Empty;

    /// <summary>For each permission a request that it opens. None of them changes anything: what they name does not exist, or is not valid.</summary>
    private static readonly (string Permission, HttpMethod Method, string Path, object? Body)[] Requests =
    [
        (Permissions.BoardsRead, HttpMethod.Get, "boards", null),
        (Permissions.BoardsWrite, HttpMethod.Delete, "boards/nobody", null),
        (Permissions.PinsCheck, HttpMethod.Get, "pins/formats", null),
        (Permissions.PinsCheck, HttpMethod.Post, "pins/check", new { board = "esp32-c3-devkitc-02", uses = Array.Empty<object>() }),
        (Permissions.ProjectsRead, HttpMethod.Get, "projects", null),
        (Permissions.ProjectsRead, HttpMethod.Get, "project-templates", null),
        (Permissions.ProjectsRead, HttpMethod.Get, $"projects/{None}/files/main.c", null),
        (Permissions.ProjectsWrite, HttpMethod.Delete, $"projects/{None}", null),
        (Permissions.ProjectsWrite, HttpMethod.Put, $"projects/{None}/files/main.c", new { content = "" }),
        (Permissions.BuildsRead, HttpMethod.Get, "builds", null),
        (Permissions.BuildsRead, HttpMethod.Get, $"builds/{None}/log", null),
        (Permissions.BuildsRun, HttpMethod.Post, $"projects/{None}/builds", new { version = "1.0.0" }),
        (Permissions.BuildsRun, HttpMethod.Post, $"builds/{None}/cancel", null),
        (Permissions.ImagesRead, HttpMethod.Get, "images", null),
        (Permissions.ImagesUpload, HttpMethod.Post, "images", "no image"u8.ToArray()),
        (Permissions.ReleasesRead, HttpMethod.Get, "releases", null),
        (Permissions.ReleasesCreate, HttpMethod.Post, "releases", new { imageSha256 = new string('0', 64), product = "x" }),
        (Permissions.RolloutsRead, HttpMethod.Get, "rollouts", null),
        (Permissions.RolloutsManage, HttpMethod.Post, $"rollouts/{None}/pause", new { }),
        (Permissions.DevicesRead, HttpMethod.Get, "devices", null),
        (Permissions.DevicesRead, HttpMethod.Get, "virtual-devices", null),
        (Permissions.DevicesManage, HttpMethod.Delete, "devices/nobody", null),
        (Permissions.FleetManage, HttpMethod.Delete, "virtual-devices/nobody", null),
        (Permissions.AuditRead, HttpMethod.Get, "audit", null),
        (Permissions.UsersManage, HttpMethod.Get, "users", null),
        (Permissions.ApiKeysManage, HttpMethod.Get, "api-keys", null),
        (Permissions.ApiKeysManage, HttpMethod.Delete, $"api-keys/{None}", null),
        (Permissions.ProjectsRead, HttpMethod.Get, $"projects/{None}/search?q=x", null),
        (Permissions.ProjectsRead, HttpMethod.Get, $"projects/{None}/history", null),
        (Permissions.ProjectsRead, HttpMethod.Get, $"projects/{None}/archive", null),
        (Permissions.ProjectsWrite, HttpMethod.Post, $"projects/{None}/rename", new { from = "a.c", to = "b.c" }),
        (Permissions.ProjectsWrite, HttpMethod.Post, $"projects/{None}/history/1/restore", new { }),
        (Permissions.ProjectsWrite, HttpMethod.Post, "projects/import", "no zip"u8.ToArray()),
        (Permissions.ToolchainsManage, HttpMethod.Post, "toolchains/nothing/install", null),
        (Permissions.ToolchainsManage, HttpMethod.Post, "toolchains/nothing/install/cancel", null),
        (Permissions.BuildsRead, HttpMethod.Get, "toolchains", null),
    ];

    [Fact]
    public void Every_permission_is_in_the_table() =>
        Assert.Equal(Permissions.All.Order(StringComparer.Ordinal), Requests.Select(one => one.Permission).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Every_role_may_do_what_it_may_and_nothing_else()
    {
        var roles = new (StudioClient Client, string? Role)[]
        {
            (studio.Admin, RolePermissions.Admin), (studio.Developer, RolePermissions.Developer), (studio.Viewer, RolePermissions.Viewer), (studio.Host.Anonymous(), null),
        };
        foreach (var (client, role) in roles)
        {
            foreach (var (permission, method, path, body) in Requests)
            {
                var answer = await client.SendAsync(method, path, body);
                var what = $"{role ?? "nobody"}: {method} {path} → {(int)answer.Status}";
                if (role is null)
                    Assert.True(answer.Status == HttpStatusCode.Unauthorized, what);
                else if (Expected(role, permission))
                    Assert.False(answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, what);
                else
                    Assert.True(answer is { Status: HttpStatusCode.Forbidden, Code: "FORBIDDEN" }, what);
            }
        }
    }

    [Fact]
    public void Every_endpoint_of_the_api_asks_for_a_permission_or_is_open_on_purpose()
    {
        string[] open = ["/api/v1/bootstrap", "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout", "/api/v1/openapi.json"];
        string[] signedIn = ["/api/v1/auth/me", "/api/v1/auth/password", "/api/v1/status", "/api/v1/events"];
        var endpoints = studio.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => Pattern(endpoint).StartsWith("/api/v1/", StringComparison.Ordinal)).ToList();
        Assert.True(endpoints.Count > 40);
        foreach (var endpoint in endpoints)
        {
            var pattern = Pattern(endpoint);
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                Assert.Contains(pattern, open);
                continue;
            }

            var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>();
            Assert.True(policies.Count > 0, $"{pattern} asks for nothing");
            Assert.True(policies.Any(one => Permissions.All.Contains(one.Policy)) || signedIn.Contains(pattern), $"{pattern} asks for no permission");
        }
    }

    /// <summary>Written down here a second time, so that a change of the code is noticed.</summary>
    private static bool Expected(string role, string permission) => role switch
    {
        RolePermissions.Admin => true,
        RolePermissions.Developer => permission is not ("users.manage" or "toolchains.manage"),
        _ => permission is "boards.read" or "pins.check" or "projects.read" or "builds.read" or "images.read" or "releases.read" or "rollouts.read" or "devices.read",
    };

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');
}
