using EspForge.AspNetCore;
using EspForge.EntityFrameworkCore;
using EspForge.Studio.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Users;

/// <summary>Body of <c>POST users</c>.</summary>
public sealed record CreateUserRequest(string Email, string Password, string Role, string? DisplayName = null);

/// <summary>Body of <c>PATCH users/{id}</c>; what is left out stays.</summary>
public sealed record ChangeUserRequest(string? Role = null, bool? Disabled = null, string? DisplayName = null);

/// <summary><c>users</c>: who may do what.</summary>
internal static class UserEndpoints
{
    private const int MaxUsers = 500;
    private const string RoleSentence = "A role is admin, developer or viewer.";

    public static void MapUsers(this RouteGroupBuilder api)
    {
        var users = api.MapGroup("users").WithTags("users").RequireAuthorization(Permissions.UsersManage);
        users.MapGet("", List).WithName("listUsers");
        users.MapPost("", Create).WithName("createUser").Answers(StatusCodes.Status201Created);
        users.MapPatch("{id:guid}", Change).WithName("changeUser");
    }

    private static async Task<ApiResult<IReadOnlyList<User>>> List(ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        var rows = await db.Users.AsNoTracking().Include(user => user.Memberships)
            .Where(user => user.Memberships.Any(one => one.OrganizationId == caller.Organization))
            .OrderBy(user => user.Email).Take(MaxUsers).ToListAsync(cancel);
        return ApiResults.Ok<IReadOnlyList<User>>([.. rows.Select(user => User.Of(user, Of(user, caller)))]);
    }

    private static async Task<ApiResult<User>> Create(
        ApiBody<CreateUserRequest> body, ApiCaller caller, StudioDbContext db, UserManager<StudioUser> users, TimeProvider time, CancellationToken cancel)
    {
        var request = body.Value;
        var displayName = request.DisplayName?.Trim() ?? request.Email.Split('@')[0];
        if (!AccountFields.IsRole(request.Role))
            return ApiResults.Invalid("role", RoleSentence);
        if (AccountFields.Check(request.Email, request.Password, displayName) is { } invalid)
            return invalid;

        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var hash = users.PasswordHasher.HashPassword(new StudioUser { DisplayName = displayName, CreatedAt = now }, request.Password);
        return await db.InTransactionAsync<ApiResult<User>>(async () =>
        {
            var normalized = users.NormalizeEmail(request.Email);
            if (await db.Users.AnyAsync(user => user.NormalizedEmail == normalized, cancel))
                return new Fault("user-exists", "There already is an account with this e-mail address.");
            if (await db.Memberships.CountAsync(one => one.OrganizationId == caller.Organization, cancel) >= MaxUsers)
                return new Fault("user-limit", $"An organization has at most {MaxUsers} users.");
            var user = new StudioUser { Id = id, UserName = request.Email, Email = request.Email, DisplayName = displayName, PasswordHash = hash, CreatedAt = now };
            var made = await users.CreateAsync(user);
            if (!made.Succeeded)
                return ApiResults.Invalid("email", string.Join(" ", made.Errors.Select(error => error.Description)));
            var membership = new Membership { UserId = id, OrganizationId = caller.Organization, Role = request.Role };
            db.Memberships.Add(membership);
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("user.create", $"user:{id:D}", $"{request.Email} as {request.Role}."), now, cancel);
            return ApiResults.Created($"/api/v1/users/{id:D}", User.Of(user, membership));
        }, cancel);
    }

    private static async Task<ApiResult<User>> Change(
        Guid id, ApiBody<ChangeUserRequest> body, ApiCaller caller, StudioDbContext db, SignIns signIns, OpenSignIns open, TimeProvider time, CancellationToken cancel)
    {
        var (role, disabled, displayName) = body.Value;
        if (role is not null && !AccountFields.IsRole(role))
            return ApiResults.Invalid("role", RoleSentence);
        displayName = displayName?.Trim();
        if (displayName is not null && AccountFields.CheckDisplayName(displayName) is { } badName)
            return ApiResults.Invalid("displayName", badName);

        var result = await db.InTransactionAsync<ApiResult<User>>(async () =>
        {
            var user = await db.Users.Include(one => one.Memberships)
                .SingleOrDefaultAsync(one => one.Id == id && one.Memberships.Any(membership => membership.OrganizationId == caller.Organization), cancel);
            if (user is null)
                return new Fault("user-not-found", "There is no such user.");
            var membership = Of(user, caller);
            var changes = new List<string>();
            var losesPower = role is not (null or RolePermissions.Admin) || disabled == true;
            if (losesPower && membership.Role is RolePermissions.Admin && !user.Disabled && !await OtherAdministratorAsync(db, caller.Organization, id, cancel))
                return new Fault("last-administrator", "This is the last administrator. Make another one first.");
            if (role is not null && !string.Equals(role, membership.Role, StringComparison.Ordinal))
            {
                changes.Add($"role {membership.Role} → {role}");
                membership.Role = role;
            }

            if (disabled is { } off && off != user.Disabled)
            {
                changes.Add(off ? "disabled" : "enabled");
                user.Disabled = off;
                if (!off)
                {
                    user.LockoutEnd = null;
                    user.AccessFailedCount = 0;
                }
            }

            var closes = changes.Count > 0;
            if (displayName is not null && !string.Equals(displayName, user.DisplayName, StringComparison.Ordinal))
            {
                changes.Add("name");
                user.DisplayName = displayName;
            }

            if (changes.Count == 0)
                return User.Of(user, membership);
            if (closes)
            {
                // What the old role allowed ends now, not when the tokens do.
                user.SecurityStamp = Guid.NewGuid().ToString("N");
                await signIns.CloseAllAsync(id, cancel);
            }

            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("user.change", $"user:{id:D}", string.Join(", ", changes) + "."), time.GetUtcNow(), cancel);
            return User.Of(user, membership);
        }, cancel);
        open.Forget();
        return result;
    }

    private static Task<bool> OtherAdministratorAsync(StudioDbContext db, string organization, Guid except, CancellationToken cancel) => (
        from membership in db.Memberships
        join user in db.Users on membership.UserId equals user.Id
        where membership.OrganizationId == organization && membership.Role == RolePermissions.Admin && !user.Disabled && user.Id != except
        select user.Id).AnyAsync(cancel);

    private static Membership Of(StudioUser user, ApiCaller caller) =>
        user.Memberships.First(one => string.Equals(one.OrganizationId, caller.Organization, StringComparison.Ordinal));
}
