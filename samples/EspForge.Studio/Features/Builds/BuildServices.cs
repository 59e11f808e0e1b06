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
            build.TimeLimit = TimeSpan.FromSeconds(chosen.TimeLimitSeconds);
        });
        services.AddSingleton<BuildLogs>();
        services.AddSingleton<BuildQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<BuildQueue>());
    }
}
