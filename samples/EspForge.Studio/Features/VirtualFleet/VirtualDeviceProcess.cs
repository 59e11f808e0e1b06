using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EspForge.Boards;

namespace EspForge.Studio.VirtualFleet;

/// <summary>What one start of a virtual device needs.</summary>
internal sealed record VirtualDeviceStart(string BootloaderPath, string FactoryImagePath, string StateDirectory, string ServerUrl, VirtualDeviceRow Device, Board? Board, VirtualFleetOptions Speeds);

/// <summary>
/// One <c>ef_bootloader</c>. Its standard input is a pipe that only this process holds: when this process ends, however it ends, the device reads the end
/// of it and stops, so that no device is left behind.
/// </summary>
internal sealed class VirtualDeviceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly Process _process;

    private VirtualDeviceProcess(Process process) => _process = process;

    public static VirtualDeviceProcess Start(VirtualDeviceStart start, Action<string, string> line)
    {
        var info = new ProcessStartInfo(start.BootloaderPath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = start.StateDirectory,
        };
        info.Environment.Clear();
        info.Environment["PATH"] = "/usr/bin:/bin";
        info.Environment["LANG"] = "C.UTF-8";
        foreach (var (name, value) in Arguments(start))
        {
            info.ArgumentList.Add(name);
            if (value is not null)
                info.ArgumentList.Add(value);
        }

        var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, data) => Pass(data.Data, "out");
        process.ErrorDataReceived += (_, data) => Pass(data.Data, "err");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new VirtualDeviceProcess(process);

        void Pass(string? text, string stream)
        {
            if (text is not null)
                line(text, stream);
        }
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, waits a little, then ends it with everything it started.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                // The end of its input is the request to stop.
                _process.StandardInput.Close();
                using var limit = new CancellationTokenSource(Patience);
                await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!_process.HasExited)
                    _process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception error) when (error is InvalidOperationException or IOException)
        {
            // It ended by itself meanwhile.
        }
        finally
        {
            _process.Dispose();
        }
    }

    /// <summary>The signal a device plays, dBm: each stands somewhere else, −48 to −79, and always at the same place.</summary>
    private static int SignalOf(string hardwareId) => -48 - (SHA256.HashData(Encoding.UTF8.GetBytes(hardwareId))[0] % 32);

    /// <summary>The memory of the device's board, as a chip would read it.</summary>
    private static string HardwareOf(Board board) => string.Create(
        CultureInfo.InvariantCulture,
        $"flash={board.FlashBytes},psram={board.PsramBytes},psram-mode={(board.PsramBytes == 0 ? "none" : (board.PsramMode ?? PsramMode.Quad).ToString().ToLowerInvariant())}");

    private static IEnumerable<(string Name, string? Value)> Arguments(VirtualDeviceStart start)
    {
        var device = start.Device;
        yield return ("--state", start.StateDirectory);
        yield return ("--server", start.ServerUrl);
        yield return ("--hardware-id", device.HardwareId);
        yield return ("--product", device.Product);
        yield return ("--chip", device.Chip);
        yield return ("--board", device.Board);
        yield return ("--factory", start.FactoryImagePath);
        yield return ("--poll-ms", Text(start.Speeds.PollMilliseconds));
        yield return ("--telemetry-ms", Text(start.Speeds.TelemetryMilliseconds));
        yield return ("--soak-ms", Text(start.Speeds.SoakMilliseconds));
        yield return ("--confirm-timeout-ms", Text(start.Speeds.ConfirmTimeoutMilliseconds));
        yield return ("--rssi-dbm", Text(SignalOf(device.HardwareId)));
        if (start.Board is { } board)
            yield return ("--hardware", HardwareOf(board));
        yield return ("--follow-stdin", null);

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
