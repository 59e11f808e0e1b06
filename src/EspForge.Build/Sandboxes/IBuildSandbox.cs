namespace EspForge.Build;

/// <summary>A directory of this machine that tools may read.</summary>
/// <param name="HostDirectory">An absolute path.</param>
/// <param name="Name">What it is called inside: 1–32 of <c>a-z</c>.</param>
public sealed record SandboxMount(string HostDirectory, string Name)
{
    /// <summary>Whether tools may write to it, too. What they write counts as the job's.</summary>
    public bool IsWritable { get; init; }
}

/// <summary>What the processes in a sandbox may use.</summary>
/// <param name="CpuSeconds">Processor time of each process, in seconds.</param>
/// <param name="MemoryBytes">Address space of each process, in bytes.</param>
/// <param name="FileBytes">Largest file one may write, in bytes.</param>
public sealed record SandboxLimits(int CpuSeconds, long MemoryBytes, long FileBytes)
{
    /// <summary>Processes and threads at one time.</summary>
    public int Processes { get; init; } = 512;

    /// <summary>Memory of all of them together, in bytes.</summary>
    public long JobMemoryBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Disk the job's directory and writable mounts may take, in bytes.</summary>
    public long JobBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Files and directories in them.</summary>
    public int JobEntries { get; init; } = 100_000;

    /// <summary>Output of one command, in bytes.</summary>
    public long OutputBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>The limits of <paramref name="options"/>.</summary>
    public static SandboxLimits From(BuildOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SandboxLimits(options.ProcessCpuSeconds, options.ProcessMemoryBytes, options.ProcessFileBytes)
        {
            Processes = options.MaxProcesses,
            JobMemoryBytes = options.MaxJobMemoryBytes,
            JobBytes = options.MaxJobBytes,
            JobEntries = options.MaxJobEntries,
            OutputBytes = options.MaxOutputBytes,
        };
    }
}

/// <summary>What a tool may see: one directory to write to, others to read, and the system's programs.</summary>
/// <param name="JobDirectory">The directory it may write to, an absolute path.</param>
/// <param name="Mounts">What it may use beside.</param>
public sealed record SandboxView(string JobDirectory, IReadOnlyList<SandboxMount> Mounts)
{
    /// <summary>What its processes may use.</summary>
    public SandboxLimits Limits { get; init; } = SandboxLimits.From(new BuildOptions());

    /// <summary>Whether it has the host's network. Only for steps an administrator allowed.</summary>
    public bool HasNetwork { get; init; }
}

/// <summary>A command to run in a sandbox. The environment is empty but for a path, a home in the temporary directory and the C locale.</summary>
/// <param name="Program">A name looked for in <c>/usr/bin</c> and <c>/usr/local/bin</c>, or a path as seen inside.</param>
/// <param name="Arguments">Passed as they are, without a shell. Paths in them are as seen inside.</param>
public sealed record SandboxCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables beyond those, or in place of them.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Where it begins, as seen inside; <see langword="null"/> is the job's directory.</summary>
    public string? WorkingDirectory { get; init; }
}

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
    /// Runs a command in the job's directory and gives its exit code, or the fault <c>build-limit</c> when it was killed for disk, memory or output. Lines
    /// go to <paramref name="onLine"/> as they come, from any thread, one at a time per stream. When cancelled, the command and all it started are
    /// killed, and <see cref="OperationCanceledException"/> is thrown.
    /// </summary>
    Task<Outcome<int>> RunAsync(SandboxView view, SandboxCommand command, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken = default);

    /// <summary>Starts a command to talk with. The token ends the start, not the process: dispose that.</summary>
    Task<Outcome<SandboxedProcess>> StartAsync(SandboxView view, SandboxCommand command, CancellationToken cancellationToken = default);
}
