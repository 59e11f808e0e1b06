using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.FileProviders;

namespace EspForge.Studio.WebInterface;

/// <summary>The built browser part: where its files are and what its pages may load.</summary>
internal sealed partial class UserInterface
{
    private const string IndexFile = "index.html";

    public UserInterface(IWebHostEnvironment environment)
    {
        string[] places =
        [
            Path.Combine(environment.ContentRootPath, "wwwroot"),
            Path.Combine(environment.ContentRootPath, "ui", "dist"),
            Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        ];
        Folder = Array.Find(places, place => File.Exists(Path.Combine(place, IndexFile)));
        if (Folder is not null)
        {
            Files = new PhysicalFileProvider(Folder);
            ContentSecurityPolicy = Policy(File.ReadAllText(Path.Combine(Folder, IndexFile)));
        }
        else
        {
            ContentSecurityPolicy = Policy("");
        }
    }

    /// <summary>The folder with <c>index.html</c>, or <see langword="null"/> when the browser part has not been built.</summary>
    public string? Folder { get; }

    public IFileProvider? Files { get; }

    public string ContentSecurityPolicy { get; }

    public string IndexPath => Path.Combine(Folder ?? "", IndexFile);

    /// <summary>What a browser shows until the browser part has been built.</summary>
    public const string NotBuiltPage =
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>EspForge Studio</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em;border-radius:4px}</style>
        </head><body><h1>EspForge Studio is running</h1>
        <p>Its user interface has not been built yet. Build it with</p>
        <p><code>cd samples/EspForge.Studio/ui &amp;&amp; npm ci &amp;&amp; npm run build</code></p>
        <p>and restart Studio; <code>dotnet run --project samples/EspForge.Studio</code> does all of it.
        The API is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></body></html>
        """;

    /// <summary>
    /// Scripts only from here, and the inline ones of the index page by their hash; Monaco needs workers from blobs and inline styles.
    /// </summary>
    internal static string Policy(string index)
    {
        var inline = string.Concat(InlineScript().Matches(index)
            .Select(script => script.Groups["code"].Value)
            .Where(code => code.Length > 0)
            .Select(code => $" 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(code)))}'"));
        return $"default-src 'self'; script-src 'self'{inline}; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            + "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    }

    [GeneratedRegex("<script(?![^>]*\\bsrc\\s*=)[^>]*>(?<code>.*?)</script>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InlineScript();
}
