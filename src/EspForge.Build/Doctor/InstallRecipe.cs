namespace EspForge.Build;

/// <summary>One command of an installation.</summary>
/// <param name="Program">A name or an absolute path.</param>
/// <param name="Arguments">Passed as they are, without a shell.</param>
internal sealed record InstallStep(string Program, IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Nothing is run where this path exists.</summary>
    public string? SkipIfExists { get; init; }

    public string InWords => string.Join(' ', [.. Environment.Select(pair => $"{pair.Key}={pair.Value}"), Program, .. Arguments]);
}

/// <summary>What installs one thing: commands of this file and no others.</summary>
internal sealed record InstallRecipe(IReadOnlyList<InstallStep> Steps)
{
    /// <summary>The ESP-IDF that is fetched where none is there.</summary>
    public const string IdfVersion = "v5.5.2";

    /// <summary>The PlatformIO that is fetched where none is there.</summary>
    public const string PlatformioVersion = "6.1.19";

    private static readonly InstallStep Update = new("apt-get", ["update"]);

    public bool NeedsRoot => Steps.Any(step => step.Program is "apt-get");

    public string InWords => string.Join(" && ", Steps.Select(step => step.InWords));

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

    private static InstallRecipe Packages(string names) => new([Update, Install(names)]);

    private static InstallStep Install(string names) => new("apt-get", ["install", "-y", "--no-install-recommends", .. names.Split(' ')]);

    private static InstallRecipe Platformio(BuildOptions options)
    {
        var place = ToolPlaces.Platformio(options);
        var program = Path.Combine(place, "bin/pio");
        return new InstallRecipe(
        [
            Update,
            Install("python3 python3-venv git"),
            new InstallStep("python3", ["-m", "venv", place]) { SkipIfExists = place },
            new InstallStep(Path.Combine(place, "bin/python3"), ["-m", "pip", "install", $"platformio=={PlatformioVersion}"]) { SkipIfExists = program },
            new InstallStep(program, ["pkg", "install", "--global", "--platform", "platformio/espressif32"])
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PLATFORMIO_CORE_DIR"] = ToolPlaces.PlatformioPackages(options), ["PLATFORMIO_SETTING_ENABLE_TELEMETRY"] = "no" },
            },
        ]);
    }

    private static InstallRecipe Idf(BuildOptions options)
    {
        var place = ToolPlaces.Idf(options) ?? ToolPlaces.OwnIdf(options);
        return new InstallRecipe(
        [
            Update,
            Install("git wget flex bison gperf python3 python3-pip python3-venv cmake ninja-build libffi-dev libssl-dev libusb-1.0-0"),
            new InstallStep("git", ["clone", "--branch", IdfVersion, "--depth", "1", "--recursive", "--shallow-submodules", "https://github.com/espressif/esp-idf.git", place]) { SkipIfExists = place },
            new InstallStep(Path.Combine(place, "install.sh"), ["all"])
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["IDF_TOOLS_PATH"] = ToolPlaces.IdfTools(options), ["IDF_PATH"] = place },
            },
        ]);
    }
}
