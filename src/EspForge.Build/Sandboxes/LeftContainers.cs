namespace EspForge.Build;

/// <summary>Containers of hosts that were killed: those of docker and podman by their label, those of runc by the directory each has. A living host's are never touched.</summary>
internal static class LeftContainers
{
    /// <summary>The label of every container; its value is the host that made it.</summary>
    public const string Label = "espforge.host";

    private const string BundleEnding = ".runc";

    /// <summary>The directory of a container of runc.</summary>
    public static string BundleOf(string name) => Path.Combine(Path.GetTempPath(), name + BundleEnding);

    /// <summary>Where runc keeps what it knows of a container.</summary>
    public static string StateOf(string bundle) => Path.Combine(bundle, "state");

    /// <summary>The names among these whose host has ended.</summary>
    public static IEnumerable<string> Of(IEnumerable<string> names) => names.Where(name => HostProcess.Find(name) is { IsGone: true });

    /// <summary>Removes them; returns how many. <paramref name="runAsync"/> runs the runtime with arguments and gives its output.</summary>
    public static async Task<int> RemoveAsync(string runtime, Func<string[], Task<IReadOnlyList<string>>> runAsync)
    {
        if (runtime is "runc")
            return await RemoveBundlesAsync(runAsync);
        var names = Of(await runAsync(["ps", "--all", "--filter", $"label={Label}", "--format", "{{.Names}}"])).ToList();
        if (names.Count > 0)
            await runAsync(["rm", "--force", .. names]);
        return names.Count;
    }

    private static async Task<int> RemoveBundlesAsync(Func<string[], Task<IReadOnlyList<string>>> runAsync)
    {
        var removed = 0;
        foreach (var bundle in Directory.EnumerateDirectories(Path.GetTempPath(), "espforge-*" + BundleEnding))
        {
            // The directory is open to all: what another user put there, or a link, says nothing that runc should be told.
            var name = Path.GetFileName(bundle)[..^BundleEnding.Length];
            if (SystemCalls.Facts(bundle)?.UserId != SystemCalls.UserId || new DirectoryInfo(bundle).LinkTarget is not null || !Of([name]).Any())
                continue;
            await runAsync(["--root", StateOf(bundle), "delete", "--force", name]);
            RemoveBundle(bundle);
            removed++;
        }

        return removed;
    }

    /// <summary>Removes the directory of a container that has ended.</summary>
    public static void RemoveBundle(string bundle)
    {
        try
        {
            Directory.Delete(bundle, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A few files in the temporary directory; nothing depends on them.
        }
    }
}
