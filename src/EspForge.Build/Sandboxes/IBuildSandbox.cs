namespace EspForge.Build;

/// <summary>A directory of this machine that tools may read.</summary>
/// <param name="HostDirectory">An absolute path.</param>
/// <param name="Name">What it is called inside: 1–32 of <c>a-z</c>.</param>
public sealed record SandboxMount(string HostDirectory, string Name);

/// <summary>What each process in a sandbox may use.</summary>
/// <param name="CpuSeconds">Processor time, in seconds.</param>
/// <param name="MemoryBytes">Address space, in bytes.</param>
/// <param name="FileBytes">Largest file it may write, in bytes.</param>
public sealed record SandboxLimits(int CpuSeconds, long MemoryBytes, long FileBytes)
{
    /// <summary>The limits of <paramref name="options"/>.</summary>
    public static SandboxLimits From(BuildOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SandboxLimits(options.ProcessCpuSeconds, options.ProcessMemoryBytes, options.ProcessFileBytes);
    }
}

/// <summary>What a tool may see: one directory to write to, others to read, and the system's programs.</summary>
/// <param name="JobDirectory">The directory it may write to, an absolute path.</param>
/// <param name="ReadOnly">What it may read beside.</param>
public sealed record SandboxView(string JobDirectory, IReadOnlyList<SandboxMount> ReadOnly)
{
    /// <summary>What each process may use.</summary>
    public SandboxLimits Limits { get; init; } = SandboxLimits.From(new BuildOptions());
}

/// <summary>A command to run in a sandbox. The environment is empty but for a path, a home in the temporary directory and the C locale.</summary>
/// <param name="Program">A name looked for in <c>/usr/bin</c> and <c>/usr/local/bin</c>, or a path as seen inside.</param>
/// <param name="Arguments">Passed as they are, without a shell. Paths in them are as seen inside.</param>
public sealed record SandboxCommand(string Program, IReadOnlyList<string> Arguments);

/// <summary>Runs the tools of a build so that a project cannot reach what is not its own.</summary>
public interface IBuildSandbox
{
    /// <summary>A word for logs, such as <c>bubblewrap</c>.</summary>
    string Name { get; }

    /// <summary>Whether tools are kept from the rest of the machine and from the network.</summary>
    bool IsIsolated { get; }

    /// <summary>Whether it works here: a sentence on what it gives, or the fault <c>sandbox-unavailable</c>.</summary>
    Task<Outcome<string>> ProbeAsync(CancellationToken cancellationToken = default);

    /// <summary>A path of this machine, in the view, as tools see it.</summary>
    /// <exception cref="ArgumentException">The path is in neither the job's directory nor a mounted one.</exception>
    string PathInside(SandboxView view, string hostPath);

    /// <summary>
    /// Runs a command in the job's directory and gives its exit code. Lines go to <paramref name="onLine"/> as they come, from any thread, one at a
    /// time per stream. When cancelled, the command and all it started are killed, and <see cref="OperationCanceledException"/> is thrown.
    /// </summary>
    Task<Outcome<int>> RunAsync(SandboxView view, SandboxCommand command, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken = default);
}
