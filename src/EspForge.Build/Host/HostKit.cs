using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace EspForge.Build;

/// <summary>
/// What is built once per version of the agent and compiler, out of this package's sources alone, and then only read by builds of projects: the
/// agent's library, the image tool, the bootloader and the factory images.
/// </summary>
internal sealed partial class HostKit(BuildOptions options, SandboxSelector sandboxes, TimeProvider time, ILogger logger) : IDisposable
{
    public const string FactoryVersion = "0.1.0";
    private const string Library = "libespforge.a";
    private const string ImageTool = "ef_mkimage";
    private const string Bootloader = "ef_bootloader";

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Places of what a build reads.</summary>
    /// <param name="Firmware">The agent's sources.</param>
    /// <param name="Directory">Where the files below are.</param>
    public sealed record Places(string Firmware, string Directory)
    {
        public string LibraryPath => Path.Combine(Directory, Library);

        public string ImageToolPath => Path.Combine(Directory, ImageTool);

        public string BootloaderPath => Path.Combine(Directory, Bootloader);
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>The kit, built where it is not there yet; <paramref name="note"/> is told when that takes a while.</summary>
    public async Task<Outcome<Places>> GetAsync(HostCompiler compiler, Action<string>? note, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!FirmwareSources.Extract(options.CacheDirectory).TryGet(out var firmware, out var fault))
                return fault;
            var places = new Places(firmware, Path.Combine(options.CacheDirectory, $"host-{Key(compiler)}"));
            if (File.Exists(places.LibraryPath) && File.Exists(places.ImageToolPath) && File.Exists(places.BootloaderPath))
                return places;
            note?.Invoke("Building the agent for this machine; that happens once for each version of it.");
            JobDirectory.Sweep(options.CacheDirectory, time);
            return await BuildKitAsync(compiler, places, cancellationToken) is { } failed ? failed : places;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The factory image of a chip, built where it is not there yet.</summary>
    public async Task<Outcome<string>> GetFactoryImageAsync(HostCompiler compiler, Places places, string chip, CancellationToken cancellationToken)
    {
        var path = Path.Combine(places.Directory, $"factory-{chip}-{FactoryVersion}.efi");
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (File.Exists(path))
                return path;
            var request = new BuildRequest { ProjectName = "factory", Version = FactoryVersion, Chip = chip, Files = [new ProjectFile("main.c", FirmwareSources.Read("apps/factory/main.c"))] };
            if (ProjectRules.Check(request, options) is { } fault)
                return fault;
            return await RunJobAsync<string>(request, places, async job =>
            {
                var built = await HostRun.BuildImageAsync(job, compiler, places, cancellationToken);
                if (!built.TryGet(out var image, out var why))
                    return why;
                var staged = Path.Combine(job.Directory, "factory.efi");
                await File.WriteAllBytesAsync(staged, image.Content, cancellationToken);
                File.Move(staged, path, overwrite: true);
                return path;
            }, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Fault?> BuildKitAsync(HostCompiler compiler, Places places, CancellationToken cancellationToken)
    {
        var request = new BuildRequest { ProjectName = "agent", Version = FactoryVersion, Chip = "host", Files = [], CacheScope = CompilerCache.AgentScope };
        var result = await RunJobAsync<string>(request, places, async job =>
        {
            job.MountReadOnly(places.Firmware, "firmware");
            CompilerCache.Mount(job, compiler);
            var source = job.PathInside(places.Firmware);
            if (await HostRun.ConfigureAsync(job, compiler, source, ["-DEF_TESTS=OFF"], cancellationToken) is { } configured)
                return configured;
            if (await HostRun.BuildAsync(job, compiler, ["--target", "espforge", ImageTool, Bootloader], cancellationToken) is { } built)
                return built;
            // Copied, not moved: the kit belongs to the host's user and can be read, and run, by the user of every job.
            var staging = Path.Combine(job.Directory, "kit");
            PrivateFiles.CreateReadableDirectory(staging);
            foreach (var name in new[] { Library, ImageTool, Bootloader })
            {
                if (!(await job.ReadFileAsync($"{HostRun.BuildFolder}/{name}", job.Options.ProcessFileBytes, cancellationToken)).TryGet(out var content, out var unread))
                    return unread;
                PrivateFiles.CreateReadable(Path.Combine(staging, name), content, isProgram: name is not Library);
            }

            if (Directory.Exists(places.Directory))
                Directory.Move(places.Directory, Path.Combine(job.Directory, "incomplete"));
            Directory.Move(staging, places.Directory);
            return places.Directory;
        }, cancellationToken);
        return result.Fault;
    }

    // A job in the cache directory, so that its results can be renamed into place.
    private async Task<Outcome<T>> RunJobAsync<T>(BuildRequest request, Places places, Func<BuildJob, Task<Outcome<T>>> run, CancellationToken cancellationToken)
        where T : notnull
    {
        if (!(await sandboxes.SelectAsync(cancellationToken)).TryGet(out var choice, out var fault) || !JobDirectory.Create(options.CacheDirectory).TryGet(out var directory, out fault))
            return fault;
        using (directory)
        {
            directory.Write(BuildJob.ProjectFolder, request.Files);
            var lines = new Lines();
            var job = new BuildJob(request, directory.Path, choice.Sandbox, new BuildLog(lines, options.MaxLogBytes), options);
            var result = await run(job);
            if (result.TryGet(out _, out fault))
                return result;
            Log.Failed(logger, request.ProjectName, places.Directory, lines.Tail());
            return new Fault(fault.Code is "build-failed" ? "toolchain-failed" : fault.Code, $"The agent could not be built for this machine. {fault.Message}");
        }
    }

    private static string Key(HostCompiler compiler)
    {
        var identity = string.Join('\n', FirmwareSources.Hash, compiler.Compiler, compiler.Status.Identity, compiler.Status.Architecture);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..16];
    }

    private sealed class Lines : IProgress<BuildLine>
    {
        private const int Kept = 40;
        private readonly Queue<string> _last = new();

        public void Report(BuildLine value)
        {
            if (_last.Count == Kept)
                _last.Dequeue();
            _last.Enqueue(value.Text);
        }

        public string Tail() => string.Join('\n', _last);
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Error, "Building {What} into {Directory} failed:\n{Tail}")]
        public static partial void Failed(ILogger logger, string what, string directory, string tail);
    }
}
