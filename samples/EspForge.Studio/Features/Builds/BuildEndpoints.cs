using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.Ota;
using EspForge.PinRules;
using EspForge.Studio.Logs;
using EspForge.Studio.Projects;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Builds;

/// <summary>Body of <c>POST projects/{id}/builds</c>.</summary>
public sealed record StartBuildRequest(string Version);

/// <summary><c>builds</c>: from project to image.</summary>
internal static class BuildEndpoints
{
    internal static readonly Fault NotFound = new("build-not-found", "There is no such build.");

    public static void MapBuilds(this RouteGroupBuilder api)
    {
        api.MapGet("projects/{id:guid}/builds", ListOfProject).WithName("listProjectBuilds").WithTags("builds").RequireAuthorization(Permissions.BuildsRead);
        api.MapPost("projects/{id:guid}/builds", Start).WithName("startBuild").WithTags("builds").RequireAuthorization(Permissions.BuildsRun).Answers(StatusCodes.Status202Accepted);
        var builds = api.MapGroup("builds").WithTags("builds");
        builds.MapGet("", List).WithName("listBuilds").RequireAuthorization(Permissions.BuildsRead);
        builds.MapGet("{id:guid}", Get).WithName("getBuild").RequireAuthorization(Permissions.BuildsRead);
        builds.MapPost("{id:guid}/cancel", Cancel).WithName("cancelBuild").RequireAuthorization(Permissions.BuildsRun);
        builds.MapGet("{id:guid}/log", ReadLog).WithName("readBuildLog").RequireAuthorization(Permissions.BuildsRead)
            .Produces<LogLine>(StatusCodes.Status200OK, "text/event-stream");
    }

    private static Task<ApiResult<IReadOnlyList<BuildView>>> List(ApiCaller caller, StudioDbContext db, IImageStore images, int? limit, CancellationToken cancel) =>
        ShowAsync(db.Builds.Where(row => row.Organization == caller.Organization), caller, images, limit, cancel);

    private static async Task<ApiResult<IReadOnlyList<BuildView>>> ListOfProject(
        Guid id, ApiCaller caller, StudioDbContext db, IImageStore images, int? limit, CancellationToken cancel) =>
        await db.Projects.AnyAsync(project => project.Id == id && project.Organization == caller.Organization, cancel)
            ? await ShowAsync(db.Builds.Where(row => row.Organization == caller.Organization && row.ProjectId == id), caller, images, limit, cancel)
            : ProjectEndpoints.NotFound;

    private static async Task<ApiResult<BuildView>> Get(Guid id, ApiCaller caller, StudioDbContext db, IImageStore images, CancellationToken cancel) =>
        await FindAsync(id, caller, db, cancel) is { } row ? BuildView.Of(row, await ImageOfAsync(row, images, cancel)) : NotFound;

    private static async Task<ApiResult<BuildView>> Start(
        Guid id, ApiBody<StartBuildRequest> body, ApiCaller caller, OrganizationBoards boards, StudioDbContext db, BuildQueue queue, FirmwareBuilder builder, TimeProvider time,
        CancellationToken cancel)
    {
        var project = await db.Projects.AsNoTracking().Include(one => one.Files).SingleOrDefaultAsync(one => one.Id == id && one.Organization == caller.Organization, cancel);
        if (project is null)
            return ProjectEndpoints.NotFound;
        if (!SemVersion.IsValid(body.Value.Version))
            return ApiResults.Invalid("version", $"A version is SemVer 2.0, such as 1.0.0, of at most {SemVersion.MaximumBytes} bytes.");
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        if (!ProjectPlan.Parse(project.Plan, catalog).TryGet(out var plan, out var unread))
            return ProjectPlan.Invalid(unread.Message);
        if (ProjectPlan.Errors(plan, catalog) is { } refusal)
            return refusal;

        var request = new BuildRequest
        {
            ProjectName = project.Product,
            Version = body.Value.Version,
            Chip = project.Chip,
            Files = [.. project.Files.Select(file => Build.ProjectFile.FromText(file.Path, file.Content))],
            GeneratedFiles = [Build.ProjectFile.FromText(ProjectToolchains.PinsPath(project.Toolchain), PinHeader.Generate(plan, catalog))],
        };
        if (builder.Check(request) is { } invalid)
            return ApiResults.Invalid("files", invalid.Message);

        var now = time.GetUtcNow();
        var row = new BuildRow
        {
            Id = Guid.CreateVersion7(now),
            Organization = caller.Organization,
            ProjectId = project.Id,
            ProjectName = project.Name,
            Product = project.Product,
            Version = body.Value.Version,
            State = BuildState.Queued,
            QueuedAt = now,
            CreatedBy = caller.Actor,
        };
        var added = await queue.AddAsync(new QueuedBuild(row, request), caller.Draft("build.start", $"build:{row.Id:D}", $"{project.Product} {row.Version}, project {project.Name}."), cancel);
        return added.TryGet(out var queued, out var fault) ? ApiResults.Accepted(BuildView.Of(queued, null)) : fault;
    }

