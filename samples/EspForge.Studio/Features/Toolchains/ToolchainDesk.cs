using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.EntityFrameworkCore;
using EspForge.Studio.Logs;

namespace EspForge.Studio.Toolchains;

/// <summary>How an installation goes.</summary>
public enum InstallState
{
    /// <summary>It runs, or waits for another to end.</summary>
    Running,

    /// <summary>Everything is installed.</summary>
    Succeeded,

    /// <summary>The log says why.</summary>
    Failed,

    /// <summary>A person stopped it.</summary>
    Cancelled,
}

/// <summary>An installation, and what it says.</summary>
internal sealed class Installation(string organization)
{
    private const int MaxLines = 5000;
    private int _state = (int)InstallState.Running;

    public string Organization => organization;

    public LineRing Log { get; } = new(MaxLines);

    public CancellationTokenSource Cancel { get; } = new();

    public InstallState State
    {
        get => (InstallState)Volatile.Read(ref _state);
        set => Volatile.Write(ref _state, (int)value);
    }
}

/// <summary>What the host can build with: examined when asked, remembered for a while, installed where that is allowed.</summary>
internal sealed partial class ToolchainDesk(
    ToolchainDoctor doctor, ToolchainInstaller installer, IServiceScopeFactory scopes, EspForgeEvents events, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ToolchainDesk> logger) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _examining = new(1, 1);
    private readonly Dictionary<string, Installation> _installations = new(StringComparer.Ordinal);
    private Tuple<IReadOnlyList<ToolchainReport>, long>? _last;

    public async Task<IReadOnlyList<ToolchainReport>> ExamineAsync(CancellationToken cancel)
    {
        if (Remembered() is { } known)
            return known;
        await _examining.WaitAsync(cancel);
        try
        {
            if (Remembered() is { } meanwhile)
                return meanwhile;
            var reports = await doctor.ExamineAsync(cancel);
            Volatile.Write(ref _last, Tuple.Create(reports, time.GetTimestamp()));
            return reports;
        }
        finally
        {
            _examining.Release();
        }
    }

    public void Dispose() => _examining.Dispose();

    public Installation? Find(string id)
    {
        lock (_installations)
            return _installations.GetValueOrDefault(id);
    }

    public bool IsInstalling(string id) => Find(id) is { State: InstallState.Running };

    /// <summary>Begins an installation. Faults: <c>install-not-allowed</c> with the command in words, <c>install-state</c> when it runs already.</summary>
    public async Task<Fault?> InstallAsync(ApiCaller caller, string id, CancellationToken cancel)
    {
        // Where it may not be done, asking for it says why, and what to type.
        if (!installer.CanInstall(id))
            return (await installer.InstallAsync(id, null, cancel)).TryGet(out _, out var refused) ? null : refused;
        var installation = new Installation(caller.Organization);
        lock (_installations)
        {
            if (_installations.TryGetValue(id, out var other) && other.State == InstallState.Running)
                return new Fault("install-state", "It is being installed already.");
            _installations[id] = installation;
        }

        try
        {
            await AuditAsync(caller.Organization, caller.Draft("toolchain.install", $"toolchain:{id}", installer.CommandOf(id)), cancel);
        }
        catch
        {
            End(id, installation, InstallState.Failed);
            throw;
        }

        _ = Task.Run(() => RunAsync(id, installation), CancellationToken.None);
        events.PublishAudited("toolchain", caller.Organization, id);
        return null;
    }

    /// <summary>Ends an installation. Fault <c>install-state</c> when none runs.</summary>
    public async Task<Fault?> CancelAsync(ApiCaller caller, string id, CancellationToken cancel)
    {
        if (Find(id) is not { State: InstallState.Running } running)
            return new Fault("install-state", "Nothing is being installed.");
        await AuditAsync(caller.Organization, caller.Draft("toolchain.install-cancel", $"toolchain:{id}"), cancel);
        await running.Cancel.CancelAsync();
        return null;
    }

    private async Task RunAsync(string id, Installation installation)
    {
        var state = InstallState.Failed;
        string? why = null;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(installation.Cancel.Token, lifetime.ApplicationStopping);
            if ((await installer.InstallAsync(id, new Sink(installation.Log), either.Token)).TryGet(out _, out var fault))
                state = InstallState.Succeeded;
            else
                why = fault.Message;
        }
        catch (OperationCanceledException)
        {
            state = InstallState.Cancelled;
            why = "Stopped; what was installed until then stays.";
        }
        catch (Exception error)
        {
            Log.Failed(logger, error, id);
            why = "Something went wrong here; the host's log says what.";
        }

        if (why is not null)
            installation.Log.Add(why, "info");
        try
        {
            await AuditAsync(installation.Organization, new AuditDraft("system:toolchains", $"toolchain.install-{state.ToString().ToLowerInvariant()}", $"toolchain:{id}", why), CancellationToken.None);
        }
        catch (Exception error)
        {
            Log.NotWritten(logger, error, id);
        }

        End(id, installation, state);
    }

    private void End(string id, Installation installation, InstallState state)
    {
        Volatile.Write(ref _last, null);
        installation.State = state;
        installation.Log.Close();
        events.PublishAudited("toolchain", installation.Organization, id);
    }

    private IReadOnlyList<ToolchainReport>? Remembered() => Volatile.Read(ref _last) is { } last && time.GetElapsedTime(last.Item2) < Fresh ? last.Item1 : null;

    private async Task AuditAsync(string organization, AuditDraft entry, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        await db.InTransactionAsync(() => AuditChain.AppendAsync(db, organization, entry, time.GetUtcNow(), cancel), cancel);
    }

    private sealed class Sink(LineRing log) : IProgress<BuildLine>
    {
        public void Report(BuildLine value) => log.Add(value.Text, LogLine.StreamOf(value.Source));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Installing {Toolchain} ended with an unexpected error")]
        public static partial void Failed(ILogger logger, Exception error, string toolchain);

        [LoggerMessage(2, LogLevel.Error, "The end of installing {Toolchain} could not be written to the audit log")]
        public static partial void NotWritten(ILogger logger, Exception error, string toolchain);
    }
}
