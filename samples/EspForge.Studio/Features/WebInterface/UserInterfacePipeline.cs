using Microsoft.AspNetCore.StaticFiles;

namespace EspForge.Studio.WebInterface;

/// <summary>Serves the browser part, and says on every answer what a browser may do with it.</summary>
internal static class UserInterfacePipeline
{
    private static readonly string[] ProgramPaths = ["/api", "/device", "/.well-known"];

    public static void UseSecurityHeaders(this WebApplication app)
    {
        var policy = app.Services.GetRequiredService<UserInterface>().ContentSecurityPolicy;
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return next(context);
        });
    }

    public static void UseUserInterfaceFiles(this WebApplication app)
    {
        var ui = app.Services.GetRequiredService<UserInterface>();
        if (ui.Files is null)
            return;
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".webmanifest"] = "application/manifest+json";
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = ui.Files,
            ContentTypeProvider = types,
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                IsHashed(file.Context.Request.Path) ? "public, max-age=31536000, immutable" : "no-cache",
        });
    }

    /// <summary>
    /// Any other page address is one of the browser part's own routes, unless programs live there. Not a fallback endpoint: routing would then take every address for one that can be read,
    /// and tell a program that its method is wrong where there is nothing. To be used after routing.
    /// </summary>
    public static void UseUserInterfacePages(this WebApplication app)
    {
        var ui = app.Services.GetRequiredService<UserInterface>();
        app.Use((context, next) =>
        {
            var request = context.Request;
            var isPage = context.GetEndpoint() is null && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
                && !Path.HasExtension(request.Path) && !Array.Exists(ProgramPaths, path => request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
            return isPage ? ShowAsync(context, ui) : next(context);
        });
    }

    private static Task ShowAsync(HttpContext context, UserInterface ui)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        return ui.Folder is null
            ? context.Response.WriteAsync(UserInterface.NotBuiltPage, context.RequestAborted)
            : context.Response.SendFileAsync(ui.IndexPath, context.RequestAborted);
    }

    /// <summary>The bundler puts a hash into the names of what it writes to <c>assets</c>.</summary>
    private static bool IsHashed(PathString path) => path.StartsWithSegments("/assets", StringComparison.Ordinal);
}
