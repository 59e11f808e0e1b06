using EspForge.AspNetCore;
using EspForge.EntityFrameworkCore;
using EspForge.Studio.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Bootstrap;

/// <summary>What a browser needs to know before anybody can sign in.</summary>
/// <param name="NeedsAdministrator">Whether the first administrator is to be made.</param>
/// <param name="NeedsSetupCode">Whether that takes the code on the host's console.</param>
/// <param name="Product">The product's name.</param>
/// <param name="Version">Its version.</param>
public sealed record BootstrapStatus(bool NeedsAdministrator, bool NeedsSetupCode, string Product, string Version);

/// <summary>Body of <c>POST bootstrap</c>.</summary>
public sealed record BootstrapRequest(string Email, string Password, string? DisplayName = null, string? SetupCode = null, bool UseCookie = false);

/// <summary><c>bootstrap</c>: the first administrator, once.</summary>
internal static class BootstrapEndpoints
{
    private static readonly Fault Done = new("bootstrap-done", "This Studio already has an administrator. Sign in instead.");

    public static void MapBootstrap(this RouteGroupBuilder api)
    {
        var bootstrap = api.MapGroup("bootstrap").WithTags("bootstrap").WithoutIdempotencyKey().AllowAnonymous();
        bootstrap.MapGet("", GetStatus).WithName("getBootstrap");
        bootstrap.MapPost("", Bootstrap).WithName("bootstrap").Answers(StatusCodes.Status201Created);
    }

    private static async Task<ApiResult<BootstrapStatus>> GetStatus(StudioDbContext db, SetupCode code, CancellationToken cancel)
    {
        var needed = !await db.Organizations.AnyAsync(cancel);
        return new BootstrapStatus(needed, needed && code.IsNeeded, StudioVersion.Product, StudioVersion.Number);
    }

    private static async Task<ApiResult<Session>> Bootstrap(
        ApiBody<BootstrapRequest> body, HttpContext context, StudioDbContext db, UserManager<StudioUser> users, SignIns signIns, SetupCode code,
        AttemptLimits limits, AccessTokens access, TimeProvider time, ILogger<SetupCode> logger, CancellationToken cancel)
    {
        var request = body.Value;
        if (limits.Address(context.Connection.RemoteIpAddress) is { } tooMany)
            return tooMany;
        if (await db.Organizations.AnyAsync(cancel))
            return Done;
        if (code.IsNeeded && !code.Check(request.SetupCode, out var renewed))
        {
            if (renewed)
                logger.LogWarning("Too many wrong set-up codes. The new one is {SetupCode}", code.Current);
            return new Fault("setup-code-invalid", "The set-up code is not the one on the host's console.");
        }

        var displayName = request.DisplayName?.Trim() ?? request.Email.Split('@')[0];
        if (AccountFields.Check(request.Email, request.Password, displayName) is { } invalid)
            return invalid;

        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var hash = users.PasswordHasher.HashPassword(new StudioUser { DisplayName = displayName, CreatedAt = now }, request.Password);
        var tokens = await db.InTransactionAsync(async () =>
        {
            // Asked again where nobody else can write: only one administrator is made, however many ask at once.
            if (await db.Organizations.AnyAsync(cancel))
                return null;
            db.Organizations.Add(new Organization { Id = Organization.Main, Name = "Main", CreatedAt = now });
            var user = new StudioUser { Id = id, UserName = request.Email, Email = request.Email, DisplayName = displayName, PasswordHash = hash, CreatedAt = now };
            var made = await users.CreateAsync(user);
            if (!made.Succeeded)
                throw new InvalidOperationException(string.Join(" ", made.Errors.Select(error => error.Description)));
            var membership = new Membership { UserId = id, OrganizationId = Organization.Main, Role = RolePermissions.Admin };
            db.Memberships.Add(membership);
            var opened = await signIns.OpenAsync(user, membership, cancel);
            await AuditChain.AppendAsync(
                db, Organization.Main, new AuditDraft($"user:{id:D}", "user.bootstrap", $"user:{id:D}", "The first administrator was made."), now, cancel);
            return opened;
        }, cancel);
        return tokens is null ? Done : ApiResults.Created(null, SessionCookie.Give(context, tokens, access.LifetimeSeconds, request.UseCookie));
    }
}
