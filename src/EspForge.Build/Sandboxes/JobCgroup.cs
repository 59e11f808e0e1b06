using System.Globalization;
using System.Security.Cryptography;

namespace EspForge.Build;

/// <summary>A cgroup for one command, where this process may make one (as root, normally): memory of all its processes together, and how many there are. Version 1 and 2.</summary>
internal sealed class JobCgroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private const string Prefix = "espforge-";

    // Enters the groups as the process that then becomes the tool. Its arguments are paths of ours, "--", and the command; nothing is expanded.
    private const string EnterScript = "while [ \"$1\" != -- ]; do echo 0 > \"$1\" || exit 125; shift; done; shift; exec \"$@\"";

    private static readonly TimeSpan Oldest = TimeSpan.FromHours(25);
    private static readonly Lazy<IReadOnlyList<string>> Parents = new(FindParents);

    private readonly List<string> _directories = [];

    private JobCgroup()
    {
    }

    /// <summary>Whether cgroups can be made here.</summary>
    public static bool IsAvailable => Parents.Value.Count > 0;

    public static JobCgroup? TryCreate(SandboxLimits limits)
    {
        if (Parents.Value.Count == 0)
            return null;
        var name = $"{Prefix}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var group = new JobCgroup();
        try
        {
            foreach (var parent in Parents.Value)
            {
                var directory = Path.Combine(parent, name);
                Directory.CreateDirectory(directory);
                group._directories.Add(directory);
                Set(directory, "memory.limit_in_bytes", limits.JobMemoryBytes);
                Set(directory, "memory.memsw.limit_in_bytes", limits.JobMemoryBytes);
                Set(directory, "memory.max", limits.JobMemoryBytes);
                Set(directory, "memory.swap.max", 0);
                Set(directory, "pids.max", limits.Processes + 8);
            }

            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            group.Dispose();
            return null;
        }
    }

    public IReadOnlyList<string> Enter(IEnumerable<string> command) => ["/bin/sh", "-c", EnterScript, "sh", .. _directories.Select(directory => Path.Combine(directory, "cgroup.procs")), "--", .. command];

    /// <summary>Kills all that is in the group.</summary>
    public void Kill()
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var found = false;
            foreach (var directory in _directories)
            {
                if (TrySet(directory, "cgroup.kill", "1"))
                    continue;
                foreach (var id in Members(directory))
                {
                    found = true;
                    SystemCalls.Kill(id);
                }
            }

            if (!found)
                return;
            Thread.Sleep(2);
        }
    }

    /// <summary>Whether the kernel killed one of its processes for memory.</summary>
    public bool WasOutOfMemory() => _directories.Exists(directory =>
        Lines(directory, "memory.oom_control").Concat(Lines(directory, "memory.events")).Any(line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && line is not "oom_kill 0"));

    public void Dispose()
    {
        Kill();
        foreach (var directory in _directories)
        {
            for (var attempt = 0; attempt < 100; attempt++)
            {
                try
                {
                    Directory.Delete(directory);
                    break;
                }
                catch (DirectoryNotFoundException)
                {
                    break;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // A process that was killed leaves its group a moment later.
                    Thread.Sleep(5);
                }
            }
        }
    }

    private static IReadOnlyList<string> FindParents()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return [];
        try
        {
            if (File.Exists($"{Root}/cgroup.controllers"))
            {
                var delegated = File.ReadAllText($"{Root}/cgroup.subtree_control").Split((char[])[' ', '\n']);
                return delegated.Contains("memory", StringComparer.Ordinal) && delegated.Contains("pids", StringComparer.Ordinal) ? Usable([Root]) : [];
            }

            // Below the group this process is in, so that limits set for it hold for its builds too.
            var own = File.ReadAllLines("/proc/self/cgroup").Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToDictionary(parts => parts[1], parts => parts[2], StringComparer.Ordinal);
            var parents = new List<string>();
            foreach (var controller in (ReadOnlySpan<string>)["memory", "pids"])
            {
                var root = $"{Root}/{controller}";
                var inside = own.TryGetValue(controller, out var path) ? root + path.TrimEnd('/') : root;
                parents.Add(Directory.Exists(inside) ? inside : root);
            }

            return Usable(parents);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    // What a host that was killed left; a group in use cannot be removed.
    private static void Sweep(string parent)
    {
        foreach (var old in new DirectoryInfo(parent).EnumerateDirectories(Prefix + "*").Where(directory => TimeProvider.System.GetUtcNow().UtcDateTime - directory.CreationTimeUtc > Oldest))
        {
            try
            {
                old.Delete();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use.
            }
        }
    }

    private static IReadOnlyList<string> Usable(IReadOnlyList<string> parents)
    {
        foreach (var parent in parents)
        {
            Sweep(parent);
            var probe = Path.Combine(parent, $"{Prefix}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
            Directory.CreateDirectory(probe);
            var works = File.Exists(Path.Combine(probe, "cgroup.procs"));
            Directory.Delete(probe);
            if (!works)
                return [];
        }

        return parents;
    }

    private static void Set(string directory, string file, long value)
    {
        var path = Path.Combine(directory, file);
        if (File.Exists(path))
            TrySet(directory, file, value.ToString(CultureInfo.InvariantCulture));
    }

    private static bool TrySet(string directory, string file, string text)
    {
        try
        {
            var path = Path.Combine(directory, file);
            if (!File.Exists(path))
                return false;
            File.WriteAllText(path, text);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static IEnumerable<int> Members(string directory) =>
        Lines(directory, "cgroup.procs").Select(line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 1);

    private static string[] Lines(string directory, string file)
    {
        try
        {
            var path = Path.Combine(directory, file);
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
