namespace EspForge.Build;

/// <summary>Which sandbox builds run in.</summary>
public enum SandboxKind
{
    /// <summary>Bubblewrap where it works, otherwise a plain process; the log of every build says which.</summary>
    Auto,

    /// <summary>Bubblewrap or nothing: where it does not work, builds fail with <c>sandbox-unavailable</c>.</summary>
    Bubblewrap,

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

    /// <summary>How many compilers run at once within one build.</summary>
    /// <value>The default is 2; 1 to 64.</value>
    public int Parallelism { get; set; } = 2;

    /// <summary>What is wrong with these options, as a sentence, or <see langword="null"/>.</summary>
    public string? Problem() => this switch
    {
        _ when !Path.IsPathFullyQualified(WorkDirectory ?? "") => $"{nameof(WorkDirectory)} must be an absolute path.",
        _ when !Path.IsPathFullyQualified(CacheDirectory ?? "") => $"{nameof(CacheDirectory)} must be an absolute path.",
        _ when !Enum.IsDefined(Sandbox) => $"{nameof(Sandbox)} must be Auto, Bubblewrap or Process.",
        _ when TimeLimit < TimeSpan.FromSeconds(1) || TimeLimit > TimeSpan.FromHours(1) => $"{nameof(TimeLimit)} must be between 1 second and 1 hour.",
        _ when MaxFiles is < 1 or > 10_000 => $"{nameof(MaxFiles)} must be between 1 and 10,000.",
        _ when MaxFileBytes < 1 || MaxProjectBytes < MaxFileBytes => $"{nameof(MaxFileBytes)} must be positive and {nameof(MaxProjectBytes)} at least as large.",
        _ when MaxLogBytes < 4_096 => $"{nameof(MaxLogBytes)} must be at least 4,096.",
        _ when MaxImageBytes < 1_024 => $"{nameof(MaxImageBytes)} must be at least 1,024.",
        _ when ProcessCpuSeconds < 1 || ProcessMemoryBytes < 64L * 1024 * 1024 || ProcessFileBytes < 1024 * 1024 =>
            $"{nameof(ProcessCpuSeconds)} must be at least 1, {nameof(ProcessMemoryBytes)} at least 64 MiB and {nameof(ProcessFileBytes)} at least 1 MiB.",
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
