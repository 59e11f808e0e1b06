using System.Globalization;

namespace EspForge.Build;

/// <summary>Puts prlimit(1) before a command, where it is installed.</summary>
internal static class ResourceLimits
{
    public const int OpenFiles = 1_024;
    private const string Program = "/usr/bin/prlimit";

    public static bool AreAvailable => File.Exists(Program);

    /// <summary>The command, limited where that is possible: the first element is the program.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="processes">Processes of the user it runs as, or <see langword="null"/> to leave them.</param>
    public static IReadOnlyList<string> Apply(SandboxLimits limits, IEnumerable<string> command, int? processes = null)
    {
        if (!AreAvailable)
            return [.. command];
        List<string> line = [Program, Text("cpu", limits.CpuSeconds), Text("as", limits.MemoryBytes), Text("fsize", limits.FileBytes), Text("nofile", OpenFiles), Text("core", 0)];
        if (processes is { } most)
            line.Add(Text("nproc", most));
        line.AddRange(command);
        return line;
    }

    private static string Text(string resource, long value) => string.Create(CultureInfo.InvariantCulture, $"--{resource}={value}");
}
