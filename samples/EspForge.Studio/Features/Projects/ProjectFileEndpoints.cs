using EspForge.AspNetCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>Body of <c>PUT projects/{id}/files/{path}</c>.</summary>
public sealed record SaveFileRequest(string Content);

/// <summary>Body of <c>POST projects/{id}/rename</c>.</summary>
public sealed record RenameRequest(string From, string To);

/// <summary><c>projects/{id}/files</c> and <c>folders</c>: the sources.</summary>
internal static class ProjectFileEndpoints
{
    public static void MapProjectFiles(this RouteGroupBuilder projects)
    {
        projects.MapGet("{id:guid}/files/{**path}", Get).WithName("getProjectFile").RequireAuthorization(Permissions.ProjectsRead);
        projects.MapPut("{id:guid}/files/{**path}", Save).WithName("saveProjectFile").RequireAuthorization(Permissions.ProjectsWrite);
        projects.MapDelete("{id:guid}/files/{**path}", Delete).WithName("deleteProjectFile").RequireAuthorization(Permissions.ProjectsWrite);
        projects.MapDelete("{id:guid}/folders/{**path}", DeleteFolder).WithName("deleteProjectFolder").RequireAuthorization(Permissions.ProjectsWrite);
        projects.MapPost("{id:guid}/rename", Rename).WithName("renameProjectFile").RequireAuthorization(Permissions.ProjectsWrite);
        projects.MapGet("{id:guid}/search", Search).WithName("searchProject").RequireAuthorization(Permissions.ProjectsRead);
    }

    private static async Task<ApiResult<ProjectFile>> Get(Guid id, string path, HttpContext context, ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        var file = await (
            from row in db.ProjectFiles.AsNoTracking()
            join project in db.Projects on row.ProjectId equals project.Id
            where project.Id == id && project.Organization == caller.Organization && row.Path == path
            select row).SingleOrDefaultAsync(cancel);
        if (file is not null)
            return Tagged(ProjectFile.Of(file), context);
        return await ProjectViews.ExistsAsync(db, caller.Organization, id, cancel) ? ProjectEditor.NoFile : ProjectEndpoints.NotFound;
    }

    private static async Task<ApiResult<ProjectFile>> Save(
        Guid id, string path, ApiBody<SaveFileRequest> body, HttpContext context, ApiCaller caller, ProjectEditor editor, CancellationToken cancel) =>
        Tagged(await editor.SaveAsync(caller, id, path, body.Value.Content, FileCondition.Of(context.Request), cancel), context);

    private static Task<ApiResult> Delete(Guid id, string path, HttpContext context, ApiCaller caller, ProjectEditor editor, CancellationToken cancel) =>
        editor.DeleteAsync(caller, id, path, FileCondition.Of(context.Request), cancel);

    private static Task<ApiResult> DeleteFolder(Guid id, string path, HttpContext context, ApiCaller caller, ProjectEditor editor, CancellationToken cancel) =>
        editor.DeleteFolderAsync(caller, id, path, FolderCondition.Of(context.Request), cancel);

    private static Task<ApiResult<Project>> Rename(Guid id, ApiBody<RenameRequest> body, ApiCaller caller, ProjectEditor editor, CancellationToken cancel) =>
        editor.RenameAsync(caller, id, body.Value.From, body.Value.To, cancel);

    private static async Task<ApiResult<ProjectMatches>> Search(
        Guid id, string? q, bool? @case, bool? word, bool? regex, int? limit, ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        if (!await ProjectViews.ExistsAsync(db, caller.Organization, id, cancel))
            return ProjectEndpoints.NotFound;
        if (ApiLimit.Check(limit, ProjectSearch.MaxMatches) is { } refusal)
            return refusal;
        if (!ProjectSearch.TryParse(q ?? "", @case == true, word == true, regex == true, out var search, out var problem))
            return ApiResults.Invalid("q", problem);
        var files = await db.ProjectFiles.AsNoTracking().Where(file => file.ProjectId == id).OrderBy(file => file.Path).ToListAsync(cancel);
        return search.Find(files.Select(file => (file.Path, file.Content)), limit ?? ProjectSearch.DefaultMatches) is { } matches
            ? matches
            : ApiResults.Invalid("q", "Searching with this expression takes too long.");
    }

    private static ApiResult<ProjectFile> Tagged(ApiResult<ProjectFile> result, HttpContext context)
    {
        if (result.Data is { } file)
            context.Response.Headers.ETag = file.Etag;
        return result;
    }
}
