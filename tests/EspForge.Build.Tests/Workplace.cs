using Microsoft.Extensions.Options;

namespace EspForge.Build.Tests;

/// <summary>A directory for one test class, and options that stay in it.</summary>
public sealed class Workplace : IDisposable
{
    public Workplace()
    {
        Root = Directory.CreateTempSubdirectory("espforge-build-tests-").FullName;
        Options = new BuildOptions { WorkDirectory = Path.Combine(Root, "work"), CacheDirectory = Path.Combine(Root, "cache") };
    }

    public string Root { get; }

    public BuildOptions Options { get; }

    public IOptions<BuildOptions> Wrapped => Microsoft.Extensions.Options.Options.Create(Options);

    public string[] LeftInWork => Directory.Exists(Options.WorkDirectory) ? Directory.GetFileSystemEntries(Options.WorkDirectory) : [];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

/// <summary>Keeps a log.</summary>
public sealed class Lines : IProgress<BuildLine>
{
    private readonly List<BuildLine> _lines = [];

    public IReadOnlyList<BuildLine> All
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public string Text => string.Join('\n', All.Select(line => line.Text));

    public Action<BuildLine>? OnLine { get; init; }

    public void Report(BuildLine value)
    {
        lock (_lines)
            _lines.Add(value);
        OnLine?.Invoke(value);
    }
}
