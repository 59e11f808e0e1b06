namespace EspForge.Build;

/// <summary>Where toolchains that are no system packages are looked for: as configured, as their own variables say, where the installer puts them, where their own installers do.</summary>
internal static class ToolPlaces
{
    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The virtual environment of Python that the installer makes for PlatformIO.</summary>
    public static string Platformio(BuildOptions options) => Path.Combine(options.CacheDirectory, "tools/platformio");

    /// <summary>The program <c>pio</c>, or <see langword="null"/>.</summary>
    public static string? PlatformioProgram(BuildOptions options) => options.PlatformioProgram is { } configured
        ? File.Exists(configured) ? configured : null
        : Programs.Find("pio") ?? FirstFile(Path.Combine(Platformio(options), "bin/pio"), Path.Combine(Home, ".platformio/penv/bin/pio"));

    /// <summary>PlatformIO's core directory, whether it is there or not.</summary>
    public static string PlatformioPackages(BuildOptions options) =>
        options.PlatformioDirectory ?? Variable("PLATFORMIO_CORE_DIR") ?? (Directory.Exists(Path.Combine(Home, ".platformio/platforms")) ? Path.Combine(Home, ".platformio") : Path.Combine(options.CacheDirectory, "tools/platformio-packages"));

    /// <summary>Where the installer puts ESP-IDF.</summary>
    public static string OwnIdf(BuildOptions options) => Path.Combine(options.CacheDirectory, "tools/esp-idf");

    /// <summary>The directory of ESP-IDF, or <see langword="null"/>.</summary>
    public static string? Idf(BuildOptions options)
    {
        var candidates = options.IdfDirectory is { } configured ? [configured] : new[] { Variable("IDF_PATH"), OwnIdf(options), "/opt/esp-idf", Path.Combine(Home, "esp/esp-idf") };
        return Array.Find(candidates, candidate => candidate is not null && File.Exists(Path.Combine(candidate, "tools/idf.py")));
    }

    /// <summary>The directory of ESP-IDF's tools, whether it is there or not.</summary>
    public static string IdfTools(BuildOptions options) =>
        options.IdfToolsDirectory ?? Variable("IDF_TOOLS_PATH") ?? (Directory.Exists(Path.Combine(Home, ".espressif")) ? Path.Combine(Home, ".espressif") : Path.Combine(options.CacheDirectory, "tools/espressif"));

    private static string? FirstFile(params string[] paths) => Array.Find(paths, File.Exists);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value && Path.IsPathFullyQualified(value) ? value : null;
}
