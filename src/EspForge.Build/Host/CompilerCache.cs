using System.Security.Cryptography;
using System.Text;

namespace EspForge.Build;

/// <summary>
/// ccache, where it is installed: objects compiled before are taken again. Each <see cref="BuildRequest.CacheScope"/> has a directory of its own, so that no project can
/// put an object into another's build.
/// </summary>
internal static class CompilerCache
{
    /// <summary>The scope of the agent's own sources; a project's scope is hashed with another prefix.</summary>
    public const string AgentScope = "agent";

    private const string MountName = "ccache";
    private const int MaxScopes = 64;

    public static bool IsUsed(BuildJob job) => job.View.Mounts.Any(mount => mount.Name is MountName);

    /// <summary>Mounts the directory of the request's scope, if it has one and ccache is there.</summary>
    public static void Mount(BuildJob job, HostCompiler compiler)
    {
        if (compiler.CompilerCache is null || job.Request.CacheScope is not { } scope)
            return;
        var root = Path.Combine(job.Options.CacheDirectory, MountName);
        var kind = job.Request.Files.Count == 0 ? "agent" : "project";
        var directory = Path.Combine(root, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{scope}")))[..32]);
        PrivateFiles.CreateDirectory(root);
        PrivateFiles.CreateDirectory(directory);
        Directory.SetLastWriteTimeUtc(directory, TimeProvider.System.GetUtcNow().UtcDateTime);
        Forget(root);
        job.MountWritable(directory, MountName);
    }

    /// <summary>
    /// The variables of a build's tools: the time, and where ccache keeps objects. No base directory: in a sandbox each job is at the same place, and with one
    /// the compiler would name files relative to where it runs.
    /// </summary>
    public static Dictionary<string, string> EnvironmentOf(BuildJob job)
    {
        var all = BuildDates.EnvironmentOf(job.Request);
        if (job.View.Mounts.FirstOrDefault(mount => mount.Name is MountName) is { } cache)
        {
            all["CCACHE_DIR"] = job.PathInside(cache.HostDirectory);
            all["CCACHE_NOHASHDIR"] = "1";
            all["CCACHE_MAXSIZE"] = "100M";
            all["CCACHE_TEMPDIR"] = "/tmp";
        }

        return all;
    }

    private static void Forget(string root)
    {
        foreach (var old in new DirectoryInfo(root).GetDirectories().OrderByDescending(directory => directory.LastWriteTimeUtc).Skip(MaxScopes))
        {
            try
            {
                old.Delete(recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use just now; another time.
            }
        }
    }
}
