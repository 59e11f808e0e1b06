namespace EspForge.Build;

/// <summary>What a toolchain found on this machine.</summary>
/// <param name="Name">Name of the toolchain.</param>
/// <param name="Versions">What it uses, for a person: <c>cmake 3.25.1, gcc 12.2.0, ninja 1.11.1</c>.</param>
/// <param name="Architecture">What it builds for: <c>x86_64</c>, <c>aarch64</c>.</param>
public sealed record ToolchainStatus(string Name, string Versions, string Architecture);

/// <summary>Turns a project into an image. Used by <see cref="FirmwareBuilder"/>, which owns directory, limits, log and time.</summary>
public interface IToolchain
{
    /// <summary>A word for logs, such as <c>host</c>.</summary>
    string Name { get; }

    /// <summary>Whether everything it needs is installed; the fault <c>toolchain-missing</c> says what to install.</summary>
    Task<Outcome<ToolchainStatus>> ProbeAsync(CancellationToken cancellationToken = default);

    /// <summary>Builds what is in the job's directory. Throws <see cref="OperationCanceledException"/> when cancelled.</summary>
    Task<Outcome<BuiltImage>> BuildAsync(BuildJob job, CancellationToken cancellationToken = default);
}
