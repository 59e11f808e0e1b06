using System.Security.Cryptography;

namespace EspForge.Build;

/// <summary>
/// A user of its own for each job, where the host runs as root: the kernel then counts the job's processes alone (<c>RLIMIT_NPROC</c> does not limit root), and
/// its files are nobody else's. Numbers are drawn from a range no distribution gives to people or services; two jobs that drew the same would
/// share a count and nothing else, as neither sees the other's files or processes.
/// </summary>
internal static class JobUser
{
    private const uint First = 0x6000_0000;
    private const int Count = 0x0100_0000;

    private static readonly Lazy<bool> Usable = new(Probe);

    /// <summary>Whether jobs can have users of their own here.</summary>
    public static bool IsAvailable => Usable.Value;

    public static bool IsOne(uint user) => user is >= First and < First + Count;

    /// <summary>The user of a view's job: the one its writable directories have already, or a new one. All files in them are that user's afterwards. No process of the job may be running.</summary>
    public static Outcome<uint> Own(SandboxView view)
    {
        var directories = view.Mounts.Where(mount => mount.IsWritable).Select(mount => mount.HostDirectory).Append(view.JobDirectory).ToList();
        var user = directories.Select(directory => SystemCalls.Facts(directory)?.UserId ?? 0).FirstOrDefault(IsOne);
        if (user == 0)
            user = First + (uint)RandomNumberGenerator.GetInt32(Count);
        foreach (var directory in directories)
        {
            // What only tools write to is theirs already; into the job's directory the host writes, too.
            if (!string.Equals(directory, view.JobDirectory, StringComparison.Ordinal) && SystemCalls.Facts(directory)?.UserId == user)
                continue;
            if (!TryGive(directory, user))
                return new Fault("build-storage", "The build directory could not be given to the build's own user.");
        }

        return user;
    }

    // A job can make what has no path: deeper than one may be long.
    private static bool TryGive(string directory, uint user)
    {
        try
        {
            return Give(directory, user);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private static bool Give(string directory, uint user)
    {
        if (!GiveOne(directory, user))
            return false;
        var options = new EnumerationOptions { AttributesToSkip = default, IgnoreInaccessible = false };
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", options))
        {
            var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != FileAttributes.None;
            if (entry is DirectoryInfo && !isLink ? !Give(entry.FullName, user) : !GiveOne(entry.FullName, user))
                return false;
        }

        return true;
    }

    private static bool GiveOne(string path, uint user) => SystemCalls.Facts(path) is { } facts && (facts.UserId == user || SystemCalls.Give(path, user));

    // Root of the first user namespace only: in a container with users of its own the numbers may not exist.
    private static bool Probe()
    {
        try
        {
            return OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv") && ResourceLimits.AreAvailable
                && File.ReadAllText("/proc/self/uid_map").Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295\n"];
        }
        catch (IOException)
        {
            return false;
        }
    }
}
