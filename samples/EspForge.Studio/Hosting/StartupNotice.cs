using EspForge.Studio.Bootstrap;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;

namespace EspForge.Studio;

/// <summary>Says on the console, once, what a person needs to begin: the address, the folder, how builds are kept apart, and the set-up code.</summary>
internal sealed partial class StartupNotice(
    IHostApplicationLifetime lifetime, IServer server, DataDirectory data, SetupCode code, IServiceScopeFactory scopes, ILogger<StartupNotice> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);

        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            Log.Listening(logger, StudioVersion.Product, StudioVersion.Number, address);
        Log.Data(logger, data.Root);

        await using var scope = scopes.CreateAsyncScope();
        var status = await scope.ServiceProvider.GetRequiredService<Status.StudioStatus>().ReadAsync(stoppingToken);
        if (status.Sandbox.Isolated)
            Log.Sandbox(logger, status.Sandbox.Name);
        else
            Log.NoSandbox(logger, status.Sandbox.Message);
        if (!status.Toolchain.Ready)
            Log.NoToolchain(logger, status.Toolchain.Message);
        if (!await scope.ServiceProvider.GetRequiredService<StudioDbContext>().Organizations.AnyAsync(stoppingToken))
        {
            if (code.IsNeeded)
                Log.SetupCode(logger, code.Current);
            else
                Log.FirstVisit(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Product} {Version} is at {Address}")]
        public static partial void Listening(ILogger logger, string product, string version, string address);

        [LoggerMessage(2, LogLevel.Information, "Data is kept in {Folder}")]
        public static partial void Data(ILogger logger, string folder);

        [LoggerMessage(3, LogLevel.Information, "Builds run in the sandbox {Sandbox}")]
        public static partial void Sandbox(ILogger logger, string sandbox);

        [LoggerMessage(4, LogLevel.Warning, "Builds are not isolated: {Reason}")]
        public static partial void NoSandbox(ILogger logger, string reason);

        [LoggerMessage(5, LogLevel.Warning, "Builds are not possible yet: {Reason}")]
        public static partial void NoToolchain(ILogger logger, string reason);

        [LoggerMessage(6, LogLevel.Information, "Set-up code for the first administrator: {SetupCode}")]
        public static partial void SetupCode(ILogger logger, string setupCode);

        [LoggerMessage(7, LogLevel.Information, "Open the address in a browser to make the first administrator")]
        public static partial void FirstVisit(ILogger logger);
    }
}
