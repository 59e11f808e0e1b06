using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EspForge.EndToEnd.Tests;

/// <summary>Studio as a process of its own, as a user runs it: it can be killed at any moment and started again on the same data and the same port.</summary>
internal sealed class StudioProcess : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private Process? _process;

    private StudioProcess(string dataDirectory, int port)
    {
        DataDirectory = dataDirectory;
        Address = new Uri($"http://127.0.0.1:{port}/");
        Api = new ApiClient(Address);
    }

    public string DataDirectory { get; }

    public Uri Address { get; }

    public ApiClient Api { get; }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public static async Task<StudioProcess> StartAsync(bool withAdministrator = true)
    {
        var studio = new StudioProcess(Directory.CreateTempSubdirectory("espforge-e2e-").FullName, FreePort());
        await studio.StartAgainAsync();
        if (withAdministrator) await studio.Api.BootstrapAsync();
        return studio;
    }

    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Path.Combine(Checkout.Root, "samples", "EspForge.Studio"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "EspForge.Studio.dll"), "--urls", Address.GetLeftPart(UriPartial.Authority) }) start.ArgumentList.Add(argument);
        start.Environment["Studio__DataDirectory"] = DataDirectory;
        start.Environment["Studio__BuildDirectory"] = Path.Combine(DataDirectory, "work");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Wait.UntilAsync(TimeSpan.FromSeconds(60), "Studio answers", async () =>
        {
            Assert.False(_process.HasExited, $"Studio ended:\n{Output}");
            try
            {
                return await Api.GetAsync("bootstrap") is not null;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => Output);
    }

    /// <summary>Ends every process that the host has started, itself or by others, and whose name begins so, with SIGKILL.</summary>
    /// <returns>How many there were.</returns>
    public int KillDescendants(string name)
    {
        var parents = new Dictionary<int, (int Parent, string Name)>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var id)) continue;
            try
            {
                // proc(5): pid (comm) state ppid …
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                var end = stat.LastIndexOf(')');
                parents[id] = (int.Parse(stat[(end + 2)..].Split(' ')[1]), stat[(stat.IndexOf('(') + 1)..end]);
            }
            catch (IOException)
            {
                // Ended meanwhile.
            }
        }

        bool IsOurs(int id) => parents.TryGetValue(id, out var one) && (one.Parent == _process!.Id || IsOurs(one.Parent));
        var found = parents.Where(one => one.Value.Name.StartsWith(name, StringComparison.Ordinal) && IsOurs(one.Key)).Select(one => one.Key).ToList();
        foreach (var id in found)
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }

        return found.Count;
    }

    /// <summary>SIGKILL: no handler of the host runs.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            using var term = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
            await term.WaitForExitAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process?.Dispose();
        Api.Dispose();
        Directory.Delete(DataDirectory, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Append(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
