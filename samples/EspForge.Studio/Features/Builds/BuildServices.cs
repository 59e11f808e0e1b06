using EspForge.Build;

namespace EspForge.Studio.Builds;

/// <summary>Registers the queue and the builder.</summary>
internal static class BuildServices
{
    public static void AddStudioBuilds(this IServiceCollection services, IConfigurationSection settings, DataDirectory data)
    {
        services.AddOptions<BuildQueueOptions>().Bind(settings).ValidateDataAnnotations().ValidateOnStart();
        var chosen = settings.Get<BuildQueueOptions>() ?? new BuildQueueOptions();
        services.AddEspForgeBuild(build =>
        {
            build.WorkDirectory = data.Folder("work");
            build.CacheDirectory = Path.GetFullPath(chosen.CacheDirectory ?? data.Folder("cache"));
            build.Sandbox = chosen.Sandbox;
            build.ContainerImage = chosen.ContainerImage;
            build.ContainerRuntime = chosen.ContainerRuntime;
            build.AllowDependencyNetwork = chosen.AllowDependencyNetwork;
            build.AllowInstall = chosen.AllowInstall;
            build.UseCache = chosen.UseCache;
            build.MaxCacheBytes = chosen.MaxCacheMegabytes * 1024L * 1024;
            build.PlatformioProgram = chosen.PlatformioProgram;
            build.PlatformioDirectory = chosen.PlatformioDirectory;
            build.IdfDirectory = chosen.IdfDirectory;
            build.IdfToolsDirectory = chosen.IdfToolsDirectory;
            build.TimeLimit = TimeSpan.FromSeconds(chosen.TimeLimitSeconds);
        });
        services.AddSingleton<BuildLogs>();
        services.AddSingleton<FlashParts>();
        services.AddSingleton<FlashPartsRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<FlashPartsRetention>());
        services.AddScoped<BuildEnding>();
        services.AddSingleton<BuildQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<BuildQueue>());
    }
}
