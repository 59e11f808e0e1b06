using EspForge.AspNetCore;
using EspForge.Build;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio.Status;

/// <summary>How the host is.</summary>
/// <param name="Version">Studio's version.</param>
/// <param name="StartedAt">When the host began.</param>
/// <param name="Database">The database's kind, and whether it answers.</param>
/// <param name="Sandbox">What builds run in.</param>
/// <param name="Toolchain">Whether builds are possible.</param>
public sealed record StatusView(string Version, DateTimeOffset StartedAt, string Database, SandboxStatus Sandbox, ToolchainReadiness Toolchain);

/// <summary>What builds run in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Isolated">Whether it keeps a build from the rest of the machine.</param>
/// <param name="Message">What it gives, or why there is none.</param>
public sealed record SandboxStatus(string Name, bool Isolated, string Message);

/// <summary>Whether builds are possible.</summary>
/// <param name="Ready">Whether everything is installed.</param>
/// <param name="Message">What is used, or what to install.</param>
public sealed record ToolchainReadiness(bool Ready, string Message);

/// <summary>Reads the host's status.</summary>
internal sealed class StudioStatus(StudioDbContext db, SandboxSelector sandboxes, ToolchainProbe toolchain, HostStart start)
{
    public async Task<StatusView> ReadAsync(CancellationToken cancel)
    {
        var sandbox = (await sandboxes.SelectAsync(cancel)).TryGet(out var choice, out var noSandbox)
            ? new SandboxStatus(choice.Sandbox.Name, choice.Sandbox.IsIsolated, choice.Message)
            : new SandboxStatus("none", false, noSandbox.Message);
        var database = db.Database.IsSqlite() ? "sqlite" : db.Database.ProviderName ?? "unknown";
        return new StatusView(StudioVersion.Number, start.At, await db.Database.CanConnectAsync(cancel) ? database : $"{database}: not reachable", sandbox, await toolchain.ReadAsync(cancel));
    }
}

/// <summary>Looks for the compiler, and remembers the answer for a while: looking starts processes.</summary>
internal sealed class ToolchainProbe(HostToolchain toolchain, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private Tuple<ToolchainReadiness, long>? _last;

    public async Task<ToolchainReadiness> ReadAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref _last) is { } last && time.GetElapsedTime(last.Item2) < Fresh)
            return last.Item1;
        var readiness = (await toolchain.ProbeAsync(cancel)).TryGet(out var found, out var missing)
            ? new ToolchainReadiness(true, found.Versions)
            : new ToolchainReadiness(false, missing.Message);
        Volatile.Write(ref _last, Tuple.Create(readiness, time.GetTimestamp()));
        return readiness;
    }
}

/// <summary>When the host began.</summary>
internal sealed record HostStart(DateTimeOffset At);

/// <summary><c>status</c>.</summary>
internal static class StatusEndpoints
{
    public static void AddStudioStatus(this IServiceCollection services)
    {
        services.AddScoped<StudioStatus>();
        services.AddSingleton<ToolchainProbe>();
        services.AddSingleton(provider => new HostStart(provider.GetRequiredService<TimeProvider>().GetUtcNow()));
    }

    public static void MapStatus(this RouteGroupBuilder api)
    {
        api.MapGet("status", GetStatus).WithName("getStatus").WithTags("status").RequireAuthorization();
        _ = ((IEndpointRouteBuilder)api).ServiceProvider.GetRequiredService<HostStart>();
    }

    private static async Task<ApiResult<StatusView>> GetStatus(StudioStatus status, CancellationToken cancel) => await status.ReadAsync(cancel);
}
