using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using EspForge.Studio.Logs;

namespace EspForge.Studio.Builds;

/// <summary>The logs of builds, one file each. A log that is still being written can be followed.</summary>
internal sealed class BuildLogs(DataDirectory data)
{
    private readonly string _folder = data.Folder("builds");
    private readonly ConcurrentDictionary<Guid, BuildLog> _open = new();

    /// <summary>The open log of the build; else a new one, which goes on after what was written before.</summary>
    public BuildLog Begin(Guid build)
    {
        lock (_open)
            return _open.GetOrAdd(build, id => new BuildLog(PathOf(id), () => _open.TryRemove(id, out _)));
    }

    public void Delete(Guid build) => File.Delete(PathOf(build));

    /// <summary>The lines after the given number; while the build goes on also those that come, if <paramref name="follow"/>.</summary>
    public async IAsyncEnumerable<LogLine> ReadAsync(Guid build, int after, bool follow, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        _open.TryGetValue(build, out var writer);
        var path = PathOf(build);
        if (!File.Exists(path))
            yield break;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
        var number = 0;
        while (true)
        {
            var changed = writer?.Changed;
            var complete = writer is null || writer.IsEnded;
            var available = writer?.Count ?? int.MaxValue;
            while (number < available && await reader.ReadLineAsync(cancel) is { } line)
            {
                if (++number > after)
                    yield return Parse(number, line);
            }

            if (complete || !follow)
                yield break;
            await changed!.WaitAsync(cancel);
        }
    }

    private string PathOf(Guid build) => Path.Combine(_folder, $"{build:D}.log");

    private static LogLine Parse(int number, string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? new LogLine(number, line, "out") : new LogLine(number, line[(space + 1)..], line[..space]);
    }
}

/// <summary>A build's log while it is written. Safe for several writers.</summary>
internal sealed class BuildLog : IDisposable
{
    private const int MaxLines = 20_000;
    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private readonly Action _ended;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _isEnded;

    public BuildLog(string path, Action ended)
    {
        _ended = ended;
        _count = File.Exists(path) ? File.ReadLines(path).Count() : 0;
        _writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), new UTF8Encoding(false));
    }

    /// <summary>Lines that can be read.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool IsEnded => Volatile.Read(ref _isEnded);

    /// <summary>Completes at the next line or the end. Take it before reading <see cref="Count"/>.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    public void Write(string text, string stream)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_isEnded || _count > MaxLines)
                return;
            _writer.Write(stream);
            _writer.Write(' ');
            _writer.Write(_count == MaxLines ? "The log is longer than it may be; the rest is left out." : LogLine.Clean(text));
            _writer.Write('\n');
            _writer.Flush();
            _count++;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isEnded)
                return;
            _writer.Dispose();
            _isEnded = true;
        }

        _ended();
        _changed.TrySetResult();
    }
}
