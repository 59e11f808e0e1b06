using System.Globalization;
using System.Security.Cryptography;

namespace EspForge.Build;

/// <summary>The two steps of a CMake build in a job's sandbox, and the image that comes out.</summary>
internal static class HostRun
{
    public const string BuildFolder = "build";

    /// <summary>Configures and builds what <see cref="BuildJob.Request"/> says, against a kit.</summary>
    public static async Task<Outcome<BuiltImage>> BuildImageAsync(BuildJob job, HostCompiler compiler, HostKit.Places kit, CancellationToken cancellationToken)
    {
        job.MountReadOnly(kit.Firmware, "firmware");
        job.MountReadOnly(kit.Directory, "kit");
        await File.WriteAllTextAsync(Path.Combine(job.Directory, "CMakeLists.txt"), HostProject.CMakeFile(job.Request, job.PathInside(kit.Firmware)), cancellationToken);
        string[] definitions =
        [
            $"-DESPFORGE_AGENT_LIBRARY={job.PathInside(kit.LibraryPath)}",
            $"-DESPFORGE_MKIMAGE={job.PathInside(kit.ImageToolPath)}",
        ];
        if (await ConfigureAsync(job, compiler, job.PathInside(job.Directory), definitions, cancellationToken) is { } configured)
            return configured;
        if (await BuildAsync(job, compiler, [], cancellationToken) is { } built)
            return built;
        return await ReadImageAsync(job, Path.Combine(job.Directory, BuildFolder, "app.efi"), cancellationToken);
    }

    public static async Task<Fault?> ConfigureAsync(BuildJob job, HostCompiler compiler, string source, IEnumerable<string> definitions, CancellationToken cancellationToken)
    {
        var command = new SandboxCommand(compiler.CMake,
        [
            "-S", source, "-B", $"{job.PathInside(job.Directory)}/{BuildFolder}", "-G", compiler.Generator, "--log-level=NOTICE", "-Wno-dev", "--no-warn-unused-cli",
            "-DCMAKE_BUILD_TYPE=Release", $"-DCMAKE_C_COMPILER={compiler.Compiler}", "-DESPFORGE_WERROR=OFF", .. definitions,
        ]);
        return await RunAsync(job, command, cancellationToken);
    }

    public static async Task<Fault?> BuildAsync(BuildJob job, HostCompiler compiler, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var command = new SandboxCommand(compiler.CMake,
            ["--build", $"{job.PathInside(job.Directory)}/{BuildFolder}", "--parallel", job.Options.Parallelism.ToString(CultureInfo.InvariantCulture), .. arguments]);
        return await RunAsync(job, command, cancellationToken);
    }

    private static async Task<Fault?> RunAsync(BuildJob job, SandboxCommand command, CancellationToken cancellationToken)
    {
        if (!(await job.RunAsync(command, cancellationToken)).TryGet(out var exit, out var fault))
            return fault;
        if (exit == 0)
            return null;
        var errors = job.Messages.Where(message => message.Severity == BuildSeverity.Error).ToList();
        return new Fault("build-failed", errors.Count switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $"The build ended with exit code {exit}; the log says more."),
            1 => $"The build failed: {Shown(errors[0])}",
            _ => string.Create(CultureInfo.InvariantCulture, $"The build failed with {errors.Count} errors, the first: {Shown(errors[0])}"),
        });
    }

    private static async Task<Outcome<BuiltImage>> ReadImageAsync(BuildJob job, string path, CancellationToken cancellationToken)
    {
        var info = new FileInfo(path);
        if (!info.Exists || info.LinkTarget is not null)
            return new Fault("image-malformed", "The toolchain wrote no image.");
        if (info.Length > job.Options.MaxImageBytes)
            return new Fault("image-malformed", string.Create(CultureInfo.InvariantCulture, $"The image has {info.Length:N0} bytes; at most {job.Options.MaxImageBytes:N0} are accepted."));
        var content = await File.ReadAllBytesAsync(path, cancellationToken);
        if (!HostImage.Read(content).TryGet(out var header, out var fault))
            return fault;
        var (project, version, chip, _, _) = header;
        if ((project, version, chip) != (job.Request.ProjectName, job.Request.Version, job.Request.Chip))
            return new Fault("image-malformed", "The image names another project, version or chip than was asked for.");
        return new BuiltImage
        {
            Content = content,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
            Format = "host",
            ProjectName = header.Project,
            Version = header.Version,
            Chip = header.Chip,
            AgentVersion = header.AgentVersion,
        };
    }

    private static string Shown(BuildMessage message) => message switch
    {
        { File: null } => message.Text,
        { Line: null } => $"{message.File}: {message.Text}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{message.File}:{message.Line}: {message.Text}"),
    };
}
