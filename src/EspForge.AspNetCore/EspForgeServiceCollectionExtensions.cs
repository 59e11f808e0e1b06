using EspForge;
using EspForge.AspNetCore;
using EspForge.Boards;
using EspForge.Ota;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds EspForge to a host.</summary>
public static class EspForgeServiceCollectionExtensions
{
    /// <summary>
    /// Adds what <c>app.MapEspForge()</c> and <c>app.MapEspForgeApi()</c> need. A store is chosen next to it, such as <c>AddEspForgeSqlite("data/fleet.db")</c>.
    /// </summary>
    public static IEspForgeBuilder AddEspForge(this IServiceCollection services, Action<EspForgeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<EspForgeOptions>().ValidateDataAnnotations().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        if (services.Any(s => s.ServiceType == typeof(ApiSurface)))
            return new Builder(services);

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ApiSurface>();
        services.AddSingleton<IStartupFilter, ApiSurfaceStartup>();
        services.AddSingleton<EspForgeEvents>();
        services.AddSingleton<IdempotentRequests>();
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddAuthorization(authorization =>
        {
            foreach (var permission in Permissions.All)
                authorization.AddPolicy(permission, policy => policy.RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission)));
            authorization.AddPolicy(DeviceAuthentication.Policy, policy => policy
                .AddAuthenticationSchemes(DeviceAuthentication.Scheme).RequireClaim(DeviceAuthentication.DeviceClaim));
        });
        services.TryAddSingleton(BoardCatalog.Default);
        services.AddSingleton<OrganizationBoardCache>();
        services.AddScoped(OrganizationBoards.Of);
        AddKeys(services);
        AddDevices(services);
        AddReleases(services);
        return new Builder(services);
    }

    private static void AddDevices(IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, DeviceAuthenticationHandler>(DeviceAuthentication.Scheme, null);
        services.AddSingleton<DeviceDirectory>();
        services.AddSingleton<DeviceTokens>();
        services.AddSingleton<RateLimits>();
        services.AddSingleton<PairingCodeGuard>();
        services.AddSingleton<CommandSecrets>();
        services.AddScoped<DevicePresenter>();
        services.AddHostedService<RetentionWorker>();
    }

    private static void AddReleases(IServiceCollection services)
    {
        services.TryAddSingleton<IImageContent>(provider => new FileImageContent(
            Path.Combine(provider.GetRequiredService<IOptions<EspForgeOptions>>().Value.DataDirectory, "images"), provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new ImageIntake(
            provider.GetRequiredService<IImageStore>(),
            provider.GetRequiredService<IImageContent>(),
            provider.GetRequiredService<IOptions<EspForgeOptions>>(),
            provider.GetRequiredService<BoardCatalog>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddScoped<RolloutDesk>();
        services.AddHostedService<RolloutWorker>();
    }

    /// <summary>Keys live in <c>DataDirectory/keys</c>: the first signing key, other trusted keys (<c>trusted.pem</c>), what rotations made of them (<c>keyring.json</c>), the token secret, data protection's ring.</summary>
    private static void AddKeys(IServiceCollection services)
    {
        services.TryAddSingleton<ISigningKey>(provider =>
        {
            var folder = provider.GetRequiredService<IOptions<EspForgeOptions>>().Value.KeyDirectory;
            SecretFile.Folder(folder);
            return Take(SigningKeyFile.LoadOrCreate(Path.Combine(folder, "signing.pem")));
        });
        services.TryAddSingleton(provider =>
        {
            var folder = provider.GetRequiredService<IOptions<EspForgeOptions>>().Value.KeyDirectory;
            var others = Path.Combine(folder, "trusted.pem");
            return Take(SigningKeyRing.Open(folder, provider.GetRequiredService<ISigningKey>(), File.Exists(others) ? Take(KeySet.FromPem(File.ReadAllText(others))) : null));
        });

        services.AddDataProtection();
        services.Configure<DataProtectionOptions>(options => options.ApplicationDiscriminator = "EspForge");
        services.AddOptions<KeyManagementOptions>().PostConfigure<IOptions<EspForgeOptions>, ILoggerFactory>((keys, options, loggers) =>
        {
            var folder = Path.Combine(options.Value.KeyDirectory, "protection");
            SecretFile.Folder(options.Value.KeyDirectory);
            SecretFile.Folder(folder);
            keys.XmlRepository ??= new FileSystemXmlRepository(new DirectoryInfo(folder), loggers);
        });
    }

    private static T Take<T>(Outcome<T> outcome)
        where T : notnull => outcome.TryGet(out var value, out var fault) ? value : throw new InvalidOperationException(fault.Message);

    private sealed record Builder(IServiceCollection Services) : IEspForgeBuilder;
}
