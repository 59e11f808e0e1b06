using EspForge;
using EspForge.Boards;
using EspForge.Devices;
using EspForge.EntityFrameworkCore;
using EspForge.Ota;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the stores.</summary>
public static class EspForgeStoreServiceCollectionExtensions
{
    /// <summary>
    /// Keeps everything in <typeparamref name="TContext"/>, which calls <c>modelBuilder.AddEspForge()</c> and is registered by the host. Stores share the
    /// scope's context, so that a host's changes and theirs can be one transaction.
    /// </summary>
    public static IServiceCollection AddEspForgeStores<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped(provider => new StoreContext(provider.GetRequiredService<TContext>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddScoped<IAuditLog, EfAuditLog>();
        services.TryAddScoped<IDeviceStore, EfDeviceStore>();
        services.TryAddScoped<IClaimStore, EfClaimStore>();
        services.TryAddScoped<ITelemetryStore, EfTelemetryStore>();
        services.TryAddScoped<IImageStore, EfImageStore>();
        services.TryAddScoped<IReleaseStore, EfReleaseStore>();
        services.TryAddScoped<IRolloutStore, EfRolloutStore>();
        services.TryAddScoped<IDeviceOffers, EfDeviceOffers>();
        services.TryAddScoped<IBoardStore, EfBoardStore>();
        services.TryAddScoped<IIdempotencyStore, EfIdempotencyStore>();
        return services;
    }

    /// <summary>Keeps everything in one SQLite file, made at first start. The folder is created.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="path">The file, such as <c>data/fleet.db</c>.</param>
    public static IServiceCollection AddEspForgeSqlite(this IServiceCollection services, string path)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        services.AddDbContext<EspForgeDbContext>(options => options.UseEspForgeSqlite(path));
        return services.AddEspForgeStores<EspForgeDbContext>();
    }

    /// <summary>Brings the database of <see cref="EspForgeDbContext"/> to the newest schema. Call it once at start, before requests are served.</summary>
    public static async Task EnsureEspForgeDatabaseAsync(this IServiceProvider services, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<EspForgeDbContext>().Database.MigrateAsync(cancel);
    }
}
