using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>A file before and after; <see langword="null"/> where it is not there.</summary>
internal sealed record ProjectChange(string Path, string? Before, string? After);

/// <summary>Board, toolchain and plan of a project at a revision, as kept in its history.</summary>
internal sealed record ProjectSettings(string Board, string Toolchain, JsonElement Plan)
{
    public static string Write(ProjectRow project)
    {
        using var plan = JsonDocument.Parse(project.Plan);
        return JsonSerializer.Serialize(new ProjectSettings(project.Board, project.Toolchain, plan.RootElement), ApiJson.Options);
    }

    public static ProjectSettings Read(string kept) =>
        JsonSerializer.Deserialize<ProjectSettings>(kept, ApiJson.Options) ?? throw new InvalidOperationException("The settings of a revision are empty.");
}

/// <summary>
/// Keeps what a project was. Every change is a revision; every text is kept once, under its hash. Works inside the transaction of the change; the caller saves
/// what is added here with its own rows.
/// </summary>
internal static class ProjectHistory
{
    public const int MaxRevisions = 2000;
    public const long MaxBytes = 64L * 1024 * 1024;
    private const string System = "system:projects";

    public static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    /// <summary>A project from before revisions were kept gets its first one: what it is now. Call before changing anything.</summary>
    public static async Task BeginAsync(StudioDbContext db, ProjectRow project, CancellationToken cancel)
    {
        if (project.Revision > 0)
            return;
        var files = await db.ProjectFiles.AsNoTracking().Where(file => file.ProjectId == project.Id).ToListAsync(cancel);
        await RecordAsync(db, project, ProjectRevisionKind.Created, System, project.UpdatedAt,
            [new(ProjectVersionRow.Settings, null, ProjectSettings.Write(project)), .. files.Select(file => new ProjectChange(file.Path, null, file.Content))], cancel);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Adds the next revision.</summary>
    public static async Task RecordAsync(
        StudioDbContext db, ProjectRow project, ProjectRevisionKind kind, string actor, DateTimeOffset at, IReadOnlyList<ProjectChange> changes, CancellationToken cancel,
        string? path = null, string? fromPath = null)
    {
        var revision = ++project.Revision;
        var contents = changes.Where(change => change.After is not null).Select(change => change.After!).Distinct(StringComparer.Ordinal).ToDictionary(Hash, StringComparer.Ordinal);
        var hashes = contents.Keys.ToList();
        var known = (await db.ProjectContents.Where(row => row.ProjectId == project.Id && hashes.Contains(row.Sha256)).Select(row => row.Sha256).ToListAsync(cancel)).ToHashSet(StringComparer.Ordinal);
        foreach (var (sha256, content) in contents.Where(one => !known.Contains(one.Key)))
            db.ProjectContents.Add(new ProjectContentRow { ProjectId = project.Id, Sha256 = sha256, Content = content, SizeBytes = Encoding.UTF8.GetByteCount(content) });

        var (size, added, removed) = (0, 0, 0);
        foreach (var change in changes)
        {
            if (change.Before is not null)
            {
                await db.ProjectVersions.Where(row => row.ProjectId == project.Id && row.Path == change.Path && row.ToRevision == null)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.ToRevision, revision), cancel);
            }

            if (change.After is { } after)
                db.ProjectVersions.Add(new ProjectVersionRow { ProjectId = project.Id, Path = change.Path, FromRevision = revision, Sha256 = Hash(after) });
            if (change.Path.Length == 0)
                continue;
            size += change.After is null ? 0 : Encoding.UTF8.GetByteCount(change.After);
            if (kind == ProjectRevisionKind.Renamed)
                continue;
            var (came, went) = LineDifference.Count(change.Before ?? "", change.After ?? "");
            (added, removed) = (added + came, removed + went);
        }

