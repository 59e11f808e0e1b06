using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>
/// Builds host images: programs of this machine that behave as the firmware of a chip would, with the same agent (docs/protocol.md, section 5). Uses
/// CMake with gcc or clang; the agent itself is built once per version and kept in <see cref="BuildOptions.CacheDirectory"/>.
/// </summary>
public sealed class HostToolchain : IToolchain, IDisposable
{
    internal const string ToolchainName = "host";

    private readonly HostKit _kit;
    private HostCompiler? _compiler;

    /// <summary>A toolchain for this machine.</summary>
    public HostToolchain(SandboxSelector sandboxes, IOptions<BuildOptions> options, TimeProvider? time = null, ILogger<HostToolchain>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(sandboxes);
        ArgumentNullException.ThrowIfNull(options);
        _kit = new HostKit(options.Value.Checked(), sandboxes, time ?? TimeProvider.System, (ILogger?)logger ?? NullLogger.Instance);
    }

    /// <inheritdoc/>
    public string Name => ToolchainName;

    /// <inheritdoc/>
    public string Title => "Host (virtual device)";

    /// <inheritdoc/>
    public Fault? Check(BuildRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Files.Any(file => file.Path.EndsWith(".c", StringComparison.Ordinal)) ? null : new Fault("build-invalid", "The project has no C file: add one, such as main.c.");
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ToolchainNeed>> FindMissingAsync(CancellationToken cancellationToken = default) => Task.FromResult(HostCompiler.FindMissing());

    /// <inheritdoc/>
    public Task<Outcome<IReadOnlyList<CompileCommand>>> GetCompileCommandsAsync(BuildJob job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (!FirmwareSources.Extract(job.Options.CacheDirectory).TryGet(out var firmware, out var fault))
            return Task.FromResult<Outcome<IReadOnlyList<CompileCommand>>>(fault);
        job.MountReadOnly(firmware, "firmware");
        List<string> flags = ["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE"];
        flags.AddRange(HostProject.IncludeDirectories(job.Request).Select(directory => "-I" + job.PathInside(Path.Combine(job.Directory, directory))));
        flags.Add("-I" + job.PathInside(Path.Combine(firmware, "agent/include")));
        return Task.FromResult<Outcome<IReadOnlyList<CompileCommand>>>(job.Request.Files.Where(file => file.Path.EndsWith(".c", StringComparison.Ordinal))
            .Select(file => new CompileCommand(job.PathInside(Path.Combine(job.Directory, BuildJob.ProjectFolder, file.Path)), flags)).ToList());
    }

    /// <inheritdoc/>
    public async Task<Outcome<ToolchainStatus>> ProbeAsync(CancellationToken cancellationToken = default) =>
        (await FindCompilerAsync(cancellationToken)).TryGet(out var compiler, out var fault) ? compiler.Status : fault;

    /// <inheritdoc/>
    public async Task<Outcome<BuiltImage>> BuildAsync(BuildJob job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (!(await FindCompilerAsync(cancellationToken)).TryGet(out var compiler, out var fault) || !(await _kit.GetAsync(compiler, job.Note, cancellationToken)).TryGet(out var kit, out fault))
            return fault;
        job.Note($"Using {compiler.Status.Versions}.");
        foreach (var file in job.Request.Files.Where(file => Path.GetExtension(file.Path) is ".cpp" or ".cc" or ".cxx" or ".ino" or ".S"))
            job.Note($"{file.Path} is not compiled: host images are made of C files.");
        return await HostRun.BuildImageAsync(job, compiler, kit, cancellationToken);
    }

    /// <summary>Builds, where they are not there yet, the bootloader of virtual devices and the factory image of each chip, and says where they are.</summary>
    /// <param name="chips">Chips a factory image is wanted for, such as <c>esp32c3</c>.</param>
    /// <param name="cancellationToken">Ends what is being built.</param>
    /// <returns>The tools, or a fault: <c>toolchain-missing</c>, <c>toolchain-failed</c>, <c>sandbox-unavailable</c>, <c>build-invalid</c> or <c>build-storage</c>.</returns>
    public async Task<Outcome<HostTools>> PrepareAsync(IEnumerable<string> chips, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chips);
        try
        {
            if (!(await FindCompilerAsync(cancellationToken)).TryGet(out var compiler, out var fault) || !(await _kit.GetAsync(compiler, note: null, cancellationToken)).TryGet(out var kit, out fault))
                return fault;
            var images = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var chip in chips.Distinct(StringComparer.Ordinal))
            {
                if (!(await _kit.GetFactoryImageAsync(compiler, kit, chip, cancellationToken)).TryGet(out var path, out fault))
                    return fault;
                images.Add(chip, path);
            }

            return new HostTools(kit.BootloaderPath, images);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault("build-storage", $"The cache directory could not be used: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _kit.Dispose();

    private async Task<Outcome<HostCompiler>> FindCompilerAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _compiler) is { IsCurrent: true } known)
            return known;
        var found = await HostCompiler.FindAsync(cancellationToken);
        if (found.TryGet(out var compiler, out _))
            Volatile.Write(ref _compiler, compiler);
        return found;
    }
}
