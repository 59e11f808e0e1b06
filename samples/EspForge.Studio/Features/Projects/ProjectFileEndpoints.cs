using System.Text;
using EspForge.AspNetCore;
using EspForge.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>Body of <c>PUT projects/{id}/files/{path}</c>.</summary>
public sealed record SaveFileRequest(string Content);

/// <summary><c>projects/{id}/files</c>: the sources.</summary>
internal static class ProjectFileEndpoints
{
    private static readonly Fault NotFound = new("file-not-found", "The project has no such file.");

    public static void MapProjectFiles(this RouteGroupBuilder projects)
    {
        projects.MapGet("{id:guid}/files/{**path}", Get).WithName("getProjectFile").RequireAuthorization(Permissions.ProjectsRead);
        projects.MapPut("{id:guid}/files/{**path}", Save).WithName("saveProjectFile").RequireAuthorization(Permissions.ProjectsWrite);
        projects.MapDelete("{id:guid}/files/{**path}", Delete).WithName("deleteProjectFile").RequireAuthorization(Permissions.ProjectsWrite);
    }

    private static async Task<ApiResult<ProjectFile>> Get(Guid id, string path, ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        var file = await (
            from row in db.ProjectFiles.AsNoTracking()
            join project in db.Projects on row.ProjectId equals project.Id
            where project.Id == id && project.Organization == caller.Organization && row.Path == path
            select row).SingleOrDefaultAsync(cancel);
        if (file is not null)
            return Show(file);
        return await db.Projects.AnyAsync(project => project.Id == id && project.Organization == caller.Organization, cancel) ? NotFound : ProjectEndpoints.NotFound;
    }

    private static async Task<ApiResult<ProjectFile>> Save(
        Guid id, string path, ApiBody<SaveFileRequest> body, ApiCaller caller, StudioDbContext db, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        if (ProjectPath.Check(path) is { } badPath)
            return ApiResults.Invalid("path", badPath);
        var content = body.Value.Content;
        var size = Encoding.UTF8.GetByteCount(content);
        if (size > ProjectLimits.MaxFileBytes)
            return new Fault("too-large", $"A file has at most {ProjectLimits.MaxFileBytes / 1024} KiB.");
        if (content.Contains('\0', StringComparison.Ordinal))
            return ApiResults.Invalid("content", "A file is text: it holds no NUL character.");

        var changed = false;
        var result = await db.InTransactionAsync<ApiResult<ProjectFile>>(async () =>
        {
            var project = await db.Projects.SingleOrDefaultAsync(row => row.Id == id && row.Organization == caller.Organization, cancel);
            if (project is null)
                return ProjectEndpoints.NotFound;
            var file = await db.ProjectFiles.SingleOrDefaultAsync(row => row.ProjectId == id && row.Path == path, cancel);
            if (file is not null && string.Equals(file.Content, content, StringComparison.Ordinal))
                return Show(file);

            var others = await db.ProjectFiles.Where(row => row.ProjectId == id && row.Path != path).Select(row => new { row.Path, row.SizeBytes }).ToListAsync(cancel);
            if (file is null && others.Count >= ProjectLimits.MaxFiles)
                return new Fault("project-limit", $"A project has at most {ProjectLimits.MaxFiles} files.");
            if (others.Sum(other => other.SizeBytes) + size > ProjectLimits.MaxProjectBytes)
                return new Fault("too-large", $"A project has at most {ProjectLimits.MaxProjectBytes / 1024 / 1024} MiB.");
            if (file is null && ProjectPath.Collides(path, others.Select(other => other.Path)) is { } collision)
                return ApiResults.Invalid("path", collision);

            var now = time.GetUtcNow();
            if (file is null)
            {
                file = new ProjectFileRow { ProjectId = id, Path = path, Content = content, SizeBytes = size, UpdatedAt = now };
                db.ProjectFiles.Add(file);
            }
            else
            {
                file.Content = content;
                file.SizeBytes = size;
                file.UpdatedAt = now;
            }

            project.UpdatedAt = now;
            changed = true;
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("project.file-save", $"project:{id:D}", $"{path}, {size} bytes."), now, cancel);
            return Show(file);
        }, cancel);
        if (changed)
            events.PublishAudited("project", caller.Organization, id.ToString("D"));
        return result;
    }

    private static async Task<ApiResult> Delete(Guid id, string path, ApiCaller caller, StudioDbContext db, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        var fault = await db.InTransactionAsync(async () =>
        {
            var project = await db.Projects.SingleOrDefaultAsync(row => row.Id == id && row.Organization == caller.Organization, cancel);
            if (project is null)
                return ProjectEndpoints.NotFound;
            if (await db.ProjectFiles.Where(row => row.ProjectId == id && row.Path == path).ExecuteDeleteAsync(cancel) == 0)
                return NotFound;
            project.UpdatedAt = time.GetUtcNow();
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("project.file-delete", $"project:{id:D}", path), project.UpdatedAt, cancel);
            return null;
        }, cancel);
        if (fault is not null)
            return fault;
        events.PublishAudited("project", caller.Organization, id.ToString("D"));
        return ApiResults.NoContent();
    }

    private static ProjectFile Show(ProjectFileRow file) => new(file.Path, file.Content, file.SizeBytes, file.UpdatedAt);
}
