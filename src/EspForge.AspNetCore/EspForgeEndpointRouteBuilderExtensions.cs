using EspForge.AspNetCore;
using EspForge.Devices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps EspForge's endpoints.</summary>
public static class EspForgeEndpointRouteBuilderExtensions
{
    /// <summary>Maps what devices ask for: <c>/device/v1</c> and <c>/.well-known/espforge</c> (docs/protocol.md).</summary>
    public static IEndpointConventionBuilder MapEspForge(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        Surface(endpoints, "MapEspForge").ServesDevices = true;
        var devices = endpoints.MapGroup(ApiSurface.Devices.Value!).ExcludeFromDescription();
        devices.MapDeviceClaims();
        devices.MapDeviceToken();
        devices.MapDeviceTelemetry();
        devices.MapUpdates();
        devices.MapDeviceImages();
        devices.MapDeviceKeys();
        endpoints.MapKeys();
        return devices;
    }

    /// <summary>
    /// Maps what people ask for (docs/api.md). Each endpoint asks for one permission of <see cref="Permissions"/>; more can be added to the group that is
    /// returned, and gets the same envelope.
    /// </summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="prefix">Where: begins with a slash.</param>
    public static RouteGroupBuilder MapEspForgeApi(this IEndpointRouteBuilder endpoints, string prefix = "/api/v1")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrWhiteSpace(prefix);
        if (prefix[0] != '/' || prefix.Length < 2 || prefix.EndsWith('/') || prefix.Contains('{', StringComparison.Ordinal))
            throw new ArgumentException("The prefix begins with a slash, does not end with one and has no parameters: `/api/v1`.", nameof(prefix));
        Surface(endpoints, "MapEspForgeApi").Add(prefix);
        var api = endpoints.MapGroup(prefix).AddEndpointFilter(ApiBodyFilter.InvokeAsync);
        IdempotentRequests.AddTo(api);
        api.MapBoards();
        api.MapPins();
        api.MapDevices();
        api.MapTelemetry();
        api.MapImages();
        api.MapReleases();
        api.MapKeyRing();
        api.MapRollouts();
        api.MapAudit();
        api.MapActors();
        api.MapEvents();
        return api;
    }

    private static ApiSurface Surface(IEndpointRouteBuilder endpoints, string call)
    {
        var surface = endpoints.ServiceProvider.GetService<ApiSurface>()
            ?? throw new InvalidOperationException($"Call `services.AddEspForge()` before `{call}()`.");
        return endpoints.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IDeviceStore))
            ? surface
            : throw new InvalidOperationException($"Call `services.AddEspForgeSqlite(path)` or `services.AddEspForgeStores<TContext>()` before `{call}()`.");
    }
}
