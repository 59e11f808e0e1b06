using System.Text;
using System.Text.Json;
using EspForge.AspNetCore;
using EspForge.Boards;
using EspForge.Devices;
using EspForge.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary>Body of <c>POST projects</c>.</summary>
public sealed record CreateProjectRequest(string Name, string Board, string Template, string? Product = null);

/// <summary>Body of <c>PATCH projects/{id}</c>; what is left out stays.</summary>
public sealed record ChangeProjectRequest(string? Name = null, JsonElement? Plan = null);

/// <summary><c>projects</c>: what firmware is built from.</summary>
internal static class ProjectEndpoints
{
    internal static readonly Fault NotFound = new("project-not-found", "There is no such project.");

    public static void MapProjects(this RouteGroupBuilder api)
    {
        api.MapGet("project-templates", () => ApiResults.Ok(ProjectTemplates.Shown)).WithName("listProjectTemplates").WithTags("projects").RequireAuthorization(Permissions.ProjectsRead);
        var projects = api.MapGroup("projects").WithTags("projects");
        projects.MapGet("", List).WithName("listProjects").RequireAuthorization(Permissions.ProjectsRead);
        projects.MapPost("", Create).WithName("createProject").RequireAuthorization(Permissions.ProjectsWrite).Answers(StatusCodes.Status201Created);
        projects.MapGet("{id:guid}", Get).WithName("getProject").RequireAuthorization(Permissions.ProjectsRead);
        projects.MapPatch("{id:guid}", Change).WithName("changeProject").RequireAuthorization(Permissions.ProjectsWrite);
        projects.MapDelete("{id:guid}", Delete).WithName("deleteProject").RequireAuthorization(Permissions.ProjectsWrite);
        projects.MapProjectFiles();
    }

    private static async Task<ApiResult<IReadOnlyList<Project>>> List(ApiCaller caller, StudioDbContext db, int? limit, CancellationToken cancel) =>
        limit is < 1 or > 500
            ? ApiResults.Invalid("limit", "'limit' must be 1–500.")
            : ApiResults.Ok<IReadOnlyList<Project>>(await ProjectViews.ListAsync(db, caller.Organization, limit ?? 100, cancel));

    private static async Task<ApiResult<Project>> Get(Guid id, ApiCaller caller, StudioDbContext db, CancellationToken cancel) =>
        await ProjectViews.FindAsync(db, caller.Organization, id, cancel) is { } project ? project : NotFound;

