using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>Says what is installed here, which versions, what is missing, and the command that installs it.</summary>
public sealed class ToolchainDoctor
{
    private readonly List<IToolchain> _toolchains;
    private readonly SandboxSelector _sandboxes;
    private readonly BuildOptions _options;
    private readonly ToolchainInstaller _installer;

    /// <summary>A doctor for toolchains.</summary>
    public ToolchainDoctor(IEnumerable<IToolchain> toolchains, SandboxSelector sandboxes, IOptions<BuildOptions> options, ToolchainInstaller installer)
    {
        ArgumentNullException.ThrowIfNull(toolchains);
        ArgumentNullException.ThrowIfNull(sandboxes);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(installer);
        _toolchains = [.. toolchains.DistinctBy(toolchain => toolchain.Name, StringComparer.Ordinal)];
        _sandboxes = sandboxes;
        _options = options.Value.Checked();
        _installer = installer;
    }

    /// <summary>Examines everything; takes a second or two where tools are asked for their versions.</summary>
    public async Task<IReadOnlyList<ToolchainReport>> ExamineAsync(CancellationToken cancellationToken = default)
    {
        var reports = new List<ToolchainReport>();
        foreach (var toolchain in _toolchains)
            reports.Add(await ExamineAsync(toolchain, cancellationToken));
        reports.Add(await SandboxAsync(cancellationToken));
        reports.Add(await ProgramAsync("language-server", "Language server (clangd)", LanguageServer.Find(), "diagnostics, completion and hover while typing", "clangd", cancellationToken));
        reports.Add(await ProgramAsync("compiler-cache", "Compiler cache (ccache)", Programs.Find("ccache"), "compiles unchanged files of host builds once", "ccache", cancellationToken));
        return reports;
    }

    private async Task<ToolchainReport> ExamineAsync(IToolchain toolchain, CancellationToken cancellationToken)
    {
        var missing = (await toolchain.FindMissingAsync(cancellationToken)).ToList();
        var probed = await toolchain.ProbeAsync(cancellationToken);
        if (!probed.TryGet(out var status, out var fault) && missing.Count == 0)
            missing.Add(new ToolchainNeed(toolchain.Title, fault.Message, _installer.CommandOf(toolchain.Name) ?? ""));
        return new ToolchainReport(toolchain.Name, toolchain.Title, probed.IsSuccess, status?.Versions ?? "", status?.Architecture ?? "", missing, missing.Count > 0 && _installer.CanInstall(toolchain.Name));
    }

    private async Task<ToolchainReport> SandboxAsync(CancellationToken cancellationToken)
    {
        const string Id = "sandbox";
        var selected = await _sandboxes.SelectAsync(cancellationToken);
        if (!selected.TryGet(out var choice, out var fault))
            return new ToolchainReport(Id, "Sandbox", false, "", "", [new ToolchainNeed("bubblewrap", fault.Message, "apt-get install bubblewrap")], _installer.CanInstall(Id));
        var missing = choice.Sandbox.IsIsolated ? [] : new List<ToolchainNeed> { new("isolation", choice.Message, "apt-get install bubblewrap") };
        if (!ResourceLimits.AreAvailable)
            missing.Add(new ToolchainNeed("prlimit", "limits memory and processor time", "apt-get install util-linux"));
        if (_options.Sandbox == SandboxKind.Process && choice.Sandbox is ProcessSandbox)
            missing[0] = missing[0] with { Why = "The sandbox is set to Process. " + choice.Message };
        var version = choice.Sandbox is BubblewrapSandbox && await ToolVersion.AskAsync("/usr/bin/bwrap", cancellationToken) is { } number ? $"bubblewrap {number}" : choice.Sandbox.Name;
        return new ToolchainReport(Id, "Sandbox", choice.Sandbox.IsIsolated, version, "", missing, !choice.Sandbox.IsIsolated && _installer.CanInstall(Id));
    }

    private async Task<ToolchainReport> ProgramAsync(string id, string title, string? path, string why, string package, CancellationToken cancellationToken)
    {
        var version = path is null ? null : await ToolVersion.AskAsync(path, cancellationToken);
        return version is null
            ? new ToolchainReport(id, title, false, "", "", [new ToolchainNeed(package, why, $"apt-get install {package}")], _installer.CanInstall(id))
            : new ToolchainReport(id, title, true, $"{package} {version}", "", [], false);
    }
}
