using System.Globalization;

namespace EspForge.Build;

/// <summary>
/// Runs tools under bubblewrap: namespaces of their own and no network, the system's <c>/usr</c> read-only, an empty <c>/tmp</c>, and of this
/// machine's files the job's directory (as <c>/espforge/job</c>) and mounted ones (as <c>/espforge/name</c>). Where the host runs as root each job has a user of
/// its own; otherwise it runs as the host's user in a user namespace in which no other can be made.
/// </summary>
public sealed class BubblewrapSandbox : IBuildSandbox
{
    private const string Program = "/usr/bin/bwrap";
    private const long TemporaryBytes = 256L * 1024 * 1024;
    private const long SharedMemoryBytes = 64L * 1024 * 1024;
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);
    private static readonly Version CountsByNamespace = new(5, 14);

    private readonly IReadOnlyList<string> _launcher;
    private readonly bool _ownUser;

    /// <summary>A sandbox of bubblewrap.</summary>
    public BubblewrapSandbox()
        : this([])
    {
    }

    /// <param name="launcher">A command that bubblewrap is started by, to run as another user than the host's.</param>
    internal BubblewrapSandbox(IReadOnlyList<string> launcher)
    {
        _launcher = launcher;
        _ownUser = launcher.Count == 0 && JobUser.IsAvailable;
    }

    /// <inheritdoc/>
    public string Name => "bubblewrap";

    /// <inheritdoc/>
    public bool IsIsolated => true;

    /// <inheritdoc/>
    public async Task<Outcome<string>> ProbeAsync(CancellationToken cancellationToken = default)
    {
        if (!File.Exists(Program))
            return new Fault("sandbox-unavailable", "bubblewrap is not installed. On Debian or Ubuntu: apt-get install bubblewrap");
        var said = new List<string>();
        var view = new SandboxView(Path.GetTempPath(), []);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbeLimit);
        try
        {
            // Without the temporary directory: a probe needs nothing of it.
            var line = Line(view, bindJob: false, new SandboxCommand("true", []), _ownUser ? 65_534u : null);
            var ran = await ToolProcess.RunAsync(line[0], line.Skip(1), "/", (_, text) => Keep(said, text), limit.Token);
            if (!ran.TryGet(out var exit, out var fault))
                return new Fault("sandbox-unavailable", fault.Message);
            return exit == 0
                ? "Builds run in bubblewrap: no network, no files but their own, limited memory, processes, disk and time."
                : new Fault("sandbox-unavailable", $"bubblewrap does not work here ({said.FirstOrDefault() ?? $"exit code {exit}"}). It needs user namespaces, or to be run by root.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fault("sandbox-unavailable", "bubblewrap did not answer within 10 seconds.");
        }
    }

    /// <inheritdoc/>
    public string PathInside(SandboxView view, string hostPath) => SandboxPaths.Inside(view, hostPath);

    /// <inheritdoc/>
    public Task<Outcome<int>> RunAsync(SandboxView view, SandboxCommand command, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken = default) =>
        Prepare(view, command).TryGet(out var prepared, out var fault) ? ToolProcess.RunAsync(prepared, onLine, cancellationToken) : Task.FromResult<Outcome<int>>(fault);

    /// <inheritdoc/>
    public Task<Outcome<SandboxedProcess>> StartAsync(SandboxView view, SandboxCommand command, CancellationToken cancellationToken = default) =>
        Prepare(view, command).TryGet(out var prepared, out var fault) ? ToolProcess.StartAsync(prepared, cancellationToken) : Task.FromResult<Outcome<SandboxedProcess>>(fault);

    private Outcome<PreparedCommand> Prepare(SandboxView view, SandboxCommand command)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(command);
        uint? user = null;
        if (_ownUser)
        {
            if (!JobUser.Own(view).TryGet(out var own, out var fault))
                return fault;
            user = own;
        }

        return new PreparedCommand(Line(view, bindJob: true, command, user), view.JobDirectory, view);
    }

    private List<string> Line(SandboxView view, bool bindJob, SandboxCommand command, uint? user)
    {
        List<string> line = [.. _launcher, Program];
        line.AddRange(user is null ? ["--unshare-all", "--unshare-user", "--disable-userns"] : ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]);
        if (view.HasNetwork)
            line.RemoveAll(argument => argument is "--unshare-net");
        if (view.HasNetwork && user is null)
            line.Add("--share-net");
        line.AddRange(["--die-with-parent", "--new-session", "--clearenv"]);
        foreach (var (name, value) in ToolProcess.EnvironmentOf(command))
            line.AddRange(["--setenv", name, value]);
        AddSystem(line, view.HasNetwork);
        line.AddRange(["--perms", "0755", "--dir", $"/{SandboxPaths.MountFolder}"]);
        foreach (var mount in view.Mounts)
            line.AddRange([mount.IsWritable ? "--bind" : "--ro-bind", mount.HostDirectory, $"/{SandboxPaths.MountFolder}/{mount.Name}"]);
        if (bindJob)
            line.AddRange(["--bind", view.JobDirectory, SandboxPaths.JobInside, "--chdir", command.WorkingDirectory ?? SandboxPaths.JobInside]);
        // What bubblewrap made itself is memory without a limit: nobody writes to it.
        line.AddRange(["--remount-ro", "/dev", "--remount-ro", "/"]);
        if (user is { } id)
        {
            var number = id.ToString(CultureInfo.InvariantCulture);
            line.AddRange(["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP", "--"]);
            line.AddRange(["/usr/bin/setpriv", $"--reuid={number}", $"--regid={number}", "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"]);
        }
        else
        {
            line.Add("--");
        }

        line.AddRange(ResourceLimits.Apply(view.Limits, [command.Program, .. command.Arguments], Processes(view.Limits, user)));
        return line;
    }

    private static void AddSystem(List<string> line, bool hasNetwork)
    {
        if (!hasNetwork)
            line.AddRange(["--hostname", "build"]);
        line.AddRange(["--ro-bind", "/usr", "/usr"]);
        foreach (var directory in (ReadOnlySpan<string>)["/bin", "/sbin", "/lib", "/lib32", "/lib64"])
        {
            // On most systems these are links into /usr; on the others they are directories.
            var info = new DirectoryInfo(directory);
            if (info.LinkTarget is { } target)
                line.AddRange(["--symlink", target, directory]);
            else if (info.Exists)
                line.AddRange(["--ro-bind", directory, directory]);
        }

        // "cc" is a link through /etc/alternatives on Debian; ld.so.cache names the libraries. Nothing else of /etc is there, but what names take to resolve.
        foreach (var path in SandboxPaths.SystemFiles(hasNetwork))
            line.AddRange(["--ro-bind-try", path, path]);
        line.AddRange(["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", Text(SharedMemoryBytes), "--tmpfs", "/dev/shm"]);
        line.AddRange(["--perms", "1777", "--size", Text(TemporaryBytes), "--tmpfs", "/tmp"]);
    }

    // As a user, the kernel counts within the sandbox's own user namespace since Linux 5.14, and all of the user's processes before.
    private static int Processes(SandboxLimits limits, uint? user) =>
        user is not null || Environment.OSVersion.Version >= CountsByNamespace ? limits.Processes : limits.Processes + 4_096;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Keep(List<string> lines, string line)
    {
        lock (lines)
        {
            if (lines.Count < 4)
                lines.Add(line);
        }
    }
}