        db.ProjectRevisions.Add(new ProjectRevisionRow
        {
            ProjectId = project.Id,
            Revision = revision,
            At = at,
            Actor = actor,
            Kind = kind,
            Path = path,
            FromPath = fromPath,
            SizeBytes = size,
            LinesAdded = added,
            LinesRemoved = removed,
        });
        await PruneAsync(db, project, hashes.Where(hash => !known.Contains(hash)).Sum(hash => (long)contents[hash].Length), cancel);
    }

    /// <summary>What there was after a revision, by path: hashes of contents.</summary>
    public static Task<Dictionary<string, string>> TreeAsync(StudioDbContext db, Guid project, int revision, CancellationToken cancel) =>
        At(db, project, revision).ToDictionaryAsync(row => row.Path, row => row.Sha256, StringComparer.Ordinal, cancel);

    /// <summary>One file, or the settings, after a revision.</summary>
    public static async Task<(ProjectVersionRow Version, ProjectContentRow Content)?> FindAsync(StudioDbContext db, Guid project, int revision, string path, CancellationToken cancel)
    {
        var found = await (
            from version in At(db, project, revision)
            join content in db.ProjectContents.AsNoTracking() on new { version.ProjectId, version.Sha256 } equals new { content.ProjectId, content.Sha256 }
            where version.Path == path
            select new { version, content }).SingleOrDefaultAsync(cancel);
        return found is null ? null : (found.version, found.content);
    }

    /// <summary>The revision that wrote the file as it is now, or the last one that took it away.</summary>
    public static Task<ProjectRevisionRow?> LastChangeAsync(StudioDbContext db, Guid project, string path, CancellationToken cancel) => (
        from version in db.ProjectVersions.AsNoTracking()
        where version.ProjectId == project && version.Path == path
        orderby version.FromRevision descending
        join revision in db.ProjectRevisions.AsNoTracking() on new { version.ProjectId, Revision = version.ToRevision ?? version.FromRevision } equals new { revision.ProjectId, revision.Revision }
        select revision).FirstOrDefaultAsync(cancel);

    /// <summary>Everything about a project that is deleted.</summary>
    public static async Task ForgetAsync(StudioDbContext db, Guid project, CancellationToken cancel)
    {
        await db.ProjectVersions.Where(row => row.ProjectId == project).ExecuteDeleteAsync(cancel);
        await db.ProjectRevisions.Where(row => row.ProjectId == project).ExecuteDeleteAsync(cancel);
        await db.ProjectContents.Where(row => row.ProjectId == project).ExecuteDeleteAsync(cancel);
    }

    private static IQueryable<ProjectVersionRow> At(StudioDbContext db, Guid project, int revision) =>
        db.ProjectVersions.AsNoTracking().Where(row => row.ProjectId == project && row.FromRevision <= revision && (row.ToRevision == null || row.ToRevision > revision));

    /// <summary>The oldest go, one by one past the count, by halves past the size.</summary>
    private static async Task PruneAsync(StudioDbContext db, ProjectRow project, long added, CancellationToken cancel)
    {
        if (project.Revision > MaxRevisions)
            await KeepFromAsync(db, project.Id, project.Revision - MaxRevisions + 1, cancel);
        var oldest = 0;
        while (await db.ProjectContents.Where(row => row.ProjectId == project.Id).SumAsync(row => (long)row.SizeBytes, cancel) + added > MaxBytes && oldest < project.Revision)
        {
            oldest = await db.ProjectRevisions.Where(row => row.ProjectId == project.Id).MinAsync(row => (int?)row.Revision, cancel) ?? project.Revision;
            oldest = (oldest + project.Revision + 1) / 2;
            await KeepFromAsync(db, project.Id, oldest, cancel);
        }
    }

    private static async Task KeepFromAsync(StudioDbContext db, Guid project, int oldest, CancellationToken cancel)
    {
        await db.ProjectRevisions.Where(row => row.ProjectId == project && row.Revision < oldest).ExecuteDeleteAsync(cancel);
        await db.ProjectVersions.Where(row => row.ProjectId == project && row.ToRevision <= oldest).ExecuteDeleteAsync(cancel);

        // What is added with this revision is not in the tables yet, and may be a content that was let go of a line above: those are taken back.
        var fresh = db.ProjectVersions.Local.Where(row => row.ProjectId == project).Select(row => row.Sha256).ToList();
        await db.ProjectContents.Where(row => row.ProjectId == project && !fresh.Contains(row.Sha256)
            && !db.ProjectVersions.Any(version => version.ProjectId == project && version.Sha256 == row.Sha256)).ExecuteDeleteAsync(cancel);
    }
}
