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
        return SandboxPaths.TryRelative(view.JobDirectory, hostPath, out _) || view.ReadOnly.Any(mount => SandboxPaths.TryRelative(mount.HostDirectory, hostPath, out _))
            ? hostPath
            : throw new ArgumentException("The path is not one of the job's.", nameof(hostPath));
    }

    /// <inheritdoc/>
    public Task<Outcome<int>> RunAsync(SandboxView view, SandboxCommand command, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(command);
        var program = Programs.Find(command.Program);
        if (program is null)
            return Task.FromResult<Outcome<int>>(new Fault("toolchain-missing", $"{command.Program} is not installed."));
        var line = ResourceLimits.Apply(view.Limits, [program, .. command.Arguments]);
        return ToolProcess.RunAsync(line[0], line.Skip(1), view.JobDirectory, onLine, cancellationToken);
    }
}
