using System.Security.Claims;
using EspForge.AspNetCore;
using EspForge.Studio.Accounts;
using EspForge.Studio.ApiKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Language;

/// <summary>Whether who opened a socket may still have it: a token says only who came in.</summary>
internal sealed class SocketRights(OpenSignIns signIns, IServiceScopeFactory scopes, IOptions<EspForgeOptions> options, TimeProvider time)
{
    public async Task<bool> StillHoldAsync(ClaimsPrincipal user, CancellationToken cancel)
    {
        if (user.FindFirstValue(ApiKeyHandler.KeyClaim) is not { } key)
            return Guid.TryParse(user.FindFirstValue(AccessTokens.SignInClaim), out var signIn) && await signIns.IsOpenAsync(signIn, cancel);
        var id = Guid.Parse(key);
        var organization = ApiCaller.Of(user, options.Value).Organization;
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        return await (
            from one in db.ApiKeys
            join maker in db.Users on one.UserId equals maker.Id
            where one.Id == id && one.Organization == organization && one.RevokedAt == null && !maker.Disabled && (one.ExpiresAt == null || one.ExpiresAt > now)
            select one.Id).AnyAsync(cancel);
    }
}
