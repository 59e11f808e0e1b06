using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using EspForge.AspNetCore;
using EspForge.EntityFrameworkCore;
using EspForge.Studio.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.ApiKeys;

/// <summary>The token of a request: the bearer, or what a browser can send with a WebSocket, the sub-protocol <c>bearer.TOKEN</c>.</summary>
internal static class SentToken
{
    public const string SubProtocol = "bearer.";
    private const int Longest = 4096;

    public static string? Of(HttpRequest request)
    {
        if (AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && string.Equals(header.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase))
            return header.Parameter is { Length: > 0 and <= Longest } token ? token : null;
        if (!request.HttpContext.WebSockets.IsWebSocketRequest)
            return null;
        var named = request.HttpContext.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(protocol => protocol.StartsWith(SubProtocol, StringComparison.Ordinal));
        return named is { Length: <= Longest } ? named[SubProtocol.Length..] : null;
    }

    public static bool IsKey(HttpRequest request) => Of(request)?.StartsWith(ApiKeyText.Start, StringComparison.Ordinal) is true;
}

/// <summary>
/// Lets in who sends a key that is neither revoked nor over, with those of its permissions that its maker still has. It is looked up at every request, so that
/// revoking it, disabling its maker or giving them a smaller role takes effect at once.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, StudioDbContext db, ApiKeyLimits limits, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string KeyClaim = "key";
    private static readonly TimeSpan LastUsedStep = TimeSpan.FromMinutes(1);
    private TimeSpan? _wait;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SentToken.Of(Request) is not { } sent)
            return AuthenticateResult.NoResult();
        var address = AttemptLimits.Network(Context.Connection.RemoteIpAddress);
        if (!ApiKeyText.TryHash(sent, out var hash))
            return Wrong(address);
        if (!limits.IsKnown(hash) && limits.TooManyWrong(address) is { } wait)
        {
            _wait = wait;
            return AuthenticateResult.Fail("Too many wrong keys.");
        }

        var cancel = Context.RequestAborted;
        var found = await (
            from one in db.ApiKeys.AsNoTracking()
            join user in db.Users on one.UserId equals user.Id
            join membership in db.Memberships on new { one.UserId, OrganizationId = one.Organization } equals new { membership.UserId, membership.OrganizationId }
            where one.Hash == hash && one.RevokedAt == null
            select new { Key = one, user.Disabled, membership.Role }).SingleOrDefaultAsync(cancel);
        if (found is null)
            return Wrong(address);

        var key = found.Key;
        var now = time.GetUtcNow();
        if (found.Disabled || key.ExpiresAt <= now)
        {
            await AuditAsync(key, found.Disabled ? "Its maker's account is disabled." : "It has ended.", now, cancel);
            return AuthenticateResult.Fail(found.Disabled ? "The key's maker is disabled." : "The key has expired.");
        }

        limits.Know(hash);
        if (key.LastUsedAt is null || key.LastUsedAt < now - LastUsedStep)
            await db.ApiKeys.Where(row => row.Id == key.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsedAt, now), cancel);
        var allowed = RolePermissions.Of(found.Role);
        var identity = new ClaimsIdentity(
            [
                new Claim("sub", key.UserId.ToString("D")), new Claim("actor", $"key:{key.Id:D}"), new Claim(KeyClaim, key.Id.ToString("D")),
                new Claim(AccessTokens.OrganizationClaim, key.Organization), new Claim(AccessTokens.NameClaim, key.Name),
                .. key.Permissions.Split(' ').Where(one => allowed.Contains(one, StringComparer.Ordinal) && ApiKeyText.MayHold(one)).Select(one => new Claim(Permissions.ClaimType, one)),
            ],
            Scheme.Name, AccessTokens.NameClaim, roleType: null);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        if (_wait is { } wait)
        {
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.Headers.RetryAfter = ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString(CultureInfo.InvariantCulture);
            return;
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = result.Failure?.Message.Contains("expired", StringComparison.Ordinal) is true
            ? "Bearer error=\"invalid_token\", error_description=\"The key has expired\"" : "Bearer error=\"invalid_token\"";
    }

    private AuthenticateResult Wrong(string address)
    {
        _wait = limits.Wrong(address);
        return AuthenticateResult.Fail("There is no such key.");
    }

    private async Task AuditAsync(ApiKeyRow key, string why, DateTimeOffset now, CancellationToken cancel)
    {
        if (limits.RefusedEntry(key.Id))
        {
            await db.InTransactionAsync(
                () => AuditChain.AppendAsync(db, key.Organization, new AuditDraft($"key:{key.Id:D}", "api-key.refused", $"api-key:{key.Id:D}", why), now, cancel), cancel);
        }
    }
}

/// <summary>How many wrong keys an address may send a minute. Keys that were good a while ago are looked up whatever others at the same address do.</summary>
internal sealed class ApiKeyLimits(IOptions<AccountOptions> options, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RefusedEvery = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _refused = new();
    private readonly Dictionary<string, (DateTimeOffset Since, int Count)> _wrong = new(StringComparer.Ordinal);

    public bool IsKnown(string hash) => _known.ContainsKey(hash);

    public void Know(string hash)
    {
        if (_known.Count >= MaxRemembered)
            _known.Clear();
        _known[hash] = 0;
    }

    /// <summary>How long the address is not listened to, or <see langword="null"/>.</summary>
    public TimeSpan? TooManyWrong(string address)
    {
        lock (_wrong)
            return _wrong.TryGetValue(address, out var one) && one.Count >= options.Value.WrongKeysPerAddressPerMinute && time.GetUtcNow() - one.Since is var past && past < Minute ? Minute - past : null;
    }

    /// <summary>Counts a wrong key; how long to wait when it was one too many.</summary>
    public TimeSpan? Wrong(string address)
    {
        lock (_wrong)
        {
            if (TooManyWrong(address) is { } wait)
                return wait;
            var now = time.GetUtcNow();
            if (_wrong.Count >= MaxRemembered)
                _wrong.Clear();
            var (since, count) = _wrong.GetValueOrDefault(address, (now, 0));
            _wrong[address] = now - since < Minute ? (since, count + 1) : (now, 1);
            return null;
        }
    }

    /// <summary>Whether a refusal of this key is written to the audit log now: once an hour, because the log only grows.</summary>
    public bool RefusedEntry(Guid key)
    {
        var now = time.GetUtcNow();
        if (_refused.TryGetValue(key, out var last) && now - last < RefusedEvery)
            return false;
        if (_refused.Count >= MaxRemembered)
            _refused.Clear();
        _refused[key] = now;
        return true;
    }
}
