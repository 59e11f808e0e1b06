using System.ComponentModel;
using System.Diagnostics;

namespace EspForge.Build;

/// <summary>One run of a program: no shell, no input, a given environment, output by the line, everything killed when cancelled or when a limit is passed.</summary>
internal static class ToolProcess
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    /// <summary>The environment of every tool: nothing of the host's own.</summary>
    public static readonly IReadOnlyDictionary<string, string> Environment = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
        ["LC_ALL"] = "C",
        ["HOME"] = "/tmp",
        ["TMPDIR"] = "/tmp",
    };

    /// <summary>The environment of every tool with what a command adds.</summary>
    public static Dictionary<string, string> EnvironmentOf(SandboxCommand command)
    {
        var all = new Dictionary<string, string>(Environment, StringComparer.Ordinal);
        foreach (var (name, value) in command.Environment)
            all[name] = value;
        return all;
    }

    /// <summary>Runs a program of this machine that a project has no say in: no limits but the caller's token.</summary>
    public static Task<Outcome<int>> RunAsync(string program, IEnumerable<string> arguments, string workingDirectory, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken) =>
        RunAsync(program, arguments, workingDirectory, Environment, guard: null, onLine, cancellationToken);

    /// <summary>The same with another environment.</summary>
    public static Task<Outcome<int>> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken) =>
        RunAsync(program, arguments, "/", environment, guard: null, onLine, cancellationToken);

    /// <summary>Runs a command in a sandbox, watched.</summary>
    public static async Task<Outcome<int>> RunAsync(PreparedCommand command, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var guard = new JobGuard(command);
            var line = guard.Line;
            return await RunAsync(line[0], line.Skip(1), command.WorkingDirectory, command.Environment, guard, onLine, cancellationToken);
        }
        finally
        {
            if (command.EndAsync is { } end)
                await end();
        }
    }

    /// <summary>Starts a command in a sandbox to talk with, watched.</summary>
    public static async Task<Outcome<SandboxedProcess>> StartAsync(PreparedCommand command, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            // What was prepared is ended, be it that it never began.
            if (command.EndAsync is { } endPrepared)
                await endPrepared();
            cancellationToken.ThrowIfCancellationRequested();
        }

        var guard = new JobGuard(command);
        var line = guard.Line;
        var process = Create(line[0], line.Skip(1), command.WorkingDirectory, command.Environment);
        var thread = new ProcessThread(process);
        try
        {
            await thread.Started;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            guard.Dispose();
            process.Dispose();
            if (command.EndAsync is { } end)
                await end();
            return new Fault("toolchain-missing", $"{Path.GetFileName(line[0])} could not be started: {e.Message}");
        }

        guard.Begin(process.Id, () => Kill(process));
        return new SandboxedProcess(process, thread.Ended, guard, command.EndAsync);
    }

    private static async Task<Outcome<int>> RunAsync(
        string program, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string> environment, JobGuard? guard, Action<BuildLineSource, string> onLine,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Create(program, arguments, workingDirectory, environment);
        var thread = new ProcessThread(process);
        try
        {
            await thread.Started;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return new Fault("toolchain-missing", $"{Path.GetFileName(program)} could not be started: {e.Message}");
        }

        process.StandardInput.Close();
        guard?.Begin(process.Id, () => Kill(process));
        var output = ReadAsync(process.StandardOutput.BaseStream, guard, line => onLine(BuildLineSource.Output, line));
        var error = ReadAsync(process.StandardError.BaseStream, guard, line => onLine(BuildLineSource.Error, line));
        await using (cancellationToken.UnsafeRegister(static state => Kill((Process)state!), process))
        {
            await thread.Ended;
            guard?.KillRest();
            try
            {
                // Ends when the last process that holds a pipe ends: normally at once.
                await Task.WhenAll(output, error).WaitAsync(DrainLimit, TimeProvider.System, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                onLine(BuildLineSource.Error, "A process the build left behind still held its output; it was not waited for.");
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return guard?.Finish(process.ExitCode) is { } passed ? passed : process.ExitCode;
    }

    private static Process Create(string program, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string> environment)
    {
        var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) };
        var start = process.StartInfo;
        start.WorkingDirectory = workingDirectory;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return process;
    }

    private static async Task ReadAsync(Stream stream, JobGuard? guard, Action<string> onLine)
    {
        var splitter = new LineSplitter(onLine);
        var buffer = new byte[16_384];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                if (guard?.CountOutput(read) == false)
                    break;
                splitter.Add(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe went away with the process: what was read is all there is.
        }

        splitter.Complete();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException or AggregateException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>
    /// Starts a process from a thread that lives as long as the process. Bubblewrap asks the kernel to be killed when its parent dies, and the kernel
    /// means the thread that started it: a thread of the pool that retires would take the build with it (prctl(2), PR_SET_PDEATHSIG).
    /// </summary>
    private sealed class ProcessThread
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ProcessThread(Process process)
        {
            new Thread(() => Run(process), maxStackSize: 256 * 1024) { IsBackground = true, Name = "build tool" }.Start();
        }

        public Task Started => _started.Task;

        public Task Ended => _ended.Task;

        private void Run(Process process)
        {
            try
            {
                process.Start();
                _started.SetResult();
                process.WaitForExit();
                _ended.SetResult();
            }
            catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
            {
                if (!_started.TrySetException(e))
                    _ended.TrySetException(e);
            }
        }
    }
}
