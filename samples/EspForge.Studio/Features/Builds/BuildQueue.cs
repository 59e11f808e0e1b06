using System.Collections.Concurrent;
using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.EntityFrameworkCore;
using EspForge.Studio.Logs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Builds;

/// <summary>A build that waits, with the sources as they were when it was asked for.</summary>
/// <param name="Row">The build.</param>
/// <param name="Request">What is built.</param>
/// <param name="User">Whose turn it takes: the person, whatever key they use.</param>
internal sealed record QueuedBuild(BuildRow Row, BuildRequest Request, string User);

/// <summary>
/// Builds in turn over the users who wait. What waits is in memory, with its sources; what became of it is in the database. A build that a restart finds
/// unfinished is marked as failed: its sources may have changed since, and asking again is one click.
/// </summary>
internal sealed partial class BuildQueue(
    IServiceScopeFactory scopes, BuildLogs logs, EspForgeEvents events, IOptions<BuildQueueOptions> options, TimeProvider time, ILogger<BuildQueue> logger) : BackgroundService
{
    private const int MaxQueued = 1000;
    private readonly FairQueue<QueuedBuild> _waiting = new(options.Value.MaxQueuedPerUser, options.Value.MaxQueuedPerOrganization, MaxQueued);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly SemaphoreSlim _adding = new(1, 1);
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> _cancels = new();

    /// <summary>Keeps the build and queues it. Fault <c>build-limit</c> when too many wait.</summary>
    public async Task<Outcome<BuildRow>> AddAsync(QueuedBuild build, IReadOnlyList<AuditDraft> entries, CancellationToken cancel)
    {
        var row = build.Row;

        // One at a time, so that what was looked at still holds when it is in the database.
        await _adding.WaitAsync(cancel);
        try
        {
            if (Check(build) is { } full)
                return full;
            _cancels[row.Id] = new CancellationTokenSource();
            logs.Begin(row.Id).Write("Waiting for a free runner.", "info");
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
                await db.InTransactionAsync(async () =>
                {
                    db.Builds.Add(row);
                    foreach (var entry in entries)
                        await AuditChain.AppendAsync(db, row.Organization, entry, time.GetUtcNow(), cancel);
                }, cancel);
            }
            catch
            {
                CloseLog(row.Id, null);
                logs.Delete(row.Id);
                throw;
            }

            lock (_gate)
                _waiting.Add(row.Id, row.Organization, build.User, build);
            _ready.Release();
        }
        finally
        {
            _adding.Release();
        }

        events.PublishAudited("build", row.Organization, row.Id.ToString("D"));
        return row;
    }

    /// <summary>How many builds begin up to and with this one, if nobody asks for more; <see langword="null"/> when it does not wait.</summary>
    public int? PositionOf(Guid id)
    {
        lock (_gate)
            return _waiting.PositionOf(id);
    }

    /// <summary>Stops the build, waiting or running. Fault <c>build-state</c> when it has ended.</summary>
    public async Task<Outcome<bool>> CancelAsync(string organization, Guid id, AuditDraft entry, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        var now = time.GetUtcNow();
        var (state, fault) = await db.InTransactionAsync(async () =>
        {
            var row = await db.Builds.SingleOrDefaultAsync(one => one.Id == id && one.Organization == organization, cancel);
            if (row is null)
                return ((BuildState?)null, (Fault?)BuildEndpoints.NotFound);
            if (row.State is not (BuildState.Queued or BuildState.Running))
                return ((BuildState?)row.State, (Fault?)new Fault("build-state", "The build has ended already."));
            var before = row.State;
            if (before == BuildState.Queued)
            {
                row.State = BuildState.Cancelled;
                row.FinishedAt = now;
            }

            await AuditChain.AppendAsync(db, organization, entry, now, cancel);
            return ((BuildState?)before, (Fault?)null);
        }, cancel);
        if (fault is not null)
            return fault;
        lock (_gate)
            _waiting.Remove(id);
        if (_cancels.TryGetValue(id, out var running))
            await running.CancelAsync();
        if (state == BuildState.Queued)
            CloseLog(id, "Cancelled before it began.");
        events.PublishAudited("build", organization, id.ToString("D"));
        return true;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await FailUnfinishedAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _ready.Dispose();
        _adding.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Runners).Select(_ => RunAsync(stoppingToken)));

    private Fault? Check(QueuedBuild build)
    {
        FairQueueRefusal? refusal;
        lock (_gate)
            refusal = _waiting.Check(build.Row.Organization, build.User);
        return refusal switch
        {
            null => null,
            FairQueueRefusal.User => new Fault("build-limit", $"{options.Value.MaxQueuedPerUser} of your builds wait already. Try again when some of them have ended."),
            FairQueueRefusal.Organization => new Fault("build-limit", $"{options.Value.MaxQueuedPerOrganization} builds wait already. Try again when some of them have ended."),
            _ => new Fault("build-limit", "Too many builds wait on this host. Try again when some of them have ended."),
        };
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _ready.WaitAsync(stopping);
            QueuedBuild? build;
            lock (_gate)
            {
                // What was cancelled while it waited left its signal behind.
                if (!_waiting.TryTake(out build))
                    continue;
            }

            try
            {
                await BuildOneAsync(build, stopping);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                Log.Failed(logger, error, build.Row.Id);
                await EndAsync(build.Row, new BuildOutcome { Fault = new Fault("internal", "Something went wrong here; the host's log names this build.") });
            }
        }
    }

    private async Task BuildOneAsync(QueuedBuild build, CancellationToken stopping)
    {
        var row = build.Row;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        var started = time.GetUtcNow();
        if (await db.Builds.Where(one => one.Id == row.Id && one.State == BuildState.Queued)
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.State, BuildState.Running).SetProperty(one => one.StartedAt, started), stopping) == 0)
        {
            CloseLog(row.Id, null);
            return;
        }

        events.PublishAudited("build", row.Organization, row.Id.ToString("D"));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, _cancels.GetOrAdd(row.Id, _ => new CancellationTokenSource()).Token);
        var sink = new LogSink(logs.Begin(row.Id));
        var outcome = await scope.ServiceProvider.GetRequiredService<FirmwareBuilder>().BuildAsync(build.Request, sink, either.Token);
        if (stopping.IsCancellationRequested && !outcome.IsSuccess)
            outcome = outcome with { Fault = new Fault("host-stopped", "Studio was stopped while the build ran. Build again.") };
        await EndAsync(row, outcome);
    }

    private async Task EndAsync(BuildRow row, BuildOutcome outcome)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<BuildEnding>().KeepAsync(row, outcome);
        CloseLog(row.Id, null);
    }

    private void CloseLog(Guid id, string? lastLine)
    {
        var log = logs.Begin(id);
        if (lastLine is not null)
            log.Write(lastLine, "info");
        log.Dispose();
        if (_cancels.TryRemove(id, out var source))
            source.Dispose();
    }

    private async Task FailUnfinishedAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        var found = await db.Builds.AsNoTracking().Where(one => one.State == BuildState.Queued || one.State == BuildState.Running).ToListAsync(cancel);
        var outcome = new BuildOutcome { Fault = new Fault("host-restarted", "Studio was restarted before the build ended. Build again.") };
        foreach (var row in found)
        {
            logs.Begin(row.Id).Write(outcome.Fault!.Message, "info");
            await EndAsync(row, outcome);
        }

        if (found.Count > 0)
            Log.Unfinished(logger, found.Count);
    }

    private sealed class LogSink(BuildLog log) : IProgress<BuildLine>
    {
        public void Report(BuildLine value) => log.Write(value.Text, LogLine.StreamOf(value.Source));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Build {Build} ended with an unexpected error")]
        public static partial void Failed(ILogger logger, Exception error, Guid build);

        [LoggerMessage(2, LogLevel.Warning, "{Count} builds were unfinished when Studio ended last; they are marked as failed")]
        public static partial void Unfinished(ILogger logger, int count);
    }
}
