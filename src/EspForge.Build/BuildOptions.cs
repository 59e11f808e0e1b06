namespace EspForge.Build;

/// <summary>Which sandbox builds run in.</summary>
public enum SandboxKind
{
    /// <summary>Bubblewrap where it works, otherwise a container where <see cref="BuildOptions.ContainerImage"/> is set and works, otherwise the fault <c>sandbox-unavailable</c>. Never a plain process.</summary>
    Auto,

    /// <summary>Bubblewrap or nothing: where it does not work, builds fail with <c>sandbox-unavailable</c>.</summary>
    Bubblewrap,

    /// <summary>A container of <see cref="BuildOptions.ContainerImage"/>, or nothing.</summary>
    Container,

    /// <summary>A plain process with a cleared environment. Not isolated: for people who may run code on the machine anyway.</summary>
    Process,
}

/// <summary>Limits and places of builds.</summary>
public sealed class BuildOptions
{
    /// <summary>Where each build gets a directory of its own (mode 0700), removed when it ends.</summary>
    /// <value>The default is <c>espforge/build</c> in the user's local application data, or in the temporary directory where there is none.</value>
    public string WorkDirectory { get; set; } = Path.Combine(DefaultBase(), "build");

    /// <summary>Where what is built once per version of the agent is kept: sources, the agent's library, the bootloader and factory images.</summary>
    /// <value>The default is <c>espforge/cache</c> beside <see cref="WorkDirectory"/>. It can be deleted at any time no build runs.</value>
    public string CacheDirectory { get; set; } = Path.Combine(DefaultBase(), "cache");

    /// <summary>Which sandbox builds run in.</summary>
    /// <value>The default is <see cref="SandboxKind.Auto"/>.</value>
    public SandboxKind Sandbox { get; set; } = SandboxKind.Auto;

    /// <summary>How long a build may take in all.</summary>
    /// <value>The default is 180 seconds; from 1 second to 1 hour.</value>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(180);

    /// <summary>Most files a project may have, generated ones included.</summary>
    /// <value>The default is 200; 1 to 10,000.</value>
    public int MaxFiles { get; set; } = 200;

    /// <summary>Largest file of a project, in bytes.</summary>
    /// <value>The default is 1,048,576 (1 MiB).</value>
    public int MaxFileBytes { get; set; } = 1_048_576;

    /// <summary>Largest project in all, in bytes.</summary>
    /// <value>The default is 8,388,608 (8 MiB).</value>
    public int MaxProjectBytes { get; set; } = 8_388_608;

    /// <summary>How much of a build's output is kept, in bytes; the rest is left out, and the log says so.</summary>
    /// <value>The default is 4,194,304 (4 MiB); at least 4,096.</value>
    public int MaxLogBytes { get; set; } = 4_194_304;

    /// <summary>Largest image that is accepted from a toolchain, in bytes.</summary>
    /// <value>The default is 16,777,216 (16 MiB).</value>
    public int MaxImageBytes { get; set; } = 16_777_216;

    /// <summary>Processor time each process of a build may use, in seconds (<c>RLIMIT_CPU</c>).</summary>
    /// <value>The default is 120.</value>
    public int ProcessCpuSeconds { get; set; } = 120;

    /// <summary>Address space of each process of a build, in bytes (<c>RLIMIT_AS</c>).</summary>
    /// <value>The default is 4 GiB.</value>
    public long ProcessMemoryBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Largest file a process of a build may write, in bytes (<c>RLIMIT_FSIZE</c>).</summary>
    /// <value>The default is 256 MiB.</value>
    public long ProcessFileBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Processes and threads of a build at one time, in the sandboxes that isolate.</summary>
    /// <value>The default is 512; 16 to 32,768.</value>
    public int MaxProcesses { get; set; } = 512;

    /// <summary>Memory of all processes of a build together, in bytes: by a cgroup where the host may make one, otherwise watched.</summary>
    /// <value>The default is 4 GiB.</value>
    public long MaxJobMemoryBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Disk a build may fill, in bytes. It is watched: a build past it is killed.</summary>
    /// <value>The default is 2 GiB.</value>
    public long MaxJobBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Files and directories a build may make. Watched as <see cref="MaxJobBytes"/> is.</summary>
    /// <value>The default is 100,000.</value>
    public int MaxJobEntries { get; set; } = 100_000;

    /// <summary>Output after which a tool is killed, in bytes. What is beyond <see cref="MaxLogBytes"/> and below this is left out of the log.</summary>
    /// <value>The default is 64 MiB.</value>
    public long MaxOutputBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>For <see cref="SandboxKind.Container"/>: an image's name for docker and podman, for runc the directory of an unpacked root file system or <c>host-usr</c> for this machine's <c>/usr</c> alone.</summary>
    public string? ContainerImage { get; set; }

    /// <summary>For <see cref="SandboxKind.Container"/>: <c>docker</c>, <c>podman</c> or <c>runc</c>; <see langword="null"/> takes the first of them that works.</summary>
    public string? ContainerRuntime { get; set; }

    /// <summary>Whether a build of inputs that were built before is answered with that image.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool UseCache { get; set; } = true;

    /// <summary>How much <see cref="BuildCache"/> keeps, in bytes; what was not used for longest goes first.</summary>
    /// <value>The default is 1 GiB.</value>
    public long MaxCacheBytes { get; set; } = 1L * 1024 * 1024 * 1024;

