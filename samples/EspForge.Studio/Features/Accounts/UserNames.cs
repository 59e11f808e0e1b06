using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Accounts;

/// <summary>Names users and API keys in the audit log by what they are called.</summary>
internal sealed class UserNames(StudioDbContext db) : IActorNames
{
    private const string Prefix = "user:";
    private const string KeyPrefix = "key:";

    public async Task<IReadOnlyDictionary<string, string>> FindAsync(string organization, IReadOnlyCollection<string> actors, CancellationToken cancel = default)
    {
        var ids = Ids(actors, Prefix);
        var users = await db.Users.Where(user => ids.Contains(user.Id) && user.Memberships.Any(one => one.OrganizationId == organization))
            .Select(user => new { user.Id, user.DisplayName }).ToListAsync(cancel);
        var names = users.ToDictionary(user => $"{Prefix}{user.Id:D}", user => user.DisplayName, StringComparer.Ordinal);
        var keyIds = Ids(actors, KeyPrefix);
        if (keyIds.Count > 0)
        {
            foreach (var key in await db.ApiKeys.Where(key => keyIds.Contains(key.Id) && key.Organization == organization).Select(key => new { key.Id, key.Name }).ToListAsync(cancel))
                names[$"{KeyPrefix}{key.Id:D}"] = key.Name;
        }

        return names;
    }

    private static List<Guid> Ids(IEnumerable<string> actors, string prefix) =>
        [.. actors.Where(actor => actor.StartsWith(prefix, StringComparison.Ordinal))
            .Select(actor => Guid.TryParse(actor.AsSpan(prefix.Length), out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];
}
