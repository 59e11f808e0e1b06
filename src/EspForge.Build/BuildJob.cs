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

    /// <summary>What the image takes of the device's memory; set by the toolchain, where it knows.</summary>
    public BuildMemory? Memory { get; set; }

    /// <summary>The files to flash by cable; added by the toolchain, where there are any.</summary>
    public IList<FlashPart> FlashParts { get; } = [];

    /// <summary>Adds a line of EspForge's own to the log.</summary>
    public void Note(string text) => _log.Note(text);

    /// <summary>Lets tools read a directory of this machine, and shows its paths in the log as <c>name/…</c>.</summary>
    /// <param name="hostDirectory">An absolute path.</param>
    /// <param name="name">1–32 of <c>a-z</c>, unlike any name given before; not <c>job</c>.</param>
    public void MountReadOnly(string hostDirectory, string name) => Mount(hostDirectory, name, isWritable: false);

    /// <summary>Lets tools read and write a directory of this machine that is no other project's.</summary>
    internal void MountWritable(string hostDirectory, string name) => Mount(hostDirectory, name, isWritable: true);

    private void Mount(string hostDirectory, string name, bool isWritable)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > 32 || name.AsSpan().ContainsAnyExceptInRange('a', 'z') || name is SandboxPaths.JobName || _mounts.Exists(mount => string.Equals(mount.Name, name, StringComparison.Ordinal)))
            throw new ArgumentException("A mount's name is 1-32 of a-z and occurs once.", nameof(name));
        _mounts.Add(new SandboxMount(hostDirectory, name) { IsWritable = isWritable });
        foreach (var root in new[] { PathInside(hostDirectory), hostDirectory }.Distinct(StringComparer.Ordinal))
            _log.Hide(root, name);
    }

    /// <summary>A path of this machine, in the job's directory or a mounted one, as the tools see it.</summary>
    public string PathInside(string hostPath) => _sandbox.PathInside(View, hostPath);

    /// <summary>Runs a tool in the sandbox, its output going to the log. The outcome is its exit code.</summary>
    public Task<Outcome<int>> RunAsync(SandboxCommand command, CancellationToken cancellationToken) =>
        _sandbox.RunAsync(View, command, _log.Write, cancellationToken);

    /// <summary>Runs a tool in the sandbox, its output going to <paramref name="onLine"/> and not to the log.</summary>
    public Task<Outcome<int>> RunAsync(SandboxCommand command, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken) =>
        _sandbox.RunAsync(View, command, onLine, cancellationToken);

    /// <summary>Runs a tool in the sandbox with network, where <see cref="BuildOptions.AllowDependencyNetwork"/> permits; otherwise the fault <c>dependencies-not-allowed</c>.</summary>
    public async Task<Outcome<int>> RunWithNetworkAsync(SandboxCommand command, CancellationToken cancellationToken) => Options.AllowDependencyNetwork
        ? await _sandbox.RunAsync(View with { HasNetwork = true }, command, _log.Write, cancellationToken)
        : new Fault("dependencies-not-allowed", "The project asks for a step that fetches dependencies over the network; this host does not allow it (AllowDependencyNetwork).");

    /// <summary>Reads a file a tool wrote: no link is followed, and only a plain file of at most <paramref name="maxBytes"/> bytes is read. Otherwise the fault <c>image-malformed</c>.</summary>
    /// <param name="path">Path in <see cref="Directory"/>, without <c>.</c> and <c>..</c>.</param>
    /// <param name="maxBytes">Largest size, in bytes.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public Task<Outcome<byte[]>> ReadFileAsync(string path, long maxBytes, CancellationToken cancellationToken) => JobFiles.ReadAsync(Directory, path, maxBytes, cancellationToken);

    /// <summary>A line of a tool for the log, for a run whose output the toolchain reads too.</summary>
    internal void Write(BuildLineSource source, string line) => _log.Write(source, line);

    internal SandboxView View => new(Directory, _mounts) { Limits = SandboxLimits.From(Options) };

    internal IBuildSandbox Sandbox => _sandbox;

    /// <summary>The fault of a tool that ended with an exit code other than 0: what it said, or that it said nothing.</summary>
    internal Fault Failed(int exit)
    {
        var errors = Messages.Where(message => message.Severity == BuildSeverity.Error).ToList();
        return new Fault("build-failed", errors.Count switch
        {
            0 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The build ended with exit code {exit}; the log says more."),
            1 => $"The build failed: {Shown(errors[0])}",
            _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The build failed with {errors.Count} errors, the first: {Shown(errors[0])}"),
        });
    }

    private static string Shown(BuildMessage message) => message switch
    {
        { File: null } => message.Text,
        { Line: null } => $"{message.File}: {message.Text}",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{message.File}:{message.Line}: {message.Text}"),
    };
}
