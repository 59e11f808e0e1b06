namespace EspForge.Build;

/// <summary>A running build, as a toolchain sees it: the request, a directory with the project's files, a sandbox to run tools in, and the log.</summary>
public sealed class BuildJob
{
    internal const string ProjectFolder = "project";
    internal const string GeneratedFolder = "generated";

    private readonly IBuildSandbox _sandbox;
    private readonly BuildLog _log;
    private readonly List<SandboxMount> _mounts = [];

    internal BuildJob(BuildRequest request, string directory, IBuildSandbox sandbox, BuildLog log, BuildOptions options)
    {
        Request = request;
        Directory = directory;
        Options = options;
        _sandbox = sandbox;
        _log = log;
        foreach (var root in new[] { PathInside(directory), directory }.Distinct(StringComparer.Ordinal))
        {
            log.Hide($"{root}/{ProjectFolder}/", "");
            log.Hide($"{root}/{GeneratedFolder}/", "");
            log.Hide($"{root}/", "");
            log.Hide(root, ".");
        }
    }

    /// <summary>What is to be built; checked.</summary>
    public BuildRequest Request { get; }

    /// <summary>The build's own directory on this machine, the one place its tools may write to. The project's files are in <c>project/</c>, generated ones in <c>generated/</c>.</summary>
    public string Directory { get; }

    /// <summary>The limits in force.</summary>
    public BuildOptions Options { get; }

    /// <summary>What tools have said so far about places in the project.</summary>
    public IReadOnlyList<BuildMessage> Messages => _log.Messages;

    /// <summary>Adds a line of EspForge's own to the log.</summary>
    public void Note(string text) => _log.Note(text);

    /// <summary>Lets tools read a directory of this machine, and shows its paths in the log as <c>name/…</c>.</summary>
    /// <param name="hostDirectory">An absolute path.</param>
    /// <param name="name">1–32 of <c>a-z</c>, unlike any name given before; not <c>job</c>.</param>
    public void MountReadOnly(string hostDirectory, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > 32 || name.AsSpan().ContainsAnyExceptInRange('a', 'z') || name is SandboxPaths.JobName || _mounts.Exists(mount => string.Equals(mount.Name, name, StringComparison.Ordinal)))
            throw new ArgumentException("A mount's name is 1-32 of a-z and occurs once.", nameof(name));
        _mounts.Add(new SandboxMount(hostDirectory, name));
        foreach (var root in new[] { PathInside(hostDirectory), hostDirectory }.Distinct(StringComparer.Ordinal))
            _log.Hide(root, name);
    }

    /// <summary>A path of this machine, in the job's directory or a mounted one, as the tools see it.</summary>
    public string PathInside(string hostPath) => _sandbox.PathInside(View, hostPath);

    /// <summary>Runs a tool in the sandbox, its output going to the log. The outcome is its exit code.</summary>
    public Task<Outcome<int>> RunAsync(SandboxCommand command, CancellationToken cancellationToken) =>
        _sandbox.RunAsync(View, command, _log.Write, cancellationToken);

    private SandboxView View => new(Directory, _mounts) { Limits = SandboxLimits.From(Options) };
}
