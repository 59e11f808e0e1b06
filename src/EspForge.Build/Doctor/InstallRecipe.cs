namespace EspForge.Build;

/// <summary>What installs one thing: commands of this file and no others. Each can be repeated, whatever became of it the last time.</summary>
internal sealed record InstallRecipe(IReadOnlyList<InstallStep> Steps)
{
    /// <summary>The ESP-IDF that is fetched where none is there.</summary>
    public const string IdfVersion = "v5.5.2";

    /// <summary>The PlatformIO that is fetched where none is there.</summary>
    public const string PlatformioVersion = "6.1.19";

    // Boards of each kind of processor in the family: what they need is what most projects need.
    private static readonly string[] Boards = ["esp32dev", "esp32-s3-devkitc-1", "esp32-c3-devkitm-1"];

    // Another installation on this machine is waited for, in seconds.
    private const string LockLimit = "DPkg::Lock::Timeout=300";

    // An installation of packages that was killed has to be brought to its end first; this is where dpkg keeps what it had begun.
    private static readonly InstallStep Repair = new("dpkg", ["--configure", "-a"]) { OnlyIfFilled = "/var/lib/dpkg/updates" };

    private static readonly InstallStep Update = new("apt-get", ["update"]);

    /// <summary>Why it would be of no use here, as a sentence, or <see langword="null"/>.</summary>
    public string? Obstacle { get; init; }

    public bool NeedsRoot => Steps.Any(step => step.Program is "apt-get");

    public string InWords => string.Join(" && ", Steps.Where(step => step.OnlyIfFilled is null).Select(step => step.InWords));

    public static InstallRecipe? Find(string id, BuildOptions options) => id switch
    {
        HostToolchain.ToolchainName => Packages(HostCompiler.Packages),
        "sandbox" => Packages("bubblewrap util-linux"),
        "language-server" => Packages("clangd"),
        "compiler-cache" => Packages("ccache"),
        "platformio" => Platformio(options),
        "esp-idf" => Idf(options),
        _ => null,
    };

    private static InstallRecipe Packages(string names) => new([Repair, Update, Install(names)]);

    private static InstallStep Install(string names) => new("apt-get", ["install", "-y", "--no-install-recommends", "-o", LockLimit, .. names.Split(' ')]);

    private static InstallRecipe Platformio(BuildOptions options)
    {
        var place = ToolPlaces.Platformio(options);
        var program = Path.Combine(place, "bin/pio");
        var whole = Path.Combine(place, $"installed-{PlatformioVersion}");
        var boards = Path.Combine(options.CacheDirectory, "tools/platformio-boards");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PLATFORMIO_CORE_DIR"] = ToolPlaces.PlatformioPackages(options),
            ["PLATFORMIO_SETTING_ENABLE_TELEMETRY"] = "no",
        };
        return new InstallRecipe(
        [
            Repair,
            Update,
            Install("python3 python3-venv git"),
            // Not made elsewhere and renamed: a virtual environment knows its own path.
            new InstallStep("python3", ["-m", "venv", "--clear", place]) { SkipIfExists = whole },
            new InstallStep(Path.Combine(place, "bin/python3"), ["-m", "pip", "install", $"platformio=={PlatformioVersion}", "--no-input", "--disable-pip-version-check"]) { SkipIfExists = whole, Marks = whole },
            new InstallStep(program, ["pkg", "install", "--global", "--platform", "platformio/espressif32"]) { Environment = environment },
            // The platform alone has no compilers: those come with what a board's framework asks for.
            new InstallStep("mkdir", ["-p", boards]),
            new InstallStep(program, ["project", "init", "--project-dir", boards, .. Boards.SelectMany(board => (string[])["--board", board]), "--project-option", "framework=arduino"]) { Environment = environment },
        ])
        {
            Obstacle = options.PlatformioProgram is { } configured && !File.Exists(configured)
                ? $"The setting {nameof(BuildOptions.PlatformioProgram)} names {configured}, which is not there; an installation would not be found. Take the setting away."
                : null,
        };
    }

    private static InstallRecipe Idf(BuildOptions options)
    {
        var place = ToolPlaces.Idf(options) ?? ToolPlaces.OwnIdf(options);
        return new InstallRecipe(
        [
            Repair,
            Update,
            Install("git wget flex bison gperf python3 python3-pip python3-venv cmake ninja-build libffi-dev libssl-dev libusb-1.0-0"),
            new InstallStep("git", ["clone", "--branch", IdfVersion, "--depth", "1", "--recursive", "--shallow-submodules", "https://github.com/espressif/esp-idf.git", place])
            {
                SkipIfExists = Path.Combine(place, "tools/idf.py"),
                Makes = place,
            },
            new InstallStep(Path.Combine(place, "install.sh"), ["all"])
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["IDF_TOOLS_PATH"] = ToolPlaces.IdfTools(options), ["IDF_PATH"] = place },
            },
        ])
        {
            Obstacle = options.IdfDirectory is { } configured && ToolPlaces.Idf(options) is null
                ? $"The setting {nameof(BuildOptions.IdfDirectory)} names {configured}, where there is no ESP-IDF; an installation would not be found. Take the setting away."
                : null,
        };
    }
}
