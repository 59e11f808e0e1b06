using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>A sandbox that works here.</summary>
/// <param name="Sandbox">The sandbox.</param>
/// <param name="Message">What it gives and, where another was wanted, why it is not that one. For logs and status pages.</param>
public sealed record SandboxChoice(IBuildSandbox Sandbox, string Message);

/// <summary>Picks the sandbox of builds as <see cref="BuildOptions.Sandbox"/> says. The answer is kept once a sandbox was found to work.</summary>
public sealed class SandboxSelector(IOptions<BuildOptions> options)
{
    private readonly BuildOptions _options = options.Value.Checked();
    private SandboxChoice? _choice;

    /// <summary>The sandbox builds run in, or the fault <c>sandbox-unavailable</c>.</summary>
    public async Task<Outcome<SandboxChoice>> SelectAsync(CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _choice) is { } known)
            return known;
        var selected = await ProbeAsync(cancellationToken);
        if (selected.TryGet(out var choice, out _))
            Volatile.Write(ref _choice, choice);
        return selected;
    }

    private async Task<Outcome<SandboxChoice>> ProbeAsync(CancellationToken cancellationToken)
    {
        Fault? whyNot = null;
        if (_options.Sandbox != SandboxKind.Process)
        {
            var bubblewrap = new BubblewrapSandbox();
            var probed = await bubblewrap.ProbeAsync(cancellationToken);
            if (probed.TryGet(out var message, out whyNot))
                return new SandboxChoice(bubblewrap, message);
            if (_options.Sandbox == SandboxKind.Bubblewrap)
                return whyNot;
        }

        var process = new ProcessSandbox();
        var plain = await process.ProbeAsync(cancellationToken);
        return new SandboxChoice(process, whyNot is null ? plain.Value : $"{plain.Value} {whyNot.Message}");
    }
}
