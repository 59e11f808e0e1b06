using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.Studio.Logs;

namespace EspForge.Studio.Toolchains;

/// <summary>A toolchain, or what builds and editing use beside, as the API shows it.</summary>
/// <param name="Id">host, platformio, esp-idf, sandbox, language-server or compiler-cache.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Ready">Whether it can be used.</param>
/// <param name="Versions">What there is; empty where nothing is.</param>
/// <param name="Architecture">What it builds for; empty where that is no question.</param>
/// <param name="Missing">What is missing; not all of it keeps it from being used.</param>
/// <param name="CanInstall">Whether POST toolchains/{id}/install would do it.</param>
/// <param name="Installing">Whether it is being installed.</param>
public sealed record ToolchainView(
    string Id, string Title, bool Ready, string Versions, string Architecture, IReadOnlyList<ToolchainNeedView> Missing, bool CanInstall, bool Installing);

/// <summary>Something that is missing.</summary>
/// <param name="What">Its name.</param>
/// <param name="Why">What it is for.</param>
/// <param name="Command">What installs it.</param>
public sealed record ToolchainNeedView(string What, string Why, string Command);

/// <summary><c>toolchains</c>: what the host builds with.</summary>
internal static class ToolchainEndpoints
{
    private static readonly Fault NotFound = new("toolchain-not-found", "There is no such toolchain.");

    public static void AddStudioToolchains(this IServiceCollection services) => services.AddSingleton<ToolchainDesk>();

    public static void MapToolchains(this RouteGroupBuilder api)
    {
        var toolchains = api.MapGroup("toolchains").WithTags("toolchains");
        toolchains.MapGet("", List).WithName("listToolchains").RequireAuthorization(Permissions.BuildsRead);
        toolchains.MapPost("{id}/install", Install).WithName("installToolchain").RequireAuthorization(Permissions.ToolchainsManage).Answers(StatusCodes.Status202Accepted);
        toolchains.MapPost("{id}/install/cancel", Cancel).WithName("cancelToolchainInstall").RequireAuthorization(Permissions.ToolchainsManage);
        toolchains.MapGet("{id}/install/log", ReadLog).WithName("readToolchainInstallLog").RequireAuthorization(Permissions.BuildsRead)
            .Produces<LogLine>(StatusCodes.Status200OK, "text/event-stream");
    }

    private static async Task<ApiResult<IReadOnlyList<ToolchainView>>> List(ToolchainDesk toolchains, CancellationToken cancel) =>
        ApiResults.Ok<IReadOnlyList<ToolchainView>>([.. (await toolchains.ExamineAsync(cancel)).Select(report => Show(report, toolchains))]);

    private static async Task<ApiResult<ToolchainView>> Install(string id, ApiCaller caller, ToolchainDesk toolchains, CancellationToken cancel)
    {
        if (await FindAsync(id, toolchains, cancel) is not { } report)
            return NotFound;
        return await toolchains.InstallAsync(caller, id, cancel) is { } fault ? fault : ApiResults.Accepted(Show(report, toolchains));
    }

    private static async Task<ApiResult<ToolchainView>> Cancel(string id, ApiCaller caller, ToolchainDesk toolchains, CancellationToken cancel)
    {
        if (await FindAsync(id, toolchains, cancel) is not { } report)
            return NotFound;
        return await toolchains.CancelAsync(caller, id, cancel) is { } fault ? fault : Show(report, toolchains);
    }

    private static async Task<IResult> ReadLog(string id, HttpContext context, ToolchainDesk toolchains, IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        if (await FindAsync(id, toolchains, cancel) is null)
            return ApiResults.Problem(NotFound);
        if (toolchains.Find(id) is not { } installation)
            return ApiResults.Problem(new Fault("install-not-found", "It was not installed from here since the host began."));
        if (LogEvents.WantsText(context.Request))
            return await LogEvents.TextAsync(installation.Log.Snapshot().ToAsyncEnumerable(), cancel);
        return LogEvents.Stream(
            installation.Log.FollowAsync(LogEvents.After(context.Request), lifetime.ApplicationStopping),
            () => Task.FromResult(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(installation.State.ToString())), cancel);
    }

    private static async Task<ToolchainReport?> FindAsync(string id, ToolchainDesk toolchains, CancellationToken cancel) =>
        (await toolchains.ExamineAsync(cancel)).FirstOrDefault(report => string.Equals(report.Id, id, StringComparison.Ordinal));

    private static ToolchainView Show(ToolchainReport report, ToolchainDesk toolchains) => new(
        report.Id, report.Title, report.IsReady, report.Versions, report.Architecture, [.. report.Missing.Select(need => new ToolchainNeedView(need.What, need.Why, need.Command))],
        report.CanInstall, toolchains.IsInstalling(report.Id));
}
