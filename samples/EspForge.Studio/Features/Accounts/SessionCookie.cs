using EspForge.AspNetCore;

namespace EspForge.Studio.Accounts;

/// <summary>The refresh token where a browser's scripts cannot read it, sent to <c>auth</c> of this site only.</summary>
internal static class SessionCookie
{
    public const string Name = "espforge_refresh";
    public const string Path = "/api/v1/auth";

    public static string? Read(HttpRequest request) => request.Cookies.TryGetValue(Name, out var token) && token.Length > 0 ? token : null;

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    /// <summary>The answer for a sign-in; with a cookie the body does not repeat the token.</summary>
    public static Session Give(HttpContext context, SignInTokens tokens, int lifetimeSeconds, bool useCookie)
    {
        if (useCookie)
            context.Response.Cookies.Append(Name, tokens.RefreshToken, Options(context, tokens.RefreshExpiresAt));
        return new Session(tokens.AccessToken, lifetimeSeconds, useCookie ? null : tokens.RefreshToken, User.Of(tokens.User, tokens.Membership));
    }

    private static CookieOptions Options(HttpContext context, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = Path,
        Expires = expires,
        IsEssential = true,
    };
}
