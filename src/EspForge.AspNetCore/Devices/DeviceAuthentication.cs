using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using EspForge.Devices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Claim = System.Security.Claims.Claim;

namespace EspForge.AspNetCore;

/// <summary>The authentication scheme of devices: a device key or a device token as bearer.</summary>
public static class DeviceAuthentication
{
    /// <summary>Name of the scheme.</summary>
    public const string Scheme = "EspForgeDevice";

    /// <summary>Name of the authorization policy: the caller is a device.</summary>
    public const string Policy = "espforge.device";

    internal const string DeviceClaim = "espforge:device";
    internal const string OrganizationClaim = "espforge:org";

    internal static string? Bearer(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
        && string.Equals(header.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase) && header.Parameter is { Length: > 0 and <= 4096 } token ? token : null;
}

/// <summary>The device that calls: a parameter of an endpoint's handler behind <c>RequireDevice()</c>.</summary>
/// <param name="DeviceId">Its id.</param>
/// <param name="Organization">The organization that owns it.</param>
public sealed record DeviceCaller(string DeviceId, string Organization)
{
    /// <summary>Binds the parameter.</summary>
    public static ValueTask<DeviceCaller?> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<DeviceCaller?>(Of(context.User)
            ?? throw new InvalidOperationException("The endpoint has a DeviceCaller and does not ask for a device: add `.RequireDevice()`."));
    }

    /// <summary>The device of a principal, or <see langword="null"/> when it is a person's.</summary>
    public static DeviceCaller? Of(ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return user.FindFirstValue(DeviceAuthentication.DeviceClaim) is { } device && user.FindFirstValue(DeviceAuthentication.OrganizationClaim) is { } organization
            ? new(device, organization) : null;
    }
}

/// <summary>Tells devices by their key or token. The device is looked up either way: what was deleted or has a new key is refused.</summary>
internal sealed class DeviceAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    DeviceDirectory directory, DeviceTokens tokens, IDeviceStore store, RateLimits limits)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (DeviceAuthentication.Bearer(Request) is not { } bearer)
            return AuthenticateResult.NoResult();
        var device = await FindAsync(bearer);
        if (device is null)
            return AuthenticateResult.Fail("The device key or token is not known.");
        var identity = new ClaimsIdentity(
            [new Claim(DeviceAuthentication.DeviceClaim, device.DeviceId), new Claim(DeviceAuthentication.OrganizationClaim, device.Organization)],
            Scheme.Name, DeviceAuthentication.DeviceClaim, roleType: null);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (limits.Unproven.TryTake(Context) is { } wait)
            return DeviceProblem.WriteAsync(Context, StatusCodes.Status429TooManyRequests, RateLimits.Fault, retryAfter: wait);
        Response.Headers.WWWAuthenticate = "Bearer";
        return DeviceProblem.WriteAsync(Context, StatusCodes.Status401Unauthorized, new Fault("token-invalid", "The device key or token is not known or has ended. Get a new token."));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        DeviceProblem.WriteAsync(Context, StatusCodes.Status403Forbidden, new Fault("forbidden", "A device may not do this."));

    private async Task<DeviceIdentity?> FindAsync(string bearer)
    {
        if (DeviceKey.IsWellFormed(bearer))
            return await directory.FindByKeyAsync(bearer, store, Context.RequestAborted);
        if (await tokens.ReadAsync(bearer) is not { } token)
            return null;
        var device = await directory.FindAsync(token.DeviceId, store, Context.RequestAborted);
        return device is not null && string.Equals(DeviceTokens.KeyName(device.KeyHash), token.KeyName, StringComparison.Ordinal) ? device : null;
    }
}
