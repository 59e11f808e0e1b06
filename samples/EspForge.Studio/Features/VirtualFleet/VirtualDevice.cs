using System.ComponentModel;
using System.Threading.Channels;
using EspForge.AspNetCore;
using EspForge.Studio.Logs;

namespace EspForge.Studio.VirtualFleet;

/// <summary>What a virtual device needs of its fleet.</summary>
internal interface IVirtualDeviceHost
{
    /// <summary>The device's start command, once bootloader and factory image are built.</summary>
    Task<Outcome<VirtualDeviceStart>> PrepareAsync(VirtualDeviceRow device, CancellationToken cancel);

    /// <summary>Waits until it is this device's turn to start, so that a fleet does not start all at once.</summary>
    Task TurnAsync(CancellationToken cancel);

    /// <summary>Types the pairing code in for the person who asked for the device; the device id.</summary>
    Task<Outcome<string>> ClaimAsync(VirtualDeviceRow device, string pairingCode, CancellationToken cancel);

    /// <summary>The device's state changed.</summary>
    void Changed(VirtualDevice device);
}

/// <summary>One virtual device: keeps its process running, reads what it says, has it claimed.</summary>
internal sealed class VirtualDevice(VirtualDeviceRow row, IVirtualDeviceHost host, VirtualFleetOptions options, TimeProvider time) : IAsyncDisposable
{
    private const int MaxQuickEnds = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public VirtualDeviceRow Row => row;

    public LineRing Log { get; } = new(options.LogLines);

    public VirtualDeviceState State { get; private set; } = VirtualDeviceState.Preparing;

    public string? Reason { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Log.Close();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        var pause = FirstPause;
        var quickEnds = 0;
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                Enter(VirtualDeviceState.Preparing, null);
                if (!(await host.PrepareAsync(row, cancel)).TryGet(out var start, out var fault))
                {
                    Enter(VirtualDeviceState.Failed, fault.Message);
                    return;
                }

                await host.TurnAsync(cancel);
                var began = time.GetTimestamp();
                var why = await RunOnceAsync(start, cancel);
                var ran = time.GetElapsedTime(began);
                (pause, quickEnds) = ran > Healthy ? (FirstPause, 0) : (pause, quickEnds + 1);
                if (quickEnds >= MaxQuickEnds)
                {
                    Enter(VirtualDeviceState.Failed, $"{why} It ended {MaxQuickEnds} times in a row; its log says more.");
                    return;
                }

                Enter(VirtualDeviceState.Stopped, $"{why} It is started again in {pause.TotalSeconds:0} s.");
                await Task.Delay(pause, time, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Enter(VirtualDeviceState.Stopped, null);
        }
        catch (Exception error) when (error is Win32Exception or IOException or UnauthorizedAccessException)
        {
            Enter(VirtualDeviceState.Failed, $"It could not be started: {error.Message}");
        }
    }

    /// <summary>One process from its start to its end; why it ended, as a sentence.</summary>
    private async Task<string> RunOnceAsync(VirtualDeviceStart start, CancellationToken cancel)
    {
        // The reader of the process's output must not wait, so what the device says is dealt with here, in order.
        var said = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
        Directory.CreateDirectory(start.StateDirectory);
        StartedAt = time.GetUtcNow();
        Enter(VirtualDeviceState.Starting, null);
        await using var process = VirtualDeviceProcess.Start(start, (text, stream) =>
        {
            Log.Add(text, stream);
            if (text.StartsWith("PAIRING ", StringComparison.Ordinal) || text.StartsWith("CLAIMED ", StringComparison.Ordinal) || text.StartsWith("STATE ", StringComparison.Ordinal))
                said.Writer.TryWrite(text);
        });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var listening = ListenAsync(said.Reader, ended.Token);
        try
        {
            var code = await process.WaitAsync(cancel);
            Log.Add($"The process ended with exit code {code}.", "info");
            return $"The process ended with exit code {code}.";
        }
        finally
        {
            await ended.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(ChannelReader<string> said, CancellationToken cancel)
    {
        await foreach (var text in said.ReadAllAsync(cancel))
        {
            var words = text.Split(' ');
            switch (words[0])
            {
                case "PAIRING" when words.Length >= 2:
                    await ClaimAsync(words[1], cancel);
                    break;
                case "CLAIMED":
                    Enter(VirtualDeviceState.Running, null);
                    break;
                case "STATE" when row.DeviceId is not null && words.Length >= 2 && words[1] is not ("claiming" or "pairing" or "boot" or "start"):
                    Enter(VirtualDeviceState.Running, null);
                    break;
            }
        }
    }

    private async Task ClaimAsync(string pairingCode, CancellationToken cancel)
    {
        Enter(VirtualDeviceState.Claiming, null);
        if ((await host.ClaimAsync(row, pairingCode, cancel)).TryGet(out var deviceId, out var fault))
        {
            row.DeviceId = deviceId;
            Log.Add($"Claimed as {deviceId}.", "info");
            host.Changed(this);
        }
        else
        {
            // The device asks for another code when this one ends.
            Log.Add($"The claim was refused: {fault.Message}", "info");
            Enter(VirtualDeviceState.Claiming, fault.Message);
        }
    }

    private void Enter(VirtualDeviceState state, string? reason)
    {
        if (State == state && string.Equals(Reason, reason, StringComparison.Ordinal))
            return;
        State = state;
        Reason = reason;
        host.Changed(this);
    }
}
