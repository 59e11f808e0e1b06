using System.Collections.Concurrent;
using System.Security.Cryptography;
using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.Devices;
using EspForge.EntityFrameworkCore;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.VirtualFleet;

/// <summary>The virtual devices of this host. They are kept in the database and in a folder each, so that after a restart the same devices come back.</summary>
internal sealed partial class VirtualDevices(
    IServiceScopeFactory scopes, DataDirectory data, HostToolchain toolchain, EspForgeEvents events, IServer server, IHostApplicationLifetime lifetime,
    IOptions<VirtualFleetOptions> options, IOptions<EspForgeOptions> espForge, TimeProvider time, ILogger<VirtualDevices> logger) : BackgroundService, IVirtualDeviceHost
{
    private readonly string _folder = data.Folder("virtual");
    private readonly ConcurrentDictionary<string, VirtualDevice> _devices = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task<Outcome<HostTools>>> _tools = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly TaskCompletionSource<string> _serverUrl = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Limit => options.Value.Limit;

    public IReadOnlyList<VirtualDevice> List(string organization) =>
        [.. _devices.Values.Where(device => string.Equals(device.Row.Organization, organization, StringComparison.Ordinal))
            .OrderBy(device => device.Row.CreatedAt).ThenBy(device => device.Row.HardwareId, StringComparer.Ordinal)];

    public VirtualDevice? Find(string organization, string hardwareId) =>
        _devices.TryGetValue(hardwareId, out var device) && string.Equals(device.Row.Organization, organization, StringComparison.Ordinal) ? device : null;

    /// <summary>Makes devices and starts them. Fault <c>fleet-limit</c>.</summary>
    public async Task<Outcome<int>> AddAsync(ApiCaller caller, Guid user, int count, string product, string chip, string board, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var rows = Enumerable.Range(0, count).Select(_ => new VirtualDeviceRow
        {
            HardwareId = $"virtual-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}",
            Organization = caller.Organization,
            Product = product,
            Chip = chip,
            Board = board,
            ClaimedFor = user,
            CreatedAt = now,
        }).ToList();

        await _changing.WaitAsync(cancel);
        try
        {
            if (_devices.Count + count > Limit)
                return new Fault("fleet-limit", $"This host runs at most {Limit} virtual devices, and {_devices.Count} are there. Stop some, or raise Studio:VirtualFleet:Limit.");
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
            await db.InTransactionAsync(async () =>
            {
                db.VirtualDevices.AddRange(rows);
                await AuditChain.AppendAsync(db, caller.Organization, caller.Draft("virtual-device.create", $"product:{product}", $"{count} on {board}."), now, cancel);
            }, cancel);
            foreach (var row in rows)
                Begin(row);
            return count;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Stops and forgets devices; their registration stays. How many there were.</summary>
    public async Task<int> RemoveAsync(ApiCaller caller, string? hardwareId, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel);
        try
        {
            var found = List(caller.Organization).Where(device => hardwareId is null || string.Equals(device.Row.HardwareId, hardwareId, StringComparison.Ordinal)).ToList();
            if (found.Count == 0)
                return 0;
            var ids = found.ConvertAll(device => device.Row.HardwareId);
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
            await db.InTransactionAsync(async () =>
            {
                await db.VirtualDevices.Where(row => ids.Contains(row.HardwareId)).ExecuteDeleteAsync(cancel);
                await AuditChain.AppendAsync(
                    db, caller.Organization, caller.Draft("virtual-device.remove", hardwareId is null ? "virtual-device:all" : $"virtual-device:{hardwareId}", $"{found.Count} stopped."), time.GetUtcNow(), cancel);
            }, cancel);

            // From here on it is done whether or not the caller still waits.
            foreach (var device in found)
                _devices.TryRemove(device.Row.HardwareId, out _);
            await Task.WhenAll(found.Select(device => device.DisposeAsync().AsTask()));
            foreach (var device in found)
            {
                DeleteState(device.Row.HardwareId);
                events.PublishAudited("virtual-device", caller.Organization, device.Row.HardwareId);
            }

            return found.Count;
        }
        finally
        {
            _changing.Release();
        }
    }

    async Task<Outcome<VirtualDeviceStart>> IVirtualDeviceHost.PrepareAsync(VirtualDeviceRow device, CancellationToken cancel)
    {
        var url = await _serverUrl.Task.WaitAsync(cancel);
        var preparing = _tools.GetOrAdd(device.Chip, chip => toolchain.PrepareAsync([chip], lifetime.ApplicationStopping));
        Outcome<HostTools> prepared;
        try
        {
            prepared = await preparing.WaitAsync(cancel);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            prepared = new Fault("toolchain-failed", $"The bootloader could not be built: {error.Message}");
        }

        if (!prepared.TryGet(out var tools, out var fault))
        {
            // The next device tries again: what is missing may have been installed.
            _tools.TryRemove(new KeyValuePair<string, Task<Outcome<HostTools>>>(device.Chip, preparing));
            return fault;
        }

        await using var scope = scopes.CreateAsyncScope();
        var boards = await scope.ServiceProvider.GetRequiredService<OrganizationBoards>().ForAsync(device.Organization, cancel);
        return new VirtualDeviceStart(
            tools.BootloaderPath, tools.FactoryImagePath(device.Chip), Path.Combine(_folder, device.HardwareId), url, device, boards.FindBoard(device.Board), options.Value);
    }

    async Task IVirtualDeviceHost.TurnAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(options.Value.StaggerMilliseconds), time, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    async Task<Outcome<string>> IVirtualDeviceHost.ClaimAsync(VirtualDeviceRow device, string pairingCode, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        var claims = scope.ServiceProvider.GetRequiredService<IClaimStore>();
        var now = time.GetUtcNow();
        var claimed = await db.InTransactionAsync(async () =>
        {
            var approved = await claims.ApproveAsync(
                device.Organization, pairingCode, new DeviceChange(device.HardwareId, "virtual", ["virtual"]), now + espForge.Value.ClaimLifetime, now,
                made => new AuditDraft($"user:{device.ClaimedFor:D}", "device.claim", $"device:{made.DeviceId}", $"Virtual device {device.HardwareId}."), cancel);
            if (approved.TryGet(out var known, out _))
            {
                await db.VirtualDevices.Where(row => row.HardwareId == device.HardwareId)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.DeviceId, known.DeviceId), cancel);
            }

            return approved;
        }, cancel);
        if (!claimed.TryGet(out var result, out var fault))
            return fault;
        events.PublishAudited("device", device.Organization, result.DeviceId);
        return result.DeviceId;
    }

    void IVirtualDeviceHost.Changed(VirtualDevice device)
    {
        events.Publish("virtual-device", device.Row.Organization, device.Row.HardwareId);
        if (device.State == VirtualDeviceState.Failed)
            Log.Failed(logger, device.Row.HardwareId, device.Reason ?? "");
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
            foreach (var row in await db.VirtualDevices.AsNoTracking().OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken))
                Begin(row);
        }

        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _serverUrl.TrySetCanceled(CancellationToken.None);
        await Task.WhenAll(_devices.Values.Select(device => device.DisposeAsync().AsTask()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);
        if (LoopbackUrl(server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []) is { } url)
            _serverUrl.TrySetResult(url);
        else
            _serverUrl.TrySetException(new IOException("The host has no plain HTTP address that this machine can reach."));
        if (!_devices.IsEmpty)
            Log.Back(logger, _devices.Count);
    }

    /// <summary>How a process of this machine reaches the host: a plain HTTP address, a wildcard one by loopback.</summary>
    internal static string? LoopbackUrl(IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            var binding = BindingAddress.Parse(address);
            if (!string.Equals(binding.Scheme, "http", StringComparison.OrdinalIgnoreCase) || binding.IsUnixPipe)
                continue;
            var host = binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? "127.0.0.1" : binding.Host;
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://{host}:{binding.Port}");
        }

        return null;
    }

    private void Begin(VirtualDeviceRow row)
    {
        var device = new VirtualDevice(row, this, options.Value, time);
        _devices[row.HardwareId] = device;
        device.Start();
    }

    private void DeleteState(string hardwareId)
    {
        try
        {
            var folder = Path.Combine(_folder, hardwareId);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.StateLeft(logger, error, hardwareId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Virtual device {HardwareId} failed: {Reason}")]
        public static partial void Failed(ILogger logger, string hardwareId, string reason);

        [LoggerMessage(2, LogLevel.Information, "{Count} virtual devices are coming back")]
        public static partial void Back(ILogger logger, int count);

        [LoggerMessage(3, LogLevel.Warning, "The state of virtual device {HardwareId} could not be deleted")]
        public static partial void StateLeft(ILogger logger, Exception error, string hardwareId);
    }
}
