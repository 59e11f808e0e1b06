using EspForge.AspNetCore;
using EspForge.Boards;
using EspForge.PinRules;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Projects;

/// <summary><c>projects/{id}/archive</c> and <c>projects/import</c>: projects as files.</summary>
internal static class ProjectArchiveEndpoints
{
    public static void MapProjectArchives(this RouteGroupBuilder projects)
    {
        projects.MapGet("{id:guid}/archive", Export).WithName("exportProject").RequireAuthorization(Permissions.ProjectsRead).Produces(StatusCodes.Status200OK, contentType: ProjectArchive.MediaType);
        projects.MapPost("import", Import).WithName("importProject").RequireAuthorization(Permissions.ProjectsWrite)
            .Accepts<byte[]>(ProjectArchive.MediaType, "*/*").Answers(StatusCodes.Status201Created);
    }

    private static async Task<IResult> Export(Guid id, ApiCaller caller, StudioDbContext db, CancellationToken cancel)
    {
        var project = await db.Projects.AsNoTracking().Include(row => row.Files).SingleOrDefaultAsync(row => row.Id == id && row.Organization == caller.Organization, cancel);
        return project is null
            ? ApiResults.Problem(ProjectEndpoints.NotFound)
            : TypedResults.File(ProjectArchive.Write(project, project.Files), ProjectArchive.MediaType, $"{project.Product}.zip");
    }

    private static async Task<ApiResult<Project>> Import(
        HttpContext context, string? name, string? board, ApiCaller caller, OrganizationBoards boards, ProjectEditor editor, CancellationToken cancel)
    {
        if (!string.Equals(context.Request.ContentType?.Split(';')[0].Trim(), ProjectArchive.MediaType, StringComparison.OrdinalIgnoreCase))
            return new Fault("unsupported-media-type", $"Send the archive as {ProjectArchive.MediaType}.");
        if (await ReadAsync(context, cancel) is not { } packed)
            return new Fault("too-large", $"An archive has at most {ProjectArchive.MaxPackedBytes / 1024 / 1024} MiB.");
        var (contents, refusal) = ProjectArchive.Read(packed);
        if (contents is null)
            return refusal!;

        var described = contents.Description;
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        var called = (name ?? described?.Name ?? "").Trim();
        if (ProjectEndpoints.CheckName(called) is { } badName)
            return ApiResults.Invalid("name", badName);
        var product = name is null && described?.Product is { } kept ? kept : ProjectEndpoints.Slug(called);
        if (ProjectEndpoints.CheckProduct(product) is { } badProduct)
            return ApiResults.Invalid("product", badProduct);
        if (catalog.FindBoard(board ?? described?.Board ?? "") is not { } found)
            return ApiResults.Invalid("board", "The archive names no board that is known here; name one of GET boards with ?board=.");
        var toolchain = described?.Toolchain ?? ProjectArchive.Toolchain(contents.Files);
        if (!ProjectToolchains.Exists(toolchain))
            return ProjectArchive.Invalid($"espforge.json: {ProjectToolchains.Sentence}");
        var (plan, unusable) = PlanOf(described, found, catalog);
        if (plan is null)
            return unusable!;
        return await editor.CreateAsync(
            caller, new NewProject(called, product, found, toolchain, ProjectPlan.Write(plan), contents.Files, ProjectRevisionKind.Imported, $"from an archive of {contents.Files.Count} files"), cancel);
    }

    private static (PinPlan? Plan, ApiRefusal? Refusal) PlanOf(ProjectDescription? described, Board board, BoardCatalog catalog)
    {
        if (described?.Plan is not { } sent)
            return (new PinPlan { Board = board.Id }, null);
        var (plan, named, refusal) = ProjectPlan.Read(sent, catalog);
        if (plan is null || named is null)
            return (null, refusal);
        return string.Equals(named.Id, board.Id, StringComparison.Ordinal)
            ? (plan, null)
            : (null, ApiResults.Invalid("board", $"The archive's pin plan is for {named.Id}. Import it for that board, then change the board in the project."));
    }

    private static async Task<byte[]?> ReadAsync(HttpContext context, CancellationToken cancel)
    {
        if (context.Request.ContentLength > ProjectArchive.MaxPackedBytes)
            return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        using var packed = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, cancel)) > 0)
        {
            if (packed.Length + read > ProjectArchive.MaxPackedBytes)
                return null;
            packed.Write(buffer, 0, read);
        }

        return packed.ToArray();
    }
}