    private static async Task<ApiResult<Project>> Create(
        ApiBody<CreateProjectRequest> body, ApiCaller caller, OrganizationBoards boards, StudioDbContext db, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        var request = body.Value;
        var name = request.Name.Trim();
        var product = request.Product ?? Slug(name);
        var problems = new List<ApiDetail>();
        if (CheckName(name) is { } badName)
            problems.Add(new ApiDetail("name", badName));
        if (CheckProduct(product) is { } badProduct)
            problems.Add(new ApiDetail("product", badProduct));
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        var board = catalog.FindBoard(request.Board);
        if (board is null)
            problems.Add(new ApiDetail("board", "There is no such board; GET boards lists them."));
        if (!ProjectTemplates.Exists(request.Template))
            problems.Add(new ApiDetail("template", $"A template is one of {string.Join(", ", ProjectTemplates.Shown.Select(template => template.Id))}."));
        if (problems.Count > 0 || board is null)
            return ApiResults.Invalid(problems);

        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var plan = ProjectPlan.Write(ProjectTemplates.PlanFor(request.Template, board, catalog));
        var made = await db.InTransactionAsync(async () =>
        {
            if (await db.Projects.CountAsync(project => project.Organization == caller.Organization, cancel) >= ProjectLimits.MaxProjects)
                return false;
            var row = new ProjectRow
            {
                Id = id,
                Organization = caller.Organization,
                Name = name,
                Product = product,
                Board = board.Id,
                Chip = board.ChipId,
                Plan = plan,
                CreatedAt = now,
                UpdatedAt = now,
            };
            foreach (var (path, content) in ProjectTemplates.FilesOf(request.Template))
                row.Files.Add(new ProjectFileRow { ProjectId = id, Path = path, Content = content, SizeBytes = Encoding.UTF8.GetByteCount(content), UpdatedAt = now });
            db.Projects.Add(row);
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("project.create", $"project:{id:D}", $"{name}, for {board.Id}, from the template {request.Template}."), now, cancel);
            return true;
        }, cancel);
        if (!made)
            return new Fault("project-limit", $"An organization has at most {ProjectLimits.MaxProjects} projects.");
        events.PublishAudited("project", caller.Organization, id.ToString("D"));
        return ApiResults.Created($"/api/v1/projects/{id:D}", (await ProjectViews.FindAsync(db, caller.Organization, id, cancel))!);
    }

    private static async Task<ApiResult<Project>> Change(
        Guid id, ApiBody<ChangeProjectRequest> body, ApiCaller caller, OrganizationBoards boards, StudioDbContext db, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        var name = body.Value.Name?.Trim();
        if (name is not null && CheckName(name) is { } badName)
            return ApiResults.Invalid("name", badName);
        string? plan = null;
        Board? board = null;
        if (body.Value.Plan is { ValueKind: not JsonValueKind.Null } sent)
        {
            var (read, named, refusal) = ProjectPlan.Read(sent, await boards.ForAsync(caller.Organization, cancel));
            if (refusal is not null || read is null)
                return refusal!;
            plan = ProjectPlan.Write(read);
            board = named;
        }

        var found = await db.InTransactionAsync(async () =>
        {
            var row = await db.Projects.SingleOrDefaultAsync(project => project.Id == id && project.Organization == caller.Organization, cancel);
            if (row is null)
                return false;
            var changes = new List<string>();
            if (name is not null && !string.Equals(name, row.Name, StringComparison.Ordinal))
            {
                row.Name = name;
                changes.Add("name");
            }

            if (board is not null && !string.Equals(board.Id, row.Board, StringComparison.Ordinal))
            {
                changes.Add($"board {row.Board} → {board.Id}");
                row.Board = board.Id;
                row.Chip = board.ChipId;
            }

            if (plan is not null && !string.Equals(plan, row.Plan, StringComparison.Ordinal))
            {
                row.Plan = plan;
                changes.Add("pin plan");
            }

            if (changes.Count == 0)
                return true;
            row.UpdatedAt = time.GetUtcNow();
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("project.change", $"project:{id:D}", string.Join(", ", changes) + "."), row.UpdatedAt, cancel);
            return true;
        }, cancel);
        if (!found)
            return NotFound;
        events.PublishAudited("project", caller.Organization, id.ToString("D"));
        return (await ProjectViews.FindAsync(db, caller.Organization, id, cancel))!;
    }

    private static async Task<ApiResult> Delete(Guid id, ApiCaller caller, StudioDbContext db, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        var found = await db.InTransactionAsync(async () =>
        {
            var name = await db.Projects.Where(project => project.Id == id && project.Organization == caller.Organization).Select(project => project.Name).SingleOrDefaultAsync(cancel);
            if (name is null)
                return false;
            await db.ProjectFiles.Where(file => file.ProjectId == id).ExecuteDeleteAsync(cancel);
            await db.Projects.Where(project => project.Id == id).ExecuteDeleteAsync(cancel);
            await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("project.delete", $"project:{id:D}", name), time.GetUtcNow(), cancel);
            return true;
        }, cancel);
        if (!found)
            return NotFound;
        events.PublishAudited("project", caller.Organization, id.ToString("D"));
        return ApiResults.NoContent();
    }

    private static string? CheckName(string name) =>
        name.Length is 0 or > ProjectLimits.MaxNameLength || !DeviceFields.IsOneLine(name) ? $"A name has 1 to {ProjectLimits.MaxNameLength} characters, without control characters." : null;

    /// <summary>The product is also the name in the image, which has 31 bytes for it.</summary>
    private static string? CheckProduct(string product) =>
        DeviceFields.CheckProduct(product) ?? (product.Length > ProjectLimits.MaxProductLength ? $"A project's product has at most {ProjectLimits.MaxProductLength} characters." : null);

    internal static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter))
                slug.Append(letter);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }

        var cut = slug.ToString(0, Math.Min(slug.Length, ProjectLimits.MaxProductLength)).TrimEnd('-');
        return cut.Length == 0 ? "project" : cut;
    }
}
