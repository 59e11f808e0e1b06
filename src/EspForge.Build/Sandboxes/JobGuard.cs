using System.Globalization;

namespace EspForge.Build;

/// <summary>
/// Watches a running command: disk of the job, output, and memory and processes where no cgroup holds them. Past a limit it kills the command, and says which
/// limit it was. The kernel's own limits (address space, processor time, file size, processes of the job's user) are set by the sandbox and hold without it.
/// </summary>
internal sealed class JobGuard : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly PreparedCommand _command;
    private readonly JobCgroup? _cgroup;
    private readonly CancellationTokenSource _end = new();
    private Action _kill = static () => { };
    private int _processId;
    private long _output;
    private Fault? _passed;

    public JobGuard(PreparedCommand command)
    {
        _command = command;
        _cgroup = command.UsesCgroup ? JobCgroup.TryCreate(command.View.Limits) : null;
        Line = _cgroup is null ? command.Line : _cgroup.Enter(command.Line);
    }

    /// <summary>The command line, entering the cgroup where there is one.</summary>
    public IReadOnlyList<string> Line { get; }

    /// <summary>The limit that was passed, or <see langword="null"/>.</summary>
    public Fault? Passed => Volatile.Read(ref _passed);

    private SandboxLimits Limits => _command.View.Limits;

    public void Begin(int processId, Action kill)
    {
        _processId = processId;
        _kill = kill;
        _ = WatchAsync(_end.Token);
    }

    /// <summary>Counts output; <see langword="false"/> when it is too much, and the command has been killed.</summary>
    public bool CountOutput(int bytes)
    {
        if (Interlocked.Add(ref _output, bytes) <= Limits.OutputBytes)
            return true;
        Pass($"It wrote more than {Text(Limits.OutputBytes)} bytes of output and was ended.");
        return false;
    }

    public void Kill()
    {
        _kill();
        _cgroup?.Kill();
    }

    /// <summary>Once the command has ended: ends what it left behind, where that can be known.</summary>
    public void KillRest() => _cgroup?.Kill();

    /// <summary>Once the command has ended: the limit it passed, or <see langword="null"/>.</summary>
    public Fault? Finish(int exitCode)
    {
        _end.Cancel();
        if (Passed is null && exitCode != 0 && _cgroup?.WasOutOfMemory() == true)
            Pass(OutOfMemory);
        if (Passed is null)
            CheckDisk();
        return Passed;
    }

    public void Dispose()
    {
        _end.Cancel();
        _cgroup?.Dispose();
        _end.Dispose();
    }

    private string OutOfMemory => $"It wanted more than {Text(Limits.JobMemoryBytes)} bytes of memory and was ended.";

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var wait = Interval;
            while (Passed is null)
            {
                await Task.Delay(wait, TimeProvider.System, cancellationToken);
                var began = TimeProvider.System.GetTimestamp();
                CheckDisk();
                // Looking takes at most a tenth of the time.
                wait = TimeSpan.FromTicks(Math.Max(Interval.Ticks, TimeProvider.System.GetElapsedTime(began).Ticks * 10));
                if (_cgroup is null)
                    CheckProcesses();
            }
        }
        catch (OperationCanceledException)
        {
            // The command has ended.
        }
    }

    private void CheckDisk()
    {
        var use = DiskUse.Of(_command.View);
        if (use.Bytes > Limits.JobBytes)
            Pass($"It filled more than {Text(Limits.JobBytes)} bytes of disk and was ended.");
        else if (use.Entries > Limits.JobEntries)
            Pass($"It made more than {Text(Limits.JobEntries)} files and was ended.");
        else if (use.IsTooDeep)
            Pass("It made directories too deep to look into and was ended.");
    }

    private void CheckProcesses()
    {
        var use = ProcessUse.Of(_processId);
        if (use.MemoryBytes > Limits.JobMemoryBytes)
            Pass(OutOfMemory);
        else if (use.Threads > Limits.Processes + 8)
            Pass($"It started more than {Text(Limits.Processes)} processes and was ended.");
    }

    private void Pass(string what)
    {
        Interlocked.CompareExchange(ref _passed, new Fault("build-limit", what), null);
        Kill();
    }

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
