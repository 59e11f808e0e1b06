using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Accounts;

/// <summary>
/// Whether the sign-in behind an access token is still open, remembered for a few seconds. That is how signing out, a new password, a new role or a
/// disabled account ends access tokens before their time.
/// </summary>
internal sealed class OpenSignIns(IServiceScopeFactory scopes, IOptions<AccountOptions> options, TimeProvider time)
{
    private const int MaxRemembered = 10_000;
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _openUntil = new();
    private int _generation;

    public async Task<bool> IsOpenAsync(Guid signIn, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (_openUntil.TryGetValue(signIn, out var until) && until > now)
            return true;

        var generation = Volatile.Read(ref _generation);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        var isOpen = await (
            from one in db.SignIns
            join user in db.Users on one.UserId equals user.Id
            where one.Id == signIn && one.ClosedAt == null && one.ExpiresAt > now && !user.Disabled
            select one.Id).AnyAsync(cancel);
        if (!isOpen)
            return false;
        if (_openUntil.Count >= MaxRemembered)
            _openUntil.Clear();

        // What was read before a sign-in was closed is not remembered after it.
        if (generation == Volatile.Read(ref _generation))
            _openUntil[signIn] = now.AddSeconds(options.Value.SignInCacheSeconds);
        return true;
    }

    public void Forget()
    {
        Interlocked.Increment(ref _generation);
        _openUntil.Clear();
    }
}
