using System.Diagnostics;

namespace EspForge.Build;

/// <summary>A process in a sandbox to talk with. What it says on its standard error is kept in part, for logs.</summary>
public sealed class SandboxedProcess : IAsyncDisposable
{
    private const int KeptLines = 40;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly JobGuard _guard;
    private readonly Func<Task>? _endAsync;
    private readonly Queue<string> _errors = new();
    private int _isDisposed;

    internal SandboxedProcess(Process process, Task ended, JobGuard guard, Func<Task>? endAsync)
    {
        _process = process;
        _guard = guard;
        _endAsync = endAsync;
        Input = process.StandardInput.BaseStream;
        Output = process.StandardOutput.BaseStream;
        Exited = ExitAsync(ended);
        _ = KeepErrorsAsync(process.StandardError.BaseStream);
    }

    /// <summary>What the process reads.</summary>
    public Stream Input { get; }

    /// <summary>What the process writes. Not counted: read no more of it than is wanted.</summary>
    public Stream Output { get; }

    /// <summary>Its exit code, once it has ended.</summary>
    public Task<int> Exited { get; }

    /// <summary>Why it was killed: the fault <c>build-limit</c>, or <see langword="null"/>.</summary>
    public Fault? Fault => _guard.Passed;

    /// <summary>The last lines of its standard error, at most 40.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    /// <summary>Kills the process and all it started, and waits for the end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _guard.Kill();
        try
        {
            await Exited.WaitAsync(EndLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            // It hangs in the kernel; it was told to end and will.
        }

        if (_endAsync is not null)
            await _endAsync();
        _guard.Dispose();
        _process.Dispose();
    }

    private async Task<int> ExitAsync(Task ended)
    {
        await ended;
        _guard.KillRest();
        return _process.ExitCode;
    }

    private async Task KeepErrorsAsync(Stream stream)
    {
        var splitter = new LineSplitter(line =>
        {
            lock (_errors)
            {
                if (_errors.Count == KeptLines)
                    _errors.Dequeue();
                _errors.Enqueue(line);
            }
        });
        var buffer = new byte[4_096];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
                splitter.Add(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It has ended.
        }

        splitter.Complete();
    }
}
