using System.Globalization;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>ESP-IDF as found on this machine.</summary>
/// <param name="Directory">The directory of ESP-IDF.</param>
/// <param name="ToolsDirectory">The directory of its compilers and its Python.</param>
/// <param name="Version">Its version.</param>
internal sealed record IdfTool(string Directory, string ToolsDirectory, string Version)
{
    private const string IdfMount = "idf";
    private const string ToolsMount = "idftools";

    public ToolchainStatus Status => new(EspIdfToolchain.ToolchainName, $"ESP-IDF {Version}", "ESP32 family")
    {
        // A checkout may move within one version; the tools' versions are those the checkout names.
        Identity = string.Create(CultureInfo.InvariantCulture, $"idf {Version}\n{Stamp(Path.Combine(Directory, "tools/tools.json"))}\n{Stamp(Path.Combine(Directory, ".git/HEAD"))}\n{Stamp(Path.Combine(Directory, ".git/index"))}"),
    };

    /// <summary>The version in <c>tools/cmake/version.cmake</c>, or <see langword="null"/>.</summary>
    public static string? ReadVersion(string directory)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, "tools/cmake/version.cmake"));
            var parts = new[] { "MAJOR", "MINOR", "PATCH" }.Select(name => Regex.Match(text, $@"IDF_VERSION_{name} ([0-9]{{1,4}})", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))).ToList();
            return parts.TrueForAll(part => part.Success) ? string.Join('.', parts.Select(part => part.Groups[1].Value)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RegexMatchTimeoutException)
        {
            return null;
        }
    }

    public void Mount(BuildJob job)
    {
        job.MountReadOnly(Directory, IdfMount);
        job.MountReadOnly(ToolsDirectory, ToolsMount);
    }

    public string Inside(BuildJob job, string path) => job.PathInside(Path.Combine(Directory, path));

    /// <summary>The variables every command of ESP-IDF has.</summary>
    public Dictionary<string, string> Environment(BuildJob job)
    {
        var environment = BuildDates.EnvironmentOf(job.Request);
        environment["IDF_PATH"] = job.PathInside(Directory);
        environment["IDF_TOOLS_PATH"] = job.PathInside(ToolsDirectory);
        environment["IDF_COMPONENT_CHECK_NEW_VERSION"] = "0";
        environment["IDF_CCACHE_ENABLE"] = "0";
        environment["PYTHONUNBUFFERED"] = "1";
        environment["GIT_CONFIG_COUNT"] = "1";
        environment["GIT_CONFIG_KEY_0"] = "safe.directory";
        environment["GIT_CONFIG_VALUE_0"] = "*";
        return environment;
    }

    private static string Stamp(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? string.Create(CultureInfo.InvariantCulture, $"{info.Length}@{info.LastWriteTimeUtc.Ticks}") : "none";
    }
}
