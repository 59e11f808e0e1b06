using System.Globalization;

namespace EspForge.Build.Tests.Tools;

/// <summary>Every way of running a tool, and which of them work on this machine.</summary>
public static class Executors
{
    public const string AsUser = "bubblewrap as a user";
    private const string Nobody = "65534";

    private static readonly Lazy<Dictionary<string, string?>> WhyNotByName = new(Probe);

    public static IReadOnlyList<string> Names { get; } = ["bubblewrap", AsUser, "container (runc)", "container (docker)", "container (podman)", "process"];

    public static TheoryData<string> Available => [.. Names.Where(name => WhyNot(name) is null)];

    public static TheoryData<string> Isolating => [.. Names.Where(name => WhyNot(name) is null && name != "process")];

    public static TheoryData<string> Bubblewraps => [.. Names.Where(name => WhyNot(name) is null && name.StartsWith("bubblewrap", StringComparison.Ordinal))];

    public static string? WhyNot(string name) => WhyNotByName.Value[name];

    public static IBuildSandbox Create(string name) => name switch
    {
        "bubblewrap" => new BubblewrapSandbox(),
        AsUser => new BubblewrapSandbox(["/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"]),
        "container (runc)" => new ContainerSandbox("runc", "host-usr"),
        "container (docker)" => new ContainerSandbox("docker", Image),
        "container (podman)" => new ContainerSandbox("podman", Image),
        _ => new ProcessSandbox(),
    };

    /// <summary>Lets whoever the executor runs as use a directory.</summary>
    public static void Give(string name, string root, string directory)
    {
        if (name != AsUser)
            return;
        File.SetUnixFileMode(root, File.GetUnixFileMode(root) | UnixFileMode.OtherExecute);
        foreach (var path in Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Append(directory))
            SystemCalls.Give(path, uint.Parse(Nobody, CultureInfo.InvariantCulture));
    }

    private static string Image => Environment.GetEnvironmentVariable("ESPFORGE_TEST_IMAGE") ?? "debian:12";

    private static Dictionary<string, string?> Probe() => Names.ToDictionary(name => name, name =>
        name == AsUser && !Environment.IsPrivilegedProcess
            ? "The tests do not run as root: bubblewrap itself runs as a user here."
            : Create(name).ProbeAsync().GetAwaiter().GetResult().Fault?.Message, StringComparer.Ordinal);
}

/// <summary>A test of one executor that is skipped, with the reason, where that one does not work.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ExecutorFactAttribute : FactAttribute
{
    public ExecutorFactAttribute(string name) => Skip = Executors.WhyNot(name);
}

/// <summary>A test that is skipped where a variable of the environment does not name what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VariableFactAttribute : FactAttribute
{
    public VariableFactAttribute(params string[] names)
    {
        if (Array.Find(names, name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) is { } missing)
            Skip = $"{missing} is not set.";
    }
}

/// <summary>A test that is skipped where a program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string name)
    {
        if (Programs.Find(name) is null)
            Skip = $"{name} is not installed.";
    }
}
