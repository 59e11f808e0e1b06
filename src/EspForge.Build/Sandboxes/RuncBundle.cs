using System.Text.Json.Nodes;

namespace EspForge.Build;

/// <summary>The bundle of a container for runc: <c>config.json</c> of the OCI runtime specification 1.0, and a root file system where there is no unpacked image.</summary>
internal static class RuncBundle
{
    /// <summary>Says to use this machine's <c>/usr</c> over an empty root, as bubblewrap does.</summary>
    public const string HostUsr = "host-usr";

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <param name="bundle">An empty directory.</param>
    /// <param name="root">The unpacked image, or <see langword="null"/> for this machine's <c>/usr</c>.</param>
    /// <param name="name">Name of the container.</param>
    /// <param name="view">What is visible.</param>
    /// <param name="command">What is run.</param>
    /// <param name="user">The job's own user.</param>
    public static void Write(string bundle, string? root, string name, SandboxView view, SandboxCommand command, uint user)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        var mounts = Basic();
        if (root is null)
        {
            root = Path.Combine(bundle, "rootfs");
            MakeRoot(root, mounts);
        }

        if (view.HasNetwork)
        {
            foreach (var path in SandboxPaths.SystemFiles(hasNetwork: true).Where(Path.Exists))
                mounts.Add(Bind(path, path, isWritable: false));
        }

        mounts.Add(Temporary($"/{SandboxPaths.MountFolder}", "mode=755", "size=65536"));
        mounts.Add(Bind(view.JobDirectory, SandboxPaths.JobInside, isWritable: true));
        foreach (var mount in view.Mounts)
            mounts.Add(Bind(mount.HostDirectory, $"/{SandboxPaths.MountFolder}/{mount.Name}", mount.IsWritable));
        File.WriteAllText(Path.Combine(bundle, "config.json"), Config(root, name, view, command, user, mounts).ToJsonString());
        File.SetUnixFileMode(bundle, Readable);
    }

    private static JsonObject Config(string root, string name, SandboxView view, SandboxCommand command, uint user, JsonArray mounts)
    {
        var limits = view.Limits;
        var none = new JsonArray();
        return new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["hostname"] = view.HasNetwork ? null : "build",
            ["root"] = new JsonObject { ["path"] = root, ["readonly"] = true },
            ["mounts"] = mounts,
            ["process"] = new JsonObject
            {
                ["terminal"] = false,
                ["user"] = new JsonObject { ["uid"] = user, ["gid"] = user },
                ["args"] = Texts([command.Program, .. command.Arguments]),
                ["env"] = Texts(ToolProcess.EnvironmentOf(command).Select(pair => $"{pair.Key}={pair.Value}")),
                ["cwd"] = command.WorkingDirectory ?? SandboxPaths.JobInside,
                ["capabilities"] = new JsonObject { ["bounding"] = none, ["effective"] = none.DeepClone(), ["permitted"] = none.DeepClone() },
                ["noNewPrivileges"] = true,
                ["rlimits"] = new JsonArray(
                    Limit("RLIMIT_CPU", limits.CpuSeconds), Limit("RLIMIT_AS", limits.MemoryBytes), Limit("RLIMIT_FSIZE", limits.FileBytes), Limit("RLIMIT_NPROC", limits.Processes),
                    Limit("RLIMIT_NOFILE", ResourceLimits.OpenFiles), Limit("RLIMIT_CORE", 0)),
            },
            ["linux"] = new JsonObject
            {
                ["cgroupsPath"] = $"/espforge/{name}",
                ["namespaces"] = new JsonArray([.. (view.HasNetwork ? (string[])["pid", "ipc", "mount"] : ["pid", "ipc", "mount", "network", "uts"]).Select(kind => (JsonNode)new JsonObject { ["type"] = kind })]),
                ["resources"] = new JsonObject
                {
                    ["memory"] = new JsonObject { ["limit"] = limits.JobMemoryBytes },
                    ["pids"] = new JsonObject { ["limit"] = limits.Processes + 8 },
                    ["devices"] = new JsonArray(new JsonObject { ["allow"] = false, ["access"] = "rwm" }),
                },
                ["maskedPaths"] = Texts(["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"]),
                ["readonlyPaths"] = Texts(["/proc/asound", "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]),
            },
        };
    }

    private static void MakeRoot(string root, JsonArray mounts)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        foreach (var directory in (ReadOnlySpan<string>)["", "usr", "proc", "dev", "tmp", "etc", SandboxPaths.MountFolder])
            Directory.CreateDirectory(Path.Combine(root, directory), Readable);
        mounts.Add(Bind("/usr", "/usr", isWritable: false));
        foreach (var directory in (ReadOnlySpan<string>)["bin", "sbin", "lib", "lib32", "lib64"])
        {
            var info = new DirectoryInfo("/" + directory);
            if (info.LinkTarget is { } target)
                File.CreateSymbolicLink(Path.Combine(root, directory), target);
            else if (info.Exists)
                mounts.Add(Bind(info.FullName, info.FullName, isWritable: false));
        }

        foreach (var path in SandboxPaths.SystemFiles(hasNetwork: false).Where(Path.Exists))
            mounts.Add(Bind(path, path, isWritable: false));
    }

    private static JsonArray Basic() => new(
        new JsonObject { ["destination"] = "/proc", ["type"] = "proc", ["source"] = "proc" },
        Temporary("/dev", "mode=755", "size=65536", "strictatime"),
        Temporary("/dev/shm", "mode=1777", "size=67108864"),
        Temporary("/tmp", "mode=1777", "size=268435456"));

    private static JsonObject Temporary(string target, params string[] options) => new()
    {
        ["destination"] = target,
        ["type"] = "tmpfs",
        ["source"] = "tmpfs",
        ["options"] = Texts(["nosuid", .. options]),
    };

    private static JsonObject Bind(string source, string target, bool isWritable) => new()
    {
        ["destination"] = target,
        ["type"] = "bind",
        ["source"] = source,
        ["options"] = Texts(["bind", "nosuid", "nodev", isWritable ? "rw" : "ro"]),
    };

    private static JsonObject Limit(string type, long value) => new() { ["type"] = type, ["soft"] = value, ["hard"] = value };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text)!)]);
}
