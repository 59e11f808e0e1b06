namespace EspForge.Build;

/// <summary>
/// Runs tools as plain processes: an empty environment and, where prlimit(1) is installed, limits, but no isolation. A project can make the
/// compiler read any file the host's user can read.
/// </summary>
public sealed class ProcessSandbox : IBuildSandbox
{
    /// <inheritdoc/>
    public string Name => "process";

    /// <inheritdoc/>
    public bool IsIsolated => false;

    /// <inheritdoc/>
    public Task<Outcome<string>> ProbeAsync(CancellationToken cancellationToken = default) => Task.FromResult<Outcome<string>>(
        ResourceLimits.AreAvailable
            ? "Builds run as plain processes: limited memory and time, but not isolated from this machine."
            : "Builds run as plain processes, without limits (prlimit is not installed) and not isolated from this machine.");

    /// <inheritdoc/>
    public string PathInside(SandboxView view, string hostPath)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(hostPath);
        return SandboxPaths.TryRelative(view.JobDirectory, hostPath, out _) || view.Mounts.Any(mount => SandboxPaths.TryRelative(mount.HostDirectory, hostPath, out _))
            ? hostPath
            : throw new ArgumentException("The path is not one of the job's.", nameof(hostPath));
    }

    /// <inheritdoc/>
    public Task<Outcome<int>> RunAsync(SandboxView view, SandboxCommand command, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken = default) =>
        Prepare(view, command).TryGet(out var prepared, out var fault) ? ToolProcess.RunAsync(prepared, onLine, cancellationToken) : Task.FromResult<Outcome<int>>(fault);

    /// <inheritdoc/>
    public Task<Outcome<SandboxedProcess>> StartAsync(SandboxView view, SandboxCommand command, CancellationToken cancellationToken = default) =>
        Prepare(view, command).TryGet(out var prepared, out var fault) ? ToolProcess.StartAsync(prepared, cancellationToken) : Task.FromResult<Outcome<SandboxedProcess>>(fault);

    private static Outcome<PreparedCommand> Prepare(SandboxView view, SandboxCommand command)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(command);
        if (Programs.Find(command.Program) is not { } program)
            return new Fault("toolchain-missing", $"{command.Program} is not installed.");
        return new PreparedCommand(ResourceLimits.Apply(view.Limits, [program, .. command.Arguments]), command.WorkingDirectory ?? view.JobDirectory, view)
        {
            Environment = ToolProcess.EnvironmentOf(command),
        };
    }
}
