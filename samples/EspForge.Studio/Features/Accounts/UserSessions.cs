using System.Globalization;
using EspForge.AspNetCore;
using EspForge.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Accounts;

/// <summary>Signing in and out, and changing one's password.</summary>
internal sealed class UserSessions(
    StudioDbContext db, UserManager<StudioUser> users, SignIns signIns, OpenSignIns open, AttemptLimits limits, IOptions<AccountOptions> options, TimeProvider time)
{
    private static readonly Fault InvalidCredentials = new("auth-invalid-credentials", "E-mail address or password is wrong.");
    private static readonly Fault InvalidToken = new("auth-invalid-token", "The refresh token is not valid, or no longer. Sign in again.");

    private static readonly StudioUser Nobody = new() { DisplayName = "", CreatedAt = default };

    // What a password is compared with where there is no account, so that the answer takes as long.
    private static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<StudioUser>().HashPassword(Nobody, Guid.NewGuid().ToString()));

    private Fault Locked => new(
        "account-locked", string.Create(CultureInfo.InvariantCulture, $"Too many wrong passwords. The account is locked for {options.Value.LockoutMinutes} minutes."));

    public async Task<Outcome<SignInTokens>> SignInAsync(string email, string password, CancellationToken cancel)
    {
        using var turn = await limits.TurnAsync(email, cancel);
        var user = await FindAsync(email, cancel);
        if (user is null)
        {
            users.PasswordHasher.VerifyHashedPassword(Nobody, NobodysHash.Value, password);
            await AuditUnknownAsync(cancel);
            return limits.UnknownAccount(email) ? InvalidCredentials : Locked;
        }

        if (await ProveAsync(user, password, cancel) is { } refused)
            return refused;
        if (user.Disabled)
        {
            if (user.Memberships.FirstOrDefault() is { } of)
                await db.InTransactionAsync(() => AuditAsync(user, of.OrganizationId, "user.sign-in-refused", "The account is disabled.", cancel), cancel);
            return new Fault("account-disabled", "This account is disabled. An administrator can enable it.");
        }

        if (user.Memberships.FirstOrDefault() is not { } membership)
            return new Fault("account-disabled", "This account belongs to no organization. An administrator can change that.");

        var tokens = await db.InTransactionAsync(async () =>
        {
            var fresh = await db.Users.Include(one => one.Memberships).SingleAsync(one => one.Id == user.Id, cancel);
            fresh.AccessFailedCount = 0;
            fresh.LockoutEnd = null;
            var opened = await signIns.OpenAsync(fresh, fresh.Memberships.First(one => string.Equals(one.OrganizationId, membership.OrganizationId, StringComparison.Ordinal)), cancel);
            await AuditAsync(fresh, membership.OrganizationId, "user.sign-in", null, cancel);
            return opened;
        }, cancel);
        open.Forget();
        return tokens;
    }

    public async Task<Outcome<SignInTokens>> ContinueAsync(string refreshToken, CancellationToken cancel)
    {
        var (tokens, reused) = await db.InTransactionAsync(async () =>
        {
            var result = await signIns.ContinueAsync(refreshToken, cancel);
            if (result.Reused is { } user && await MembershipAsync(user, cancel) is { } membership)
            {
                await AuditChain.AppendAsync(
                    db, membership.OrganizationId,
                    new AuditDraft($"user:{user:D}", "user.sign-in-reused", $"user:{user:D}", "A refresh token was shown a second time; the sign-in was closed."), time.GetUtcNow(), cancel);
            }
            else
            {
                await db.SaveChangesAsync(cancel);
            }

            return result;
        }, cancel);
        if (reused is not null)
            open.Forget();
        return tokens is null ? InvalidToken : tokens;
    }

    /// <summary>Closes the sign-in of the refresh token and the one of the access token, whichever there is.</summary>
    public async Task SignOutAsync(string? refreshToken, Guid? signIn, CancellationToken cancel)
    {
        await db.InTransactionAsync(async () =>
        {
            var closed = new HashSet<Guid>();
            if (refreshToken is not null && await signIns.CloseByTokenAsync(refreshToken, cancel) is { } byToken)
                closed.Add(byToken);
            if (signIn is { } id && await signIns.CloseOneAsync(id, cancel) is { } byId)
                closed.Add(byId);
            foreach (var user in closed)
            {
                if (await MembershipAsync(user, cancel) is { } membership)
                    await AuditChain.AppendAsync(db, membership.OrganizationId, new AuditDraft($"user:{user:D}", "user.sign-out", $"user:{user:D}"), time.GetUtcNow(), cancel);
            }
        }, cancel);
        open.Forget();
    }

    /// <summary>Replaces the password, closes every sign-in of the user and opens a new one.</summary>
    public async Task<Outcome<SignInTokens>> ChangePasswordAsync(Guid userId, string organization, string current, string replacement, CancellationToken cancel)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(one => one.Id == userId, cancel);
        if (user?.Email is null)
            return InvalidToken;
        using var turn = await limits.TurnAsync(user.Email, cancel);
        if (await ProveAsync((await FindAsync(user.Email, cancel))!, current, cancel) is { } refused)
            return ReferenceEquals(refused, InvalidCredentials) ? new Fault("auth-invalid-credentials", "The current password is wrong.") : refused;

        var hash = users.PasswordHasher.HashPassword(user, replacement);
        var tokens = await db.InTransactionAsync(async () =>
        {
            var fresh = await db.Users.Include(one => one.Memberships).SingleAsync(one => one.Id == userId, cancel);
            fresh.PasswordHash = hash;
            fresh.SecurityStamp = Guid.NewGuid().ToString("N");
            fresh.AccessFailedCount = 0;
            await signIns.CloseAllAsync(userId, cancel);
            var opened = await signIns.OpenAsync(fresh, fresh.Memberships.First(one => string.Equals(one.OrganizationId, organization, StringComparison.Ordinal)), cancel);
            await AuditAsync(fresh, organization, "user.password", "The password was changed; every other sign-in was closed.", cancel);
            return opened;
        }, cancel);
        open.Forget();
        return tokens;
    }

    /// <summary>Compares the password; a wrong one counts toward the lockout, and a locked account compares nothing.</summary>
    private async Task<Fault?> ProveAsync(StudioUser user, string password, CancellationToken cancel)
    {
        var locked = user.LockoutEnd > time.GetUtcNow();
        var verdict = users.PasswordHasher.VerifyHashedPassword(user, locked ? NobodysHash.Value : user.PasswordHash ?? NobodysHash.Value, password);
        if (locked)
        {
            if (user.Memberships.FirstOrDefault() is { } of)
                await db.InTransactionAsync(() => AuditAsync(user, of.OrganizationId, "user.sign-in-refused", "The account is locked.", cancel), cancel);
            return Locked;
        }

        if (verdict != PasswordVerificationResult.Failed && user.PasswordHash is not null)
        {
            if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
            {
                var hash = users.PasswordHasher.HashPassword(user, password);
                await db.Users.Where(one => one.Id == user.Id && one.PasswordHash == user.PasswordHash)
                    .ExecuteUpdateAsync(set => set.SetProperty(one => one.PasswordHash, hash), cancel);
            }

            return null;
        }

        await db.InTransactionAsync(async () =>
        {
            var fresh = await db.Users.Include(one => one.Memberships).SingleAsync(one => one.Id == user.Id, cancel);
            fresh.AccessFailedCount++;
            var locks = fresh.AccessFailedCount >= options.Value.LockoutTries;
            if (locks)
            {
                fresh.AccessFailedCount = 0;
                fresh.LockoutEnd = time.GetUtcNow().AddMinutes(options.Value.LockoutMinutes);
            }

            if (fresh.Memberships.FirstOrDefault() is { } membership)
                await AuditAsync(fresh, membership.OrganizationId, locks ? "user.locked" : "user.sign-in-refused", locks ? "Too many wrong passwords." : "Wrong password.", cancel);
            else
                await db.SaveChangesAsync(cancel);
        }, cancel);
        return InvalidCredentials;
    }

    private Task<StudioUser?> FindAsync(string email, CancellationToken cancel)
    {
        var normalized = users.NormalizeEmail(email);
        return db.Users.AsNoTracking().Include(one => one.Memberships).SingleOrDefaultAsync(one => one.NormalizedEmail == normalized, cancel);
    }

    private Task<Membership?> MembershipAsync(Guid user, CancellationToken cancel) =>
        db.Memberships.AsNoTracking().FirstOrDefaultAsync(one => one.UserId == user, cancel);

    /// <summary>A try for no account of ours. Not whose: it may be a password in the wrong field. Only so often: anybody can try, and the log only grows.</summary>
    private async Task AuditUnknownAsync(CancellationToken cancel)
    {
        if (limits.UnknownEntry() && await db.Organizations.Select(one => one.Id).FirstOrDefaultAsync(cancel) is { } organization)
        {
            await db.InTransactionAsync(
                () => AuditChain.AppendAsync(db, organization, new AuditDraft("system:sign-in", "user.sign-in-refused", "user:unknown", "No such account."), time.GetUtcNow(), cancel), cancel);
        }
    }

    private Task AuditAsync(StudioUser user, string organization, string action, string? detail, CancellationToken cancel) =>
        AuditChain.AppendAsync(db, organization, new AuditDraft($"user:{user.Id:D}", action, $"user:{user.Id:D}", detail), time.GetUtcNow(), cancel);
}