    private static async Task<ApiResult<BuildView>> Cancel(Guid id, ApiCaller caller, StudioDbContext db, BuildQueue queue, IImageStore images, CancellationToken cancel)
    {
        if (!(await queue.CancelAsync(caller.Organization, id, caller.Draft("build.cancel", $"build:{id:D}"), cancel)).TryGet(out _, out var fault))
            return fault;
        return await FindAsync(id, caller, db, cancel) is { } row ? BuildView.Of(row, await ImageOfAsync(row, images, cancel)) : NotFound;
    }

    private static async Task<IResult> ReadLog(Guid id, HttpContext context, ApiCaller caller, StudioDbContext db, BuildLogs logs, IServiceScopeFactory scopes, CancellationToken cancel)
    {
        if (await FindAsync(id, caller, db, cancel) is null)
            return ApiResults.Problem(NotFound);
        if (LogEvents.WantsText(context.Request))
            return await LogEvents.TextAsync(logs.ReadAsync(id, 0, follow: false, cancel), cancel);
        return LogEvents.Stream(logs.ReadAsync(id, LogEvents.After(context.Request), follow: true, cancel), async () =>
        {
            await using var scope = scopes.CreateAsyncScope();
            var fresh = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
            var state = await fresh.Builds.Where(row => row.Id == id).Select(row => row.State).SingleOrDefaultAsync(cancel);
            return System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
        }, cancel);
    }

    private static async Task<ApiResult<IReadOnlyList<BuildView>>> ShowAsync(IQueryable<BuildRow> rows, ApiCaller caller, IImageStore images, int? limit, CancellationToken cancel)
    {
        if (limit is < 1 or > 500)
            return ApiResults.Invalid("limit", "'limit' must be 1–500.");
        var found = await rows.AsNoTracking().OrderByDescending(row => row.QueuedAt).ThenByDescending(row => row.Id).Take(limit ?? 100).ToListAsync(cancel);
        var known = (await images.ListAsync(caller.Organization, 500, cancel)).ToDictionary(image => image.Info.Sha256, StringComparer.Ordinal);
        var shown = new List<BuildView>(found.Count);
        foreach (var row in found)
        {
            var image = row.ImageSha256 is { } sha && known.TryGetValue(sha, out var listed) ? listed : await ImageOfAsync(row, images, cancel);
            shown.Add(BuildView.Of(row, image));
        }

        return ApiResults.Ok<IReadOnlyList<BuildView>>(shown);
    }

    private static async Task<Image?> ImageOfAsync(BuildRow row, IImageStore images, CancellationToken cancel) =>
        row.ImageSha256 is { } sha256 ? await images.FindAsync(row.Organization, sha256, cancel) : null;

    private static Task<BuildRow?> FindAsync(Guid id, ApiCaller caller, StudioDbContext db, CancellationToken cancel) =>
        db.Builds.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.Organization == caller.Organization, cancel);
}
