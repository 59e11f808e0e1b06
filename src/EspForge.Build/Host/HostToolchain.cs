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
        if (Volatile.Read(ref _compiler) is { } known)
            return known;
        var found = await HostCompiler.FindAsync(cancellationToken);
        if (found.TryGet(out var compiler, out _))
            Volatile.Write(ref _compiler, compiler);
        return found;
    }
}
