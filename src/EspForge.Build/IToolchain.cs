namespace EspForge.Build;

/// <summary>What a toolchain found on this machine.</summary>
/// <param name="Name">Name of the toolchain.</param>
/// <param name="Versions">What it uses, for a person: <c>cmake 3.25.1, gcc 12.2.0, ninja 1.11.1</c>.</param>
/// <param name="Architecture">What it builds for: <c>x86_64</c>, <c>aarch64</c>.</param>
public sealed record ToolchainStatus(string Name, string Versions, string Architecture)
{
    /// <summary>All that decides what comes out for the same project: versions, and whatever else changes with an upgrade. Part of <see cref="BuildOutcome.CacheKey"/>.</summary>
    public string Identity { get; init; } = Versions;
}

/// <summary>Something a toolchain lacks here.</summary>
/// <param name="What">Its name: <c>cmake</c>.</param>
/// <param name="Why">What it is for.</param>
/// <param name="Command">The command that installs it.</param>
public sealed record ToolchainNeed(string What, string Why, string Command);

/// <summary>How one file of a project is compiled, for a language server.</summary>
/// <param name="File">Path of the file, as tools see it.</param>
/// <param name="Arguments">Compiler and flags, without the file.</param>
public sealed record CompileCommand(string File, IReadOnlyList<string> Arguments);

/// <summary>Turns a project into an image. Used by <see cref="FirmwareBuilder"/>, which owns directory, limits, log and time.</summary>
public interface IToolchain
{
    /// <summary>A word for requests and logs, such as <c>host</c>.</summary>
    string Name { get; }

    /// <summary>What a person calls it, such as <c>ESP-IDF</c>.</summary>
    string Title { get; }

    /// <summary>Whether everything it needs is installed; the fault <c>toolchain-missing</c> says what to install.</summary>
    Task<Outcome<ToolchainStatus>> ProbeAsync(CancellationToken cancellationToken = default);

    /// <summary>Builds what is in the job's directory. Throws <see cref="OperationCanceledException"/> when cancelled.</summary>
    Task<Outcome<BuiltImage>> BuildAsync(BuildJob job, CancellationToken cancellationToken = default);

    /// <summary>What it lacks on this machine; empty when it is ready.</summary>
    Task<IReadOnlyList<ToolchainNeed>> FindMissingAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<ToolchainNeed>>([]);

    /// <summary>What it wants of a project beyond what holds for all: the fault <c>build-invalid</c>, or <see langword="null"/>.</summary>
    Fault? Check(BuildRequest request) => null;

    /// <summary>How the project's files are compiled, for a language server; empty where the toolchain cannot say. The job's tools may be run.</summary>
    Task<Outcome<IReadOnlyList<CompileCommand>>> GetCompileCommandsAsync(BuildJob job, CancellationToken cancellationToken = default) =>
        Task.FromResult<Outcome<IReadOnlyList<CompileCommand>>>(Array.Empty<CompileCommand>());
}
