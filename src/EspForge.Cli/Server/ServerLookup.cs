using System.Text.Json;

namespace EspForge.Cli.Server;

/// <summary>Finds what a command line names on a server.</summary>
internal static class ServerLookup
{
    /// <summary>A project by id, or by a name or product that only one has.</summary>
    public static async Task<Outcome<JsonElement>> ProjectAsync(StudioCall call, string named)
    {
        if (Guid.TryParseExact(named, "D", out var id))
            return await call.Client.GetAsync($"projects/{id:D}", call.Cancel);
        if (!(await call.Client.GetAsync("projects?limit=500", call.Cancel)).TryGet(out var list, out var fault))
            return fault;
        var byName = list.EnumerateArray().Where(project => string.Equals(project.Text("name"), named, StringComparison.Ordinal)).ToList();
        var found = byName.Count > 0 ? byName : [.. list.EnumerateArray().Where(project => string.Equals(project.Text("product"), named, StringComparison.Ordinal))];
        return found.Count switch
        {
            1 => found[0],
            0 => new Fault("project-not-found", $"There is no project '{Fields.Plain(named)}'."),
            _ => new Fault("project-not-found", $"{found.Count} projects are called '{Fields.Plain(named)}'; name one by its id: {string.Join(", ", found.Select(project => project.Text("id")))}."),
        };
    }

    /// <summary>An image by its SHA-256, or the image in a file.</summary>
    public static Outcome<string> ImageSha256(string named)
    {
        if (named.Length == 64 && named.All(char.IsAsciiHexDigit))
            return named.ToLowerInvariant();
        return ReleaseFiles.Image(named).TryGet(out var image, out var fault) ? image.Sha256 : fault;
    }

    /// <summary>A release by id, or as <c>PRODUCT@VERSION</c>.</summary>
    public static async Task<Outcome<string>> ReleaseAsync(StudioCall call, string named)
    {
        if (Guid.TryParseExact(named, "D", out var id))
            return id.ToString("D");
        var at = named.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || at == named.Length - 1)
            return new Fault("release-not-found", $"'{Fields.Plain(named)}' is no release: name its id, or PRODUCT@VERSION.");
        if (!(await call.Client.GetAsync($"releases?product={Uri.EscapeDataString(named[..at])}&limit=500", call.Cancel)).TryGet(out var list, out var fault))
            return fault;
        var found = list.EnumerateArray().Where(release => string.Equals(release.Text("version"), named[(at + 1)..], StringComparison.Ordinal)).ToList();
        return found.Count switch
        {
            1 => found[0].Text("id"),
            0 => new Fault("release-not-found", $"There is no release {Fields.Plain(named)}."),
            _ => new Fault("release-not-found", $"There are {found.Count} releases {Fields.Plain(named)}, for {string.Join(", ", found.Select(release => $"{release.Text("chip")} ({release.Text("id")})"))}; name one by its id."),
        };
    }
}
