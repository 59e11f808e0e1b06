namespace EspForge.Build.Tests.Tools;

/// <summary>Runs a shell's text, or a command, in a sandbox and keeps what it said.</summary>
internal static class Runs
{
    public static Task<(Outcome<int> Exit, string[] Output, string[] Error)> ShellAsync(this IBuildSandbox sandbox, SandboxView view, string script) => sandbox.CommandAsync(view, "/bin/sh", "-c", script);

    public static async Task<(Outcome<int> Exit, string[] Output, string[] Error)> CommandAsync(this IBuildSandbox sandbox, SandboxView view, params string[] command)
    {
        var lines = new List<(BuildLineSource Source, string Text)>();
        var exit = await sandbox.RunAsync(view, new SandboxCommand(command[0], command[1..]), (source, text) =>
        {
            lock (lines)
                lines.Add((source, text));
        });
        return (exit, [.. lines.Where(line => line.Source == BuildLineSource.Output).Select(line => line.Text)], [.. lines.Where(line => line.Source == BuildLineSource.Error).Select(line => line.Text)]);
    }

    /// <summary>Processes of this machine, in whatever sandbox, whose command line holds a text.</summary>
    public static int[] Processes(string marker) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(process =>
        {
            try
            {
                return int.TryParse(Path.GetFileName(process), out _) && File.ReadAllText(Path.Combine(process, "cmdline")).Contains(marker, StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }).Select(process => int.Parse(Path.GetFileName(process))),
    ];

    /// <summary>Waits a moment for processes to be gone.</summary>
    public static async Task<int[]> AfterAMomentAsync(string marker)
    {
        for (var i = 0; i < 200 && Processes(marker).Length > 0; i++)
            await Task.Delay(10);
        return Processes(marker);
    }

    /// <summary>A number of seconds that nothing else sleeps.</summary>
    public static string Marker() => "300.0" + Random.Shared.Next(100_000_000, 999_999_999);
}
