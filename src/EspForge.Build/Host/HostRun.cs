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
        CompilerCache.Mount(job, compiler);
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
        return await ReadImageAsync(job, cancellationToken);
    }

    public static async Task<Fault?> ConfigureAsync(BuildJob job, HostCompiler compiler, string source, IEnumerable<string> definitions, CancellationToken cancellationToken)
    {
        var command = new SandboxCommand(compiler.CMake,
        [
            "-S", source, "-B", $"{job.PathInside(job.Directory)}/{BuildFolder}", "-G", compiler.Generator, "--log-level=NOTICE", "-Wno-dev", "--no-warn-unused-cli",
            "-DCMAKE_BUILD_TYPE=Release", $"-DCMAKE_C_COMPILER={compiler.Compiler}", "-DESPFORGE_WERROR=OFF", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
            .. compiler.CompilerCache is { } cache && CompilerCache.IsUsed(job) ? (string[])[$"-DCMAKE_C_COMPILER_LAUNCHER={cache}"] : [], .. definitions,
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
        var ran = await job.RunAsync(command with { Environment = CompilerCache.EnvironmentOf(job) }, cancellationToken);
        return !ran.TryGet(out var exit, out var fault) ? fault : exit == 0 ? null : job.Failed(exit);
    }

    private static async Task<Outcome<BuiltImage>> ReadImageAsync(BuildJob job, CancellationToken cancellationToken)
    {
        if (!(await job.ReadFileAsync($"{BuildFolder}/app.efi", job.Options.MaxImageBytes, cancellationToken)).TryGet(out var content, out var fault))
            return fault;
        if (!HostImage.Read(content).TryGet(out var header, out fault))
            return fault;
        var (project, version, chip, _, _) = header;
        if ((project, version, chip) != (job.Request.ProjectName, job.Request.Version, job.Request.Chip))
            return new Fault("image-malformed", "The image names another project, version or chip than was asked for.");
        // The program behind the header. A virtual device has the machine's memory, so there is no total; flash it has in slots.
        var program = ElfMemory.Read(content.AsSpan(HostImage.HeaderBytes));
        job.Memory = new BuildMemory(program is null ? null : program.DataBytes + program.BssBytes, null, content.Length, null, VirtualSlot.SizeBytes);
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
}
