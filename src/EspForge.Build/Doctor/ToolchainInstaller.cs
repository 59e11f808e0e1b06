using System.Globalization;
using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>
/// Installs what <see cref="ToolchainDoctor"/> finds missing, by a fixed list of commands; nothing a user sends becomes part of one. Only where
/// <see cref="BuildOptions.AllowInstall"/> is set, and only what the host's user may: system packages need root.
/// </summary>
public sealed class ToolchainInstaller : IDisposable
{
    private const int MaxShownCharacters = 300;

    private static readonly TimeSpan DefaultStepLimit = TimeSpan.FromHours(1);

    private static readonly string[] PassedOn =
    [
        "HOME", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO",
    ];

    private readonly BuildOptions _options;
    private readonly Func<string, InstallRecipe?> _recipes;
    private readonly TimeSpan _stepLimit;
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>An installer for this machine.</summary>
    public ToolchainInstaller(IOptions<BuildOptions> options)
        : this(options, recipes: null, DefaultStepLimit)
    {
    }

    internal ToolchainInstaller(IOptions<BuildOptions> options, Func<string, InstallRecipe?>? recipes, TimeSpan stepLimit)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value.Checked();
        _recipes = recipes ?? (id => InstallRecipe.Find(id, _options));
        _stepLimit = stepLimit;
    }

    /// <summary>Whether <see cref="InstallAsync"/> would run for this id.</summary>
    public bool CanInstall(string id) => _options.AllowInstall && _recipes(id) is { } recipe && WhyNot(recipe) is null;

    /// <summary>What a person types to install it, or <see langword="null"/> for an id it knows nothing of.</summary>
    public string? CommandOf(string id) => _recipes(id)?.InWords;

    /// <summary>Installs. One installation runs at a time; the others wait. One that failed or was ended can be repeated.</summary>
    /// <param name="id">As in <see cref="ToolchainReport.Id"/>.</param>
    /// <param name="log">Gets every line, up to <see cref="BuildOptions.MaxLogBytes"/>.</param>
    /// <param name="cancellationToken">Kills the command that runs and all it started; what was installed until then stays.</param>
    /// <returns><see langword="true"/>, or a fault: <c>install-not-allowed</c>, with the command in words; <c>install-unknown</c>; <c>install-failed</c>.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Outcome<bool>> InstallAsync(string id, IProgress<BuildLine>? log = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (_recipes(id) is not { } recipe)
            return new Fault("install-unknown", "There is nothing of that name to install.");
        if (!_options.AllowInstall)
            return new Fault("install-not-allowed", $"This host installs nothing by itself (AllowInstall). Run as root: {recipe.InWords}");
        if (WhyNot(recipe) is { } why)
            return new Fault("install-not-allowed", $"{why} Run: {recipe.InWords}");
        var lines = new BuildLog(log, _options.MaxLogBytes);
        if (_gate.CurrentCount == 0)
            lines.Note("Something else is being installed; this begins when that has ended.");
        await _gate.WaitAsync(cancellationToken);
        try
        {
            foreach (var step in recipe.Steps)
            {
                if (await RunAsync(step, lines, cancellationToken) is { } fault)
                    return fault;
            }

            lines.Note("Installed.");
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private static string? WhyNot(InstallRecipe recipe) => recipe.Obstacle
        ?? (!recipe.NeedsRoot || Environment.IsPrivilegedProcess ? null : "System packages are installed by root, and this host does not run as root.");

    private async Task<Fault?> RunAsync(InstallStep step, BuildLog lines, CancellationToken cancellationToken)
    {
        if (step.OnlyIfFilled is { } directory && (!Directory.Exists(directory) || !Directory.EnumerateFileSystemEntries(directory).Any()))
            return null;
        lines.Note(step.InWords);
        if (step.SkipIfExists is { } there && Path.Exists(there))
        {
            lines.Note($"{there} is there already.");
            return null;
        }

        if (Programs.Find(step.Program) is not { } program)
            return new Fault("install-failed", $"{step.Program} is not installed.");
        try
        {
            if (step.Makes is not { } made)
                return await RunAsync(step, program, step.Arguments, lines, cancellationToken);
            var part = made + ".part";
            Remove(part);
            Directory.CreateDirectory(Path.GetDirectoryName(made)!);
            if (await RunAsync(step, program, [.. step.Arguments.Select(argument => string.Equals(argument, made, StringComparison.Ordinal) ? part : argument)], lines, cancellationToken) is { } fault)
                return fault;
            Remove(made);
            Directory.Move(part, made);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault("install-failed", $"A directory could not be made or replaced: {e.Message}");
        }
    }

    private async Task<Fault?> RunAsync(InstallStep step, string program, IReadOnlyList<string> arguments, BuildLog lines, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_stepLimit);
        var said = "";
        try
        {
            var ran = await ToolProcess.RunAsync(program, arguments, EnvironmentOf(step), (source, line) =>
            {
                // A line that shows progress writes itself over and over; the last is what stays on a terminal.
                line = line[(line.LastIndexOf('\r') + 1)..];
                if (source == BuildLineSource.Error && !string.IsNullOrWhiteSpace(line))
                    said = line.Trim();
                lines.Write(source, line);
            }, limit.Token);
            if (!ran.TryGet(out var exit, out var fault))
                return new Fault("install-failed", fault.Message);
            if (exit != 0)
                return new Fault("install-failed", string.Create(CultureInfo.InvariantCulture, $"'{step.InWords}' ended with exit code {exit}{(said.Length == 0 ? "; the log says more." : ": " + Shown(said))}"));
            if (step.Marks is { } mark)
                await File.WriteAllTextAsync(mark, "", CancellationToken.None);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fault("install-failed", string.Create(CultureInfo.InvariantCulture, $"'{step.InWords}' did not end within {_stepLimit.TotalMinutes:0.###} minutes and was ended."));
        }
    }

    private static Dictionary<string, string> EnvironmentOf(InstallStep step)
    {
        var environment = new Dictionary<string, string>(ToolProcess.Environment, StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["DEBIAN_FRONTEND"] = "noninteractive",
            // Nobody is there to be asked for a password, and a server that says nothing for a minute is no server.
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_HTTP_LOW_SPEED_LIMIT"] = "100",
            ["GIT_HTTP_LOW_SPEED_TIME"] = "60",
            ["PYTHONUNBUFFERED"] = "1",
        };
        foreach (var name in PassedOn)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                environment[name] = value;
        }

        foreach (var (name, value) in step.Environment)
            environment[name] = value;
        return environment;
    }

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    private static string Shown(string line) => line.Length <= MaxShownCharacters ? line : $"{line.AsSpan(0, MaxShownCharacters)}…";
}
