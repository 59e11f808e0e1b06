using System.ComponentModel;
using System.Diagnostics;

namespace EspForge.Build;

/// <summary>One run of a program: no shell, no input, a given environment, output by the line, everything killed when cancelled.</summary>
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

    public static async Task<Outcome<int>> RunAsync(string program, IEnumerable<string> arguments, string workingDirectory, Action<BuildLineSource, string> onLine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) };
        var start = process.StartInfo;
        start.WorkingDirectory = workingDirectory;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;

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
        var output = ReadAsync(process.StandardOutput.BaseStream, line => onLine(BuildLineSource.Output, line));
        var error = ReadAsync(process.StandardError.BaseStream, line => onLine(BuildLineSource.Error, line));
        await using (cancellationToken.UnsafeRegister(static state => Kill((Process)state!), process))
        {
            await thread.Ended;
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
        return process.ExitCode;
    }

    private static async Task ReadAsync(Stream stream, Action<string> onLine)
    {
        var splitter = new LineSplitter(onLine);
        var buffer = new byte[16_384];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, CancellationToken.None)) > 0)
                splitter.Add(buffer.AsSpan(0, read));
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
