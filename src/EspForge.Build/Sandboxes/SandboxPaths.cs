namespace EspForge.Build;

/// <summary>Paths of this machine and the same paths inside a sandbox.</summary>
internal static class SandboxPaths
{
    /// <summary>Mounted directories are below this one, where they can hide nothing of the system's.</summary>
    public const string MountFolder = "espforge";

    /// <summary>What the job's directory is called inside; no mount may have that name.</summary>
    public const string JobName = "job";

    /// <summary>Whether <paramref name="path"/> is <paramref name="directory"/> or below; what follows it begins with a slash or is empty.</summary>
    public static bool TryRelative(string directory, string path, out string relative)
    {
        directory = directory.TrimEnd('/');
        relative = "";
        if (!path.StartsWith(directory, StringComparison.Ordinal) || (path.Length > directory.Length && path[directory.Length] != '/'))
            return false;
        relative = path[directory.Length..];
        return true;
    }
}
