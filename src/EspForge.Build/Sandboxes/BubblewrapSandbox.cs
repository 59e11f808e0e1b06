using System.Globalization;

namespace EspForge.Build;

/// <summary>
/// Runs tools under bubblewrap: namespaces of their own and no network, the system's <c>/usr</c> read-only, an empty <c>/tmp</c>, and of this
/// machine's files the job's directory (as <c>/espforge/job</c>) and mounted ones (read-only, as <c>/espforge/name</c>).
/// </summary>
public sealed class BubblewrapSandbox : IBuildSandbox
{
    private const string Program = "/usr/bin/bwrap";
    private const string JobInside = $"/{SandboxPaths.MountFolder}/{SandboxPaths.JobName}";
    private const long TemporaryBytes = 256L * 1024 * 1024;
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);

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
            var ran = await ToolProcess.RunAsync(Program, Arguments(view, bindJob: false, new SandboxCommand("true", [])), "/", (_, line) => Keep(said, line), limit.Token);
            if (!ran.TryGet(out var exit, out var fault))
                return new Fault("sandbox-unavailable", fault.Message);
            return exit == 0
                ? "Builds run in bubblewrap: no network, no files but their own, limited memory and time."
                : new Fault("sandbox-unavailable", $"bubblewrap does not work here ({said.FirstOrDefault() ?? $"exit code {exit}"}). It needs user namespaces, or to be run by root.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fault("sandbox-unavailable", "bubblewrap did not answer within 10 seconds.");
        }
    }

    /// <inheritdoc/>
    public string PathInside(SandboxView view, string hostPath)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(hostPath);
        if (SandboxPaths.TryRelative(view.JobDirectory, hostPath, out var inJob))
            return JobInside + inJob;
        foreach (var mount in view.ReadOnly)
        {
            if (SandboxPaths.TryRelative(mount.HostDirectory, hostPath, out var inMount))
                return $"/{SandboxPaths.MountFolder}/{mount.Name}{inMount}";
        }

        throw new ArgumentException("The path is not visible in the sandbox.", nameof(hostPath));
    }

    /// <inheritdoc/>
    public Task<Outcome<int>> RunAsync(SandboxView view, SandboxCommand command, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(command);
        var line = ResourceLimits.Apply(view.Limits, [Program, .. Arguments(view, bindJob: true, command)]);
        return ToolProcess.RunAsync(line[0], line.Skip(1), view.JobDirectory, onLine, cancellationToken);
    }

    private static List<string> Arguments(SandboxView view, bool bindJob, SandboxCommand command)
    {
        List<string> arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--hostname", "build", "--clearenv"];
        foreach (var (name, value) in ToolProcess.Environment)
            arguments.AddRange(["--setenv", name, value]);
        arguments.AddRange(["--ro-bind", "/usr", "/usr"]);
        foreach (var directory in (ReadOnlySpan<string>)["/bin", "/sbin", "/lib", "/lib32", "/lib64"])
        {
            // On most systems these are links into /usr; on the others they are directories.
            var info = new DirectoryInfo(directory);
            if (info.LinkTarget is { } target)
                arguments.AddRange(["--symlink", target, directory]);
            else if (info.Exists)
                arguments.AddRange(["--ro-bind", directory, directory]);
        }

        // "cc" is a link through /etc/alternatives on Debian; ld.so.cache names the libraries. Nothing else of /etc is there.
        arguments.AddRange(["--ro-bind-try", "/etc/alternatives", "/etc/alternatives", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]);
        arguments.AddRange(["--proc", "/proc", "--dev", "/dev", "--size", TemporaryBytes.ToString(CultureInfo.InvariantCulture), "--tmpfs", "/tmp"]);
        foreach (var mount in view.ReadOnly)
            arguments.AddRange(["--ro-bind", mount.HostDirectory, $"/{SandboxPaths.MountFolder}/{mount.Name}"]);
        if (bindJob)
            arguments.AddRange(["--bind", view.JobDirectory, JobInside, "--chdir", JobInside]);
        arguments.AddRange(["--", command.Program, .. command.Arguments]);
        return arguments;
    }

    private static void Keep(List<string> lines, string line)
    {
        lock (lines)
        {
            if (lines.Count < 4)
                lines.Add(line);
        }
    }
}
