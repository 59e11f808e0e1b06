using System.Runtime.CompilerServices;

namespace EspForge.Studio.Logs;

/// <summary>The last lines of a process, for any number of readers that follow along.</summary>
internal sealed class LineRing(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _last;
    private bool _closed;

    public void Add(string text, string stream)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_closed)
                return;
            _lines.Enqueue(new LogLine(++_last, LogLine.Clean(text), stream));
            while (_lines.Count > capacity)
                _lines.Dequeue();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    /// <summary>No more lines will come; readers end.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
        _changed.TrySetResult();
    }

    public IReadOnlyList<LogLine> Snapshot()
    {
        lock (_gate)
            return [.. _lines];
    }

    /// <summary>What is kept after the given number, then what comes, until the ring is closed.</summary>
    public async IAsyncEnumerable<LogLine> FollowAsync(int after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        // A reader from before a restart may hold a higher number than there is.
        var seen = after > _last ? 0 : after;
        while (true)
        {
            LogLine[] fresh;
            Task changed;
            bool closed;
            lock (_gate)
            {
                fresh = [.. _lines.Where(line => line.Number > seen)];
                changed = _changed.Task;
                closed = _closed;
            }

            foreach (var line in fresh)
                yield return line;
            if (fresh.Length > 0)
                seen = fresh[^1].Number;
            else if (closed)
                yield break;
            else
                await changed.WaitAsync(cancel);
        }
    }
}
