using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>
/// Builds projects with a <c>platformio.ini</c> by PlatformIO. Platforms and packages must be installed before: a build has no network, reads them and cannot
/// change them. Scripts of the project (<c>extra_scripts</c>) run, in the sandbox as all else.
/// </summary>
public sealed class PlatformioToolchain : IToolchain
{
    internal const string ToolchainName = "platformio";
    private const string Platform = "espressif32";

    private readonly BuildOptions _options;
    private (string Program, DateTime WrittenAt, string Version)? _known;

    /// <summary>The PlatformIO of this machine.</summary>
    public PlatformioToolchain(IOptions<BuildOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value.Checked();
    }

    /// <inheritdoc/>
    public string Name => ToolchainName;

    /// <inheritdoc/>
    public string Title => "PlatformIO";

    private string InstallCommand => InstallRecipe.Find(ToolchainName, _options)!.InWords;

    private string Advice => $"To install: {InstallCommand}";

    /// <inheritdoc/>
    public Fault? Check(BuildRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Files.Any(file => file.Path is "platformio.ini") ? null : new Fault("build-invalid", "The project has no platformio.ini: add one with a section such as [env:esp32dev].");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ToolchainNeed>> FindMissingAsync(CancellationToken cancellationToken = default)
    {
        if (!(await FindAsync(cancellationToken)).TryGet(out var tool, out _))
            return [new ToolchainNeed("PlatformIO Core", "builds projects with a platformio.ini", InstallCommand)];
        return tool.Packages.Platforms.ContainsKey(Platform) ? [] : [new ToolchainNeed($"platform {Platform}", "compilers and frameworks of the ESP32 family", PlatformCommand(tool, $"platformio/{Platform}"))];
    }

    /// <inheritdoc/>
    public async Task<Outcome<ToolchainStatus>> ProbeAsync(CancellationToken cancellationToken = default)
    {
        if (!(await FindAsync(cancellationToken)).TryGet(out var tool, out var fault))
            return fault;
        return tool.Packages.Platforms.Count > 0 ? tool.Status : new Fault("toolchain-missing", $"PlatformIO {tool.Version} has no platform installed. Run: {PlatformCommand(tool, $"platformio/{Platform}")}");
    }

    /// <inheritdoc/>
    public async Task<Outcome<BuiltImage>> BuildAsync(BuildJob job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (!(await FindAsync(cancellationToken)).TryGet(out var tool, out var fault))
            return fault;
        tool.Prepare(job);
        job.Note($"Using {tool.Status.Versions}.");
        return await new PlatformioRun(job, tool).BuildAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<CompileCommand>>> GetCompileCommandsAsync(BuildJob job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        if ((await FindAsync(cancellationToken)).TryGet(out var tool, out _))
        {
            tool.Prepare(job);
            if ((await new PlatformioRun(job, tool).GetCompileCommandsAsync(cancellationToken)).TryGet(out var commands, out _) && commands.Count > 0)
                return Outcome(commands);
        }

        return Outcome(CompileCommands.Guess(job, ["include", "src", "lib"]));
    }

    /// <summary>The command that installs a platform, for a person.</summary>
    internal static string PlatformCommand(PlatformioTool tool, string specification) => $"PLATFORMIO_CORE_DIR={tool.CoreDirectory} {tool.Program} pkg install --global --platform '{specification}'";

    private static Outcome<IReadOnlyList<CompileCommand>> Outcome(IReadOnlyList<CompileCommand> commands) => new List<CompileCommand>(commands);

    private async Task<Outcome<PlatformioTool>> FindAsync(CancellationToken cancellationToken)
    {
        if (ToolPlaces.PlatformioProgram(_options) is not { } program)
            return new Fault("toolchain-missing", $"PlatformIO is not installed. {Advice}");
        var written = File.GetLastWriteTimeUtc(program);
        var version = _known is { } known && string.Equals(known.Program, program, StringComparison.Ordinal) && known.WrittenAt == written ? known.Version : await ToolVersion.AskAsync(program, cancellationToken);
        if (version is null)
            return new Fault("toolchain-missing", $"{program} does not run. {Advice}");
        _known = (program, written, version);
        var core = ToolPlaces.PlatformioPackages(_options);
        return Directory.Exists(core)
            ? new PlatformioTool(program, version, core, PlatformioPackages.Read(core))
            : new PlatformioTool(program, version, core, new PlatformioPackages(new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal)));
    }
}
