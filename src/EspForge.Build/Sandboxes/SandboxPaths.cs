namespace EspForge.Build;

/// <summary>Paths of this machine and the same paths inside a sandbox.</summary>
internal static class SandboxPaths
{
    /// <summary>Mounted directories are below this one, where they can hide nothing of the system's.</summary>
    public const string MountFolder = "espforge";

    /// <summary>What the job's directory is called inside; no mount may have that name.</summary>
    public const string JobName = "job";

    /// <summary>The job's directory inside.</summary>
    public const string JobInside = $"/{MountFolder}/{JobName}";

    /// <summary>What of <c>/etc</c> is inside; with network also what resolves names and checks certificates.</summary>
    public static IReadOnlyList<string> SystemFiles(bool hasNetwork) => hasNetwork
        ? ["/etc/alternatives", "/etc/ld.so.cache", "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl/certs", "/etc/ca-certificates"]
        : ["/etc/alternatives", "/etc/ld.so.cache"];

    /// <summary>A path of this machine as a sandbox with its own root has it.</summary>
    /// <exception cref="ArgumentException">The path is in neither the job's directory nor a mounted one.</exception>
    public static string Inside(SandboxView view, string hostPath)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(hostPath);
        if (TryRelative(view.JobDirectory, hostPath, out var inJob))
            return JobInside + inJob;
        foreach (var mount in view.Mounts)
        {
            if (TryRelative(mount.HostDirectory, hostPath, out var inMount))
                return $"/{MountFolder}/{mount.Name}{inMount}";
        }

        throw new ArgumentException("The path is not visible in the sandbox.", nameof(hostPath));
    }

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
