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
        if (_options.Sandbox == SandboxKind.Process)
            return await TryAsync(new ProcessSandbox(), cancellationToken);
        var whyNot = new List<string>();
        if (_options.Sandbox is SandboxKind.Auto or SandboxKind.Bubblewrap)
        {
            var tried = await TryAsync(new BubblewrapSandbox(), cancellationToken);
            if (tried.TryGet(out _, out var fault))
                return tried;
            whyNot.Add(fault.Message);
        }

        if (_options.Sandbox is SandboxKind.Auto or SandboxKind.Container && !string.IsNullOrWhiteSpace(_options.ContainerImage))
        {
            foreach (var runtime in _options.ContainerRuntime is { } one ? [one] : ContainerSandbox.Runtimes)
            {
                var tried = await TryAsync(new ContainerSandbox(runtime, _options.ContainerImage), cancellationToken);
                if (tried.TryGet(out var choice, out var fault))
                    return choice with { Message = string.Join(' ', [choice.Message, .. whyNot]) };
                whyNot.Add(fault.Message);
            }
        }

        return new Fault("sandbox-unavailable", $"There is no sandbox to build in. {string.Join(' ', whyNot)} Setting the sandbox to {nameof(SandboxKind.Process)} builds without one, which is unsafe: projects can then read what this host's user can read.");
    }

    private static async Task<Outcome<SandboxChoice>> TryAsync(IBuildSandbox sandbox, CancellationToken cancellationToken) =>
        (await sandbox.ProbeAsync(cancellationToken)).TryGet(out var message, out var fault) ? new SandboxChoice(sandbox, message) : fault;
}
