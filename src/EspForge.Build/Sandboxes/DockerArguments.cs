using System.Globalization;

namespace EspForge.Build;

/// <summary>The arguments of <c>docker run</c> and <c>podman run</c> for a command in a sandbox.</summary>
internal static class DockerArguments
{
    private const string TemporaryOptions = "rw,nosuid,nodev,exec,mode=1777,size=268435456";

    /// <param name="runtime"><c>docker</c> or <c>podman</c>.</param>
    /// <param name="name">Name of the container.</param>
    /// <param name="host">Which host makes it, for <see cref="LeftContainers"/>.</param>
    /// <param name="image">The image, which must be there already.</param>
    /// <param name="view">What is visible.</param>
    /// <param name="command">What is run.</param>
    /// <param name="user">The job's own user, or 0 to run as the host's user.</param>
    public static List<string> Run(string runtime, string name, string host, string image, SandboxView view, SandboxCommand command, uint user)
    {
        var limits = view.Limits;
        List<string> line =
        [
            "run", "--rm", "--interactive", "--init", "--name", name, "--label", $"{LeftContainers.Label}={host}", "--pull", "never", "--read-only",
            "--network", view.HasNetwork ? "host" : "none", "--ipc", "private", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--memory", Text(limits.JobMemoryBytes), "--memory-swap", Text(limits.JobMemoryBytes), "--pids-limit", Text(limits.Processes),
            "--ulimit", $"cpu={Text(limits.CpuSeconds)}", "--ulimit", $"fsize={Text(limits.FileBytes)}", "--ulimit", $"nofile={Text(ResourceLimits.OpenFiles)}", "--ulimit", "core=0",
            "--shm-size", "67108864", "--tmpfs", $"/tmp:{TemporaryOptions}",
        ];
        if (!view.HasNetwork)
            line.AddRange(["--hostname", "build"]);
        if (user != 0)
            line.AddRange(["--user", string.Create(CultureInfo.InvariantCulture, $"{user}:{user}")]);
        else if (runtime is "podman")
            line.AddRange(["--userns", "keep-id"]);
        else
            line.AddRange(["--user", string.Create(CultureInfo.InvariantCulture, $"{SystemCalls.UserId}:{SystemCalls.GroupId}")]);
        foreach (var (key, value) in ToolProcess.EnvironmentOf(command))
            line.AddRange(["--env", $"{key}={value}"]);
        line.AddRange(["--mount", Mount(view.JobDirectory, SandboxPaths.JobInside, isWritable: true)]);
        foreach (var mount in view.Mounts)
            line.AddRange(["--mount", Mount(mount.HostDirectory, $"/{SandboxPaths.MountFolder}/{mount.Name}", mount.IsWritable)]);
        line.AddRange(["--workdir", command.WorkingDirectory ?? SandboxPaths.JobInside, "--entrypoint", "", image]);
        // The address space of each process is no option of docker's: prlimit sets it, as everywhere else.
        line.AddRange(["prlimit", $"--as={Text(limits.MemoryBytes)}", command.Program, .. command.Arguments]);
        return line;
    }

    // Fields of --mount are CSV: one with a comma or a quote is quoted.
    private static string Mount(string source, string target, bool isWritable) =>
        string.Join(',', new[] { "type=bind", $"source={source}", $"target={target}" }.Concat(isWritable ? [] : ["readonly"])
            .Select(field => field.AsSpan().ContainsAny(',', '"') ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
