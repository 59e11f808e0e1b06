using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Accounts;

/// <summary>What a person holds after signing in: one access token and one refresh token of the family.</summary>
internal sealed record SignInTokens(StudioUser User, Membership Membership, string AccessToken, string RefreshToken, DateTimeOffset RefreshExpiresAt);

/// <summary>
/// Opens, continues and closes sign-ins. A refresh token is good for one use: shown a second time, somebody has copied it, and the whole family is
/// closed. Callers save and commit; every change here is part of their transaction.
/// </summary>
internal sealed class SignIns(StudioDbContext db, AccessTokens access, OpenSignIns open, IOptions<AccountOptions> options, TimeProvider time)
{
    private const int TokenBytes = 32;

    /// <summary>Opens a family for the user; the oldest one goes when there are too many.</summary>
    public async Task<SignInTokens> OpenAsync(StudioUser user, Membership membership, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await db.SignIns.Where(one => one.UserId == user.Id && one.ExpiresAt < now).ExecuteDeleteAsync(cancel);
        var tooMany = await db.SignIns.Where(one => one.UserId == user.Id && one.ClosedAt == null)
            .OrderByDescending(one => one.CreatedAt).Skip(options.Value.MaxSignInsPerUser - 1).Select(one => one.Id).ToListAsync(cancel);
        if (tooMany.Count > 0)
            await CloseAsync(db.SignIns.Where(one => tooMany.Contains(one.Id)), cancel);

        var signIn = new SignIn
        {
            Id = Guid.CreateVersion7(now),
            UserId = user.Id,
            OrganizationId = membership.OrganizationId,
            CreatedAt = now,
            ExpiresAt = now.AddDays(options.Value.RefreshTokenDays),
        };
        db.SignIns.Add(signIn);
        return Issue(user, membership, signIn);
    }

    /// <summary>The next pair of tokens, or <see langword="null"/> when this one is not, or no longer, good. A used one closes its family.</summary>
    public async Task<(SignInTokens? Tokens, Guid? Reused)> ContinueAsync(string refreshToken, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var hash = Hash(refreshToken);
        var known = await db.RefreshTokens.AsNoTracking().SingleOrDefaultAsync(one => one.Hash == hash, cancel);
        if (known is null)
            return (null, null);

        // The update is the decision: of two requests with the same token only one finds it unused.
        var taken = await db.RefreshTokens.Where(one => one.Hash == hash && one.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.UsedAt, now), cancel);
        var signIn = await db.SignIns.SingleOrDefaultAsync(one => one.Id == known.SignInId, cancel);
        if (signIn is null)
            return (null, null);
        if (taken == 0)
        {
            var closed = await CloseAsync(db.SignIns.Where(one => one.Id == signIn.Id && one.ClosedAt == null), cancel);
            return (null, closed > 0 ? signIn.UserId : null);
        }

        var user = await db.Users.Include(one => one.Memberships).SingleOrDefaultAsync(one => one.Id == signIn.UserId, cancel);
        var membership = user?.Memberships.Find(one => string.Equals(one.OrganizationId, signIn.OrganizationId, StringComparison.Ordinal));
        if (known.ExpiresAt <= now || signIn.ClosedAt is not null || user is null || user.Disabled || membership is null)
            return (null, null);
        signIn.ExpiresAt = now.AddDays(options.Value.RefreshTokenDays);
        return (Issue(user, membership, signIn), null);
    }

    /// <summary>Closes the family of this refresh token; a token nobody knows closes nothing.</summary>
    public async Task<Guid?> CloseByTokenAsync(string refreshToken, CancellationToken cancel)
    {
        var hash = Hash(refreshToken);
        var signIn = await db.RefreshTokens.Where(one => one.Hash == hash).Select(one => (Guid?)one.SignInId).SingleOrDefaultAsync(cancel);
        return signIn is { } id ? await CloseOneAsync(id, cancel) : null;
    }

    /// <summary>Closes one family and says whose it was, if it was open.</summary>
    public async Task<Guid?> CloseOneAsync(Guid signIn, CancellationToken cancel)
    {
        var user = await db.SignIns.Where(one => one.Id == signIn && one.ClosedAt == null).Select(one => (Guid?)one.UserId).SingleOrDefaultAsync(cancel);
        await CloseAsync(db.SignIns.Where(one => one.Id == signIn && one.ClosedAt == null), cancel);
        return user;
    }

    /// <summary>Closes everything the user has open.</summary>
    public Task CloseAllAsync(Guid user, CancellationToken cancel) =>
        CloseAsync(db.SignIns.Where(one => one.UserId == user && one.ClosedAt == null), cancel);

    private async Task<int> CloseAsync(IQueryable<SignIn> which, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var closed = await which.ExecuteUpdateAsync(set => set.SetProperty(one => one.ClosedAt, now), cancel);
        open.Forget();
        return closed;
    }

    private SignInTokens Issue(StudioUser user, Membership membership, SignIn signIn)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        db.RefreshTokens.Add(new RefreshToken { Hash = Hash(token), SignInId = signIn.Id, ExpiresAt = signIn.ExpiresAt });
        return new SignInTokens(user, membership, access.Issue(user, membership, signIn.Id), token, signIn.ExpiresAt);
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
