using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.Devices;
using EspForge.Ota;
using EspForge.Studio.Accounts;
using EspForge.Studio.Logs;
using EspForge.Studio.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Builds;

/// <summary>Body of <c>POST projects/{id}/builds</c>.</summary>
public sealed record StartBuildRequest(string Version, string? Environment = null, string? AcceptErrors = null);

/// <summary><c>builds</c>: from project to image.</summary>
internal static class BuildEndpoints
{
    private const int MinReason = 10;
    private const int MaxReason = 500;
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
        builds.MapGet("{id:guid}/parts/{name}", ReadPart).WithName("readBuildPart").RequireAuthorization(Permissions.BuildsRead)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream");
    }

    private static Task<ApiResult<IReadOnlyList<BuildView>>> List(ApiCaller caller, StudioDbContext db, IImageStore images, BuildQueue queue, int? limit, CancellationToken cancel) =>
        ShowAsync(db.Builds.Where(row => row.Organization == caller.Organization), caller, images, queue, limit, cancel);

    private static async Task<ApiResult<IReadOnlyList<BuildView>>> ListOfProject(
        Guid id, ApiCaller caller, StudioDbContext db, IImageStore images, BuildQueue queue, int? limit, CancellationToken cancel) =>
        await db.Projects.AnyAsync(project => project.Id == id && project.Organization == caller.Organization, cancel)
            ? await ShowAsync(db.Builds.Where(row => row.Organization == caller.Organization && row.ProjectId == id), caller, images, queue, limit, cancel)
            : ProjectEndpoints.NotFound;

    private static async Task<ApiResult<BuildView>> Get(Guid id, ApiCaller caller, StudioDbContext db, IImageStore images, BuildQueue queue, CancellationToken cancel) =>
        await FindAsync(id, caller, db, cancel) is { } row ? BuildView.Of(row, await ImageOfAsync(row, images, cancel), queue.PositionOf(row.Id)) : NotFound;

    private static async Task<ApiResult<BuildView>> Start(
        Guid id, ApiBody<StartBuildRequest> body, ApiCaller caller, OrganizationBoards boards, StudioDbContext db, BuildQueue queue, FirmwareBuilder builder, IOptions<BuildQueueOptions> options,
        TimeProvider time, CancellationToken cancel)
    {
        var project = await db.Projects.AsNoTracking().Include(one => one.Files).SingleOrDefaultAsync(one => one.Id == id && one.Organization == caller.Organization, cancel);
        if (project is null)
            return ProjectEndpoints.NotFound;
        var (version, environment, acceptErrors) = body.Value;
        if (!SemVersion.IsValid(version))
            return ApiResults.Invalid("version", $"A version is SemVer 2.0, such as 1.0.0, of at most {SemVersion.MaximumBytes} bytes.");
        if (CheckEnvironment(project, environment) is { } noEnvironment)
            return ApiResults.Invalid("environment", noEnvironment);
        acceptErrors = acceptErrors?.Trim();
        if (acceptErrors is not null && (acceptErrors.Length is < MinReason or > MaxReason || !DeviceFields.IsText(acceptErrors)))
            return ApiResults.Invalid("acceptErrors", $"A reason has {MinReason} to {MaxReason} characters.");
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        if (!ProjectPlan.Parse(project.Plan, catalog).TryGet(out var plan, out var unread))
            return ProjectPlan.Invalid(unread.Message);
        var errors = ProjectPlan.Errors(plan, catalog);
        if (errors is not null && acceptErrors is null)
            return errors;

        var request = ProjectSources.Request(project, plan, catalog, version, environment, options.Value.AllowDependencyNetwork);
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
            Version = version,
            Toolchain = project.Toolchain,
            Environment = environment,
            AcceptedErrors = errors is null ? null : acceptErrors,
            State = BuildState.Queued,
            QueuedAt = now,
            CreatedBy = caller.Actor,
        };
        List<AuditDraft> entries = [caller.Draft("build.start", $"build:{row.Id:D}", $"{project.Product} {row.Version}, project {project.Name}.")];
        if (row.AcceptedErrors is not null)
            entries.Add(caller.Draft("build.accept-errors", $"build:{row.Id:D}", $"{errors!.Details!.Count} errors of the pin plan: {row.AcceptedErrors}"));
        var added = await queue.AddAsync(new QueuedBuild(row, request, caller.UserId().ToString("D")), entries, cancel);
        return added.TryGet(out var queued, out var fault) ? ApiResults.Accepted(BuildView.Of(queued, null, queue.PositionOf(queued.Id))) : fault;
    }

    private static string? CheckEnvironment(ProjectRow project, string? environment)
    {
        if (environment is null)
            return null;
        if (project.Toolchain is not ProjectToolchains.PlatformIo)
            return "Only a PlatformIO project has environments.";
        var known = project.Files.Find(file => file.Path is "platformio.ini") is { } configuration ? ProjectViews.Environments(configuration.Content) : [];
        return known.Contains(environment, StringComparer.Ordinal) ? null : $"platformio.ini has no such environment; it has {(known.Count == 0 ? "none" : string.Join(", ", known))}.";
    }

    private static async Task<IResult> ReadPart(Guid id, string name, ApiCaller caller, StudioDbContext db, FlashParts parts, CancellationToken cancel)
    {
        if (await FindAsync(id, caller, db, cancel) is not { } row)
            return ApiResults.Problem(NotFound);
        var part = BuildView.Of(row, null, null).FlashParts.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.Ordinal));
        return part is not null && parts.OpenRead(part.Sha256) is { } content
            ? TypedResults.File(content, "application/octet-stream", $"{row.Product}-{row.Version}-{part.Name}.bin", entityTag: new($"\"{part.Sha256}\""), enableRangeProcessing: true)
            : ApiResults.Problem(new Fault("part-not-found", "The build has no such flash part, or no longer: those of old builds go. Build the version again."));
    }

    private static async Task<ApiResult<BuildView>> Cancel(Guid id, ApiCaller caller, StudioDbContext db, BuildQueue queue, IImageStore images, CancellationToken cancel)
    {
        if (!(await queue.CancelAsync(caller.Organization, id, caller.Draft("build.cancel", $"build:{id:D}"), cancel)).TryGet(out _, out var fault))
            return fault;
        return await FindAsync(id, caller, db, cancel) is { } row ? BuildView.Of(row, await ImageOfAsync(row, images, cancel), queue.PositionOf(row.Id)) : NotFound;
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

    private static async Task<ApiResult<IReadOnlyList<BuildView>>> ShowAsync(IQueryable<BuildRow> rows, ApiCaller caller, IImageStore images, BuildQueue queue, int? limit, CancellationToken cancel)
    {
        if (limit is < 1 or > 500)
            return ApiResults.Invalid("limit", "'limit' must be 1–500.");
        var found = await rows.AsNoTracking().OrderByDescending(row => row.QueuedAt).ThenByDescending(row => row.Id).Take(limit ?? 100).ToListAsync(cancel);
        var known = (await images.ListAsync(caller.Organization, 500, cancel)).ToDictionary(image => image.Info.Sha256, StringComparer.Ordinal);
        var shown = new List<BuildView>(found.Count);
        foreach (var row in found)
        {
            var image = row.ImageSha256 is { } sha && known.TryGetValue(sha, out var listed) ? listed : await ImageOfAsync(row, images, cancel);
            shown.Add(BuildView.Of(row, image, queue.PositionOf(row.Id)));
        }

        return ApiResults.Ok<IReadOnlyList<BuildView>>(shown);
    }

    private static async Task<Image?> ImageOfAsync(BuildRow row, IImageStore images, CancellationToken cancel) =>
        row.ImageSha256 is { } sha256 ? await images.FindAsync(row.Organization, sha256, cancel) : null;

    private static Task<BuildRow?> FindAsync(Guid id, ApiCaller caller, StudioDbContext db, CancellationToken cancel) =>
        db.Builds.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.Organization == caller.Organization, cancel);
}
