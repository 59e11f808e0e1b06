using System.Globalization;
using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>
/// What a request says of the folder it deletes: <c>If-Match</c> (RFC 9110, section 13.1.1). The tag of a folder is a revision of the project since which none of
/// its files was written, made or deleted, such as <c>"12"</c>.
/// </summary>
internal sealed record FolderCondition(IReadOnlyList<string>? Match)
{
    public static FolderCondition Of(HttpRequest request) => new(FileCondition.TagsOf(request));

    /// <summary>Why the folder is not to be changed: 412 <c>file-changed</c> with who changed it and when.</summary>
    public async Task<ApiRefusal?> CheckAsync(StudioDbContext db, ProjectRow project, string path, IActorNames names, string organization, CancellationToken cancel)
    {
        if (Match is null || Match.Contains("*", StringComparer.Ordinal))
            return null;
        var seen = Match.Select(tag => int.TryParse(tag.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) && revision <= project.Revision ? revision : 0).Max();

        // Of what the history has let go of nobody can say whether it changed.
        var oldest = await db.ProjectRevisions.Where(row => row.ProjectId == project.Id).MinAsync(row => (int?)row.Revision, cancel) ?? 0;
        if (seen == 0 || seen < oldest)
            return await FileCondition.ChangedAsync("The folder was changed", null, [], names, organization, cancel);
        var versions = await db.ProjectVersions.AsNoTracking().Where(row => row.ProjectId == project.Id && (row.FromRevision > seen || row.ToRevision > seen))
            .Select(row => new { row.Path, row.FromRevision, row.ToRevision }).ToListAsync(cancel);
        var last = versions.FindAll(row => row.Path.StartsWith(path + "/", StringComparison.Ordinal)).Select(row => row.ToRevision ?? row.FromRevision).DefaultIfEmpty(0).Max();
        if (last == 0)
            return null;
        var change = await db.ProjectRevisions.AsNoTracking().SingleOrDefaultAsync(row => row.ProjectId == project.Id && row.Revision == last, cancel);
        return await FileCondition.ChangedAsync("The folder was changed", change, [], names, organization, cancel);
    }
}
