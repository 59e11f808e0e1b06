using System.Globalization;
using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>
/// Installs what <see cref="ToolchainDoctor"/> finds missing, by a fixed list of commands; nothing a user sends becomes part of one. Only where
/// <see cref="BuildOptions.AllowInstall"/> is set, and only what the host's user may: system packages need root.
/// </summary>
public sealed class ToolchainInstaller : IDisposable
{
    private static readonly TimeSpan StepLimit = TimeSpan.FromHours(1);

    private static readonly string[] PassedOn =
    [
        "HOME", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO",
    ];

    private readonly BuildOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>An installer for this machine.</summary>
    public ToolchainInstaller(IOptions<BuildOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value.Checked();
    }

    /// <summary>Whether <see cref="InstallAsync"/> would run for this id.</summary>
    public bool CanInstall(string id) => _options.AllowInstall && InstallRecipe.Find(id, _options) is { } recipe && WhyNot(recipe) is null;

    /// <summary>What a person types to install it, or <see langword="null"/> for an id it knows nothing of.</summary>
    public string? CommandOf(string id) => InstallRecipe.Find(id, _options)?.InWords;

    /// <summary>Installs. One installation runs at a time; the others wait.</summary>
    /// <param name="id">As in <see cref="ToolchainReport.Id"/>.</param>
    /// <param name="log">Gets every line.</param>
    /// <param name="cancellationToken">Kills the command that runs; what was installed until then stays.</param>
    /// <returns><see langword="true"/>, or a fault: <c>install-not-allowed</c>, with the command in words; <c>install-unknown</c>; <c>install-failed</c>.</returns>
    public async Task<Outcome<bool>> InstallAsync(string id, IProgress<BuildLine>? log = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (InstallRecipe.Find(id, _options) is not { } recipe)
            return new Fault("install-unknown", "There is nothing of that name to install.");
        if (!_options.AllowInstall)
            return new Fault("install-not-allowed", $"This host installs nothing by itself (AllowInstall). Run as root: {recipe.InWords}");
        if (WhyNot(recipe) is { } why)
            return new Fault("install-not-allowed", $"{why} Run: {recipe.InWords}");
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var lines = new BuildLog(log, _options.MaxLogBytes);
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

    private static string? WhyNot(InstallRecipe recipe) => !recipe.NeedsRoot || Environment.IsPrivilegedProcess ? null : "System packages are installed by root, and this host does not run as root.";

    private static async Task<Fault?> RunAsync(InstallStep step, BuildLog lines, CancellationToken cancellationToken)
    {
        lines.Note(step.InWords);
        if (step.SkipIfExists is { } there && Path.Exists(there))
        {
            lines.Note($"{there} is there already.");
            return null;
        }

        if (Programs.Find(step.Program) is not { } program)
            return new Fault("install-failed", $"{step.Program} is not installed.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StepLimit);
        try
        {
            var environment = new Dictionary<string, string>(ToolProcess.Environment, StringComparer.Ordinal) { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ["DEBIAN_FRONTEND"] = "noninteractive" };
            foreach (var name in PassedOn)
            {
                if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                    environment[name] = value;
            }

            foreach (var (name, value) in step.Environment)
                environment[name] = value;
            var ran = await ToolProcess.RunAsync(program, step.Arguments, environment, lines.Write, limit.Token);
            return ran.TryGet(out var exit, out var fault)
                ? exit == 0 ? null : new Fault("install-failed", string.Create(CultureInfo.InvariantCulture, $"'{step.InWords}' ended with exit code {exit}; the log says more."))
                : new Fault("install-failed", fault.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fault("install-failed", $"'{step.InWords}' did not end within an hour and was ended.");
        }
    }
}
