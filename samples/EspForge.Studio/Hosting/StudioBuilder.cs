using EspForge.AspNetCore;
using EspForge.Studio;
using EspForge.Studio.Accounts;
using EspForge.Studio.ApiKeys;
using EspForge.Studio.Bootstrap;
using EspForge.Studio.Builds;
using EspForge.Studio.Language;
using EspForge.Studio.Projects;
using EspForge.Studio.Status;
using EspForge.Studio.Toolchains;
using EspForge.Studio.Users;
using EspForge.Studio.VirtualFleet;
using EspForge.Studio.WebInterface;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts Studio together: the packages, and what only Studio has.</summary>
internal static class StudioBuilder
{
    private const string DefaultUrl = "http://127.0.0.1:5080";

    public static void AddStudio(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var settings = builder.Configuration.GetSection("Studio");
        services.AddOptions<StudioOptions>().Bind(settings);
        var data = new DataDirectory(Path.Combine(builder.Environment.ContentRootPath, settings.Get<StudioOptions>()?.DataDirectory ?? new StudioOptions().DataDirectory));
        services.AddSingleton(_ => data);
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
            builder.WebHost.UseUrls(DefaultUrl);
        AddQuietConsole(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // A header that is not ASCII is then refused by whoever reads it, with a sentence; by default the connection is cut with an empty 400.
            kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
        });
        builder.Host.ConfigureHostOptions(host => host.ShutdownTimeout = TimeSpan.FromSeconds(15));

        services.AddDbContext<StudioDbContext>(options => options.UseEspForgeSqlite(data.DatabasePath));
        services.AddEspForge(options =>
        {
            options.DataDirectory = data.Root;
            options.ClaimsPerAddressPerMinute = 600;
            options.FaultStatuses["account-disabled"] = StatusCodes.Status403Forbidden;
            options.FaultStatuses["file-changed"] = StatusCodes.Status412PreconditionFailed;
            options.FaultStatuses["upgrade-required"] = StatusCodes.Status426UpgradeRequired;
            options.FaultStatuses["install-not-allowed"] = StatusCodes.Status403Forbidden;
        });
        services.AddEspForgeStores<StudioDbContext>();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));

        services.AddScoped<ProjectEditor>();
        services.AddScoped<ProjectBoards>();
        services.AddScoped<IBoardUses>(provider => provider.GetRequiredService<ProjectBoards>());
        services.AddScoped<IDevicePlans>(provider => provider.GetRequiredService<ProjectBoards>());
        services.AddStudioAccounts(settings.GetSection("Accounts"));
        services.AddSingleton<SetupCode>();
        services.AddStudioBuilds(settings.GetSection("Builds"), data);
        services.AddStudioToolchains();
        services.AddStudioLanguage(settings.GetSection("Language"));
        services.AddVirtualFleet(settings.GetSection("VirtualFleet"));
        services.AddSingleton<UserInterface>();
        services.AddStudioStatus();
        services.AddStudioOpenApi();
        services.AddHostedService<StartupNotice>();
    }

    /// <summary>The console is for the person who started Studio: one line for what they need to know, warnings of the rest.</summary>
    private static void AddQuietConsole(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);

        // A device whose key is not known says so every few seconds; its host need not repeat it.
        logging.AddFilter("EspForge.AspNetCore.DeviceAuthenticationHandler", LogLevel.Warning);
    }

    public static async Task UseStudioAsync(this WebApplication app)
    {
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<StudioDbContext>().Database.MigrateAsync();

        if (Proxies.Read(app.Configuration) is { } proxies)
            app.UseForwardedHeaders(proxies);
        app.UseSecurityHeaders();
        app.UseUserInterfaceFiles();
        app.UseRouting();
        app.UseUserInterfacePages();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(20), KeepAliveTimeout = TimeSpan.FromSeconds(20) });
        app.UseAuthentication();
        app.UseAuthorization();

        app.MapEspForge();
        var api = app.MapEspForgeApi();
        api.MapBootstrap();
        api.MapAuth();
        api.MapUsers();
        api.MapApiKeys();
        api.MapProjects();
        api.MapBuilds();
        api.MapToolchains();
        api.MapLanguage();
        api.MapVirtualFleet();
        api.MapStatus();
        app.MapOpenApi("/api/v1/openapi.json").AllowAnonymous();
    }
}