    /// <summary>Whether <see cref="ToolchainInstaller"/> may install software on this machine.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowInstall { get; set; }

    /// <summary>Whether a project's dependency step (<see cref="BuildRequest.FetchDependencies"/>) has network: the host's own, loopback included.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowDependencyNetwork { get; set; }

    /// <summary>Path of <c>pio</c>; <see langword="null"/> looks in <c>/usr/local/bin</c>, <c>/usr/bin</c>, <see cref="CacheDirectory"/> and the user's <c>.platformio/penv</c>.</summary>
    public string? PlatformioProgram { get; set; }

    /// <summary>Where PlatformIO keeps platforms and packages; builds read it. <see langword="null"/>: <c>PLATFORMIO_CORE_DIR</c>, or <c>.platformio</c> in the user's home.</summary>
    public string? PlatformioDirectory { get; set; }

    /// <summary>Where ESP-IDF is; <see langword="null"/>: <c>IDF_PATH</c>, <see cref="CacheDirectory"/>, <c>/opt/esp-idf</c> or <c>esp/esp-idf</c> in the user's home.</summary>
    public string? IdfDirectory { get; set; }

    /// <summary>Where ESP-IDF's tools are; <see langword="null"/>: <c>IDF_TOOLS_PATH</c>, <see cref="CacheDirectory"/>, or <c>.espressif</c> in the user's home.</summary>
    public string? IdfToolsDirectory { get; set; }

    /// <summary>How many compilers run at once within one build.</summary>
    /// <value>The default is 2; 1 to 64.</value>
    public int Parallelism { get; set; } = 2;

    /// <summary>What is wrong with these options, as a sentence, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        _ when !Path.IsPathFullyQualified(WorkDirectory ?? "") => $"{nameof(WorkDirectory)} must be an absolute path.",
        _ when !Path.IsPathFullyQualified(CacheDirectory ?? "") => $"{nameof(CacheDirectory)} must be an absolute path.",
        _ when !Enum.IsDefined(Sandbox) => $"{nameof(Sandbox)} must be Auto, Bubblewrap, Container or Process.",
        _ when TimeLimit < TimeSpan.FromSeconds(1) || TimeLimit > TimeSpan.FromHours(1) => $"{nameof(TimeLimit)} must be between 1 second and 1 hour.",
        _ when MaxFiles is < 1 or > 10_000 => $"{nameof(MaxFiles)} must be between 1 and 10,000.",
        _ when MaxFileBytes < 1 || MaxProjectBytes < MaxFileBytes => $"{nameof(MaxFileBytes)} must be positive and {nameof(MaxProjectBytes)} at least as large.",
        _ when MaxLogBytes < 4_096 => $"{nameof(MaxLogBytes)} must be at least 4,096.",
        _ when MaxImageBytes < 1_024 => $"{nameof(MaxImageBytes)} must be at least 1,024.",
        _ when ProcessCpuSeconds < 1 || ProcessMemoryBytes < 64L * 1024 * 1024 || ProcessFileBytes < 1024 * 1024 =>
            $"{nameof(ProcessCpuSeconds)} must be at least 1, {nameof(ProcessMemoryBytes)} at least 64 MiB and {nameof(ProcessFileBytes)} at least 1 MiB.",
        _ when MaxProcesses is < 16 or > 32_768 => $"{nameof(MaxProcesses)} must be between 16 and 32,768.",
        _ when MaxJobMemoryBytes < 64L * 1024 * 1024 => $"{nameof(MaxJobMemoryBytes)} must be at least 64 MiB.",
        _ when MaxJobBytes < 16L * 1024 * 1024 || MaxJobEntries < 1_000 => $"{nameof(MaxJobBytes)} must be at least 16 MiB and {nameof(MaxJobEntries)} at least 1,000.",
        _ when MaxOutputBytes < MaxLogBytes => $"{nameof(MaxOutputBytes)} must be at least {nameof(MaxLogBytes)}.",
        _ when MaxCacheBytes < 0 => $"{nameof(MaxCacheBytes)} must not be negative.",
        _ when ContainerRuntime is not (null or "docker" or "podman" or "runc") => $"{nameof(ContainerRuntime)} must be docker, podman or runc.",
        _ when Sandbox == SandboxKind.Container && string.IsNullOrWhiteSpace(ContainerImage) => $"{nameof(ContainerImage)} must be set for the container sandbox.",
        _ when PlatformioProgram is not null && !Path.IsPathFullyQualified(PlatformioProgram) => $"{nameof(PlatformioProgram)} must be an absolute path.",
        _ when PlatformioDirectory is not null && !Path.IsPathFullyQualified(PlatformioDirectory) => $"{nameof(PlatformioDirectory)} must be an absolute path.",
        _ when IdfDirectory is not null && !Path.IsPathFullyQualified(IdfDirectory) => $"{nameof(IdfDirectory)} must be an absolute path.",
        _ when IdfToolsDirectory is not null && !Path.IsPathFullyQualified(IdfToolsDirectory) => $"{nameof(IdfToolsDirectory)} must be an absolute path.",
        _ when Parallelism is < 1 or > 64 => $"{nameof(Parallelism)} must be between 1 and 64.",
        _ => null,
    };

    internal BuildOptions Checked() => Problem() is { } problem ? throw new InvalidOperationException($"The build options cannot be used. {problem}") : this;

    private static string DefaultBase()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Path.Combine(Path.IsPathFullyQualified(data) ? data : Path.GetTempPath(), "espforge");
    }
}
