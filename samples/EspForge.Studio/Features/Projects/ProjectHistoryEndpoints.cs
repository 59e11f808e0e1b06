using System.Text.Json;
using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>A change of a project as the API shows it.</summary>
/// <param name="Revision">Counted from 1.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who, as an audit actor.</param>
/// <param name="ActorName">Who, for people.</param>
/// <param name="Kind">What.</param>
/// <param name="Path">The file or folder; null for several files or the plan.</param>
/// <param name="FromPath">What it was called before.</param>
/// <param name="SizeBytes">Bytes of the files that it wrote.</param>
/// <param name="LinesAdded">Lines that came.</param>
/// <param name="LinesRemoved">Lines that went.</param>
public sealed record ProjectRevision(
    int Revision, DateTimeOffset At, string Actor, string ActorName, ProjectRevisionKind Kind, string? Path, string? FromPath, int SizeBytes, int LinesAdded, int LinesRemoved);

/// <summary>Board, toolchain and plan after a revision.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Board">Board id.</param>
/// <param name="Toolchain">host, platformio or esp-idf.</param>
/// <param name="Plan">The pin plan (docs/pins.md).</param>
public sealed record ProjectRevisionPlan(int Revision, string Board, string Toolchain, JsonElement Plan);

/// <summary>Body of <c>POST projects/{id}/history/{revision}/restore</c>; without a path everything is restored.</summary>
public sealed record RestoreRequest(string? Path = null);

/// <summary><c>projects/{id}/history</c>: what the project was.</summary>
internal static class ProjectHistoryEndpoints
{
    public static void MapProjectHistory(this RouteGroupBuilder projects)
    {
        projects.MapGet("{id:guid}/history", List).WithName("listProjectHistory").RequireAuthorization(Permissions.ProjectsRead);
        projects.MapGet("{id:guid}/history/{revision:int}/files/{**path}", GetFile).WithName("getProjectFileOfRevision").RequireAuthorization(Permissions.ProjectsRead);
        projects.MapGet("{id:guid}/history/{revision:int}/plan", GetPlan).WithName("getPlanOfRevision").RequireAuthorization(Permissions.ProjectsRead);
        projects.MapPost("{id:guid}/history/{revision:int}/restore", Restore).WithName("restoreProject").RequireAuthorization(Permissions.ProjectsWrite);
    }

    private static async Task<ApiResult<IReadOnlyList<ProjectRevision>>> List(
        Guid id, string? path, int? before, int? limit, ApiCaller caller, StudioDbContext db, IActorNames actors, CancellationToken cancel)
    {
        if (!await ProjectViews.ExistsAsync(db, caller.Organization, id, cancel))
            return ProjectEndpoints.NotFound;
        if (ApiLimit.Check(limit) is { } refusal)
            return refusal;
        if (before is < 1)
            return ApiResults.Invalid("before", "'before' is a revision, 1 or more.");
        var rows = db.ProjectRevisions.AsNoTracking().Where(row => row.ProjectId == id && (before == null || row.Revision < before));
        if (!string.IsNullOrEmpty(path))
        {
            rows = rows.Where(row => db.ProjectVersions.Any(version =>
                version.ProjectId == id && version.Path == path && (version.FromRevision == row.Revision || version.ToRevision == row.Revision)));
        }

        var found = await rows.OrderByDescending(row => row.Revision).Take(limit ?? ApiLimit.Default).ToListAsync(cancel);
        var names = await actors.FindAsync(caller.Organization, found.Select(row => row.Actor).ToHashSet(StringComparer.Ordinal), cancel);
        return ApiResults.Ok<IReadOnlyList<ProjectRevision>>([.. found.Select(row => new ProjectRevision(
            row.Revision, row.At, row.Actor, names.GetValueOrDefault(row.Actor, row.Actor), row.Kind, row.Path, row.FromPath, row.SizeBytes, row.LinesAdded, row.LinesRemoved))]);
    }

    private static async Task<ApiResult<ProjectFile>> GetFile(Guid id, int revision, string path, ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        if (await RevisionAsync(id, revision, caller, db, cancel) is { } missing)
            return missing;
        if (path.Length == 0 || await ProjectHistory.FindAsync(db, id, revision, path, cancel) is not { } found)
            return ProjectEditor.NoFile;
        var written = await db.ProjectRevisions.AsNoTracking().Where(row => row.ProjectId == id && row.Revision >= found.Version.FromRevision)
            .OrderBy(row => row.Revision).Select(row => row.At).FirstAsync(cancel);
        return new ProjectFile(path, found.Content.Content, found.Content.SizeBytes, written, FileCondition.TagOf(found.Content.Content));
    }

    private static async Task<ApiResult<ProjectRevisionPlan>> GetPlan(Guid id, int revision, ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        if (await RevisionAsync(id, revision, caller, db, cancel) is { } missing)
            return missing;
        if (await ProjectHistory.FindAsync(db, id, revision, ProjectVersionRow.Settings, cancel) is not { } found)
            return ProjectEditor.NoRevision;
        var settings = ProjectSettings.Read(found.Content.Content);
        return new ProjectRevisionPlan(revision, settings.Board, settings.Toolchain, settings.Plan);
    }

    private static async Task<ApiResult<Project>> Restore(
        Guid id, int revision, ApiBody<RestoreRequest> body, ApiCaller caller, OrganizationBoards boards, ProjectEditor editor, CancellationToken cancel) =>
        await editor.RestoreAsync(caller, id, revision, body.Value.Path, await boards.ForAsync(caller.Organization, cancel), cancel);

    private static async Task<Fault?> RevisionAsync(Guid id, int revision, ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        if (!await ProjectViews.ExistsAsync(db, caller.Organization, id, cancel))
            return ProjectEndpoints.NotFound;
        return await db.ProjectRevisions.AnyAsync(row => row.ProjectId == id && row.Revision == revision, cancel) ? null : ProjectEditor.NoRevision;
    }
}
