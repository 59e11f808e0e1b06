using EspForge.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>A token for a device key (docs/protocol.md 1.3).</summary>
internal static class DeviceTokenEndpoints
{
    public static void MapDeviceToken(this RouteGroupBuilder devices) => devices.MapPost("token", IssueAsync);

    private static async Task<IResult> IssueAsync(
        HttpContext context, IDeviceStore store, DeviceDirectory directory, DeviceTokens tokens, RateLimits limits, IOptions<EspForgeOptions> options, TimeProvider time, CancellationToken cancel)
    {
        var key = DeviceAuthentication.Bearer(context.Request);
        var device = DeviceKey.IsWellFormed(key) ? await directory.FindByKeyAsync(key!, store, cancel) : null;
        if (device is null)
        {
            if (limits.Unproven.TryTake(context) is { } wait)
                return DeviceProblem.Of(429, RateLimits.Fault.Code, RateLimits.Fault.Message, retryAfter: wait);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return DeviceProblem.Of(401, "device-key-unknown", "The device key is not known. The device was deleted or has a newer key; claim it again.");
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new Token(tokens.Issue(device), (int)options.Value.DeviceTokenLifetime.TotalSeconds, time.GetUtcNow().ToUnixTimeMilliseconds()), DeviceJson.Options);
    }

    private sealed record Token(string AccessToken, int ExpiresInSeconds, long ServerTimeMs);
}
