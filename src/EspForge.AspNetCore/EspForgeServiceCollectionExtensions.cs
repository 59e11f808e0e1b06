using EspForge.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds EspForge to a host.</summary>
public static class EspForgeServiceCollectionExtensions
{
    /// <summary>
    /// Adds what <c>app.MapEspForge()</c> and <c>app.MapEspForgeApi()</c> need. A store is chosen next to it, such as <c>AddEspForgeSqlite("data/fleet.db")</c>.
    /// </summary>
    public static IEspForgeBuilder AddEspForge(this IServiceCollection services, Action<EspForgeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<EspForgeOptions>().ValidateDataAnnotations().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        if (services.Any(s => s.ServiceType == typeof(ApiSurface)))
            return new Builder(services);

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ApiSurface>();
        services.AddSingleton<IStartupFilter, ApiSurfaceStartup>();
        services.AddSingleton<EspForgeEvents>();
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddAuthorization(authorization =>
        {
            foreach (var permission in Permissions.All)
                authorization.AddPolicy(permission, policy => policy.RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission)));
        });
        return new Builder(services);
    }

    private sealed record Builder(IServiceCollection Services) : IEspForgeBuilder;
}
