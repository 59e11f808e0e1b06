using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Api;

public class PermissionsTests
{
    // docs/api.md: viewer = every .read but audit.read, and pins.check; developer = all but users.manage and toolchains.manage; admin = all.
    [Theory]
    [InlineData("boards.read", true, true)]
    [InlineData("boards.write", true, false)]
    [InlineData("pins.check", true, true)]
    [InlineData("projects.read", true, true)]
    [InlineData("projects.write", true, false)]
    [InlineData("builds.read", true, true)]
    [InlineData("builds.run", true, false)]
    [InlineData("images.read", true, true)]
    [InlineData("images.upload", true, false)]
    [InlineData("releases.read", true, true)]
    [InlineData("releases.create", true, false)]
    [InlineData("rollouts.read", true, true)]
    [InlineData("rollouts.manage", true, false)]
    [InlineData("devices.read", true, true)]
    [InlineData("devices.manage", true, false)]
    [InlineData("fleet.manage", true, false)]
    [InlineData("audit.read", true, false)]
    [InlineData("users.manage", false, false)]
    [InlineData("api-keys.manage", true, false)]
    [InlineData("toolchains.manage", false, false)]
    public void A_role_has_what_the_table_says(string permission, bool developer, bool viewer)
    {
        Assert.Contains(permission, Permissions.All);
        Assert.Contains(permission, RolePermissions.Of(RolePermissions.Admin));
        Assert.Equal(developer, RolePermissions.Of(RolePermissions.Developer).Contains(permission));
        Assert.Equal(viewer, RolePermissions.Of(RolePermissions.Viewer).Contains(permission));
        Assert.Empty(RolePermissions.Of("owner"));
    }

    [Fact]
    public void The_table_above_names_every_permission() => Assert.Equal(20, Permissions.All.Count);

    [Fact]
    public async Task Every_endpoint_for_people_asks_for_one_known_permission_and_enforces_it()
    {
        await using var host = await FleetHost.StartAsync();
        var endpoints = host.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal)).ToList();
        Assert.True(endpoints.Count > 30);
        foreach (var endpoint in endpoints)
        {
            var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).Distinct().ToList();
            var policy = Assert.Single(policies);
            Assert.Contains(policy, Permissions.All);
            var path = System.Text.RegularExpressions.Regex.Replace(endpoint.RoutePattern.RawText!, @"\{\*?\*?(\w+)(:guid)?\}", m => m.Groups[2].Success ? Guid.Empty.ToString() : "x");
            var method = endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];
            using var anonymous = await host.SendAsync(new HttpMethod(method), path, "");
            Assert.True(401 == (int)anonymous.StatusCode, $"{method} {path} answered {(int)anonymous.StatusCode} to nobody");
            if (RolePermissions.Of(RolePermissions.Viewer).Contains(policy!))
                continue;
            using var viewer = await host.SendAsync(new HttpMethod(method), path, Person.Viewer);
            Assert.True(403 == (int)viewer.StatusCode, $"{method} {path} answered {(int)viewer.StatusCode} to a viewer");
        }
    }
}
