using System.Diagnostics;
using System.Text;

namespace EspForge.EndToEnd.Tests;

/// <summary>One real agent under its bootloader.</summary>
internal sealed class VirtualDevice : IAsyncDisposable
{
    public const string Product = "hostile-lamp";
    public const string Chip = "esp32c3";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _state;

    private VirtualDevice(Process process, string state)
    {
        _process = process;
        _state = state;
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Waits for a line that begins with <paramref name="word"/> and returns what follows it.</summary>
    public async Task<string> SaysAsync(string word)
    {
        string? rest = null;
        await Wait.UntilAsync(
            TimeSpan.FromSeconds(30),
            $"the device says {word}",
            () => Task.FromResult((rest = Output.Split('\n').LastOrDefault(line => line.StartsWith(word + " ", StringComparison.Ordinal))) is not null),
            () => Output);
        return rest![(word.Length + 1)..].Trim();
    }

    public static VirtualDevice Start(HostToolsFixture tools, string server, params string[] more)
    {
        var state = Directory.CreateTempSubdirectory("espforge-device-").FullName;
        var start = new ProcessStartInfo(tools.Bootloader)
        {
            ArgumentList =
            {
                "--state", state, "--server", server, "--hardware-id", "vd-hostile", "--product", Product, "--chip", Chip, "--board", "esp32-c3-devkitm-1", "--factory", tools.Factory,
                "--poll-ms", "200", "--telemetry-ms", "1000", "--soak-ms", "300", "--confirm-timeout-ms", "8000", "--follow-stdin",
            },
            RedirectStandardInput = true,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in more) start.ArgumentList.Add(argument);
        return new VirtualDevice(Process.Start(start)!, state);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            _process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"The device did not end with its standard input:\n{Output}", late);
        }

        _process.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private void Append(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
