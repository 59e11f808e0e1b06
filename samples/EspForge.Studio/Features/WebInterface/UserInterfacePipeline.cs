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

    /// <summary>Any other page address is one of the browser part's own routes, unless programs live there.</summary>
    public static void MapUserInterface(this WebApplication app)
    {
        app.MapFallback("{*path:nonfile}", async (HttpContext context, UserInterface ui) =>
        {
            if (Array.Exists(ProgramPaths, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.CacheControl = "no-cache";
            if (ui.Folder is null)
                await context.Response.WriteAsync(UserInterface.NotBuiltPage, context.RequestAborted);
            else
                await context.Response.SendFileAsync(ui.IndexPath, context.RequestAborted);
        }).WithMetadata(new HttpMethodMetadata(["GET", "HEAD"])).ExcludeFromDescription().AllowAnonymous();
    }

    /// <summary>The bundler puts a hash into the names of what it writes to <c>assets</c>.</summary>
    private static bool IsHashed(PathString path) => path.StartsWithSegments("/assets", StringComparison.Ordinal);
}
