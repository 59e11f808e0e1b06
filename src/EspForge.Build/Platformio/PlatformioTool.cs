using System.Globalization;

namespace EspForge.Build;

/// <summary>PlatformIO as found on this machine.</summary>
/// <param name="Program">Path of <c>pio</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="CoreDirectory">Where its platforms and packages are.</param>
/// <param name="Packages">What is installed there.</param>
internal sealed record PlatformioTool(string Program, string Version, string CoreDirectory, PlatformioPackages Packages)
{
    private const string ToolMount = "platformio";
    private const string PackagesMount = "packages";
    private const string CoreFolder = "pio";

    public ToolchainStatus Status => new(
        PlatformioToolchain.ToolchainName,
        string.Join(", ", [$"PlatformIO {Version}", .. Packages.Platforms.Select(platform => $"{platform.Key} {platform.Value}")]),
        "ESP32 family")
    {
        Identity = string.Create(CultureInfo.InvariantCulture, $"pio {Version}\n{Packages.Identity}"),
    };

    // A program that is no system's comes with the directory around its "bin": a virtual environment of Python.
    private bool IsSystem => Program.StartsWith("/usr/", StringComparison.Ordinal) || Program.StartsWith("/bin/", StringComparison.Ordinal);

    private string Home => Path.GetDirectoryName(Path.GetDirectoryName(Program)!)!;

    /// <summary>
    /// Mounts tool and packages read-only, and makes the core directory PlatformIO wants to write to: one of the job's own, in which platforms and packages are
    /// links to the mounted ones, so that its lock files, which lie beside them, are the job's.
    /// </summary>
    public void Prepare(BuildJob job)
    {
        if (!IsSystem)
            job.MountReadOnly(Home, ToolMount);
        job.MountReadOnly(CoreDirectory, PackagesMount);
        var core = Path.Combine(job.Directory, CoreFolder);
        PrivateFiles.CreateDirectory(core);
        foreach (var name in (ReadOnlySpan<string>)["platforms", "packages"])
            File.CreateSymbolicLink(Path.Combine(core, name), job.PathInside(Path.Combine(CoreDirectory, name)));
        // What ESP-IDF as a framework takes for the image's version; other frameworks do not look.
        var version = Path.Combine(job.Directory, BuildJob.ProjectFolder, "version.txt");
        if (!File.Exists(version))
            PrivateFiles.Create(version, System.Text.Encoding.ASCII.GetBytes(job.Request.Version + "\n"));
    }

    /// <summary>A command of <c>pio</c> in the project's directory.</summary>
    public SandboxCommand Command(BuildJob job, params string[] arguments)
    {
        var environment = BuildDates.EnvironmentOf(job.Request);
        environment["PLATFORMIO_CORE_DIR"] = job.PathInside(Path.Combine(job.Directory, CoreFolder));
        environment["PLATFORMIO_SETTING_ENABLE_TELEMETRY"] = "no";
        environment["PLATFORMIO_SETTING_CHECK_PLATFORMIO_INTERVAL"] = "9999";
        environment["PLATFORMIO_SETTING_CHECK_PRUNE_SYSTEM_THRESHOLD"] = "0";
        environment["PLATFORMIO_NO_ANSI"] = "true";
        environment["PYTHONUNBUFFERED"] = "1";
        var project = job.PathInside(Path.Combine(job.Directory, BuildJob.ProjectFolder));
        environment["PLATFORMIO_BUILD_FLAGS"] = string.Join(' ', ReproducibleFlags(job, project));
        List<string> line = [.. Launch(job), .. arguments];
        return new SandboxCommand(line[0], line[1..]) { Environment = environment, WorkingDirectory = project };
    }

    /// <summary>A path as the tools told it, of the packages directory: relative to <see cref="CoreDirectory"/>; otherwise <see langword="null"/>.</summary>
    public string? InPackages(BuildJob job, string path)
    {
        foreach (var root in new[] { job.PathInside(CoreDirectory), job.PathInside(Path.Combine(job.Directory, CoreFolder)) })
        {
            if (SandboxPaths.TryRelative(root, path, out var relative) && relative.Length > 1)
                return relative[1..];
        }

        return null;
    }

    private IEnumerable<string> Launch(BuildJob job)
    {
        if (IsSystem)
            return [Program];
        // The first line of a script in a virtual environment names its Python by a path that is another one inside.
        return Path.Exists(Path.Combine(Home, "pyvenv.cfg")) && Path.Exists(Path.Combine(Home, "bin/python3"))
            ? [job.PathInside(Path.Combine(Home, "bin/python3")), "-m", "platformio"]
            : [job.PathInside(Program)];
    }

    private static IEnumerable<string> ReproducibleFlags(BuildJob job, string project)
    {
        var generated = job.PathInside(Path.Combine(job.Directory, BuildJob.GeneratedFolder));
        return [$"-ffile-prefix-map={project}=.", $"-fmacro-prefix-map={project}=.", $"-ffile-prefix-map={generated}=generated", $"-I{generated}"];
    }
}
