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
public sealed record ChangeProjectRequest(string? Name = null, JsonElement? Plan = null, string? Toolchain = null);

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
        projects.MapProjectHistory();
        projects.MapProjectArchives();
    }

    private static async Task<ApiResult<IReadOnlyList<Project>>> List(ApiCaller caller, StudioDbContext db, int? limit, CancellationToken cancel) =>
        limit is < 1 or > 500
            ? ApiResults.Invalid("limit", "'limit' must be 1–500.")
            : ApiResults.Ok<IReadOnlyList<Project>>(await ProjectViews.ListAsync(db, caller.Organization, limit ?? 100, cancel));

    private static async Task<ApiResult<Project>> Get(Guid id, ApiCaller caller, StudioDbContext db, CancellationToken cancel) =>
        await ProjectViews.FindAsync(db, caller.Organization, id, cancel) is { } project ? project : NotFound;

    private static async Task<ApiResult<Project>> Create(
        ApiBody<CreateProjectRequest> body, ApiCaller caller, OrganizationBoards boards, ProjectEditor editor, CancellationToken cancel)
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

        var plan = ProjectPlan.Write(ProjectTemplates.PlanFor(request.Template, board, catalog));
        return await editor.CreateAsync(caller, new NewProject(
            name, product, board, ProjectTemplates.ToolchainOf(request.Template), plan, ProjectTemplates.FilesOf(request.Template, board, product), ProjectRevisionKind.Created,
            $"from the template {request.Template}"), cancel);
    }

    private static async Task<ApiResult<Project>> Change(
        Guid id, ApiBody<ChangeProjectRequest> body, ApiCaller caller, OrganizationBoards boards, StudioDbContext db, ProjectEditor editor, TimeProvider time, CancellationToken cancel)
    {
        var name = body.Value.Name?.Trim();
        if (name is not null && CheckName(name) is { } badName)
            return ApiResults.Invalid("name", badName);
        var toolchain = body.Value.Toolchain;
        if (toolchain is not null && !ProjectToolchains.Exists(toolchain))
            return ApiResults.Invalid("toolchain", ProjectToolchains.Sentence);
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
            if (await editor.OpenAsync(caller, id, cancel) is not { } row)
                return false;
            var before = ProjectSettings.Write(row);
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

            if (toolchain is not null && !string.Equals(toolchain, row.Toolchain, StringComparison.Ordinal))
            {
                changes.Add($"toolchain {row.Toolchain} → {toolchain}");
                row.Toolchain = toolchain;
            }

            if (plan is not null && !string.Equals(plan, row.Plan, StringComparison.Ordinal))
            {
                row.Plan = plan;
                changes.Add("pin plan");
            }

            if (changes.Count == 0)
                return true;
            var detail = string.Join(", ", changes) + ".";
            var after = ProjectSettings.Write(row);
            row.UpdatedAt = time.GetUtcNow();
            if (string.Equals(before, after, StringComparison.Ordinal))
                await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("project.change", $"project:{id:D}", detail), row.UpdatedAt, cancel);
            else
                await editor.CommitAsync(caller, row, ProjectRevisionKind.Plan, row.UpdatedAt, [new ProjectChange(ProjectVersionRow.Settings, before, after)], "project.change", detail, cancel);
            return true;
        }, cancel);
        if (!found)
            return NotFound;
        editor.Tell(caller, id);
        return (await ProjectViews.FindAsync(db, caller.Organization, id, cancel))!;
    }

    private static async Task<ApiResult> Delete(Guid id, ApiCaller caller, StudioDbContext db, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        var found = await db.InTransactionAsync(async () =>
        {
            var name = await db.Projects.Where(project => project.Id == id && project.Organization == caller.Organization).Select(project => project.Name).SingleOrDefaultAsync(cancel);
            if (name is null)
                return false;
            await ProjectHistory.ForgetAsync(db, id, cancel);
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

    internal static string? CheckName(string name) =>
        name.Length is 0 or > ProjectLimits.MaxNameLength || !DeviceFields.IsOneLine(name) ? $"A name has 1 to {ProjectLimits.MaxNameLength} characters, without control characters." : null;

    /// <summary>The product is also the name in the image, which has 31 bytes for it.</summary>
    internal static string? CheckProduct(string product) =>
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
