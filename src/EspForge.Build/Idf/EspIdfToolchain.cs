using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>
/// Builds projects of ESP-IDF by <c>idf.py</c>. ESP-IDF and its tools must be installed before: a build reads them and has no network. The firmware agent is
/// there as the component <c>espforge</c>, for projects that name it.
/// </summary>
public sealed class EspIdfToolchain : IToolchain
{
    internal const string ToolchainName = "esp-idf";

    private readonly BuildOptions _options;

    /// <summary>The ESP-IDF of this machine.</summary>
    public EspIdfToolchain(IOptions<BuildOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value.Checked();
    }

    /// <inheritdoc/>
    public string Name => ToolchainName;

    /// <inheritdoc/>
    public string Title => "ESP-IDF";

    private string InstallCommand => InstallRecipe.Find(ToolchainName, _options)!.InWords;

    /// <inheritdoc/>
    public Fault? Check(BuildRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Files.Any(file => file.Path is "CMakeLists.txt") ? null : new Fault("build-invalid", "The project has no CMakeLists.txt: add one that includes $ENV{IDF_PATH}/tools/cmake/project.cmake.");
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ToolchainNeed>> FindMissingAsync(CancellationToken cancellationToken = default)
    {
        var missing = new List<ToolchainNeed>();
        var tools = ToolPlaces.IdfTools(_options);
        if (ToolPlaces.Idf(_options) is not { } place)
            missing.Add(new ToolchainNeed("ESP-IDF", "builds projects of ESP-IDF; its compilers and Python packages come with it", InstallCommand));
        else if (!Directory.Exists(Path.Combine(tools, "tools")))
            missing.Add(new ToolchainNeed("ESP-IDF's tools", "compilers, CMake and Python packages of ESP-IDF", $"IDF_TOOLS_PATH={tools} {place}/install.sh all"));
        if (Programs.Find("python3") is null)
            missing.Add(new ToolchainNeed("python3", "runs idf.py", "apt-get install python3"));
        return Task.FromResult<IReadOnlyList<ToolchainNeed>>(missing);
    }

    /// <inheritdoc/>
    public Task<Outcome<ToolchainStatus>> ProbeAsync(CancellationToken cancellationToken = default) => Task.FromResult<Outcome<ToolchainStatus>>(Find().TryGet(out var tool, out var fault) ? tool.Status : fault);

    /// <inheritdoc/>
    public async Task<Outcome<BuiltImage>> BuildAsync(BuildJob job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (!Find().TryGet(out var tool, out var fault))
            return fault;
        tool.Mount(job);
        job.Note($"Using {tool.Status.Versions}.");
        return await new IdfRun(job, tool).BuildAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Outcome<IReadOnlyList<CompileCommand>>> GetCompileCommandsAsync(BuildJob job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        // A configured project takes half a minute; headers of the project itself are found without, those of ESP-IDF where it is installed.
        var commands = CompileCommands.Guess(job, ["main", "include", "components"]);
        if (Find().TryGet(out var tool, out _))
        {
            tool.Mount(job);
            List<string> flags = [$"-I{tool.Inside(job, "components/esp_common/include")}", "-DESP_PLATFORM", "-D_GNU_SOURCE"];
            flags.AddRange(IdfIncludes.Of(tool.Directory, job.Request.Chip).Select(path => "-I" + tool.Inside(job, path)));
            commands = [.. commands.Select(command => command with { Arguments = [.. command.Arguments, .. flags] })];
        }

        return Task.FromResult<Outcome<IReadOnlyList<CompileCommand>>>(new List<CompileCommand>(commands));
    }

    private Outcome<IdfTool> Find()
    {
        var advice = $"To install: {InstallCommand}";
        if (ToolPlaces.Idf(_options) is not { } directory)
            return new Fault("toolchain-missing", $"ESP-IDF is not installed. {advice}");
        if (IdfTool.ReadVersion(directory) is not { } version)
            return new Fault("toolchain-missing", $"{directory} is no whole ESP-IDF: its version cannot be read. {advice}");
        var tools = ToolPlaces.IdfTools(_options);
        return Directory.Exists(Path.Combine(tools, "tools"))
            ? new IdfTool(directory, tools, version)
            : new Fault("toolchain-missing", $"The tools of ESP-IDF {version} are not installed. Run: IDF_TOOLS_PATH={tools} {directory}/install.sh all");
    }
}
