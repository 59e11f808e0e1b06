using System.Net;
using EspForge.Studio.WebInterface;

namespace EspForge.Studio.Tests.Api;

public sealed class UserInterfaceTests
{
    [Fact]
    public async Task Pages_are_answered_by_the_index_page_and_programs_are_not()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-studio-").FullName;
        var root = Directory.CreateDirectory(Path.Combine(folder, "wwwroot"));
        Directory.CreateDirectory(Path.Combine(root.FullName, "assets"));
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "index.html"), "<html><script>go()</script></html>");
        await File.WriteAllTextAsync(Path.Combine(root.FullName, "assets", "app-1a2b3c.js"), "1");
        await using (var host = await StudioHost.StartAsync(folder))
        {
            var http = host.Anonymous().Http;
            foreach (var path in new[] { "/", "/devices/abc", "/projects/1/editor" })
            {
                using var page = await http.GetAsync(new Uri(path, UriKind.Relative));
                Assert.Equal(HttpStatusCode.OK, page.StatusCode);
                Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
                Assert.Contains("go()", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                Assert.True(page.Headers.CacheControl!.NoCache);
                Assert.Contains("frame-ancestors 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
                Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
            }

            using var asset = await http.GetAsync(new Uri("/assets/app-1a2b3c.js", UriKind.Relative));
            Assert.Contains("immutable", asset.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            foreach (var path in new[] { "/api/v1/nothing", "/api/nothing", "/device/v1/nothing", "/.well-known/nothing", "/assets/missing.js" })
            {
                using var missing = await http.GetAsync(new Uri(path, UriKind.Relative));
                Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
                Assert.DoesNotContain("go()", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Before_it_is_built_a_page_says_how_to_build_it()
    {
        await using var host = await StudioHost.StartAsync();
        Assert.Contains("npm run build", await host.Anonymous().Http.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public void Inline_scripts_of_the_index_page_are_allowed_by_their_hash_alone()
    {
        var policy = UserInterface.Policy("<script src=\"/a.js\"></script><script>alert(1)</script><script type=module src=b.js></script>");
        Assert.Contains("script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("'unsafe-inline'", policy.Split("script-src")[1].Split(';')[0], StringComparison.Ordinal);
    }
}
