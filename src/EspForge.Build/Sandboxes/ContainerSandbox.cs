using System.Globalization;
using System.Security.Cryptography;

namespace EspForge.Build;

/// <summary>
/// Runs tools in containers of docker, podman or runc: no network, a read-only root, no capabilities, no new privileges, limited memory and processes. Of this
/// machine's files a container has the job's directory (as <c>/espforge/job</c>) and mounted ones (as <c>/espforge/name</c>). The image must have the tools.
/// </summary>
public sealed class ContainerSandbox : IBuildSandbox
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly string _image;
    private readonly string _runtime;
    private readonly HostProcess _host;

    /// <summary>A sandbox of a runtime and an image.</summary>
    /// <param name="runtime"><c>docker</c>, <c>podman</c> or <c>runc</c>.</param>
    /// <param name="image">See <see cref="BuildOptions.ContainerImage"/>.</param>
    public ContainerSandbox(string runtime, string image)
        : this(runtime, image, HostProcess.Current)
    {
    }

    internal ContainerSandbox(string runtime, string image, HostProcess host)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(runtime);
        ArgumentException.ThrowIfNullOrWhiteSpace(image);
        _runtime = runtime is "docker" or "podman" or "runc" ? runtime : throw new ArgumentException("A runtime is docker, podman or runc.", nameof(runtime));
        _image = image;
        _host = host;
    }

    /// <summary>The runtimes, in the order they are tried.</summary>
    public static IReadOnlyList<string> Runtimes { get; } = ["docker", "podman", "runc"];

    /// <inheritdoc/>
    public string Name => $"container ({_runtime})";

    /// <inheritdoc/>
    public bool IsIsolated => true;

    /// <inheritdoc/>
    public async Task<Outcome<string>> ProbeAsync(CancellationToken cancellationToken = default)
    {
        if (Find() is not { } program)
            return new Fault("sandbox-unavailable", $"{_runtime} is not installed.");
        await RemoveLeftAsync(program);
        var directory = Directory.CreateTempSubdirectory("espforge-probe-");
        var said = new List<string>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbeLimit);
        try
        {
            var ran = await RunAsync(new SandboxView(directory.FullName, []), new SandboxCommand("true", []), (_, line) => Keep(said, line), limit.Token);
            return ran.TryGet(out var exit, out var fault) && exit == 0
                ? $"Builds run in containers of {_image} by {_runtime}: no network, no files but their own, limited memory, processes, disk and time."
                : new Fault("sandbox-unavailable", $"{_runtime} does not work here with {_image} ({fault?.Message ?? said.FirstOrDefault() ?? $"exit code {exit}"}).");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fault("sandbox-unavailable", $"{_runtime} did not answer within 20 seconds.");
        }
        finally
        {
            directory.Delete(recursive: true);
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

    private string? Find() => Programs.Find(_runtime) ?? (File.Exists($"/usr/sbin/{_runtime}") ? $"/usr/sbin/{_runtime}" : null);

    private Outcome<PreparedCommand> Prepare(SandboxView view, SandboxCommand command)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(command);
        if (Find() is not { } program)
            return new Fault("sandbox-unavailable", $"{_runtime} is not installed.");
        uint user = 0;
        if (JobUser.IsAvailable && !JobUser.Own(view).TryGet(out user, out var fault))
            return fault;
        var name = $"espforge-{_host}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        return _runtime is "runc" ? PrepareRunc(program, name, view, command, user) : new PreparedCommand([program, .. DockerArguments.Run(_runtime, name, _host.ToString(), _image, view, command, user)], "/", view)
        {
            // The client's own environment: where its daemon is.
            Environment = ClientEnvironment(),
            UsesCgroup = false,
            EndAsync = () => RunAsync(program, ["rm", "--force", name]),
        };
    }

    private Outcome<PreparedCommand> PrepareRunc(string program, string name, SandboxView view, SandboxCommand command, uint user)
    {
        if (user == 0)
            return new Fault("sandbox-unavailable", "runc needs to be run by root.");
        var isHostUsr = _image is RuncBundle.HostUsr;
        if (!isHostUsr && !Directory.Exists(_image))
            return new Fault("sandbox-unavailable", $"{_image} is not a directory; for runc the image is the directory of an unpacked root file system, or {RuncBundle.HostUsr}.");
        var bundle = LeftContainers.BundleOf(name);
        PrivateFiles.CreateDirectory(bundle);
        RuncBundle.Write(bundle, isHostUsr ? null : _image, name, view, command, user);
        var state = LeftContainers.StateOf(bundle);
        return new PreparedCommand([program, "--root", state, "run", "--bundle", bundle, name], "/", view)
        {
            UsesCgroup = false,
            EndAsync = async () =>
            {
                await RunAsync(program, ["--root", state, "delete", "--force", name]);
                LeftContainers.RemoveBundle(bundle);
            },
        };
    }

    // What a host that was killed left running. Seldom anything, and never a reason not to work.
    private static async Task RemoveLeftAsync(string program)
    {
        try
        {
            await LeftContainers.RemoveAsync(Path.GetFileName(program), arguments => RunAsync(program, arguments));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The temporary directory cannot be read.
        }
    }

    private static async Task<IReadOnlyList<string>> RunAsync(string program, string[] arguments)
    {
        using var limit = new CancellationTokenSource(EndLimit);
        var said = new List<string>();
        try
        {
            var ran = await ToolProcess.RunAsync(new PreparedCommand([program, .. arguments], "/", new SandboxView("/nonexistent", [])) { Environment = ClientEnvironment(), UsesCgroup = false }, (source, line) =>
            {
                if (source == BuildLineSource.Output)
                    said.Add(line);
            }, limit.Token);
            return ran.IsSuccess ? said : [];
        }
        catch (OperationCanceledException)
        {
            // The daemon hangs; the container's own limits still hold.
            return [];
        }
    }

    private static Dictionary<string, string> ClientEnvironment()
    {
        var all = new Dictionary<string, string>(ToolProcess.Environment, StringComparer.Ordinal);
        foreach (var name in (ReadOnlySpan<string>)["HOME", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST", "XDG_RUNTIME_DIR"])
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                all[name] = value;
        }

        all["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        return all;
    }

    private static void Keep(List<string> lines, string line)
    {
        lock (lines)
        {
            if (lines.Count < 4)
                lines.Add(line.Length <= 300 ? line : string.Create(CultureInfo.InvariantCulture, $"{line.AsSpan(0, 300)}…"));
        }
    }
}
