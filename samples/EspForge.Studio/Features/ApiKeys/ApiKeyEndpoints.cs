using EspForge.AspNetCore;
using EspForge.Devices;
using EspForge.EntityFrameworkCore;
using EspForge.Studio.Accounts;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.ApiKeys;

/// <summary>Body of <c>POST api-keys</c>.</summary>
public sealed record CreateApiKeyRequest(string Name, IReadOnlyList<string> Permissions, DateTimeOffset? ExpiresAt = null);

/// <summary>A key that was just made.</summary>
/// <param name="ApiKey">What is kept of it.</param>
/// <param name="Key">The key, shown once.</param>
public sealed record NewApiKey(ApiKey ApiKey, string Key);

/// <summary><c>api-keys</c>: for programs, such as a CI.</summary>
internal static class ApiKeyEndpoints
{
    private const int MaxKeysPerUser = 50;
    private static readonly Fault NotFound = new("api-key-not-found", "There is no such API key, or no longer.");

    public static void MapApiKeys(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("api-keys").WithTags("api-keys").RequireAuthorization(Permissions.ApiKeysManage);
        keys.MapGet("", List).WithName("listApiKeys");
        keys.MapPost("", Create).WithName("createApiKey").WithoutIdempotencyKey().Answers(StatusCodes.Status201Created);
        keys.MapDelete("{id:guid}", Revoke).WithName("revokeApiKey");
    }

    private static async Task<ApiResult<IReadOnlyList<ApiKey>>> List(ApiCaller caller, StudioDbContext db, int? limit, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit) is { } refusal)
            return refusal;
        var rows = await Visible(db, caller).AsNoTracking().OrderByDescending(key => key.CreatedAt).ThenByDescending(key => key.Id).Take(limit ?? ApiLimit.Default).ToListAsync(cancel);
        return ApiResults.Ok<IReadOnlyList<ApiKey>>([.. rows.Select(ApiKey.Of)]);
    }

    private static async Task<ApiResult<NewApiKey>> Create(ApiBody<CreateApiKeyRequest> body, ApiCaller caller, StudioDbContext db, TimeProvider time, CancellationToken cancel)
    {
        var name = body.Value.Name.Trim();
        var permissions = body.Value.Permissions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var now = time.GetUtcNow();
        var problems = new List<ApiDetail>();
        if (name.Length is 0 or > ApiKeyRow.MaxNameLength || !DeviceFields.IsOneLine(name))
            problems.Add(new ApiDetail("name", $"A name has 1 to {ApiKeyRow.MaxNameLength} characters, without control characters."));
        if (permissions.Count == 0)
            problems.Add(new ApiDetail("permissions", "A key has at least one permission."));
        else if (permissions.Find(one => !caller.May(one) || !ApiKeyText.MayHold(one)) is { } refused)
            problems.Add(new ApiDetail("permissions", Permissions.All.Contains(refused, StringComparer.Ordinal) ? $"You cannot give a key {refused}." : "There is a name in the list that is no permission."));
        if (body.Value.ExpiresAt <= now)
            problems.Add(new ApiDetail("expiresAt", "A key ends in the future."));
        if (problems.Count > 0)
            return ApiResults.Invalid(problems);

        var key = ApiKeyText.Make();
        ApiKeyText.TryHash(key, out var hash);
        var row = new ApiKeyRow
        {
            Id = Guid.CreateVersion7(now),
            Organization = caller.Organization,
            UserId = caller.UserId(),
            Name = name,
            Permissions = string.Join(' ', permissions),
            Hash = hash!,
            Prefix = ApiKeyText.PrefixOf(key),
            CreatedAt = now,
            ExpiresAt = body.Value.ExpiresAt,
        };
        var made = await db.InTransactionAsync(async () =>
        {
            if (await db.ApiKeys.CountAsync(one => one.UserId == row.UserId && one.RevokedAt == null, cancel) >= MaxKeysPerUser)
                return false;
            db.ApiKeys.Add(row);
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("api-key.create", $"api-key:{row.Id:D}", $"{name}: {row.Permissions}."), now, cancel);
            return true;
        }, cancel);
        return made
            ? ApiResults.Created($"/api/v1/api-keys/{row.Id:D}", new NewApiKey(ApiKey.Of(row), key))
            : new Fault("api-key-limit", $"A person has at most {MaxKeysPerUser} API keys. Revoke one that is no longer used.");
    }

    private static async Task<ApiResult> Revoke(Guid id, ApiCaller caller, StudioDbContext db, TimeProvider time, CancellationToken cancel)
    {
        var found = await db.InTransactionAsync(async () =>
        {
            if (await Visible(db, caller).SingleOrDefaultAsync(key => key.Id == id, cancel) is not { } row)
                return false;
            row.RevokedAt = time.GetUtcNow();
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("api-key.revoke", $"api-key:{id:D}", row.Name), row.RevokedAt.Value, cancel);
            return true;
        }, cancel);
        return found ? ApiResults.NoContent() : NotFound;
    }

    /// <summary>One's own keys; who manages users sees everybody's.</summary>
    private static IQueryable<ApiKeyRow> Visible(StudioDbContext db, ApiCaller caller)
    {
        var keys = db.ApiKeys.Where(key => key.Organization == caller.Organization && key.RevokedAt == null);
        var user = caller.UserId();
        return caller.May(Permissions.UsersManage) ? keys : keys.Where(key => key.UserId == user);
    }
}
