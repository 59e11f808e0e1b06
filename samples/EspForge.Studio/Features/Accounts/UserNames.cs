using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Accounts;

/// <summary>Names users in the audit log by what they are called.</summary>
internal sealed class UserNames(StudioDbContext db) : IActorNames
{
    private const string Prefix = "user:";

    public async Task<IReadOnlyDictionary<string, string>> FindAsync(string organization, IReadOnlyCollection<string> actors, CancellationToken cancel = default)
    {
        var ids = actors.Where(actor => actor.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(actor => Guid.TryParse(actor.AsSpan(Prefix.Length), out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).ToList();
        var users = await db.Users.Where(user => ids.Contains(user.Id) && user.Memberships.Any(one => one.OrganizationId == organization))
            .Select(user => new { user.Id, user.DisplayName }).ToListAsync(cancel);
        return users.ToDictionary(user => $"{Prefix}{user.Id:D}", user => user.DisplayName, StringComparer.Ordinal);
    }
}
