using EspForge.Build;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers building.</summary>
public static class BuildServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="FirmwareBuilder"/> with its toolchains, <see cref="SandboxSelector"/>, <see cref="BuildCache"/>, <see cref="LanguageSessions"/>,
    /// <see cref="ToolchainDoctor"/> and <see cref="ToolchainInstaller"/>. An <see cref="IToolchain"/> registered before is used too, and instead of one of the same name.
    /// </summary>
    public static IServiceCollection AddEspForgeBuild(this IServiceCollection services, Action<BuildOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<BuildOptions>();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BuildOptions>, Validation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SandboxSelector>();
        services.TryAddSingleton(provider => new HostToolchain(
            provider.GetRequiredService<SandboxSelector>(),
            provider.GetRequiredService<IOptions<BuildOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<HostToolchain>>() ?? NullLogger<HostToolchain>.Instance));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IToolchain, HostToolchain>(provider => provider.GetRequiredService<HostToolchain>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IToolchain, PlatformioToolchain>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IToolchain, EspIdfToolchain>());
        services.TryAddSingleton(provider => new BuildCache(
            provider.GetRequiredService<IOptions<BuildOptions>>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<ILogger<BuildCache>>()));
        services.TryAddSingleton<ToolchainInstaller>();
        services.TryAddSingleton<ToolchainDoctor>();
        services.TryAddSingleton(provider => new LanguageSessions(
            provider.GetServices<IToolchain>(),
            provider.GetRequiredService<SandboxSelector>(),
            provider.GetRequiredService<IOptions<BuildOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<LanguageSessions>>()));
        services.TryAddSingleton(provider => new FirmwareBuilder(
            provider.GetServices<IToolchain>(),
            provider.GetRequiredService<SandboxSelector>(),
            provider.GetRequiredService<IOptions<BuildOptions>>(),
            provider.GetRequiredService<BuildCache>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<FirmwareBuilder>>()));
        return services;
    }

    private sealed class Validation : IValidateOptions<BuildOptions>
    {
        public ValidateOptionsResult Validate(string? name, BuildOptions options) =>
            options.Problem() is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
