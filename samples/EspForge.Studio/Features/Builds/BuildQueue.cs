using System.Collections.Concurrent;
using System.Threading.Channels;
using EspForge.AspNetCore;
using EspForge.Build;
using EspForge.EntityFrameworkCore;
using EspForge.Ota;
using EspForge.Studio.Logs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Builds;

/// <summary>A build that waits, with the sources as they were when it was asked for.</summary>
internal sealed record QueuedBuild(BuildRow Row, BuildRequest Request);

/// <summary>
/// Builds one after the other. What waits is in memory, with its sources; what became of it is in the database. A build that a restart finds unfinished
/// is marked as failed: its sources may have changed since, and asking again is one click.
/// </summary>
internal sealed partial class BuildQueue(
    IServiceScopeFactory scopes, BuildLogs logs, EspForgeEvents events, IOptions<BuildQueueOptions> options, TimeProvider time, ILogger<BuildQueue> logger) : BackgroundService
{
    private const int MaxQueued = 1000;
    private readonly Channel<QueuedBuild> _waiting = Channel.CreateBounded<QueuedBuild>(MaxQueued);
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> _cancels = new();

    /// <summary>Keeps the build and queues it. Fault <c>build-limit</c> when too many wait.</summary>
    public async Task<Outcome<BuildRow>> AddAsync(QueuedBuild build, AuditDraft entry, CancellationToken cancel)
    {
        var row = build.Row;
        _cancels[row.Id] = new CancellationTokenSource();
        logs.Begin(row.Id).Write("Waiting for a free runner.", "info");
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        var most = options.Value.MaxQueuedPerOrganization;
        var kept = await db.InTransactionAsync(async () =>
        {
            if (await db.Builds.CountAsync(one => one.Organization == row.Organization && one.State == BuildState.Queued, cancel) >= most)
                return false;
            db.Builds.Add(row);
            await AuditChain.AppendAsync(db, row.Organization, entry, time.GetUtcNow(), cancel);
            return true;
        }, cancel);
        if (!kept)
        {
            CloseLog(row.Id, null);
            logs.Delete(row.Id);
            return new Fault("build-limit", $"{most} builds wait already. Try again when some of them have ended.");
        }

        if (!_waiting.Writer.TryWrite(build))
        {
            await EndAsync(row, new BuildOutcome { Fault = new Fault("build-limit", "Too many builds wait.") }, null, CancellationToken.None);
            return new Fault("build-limit", "Too many builds wait. Try again when some of them have ended.");
        }

        events.PublishAudited("build", row.Organization, row.Id.ToString("D"));
        return row;
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

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Runners).Select(_ => RunAsync(stoppingToken)));

    private async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var build in _waiting.Reader.ReadAllAsync(stopping))
        {
            try
            {
                await BuildOneAsync(build, stopping);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                Log.Failed(logger, error, build.Row.Id);
                await EndAsync(build.Row, new BuildOutcome { Fault = new Fault("internal", "Something went wrong here; the host's log names this build.") }, null, CancellationToken.None);
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

        string? sha256 = null;
        if (outcome.Image is { } image)
        {
            await using var content = image.OpenRead();
            var kept = await scope.ServiceProvider.GetRequiredService<ImageIntake>().TakeAsync(
                row.Organization, content, $"{row.Product}-{row.Version}.efi", row.Id, row.CreatedBy, CancellationToken.None);
            if (kept.TryGet(out var held, out var fault))
            {
                sha256 = held.Info.Sha256;
                events.Publish("image", row.Organization, sha256);
            }
            else
            {
                outcome = outcome with { Image = null, Fault = fault };
            }
        }

        await EndAsync(row, outcome, sha256, CancellationToken.None);
    }

    private async Task EndAsync(BuildRow row, BuildOutcome outcome, string? sha256, CancellationToken cancel)
    {
        var state = outcome.IsSuccess ? BuildState.Succeeded : outcome.Fault?.Code is "build-cancelled" ? BuildState.Cancelled : BuildState.Failed;
        var messages = System.Text.Json.JsonSerializer.Serialize(
            outcome.Messages.Select(message => new BuildMessageView(message.File, message.Line, message.Column, message.Severity, message.Text)), ApiJson.Options);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        await db.InTransactionAsync(async () =>
        {
            var now = time.GetUtcNow();
            var kept = await db.Builds.SingleOrDefaultAsync(one => one.Id == row.Id, cancel);
            if (kept is null || kept.State is not (BuildState.Queued or BuildState.Running))
                return;
            kept.State = state;
            kept.Sandbox = outcome.Sandbox.Length == 0 ? null : outcome.Sandbox;
            kept.FinishedAt = now;
            kept.Messages = messages;
            kept.ImageSha256 = sha256;
            kept.ErrorCode = state == BuildState.Failed ? outcome.Fault?.Code : null;
            kept.ErrorMessage = state == BuildState.Failed ? outcome.Fault?.Message : null;
            await AuditChain.AppendAsync(
                db, row.Organization, new AuditDraft("system:builds", $"build.{state.ToString().ToLowerInvariant()}", $"build:{row.Id:D}", kept.ErrorMessage ?? $"{row.Product} {row.Version}"), now, cancel);
        }, cancel);
        CloseLog(row.Id, null);
        events.PublishAudited("build", row.Organization, row.Id.ToString("D"));
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
            await EndAsync(row, outcome, null, cancel);
        }

        if (found.Count > 0)
            Log.Unfinished(logger, found.Count);
    }

    private sealed class LogSink(BuildLog log) : IProgress<BuildLine>
    {
        public void Report(BuildLine value) => log.Write(value.Text, value.Source switch
        {
            BuildLineSource.Output => "out",
            BuildLineSource.Error => "err",
            _ => "info",
        });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Build {Build} ended with an unexpected error")]
        public static partial void Failed(ILogger logger, Exception error, Guid build);

        [LoggerMessage(2, LogLevel.Warning, "{Count} builds were unfinished when Studio ended last; they are marked as failed")]
        public static partial void Unfinished(ILogger logger, int count);
    }
}
