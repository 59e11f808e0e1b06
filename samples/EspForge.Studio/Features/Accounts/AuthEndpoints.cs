using System.Security.Claims;
using System.Text.Json;
using EspForge.AspNetCore;
using EspForge.Studio.ApiKeys;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Accounts;

/// <summary>Body of <c>POST auth/login</c>.</summary>
public sealed record LoginRequest(string Email, string Password, bool UseCookie = false);

/// <summary>Body of <c>POST auth/refresh</c> and <c>POST auth/logout</c>; none when the token is in the cookie.</summary>
public sealed record RefreshRequest(string? RefreshToken = null);

/// <summary>Body of <c>POST auth/password</c>.</summary>
public sealed record ChangePasswordRequest(string CurrentPassword, string NewPassword);

/// <summary><c>auth</c>: signing in, staying signed in, signing out.</summary>
internal static class AuthEndpoints
{
    public static void MapAuth(this RouteGroupBuilder api)
    {
        var auth = api.MapGroup("auth").WithTags("auth").WithoutIdempotencyKey();
        auth.MapPost("login", LogIn).WithName("login").AllowAnonymous();
        auth.MapPost("refresh", Refresh).WithName("refresh").AllowAnonymous().Accepts<RefreshRequest>(isOptional: true, "application/json", "*/*");
        auth.MapPost("logout", LogOut).WithName("logout").AllowAnonymous().Accepts<RefreshRequest>(isOptional: true, "application/json", "*/*");
        auth.MapGet("me", Me).WithName("getMe").RequireAuthorization();
        auth.MapPost("password", ChangePassword).WithName("changePassword").RequireAuthorization();
    }

    private static async Task<ApiResult<Session>> LogIn(
        ApiBody<LoginRequest> body, HttpContext context, UserSessions sessions, AttemptLimits limits, AccessTokens access, CancellationToken cancel)
    {
        var (email, password, useCookie) = body.Value;
        if ((limits.Address(context.Connection.RemoteIpAddress) ?? limits.Account(email)) is { } tooMany)
            return tooMany;
        if (password.Length > PasswordRules.MaximumLength || email.Length > AccountFields.MaxEmail)
            return new Fault("auth-invalid-credentials", "E-mail address or password is wrong.");
        return (await sessions.SignInAsync(email, password, cancel)).TryGet(out var tokens, out var fault)
            ? SessionCookie.Give(context, tokens, access.LifetimeSeconds, useCookie)
            : fault;
    }

    private static async Task<ApiResult<Session>> Refresh(HttpContext context, UserSessions sessions, AccessTokens access, CancellationToken cancel)
    {
        var (sent, refusal) = await TokenOfAsync(context, cancel);
        if (refusal is not null)
            return refusal;
        var cookie = SessionCookie.Read(context.Request);
        if ((sent ?? cookie) is not { } token)
            return new Fault("auth-invalid-token", "There is no refresh token in the body or the cookie. Sign in.");
        if ((await sessions.ContinueAsync(token, cancel)).TryGet(out var tokens, out var fault))
            return SessionCookie.Give(context, tokens, access.LifetimeSeconds, useCookie: sent is null);
        if (sent is null)
            SessionCookie.Clear(context);
        return fault;
    }

    private static async Task<ApiResult> LogOut(HttpContext context, ClaimsPrincipal user, UserSessions sessions, CancellationToken cancel)
    {
        var (sent, refusal) = await TokenOfAsync(context, cancel);
        if (refusal is not null)
            return ApiResults.Problem(refusal.Fault, refusal.Details);
        var signIn = Guid.TryParse(user.FindFirstValue(AccessTokens.SignInClaim), out var id) ? id : (Guid?)null;
        var token = sent ?? SessionCookie.Read(context.Request);
        if (token is not null || signIn is not null)
            await sessions.SignOutAsync(token, signIn, cancel);
        SessionCookie.Clear(context);
        return ApiResults.NoContent();
    }

    private static async Task<ApiResult<User>> Me(ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        var id = caller.UserId();
        var user = await db.Users.AsNoTracking().Include(one => one.Memberships).SingleOrDefaultAsync(one => one.Id == id, cancel);
        return user?.Memberships.Find(one => string.Equals(one.OrganizationId, caller.Organization, StringComparison.Ordinal)) is { } membership
            ? User.Of(user, membership) with { Permissions = [.. RolePermissions.Of(membership.Role).Where(caller.May)] }
            : new Fault("auth-invalid-token", "This account is gone. Sign in again.");
    }

    private static async Task<ApiResult<Session>> ChangePassword(
        ApiBody<ChangePasswordRequest> body, HttpContext context, ApiCaller caller, UserSessions sessions, AttemptLimits limits, AccessTokens access,
        StudioDbContext db, CancellationToken cancel)
    {
        if (caller.User.HasClaim(claim => claim.Type is ApiKeyHandler.KeyClaim))
            return new Fault("forbidden", "An API key does not change passwords.");
        var id = caller.UserId();
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(one => one.Id == id, cancel);
        if (user?.Email is null)
            return new Fault("auth-invalid-token", "This account is gone. Sign in again.");
        if ((limits.Address(context.Connection.RemoteIpAddress) ?? limits.Account(user.Email)) is { } tooMany)
            return tooMany;
        if (PasswordRules.Check(body.Value.NewPassword, user.Email, user.DisplayName) is { } weak)
            return ApiResults.Invalid("newPassword", weak);
        if (string.Equals(body.Value.NewPassword, body.Value.CurrentPassword, StringComparison.Ordinal))
            return ApiResults.Invalid("newPassword", "The new password is the current one.");
        var useCookie = SessionCookie.Read(context.Request) is not null;
        return (await sessions.ChangePasswordAsync(id, caller.Organization, body.Value.CurrentPassword, body.Value.NewPassword, cancel)).TryGet(out var tokens, out var fault)
            ? SessionCookie.Give(context, tokens, access.LifetimeSeconds, useCookie)
            : fault;
    }

    /// <summary>The token in the body, where there is a body.</summary>
    private static async Task<(string? Token, ApiRefusal? Refusal)> TokenOfAsync(HttpContext context, CancellationToken cancel)
    {
        const int longest = 4096;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || context.Request.ContentLength is 0)
            return (null, null);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = longest;
        if (!context.Request.HasJsonContentType())
            return (null, new ApiRefusal(new Fault("unsupported-media-type", "Send the body as application/json.")));
        try
        {
            var body = await JsonSerializer.DeserializeAsync<RefreshRequest>(context.Request.Body, ApiJson.Options, cancel);
            return (string.IsNullOrEmpty(body?.RefreshToken) ? null : body.RefreshToken, null);
        }
        catch (JsonException)
        {
            return (null, ApiResults.Invalid("refreshToken", "The body is an object with the text refreshToken, or empty."));
        }
    }
}

/// <summary>The caller as one of Studio's users.</summary>
internal static class CallerExtensions
{
    public static Guid UserId(this ApiCaller caller) => Guid.TryParse(caller.User.FindFirstValue("sub"), out var id) ? id : Guid.Empty;
}
