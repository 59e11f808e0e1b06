using System.Globalization;

namespace EspForge.Build;

/// <summary>Puts prlimit(1) before a command, where it is installed.</summary>
internal static class ResourceLimits
{
    private const string Program = "/usr/bin/prlimit";
    private const int OpenFiles = 512;

    public static bool AreAvailable => File.Exists(Program);

    /// <summary>The command, limited where that is possible: the first element is the program.</summary>
    public static IReadOnlyList<string> Apply(SandboxLimits limits, IEnumerable<string> command) => AreAvailable
        ? [Program, Text("cpu", limits.CpuSeconds), Text("as", limits.MemoryBytes), Text("fsize", limits.FileBytes), Text("nofile", OpenFiles), Text("core", 0), .. command]
        : [.. command];

    private static string Text(string resource, long value) => string.Create(CultureInfo.InvariantCulture, $"--{resource}={value}");
}
