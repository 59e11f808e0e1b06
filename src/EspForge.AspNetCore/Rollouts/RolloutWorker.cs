using EspForge.Ota;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>
/// Asks the gate of every running rollout, at each interval, and keeps what it says. All state is in the database: a host that was killed goes on where it was, and of two hosts that decide
/// at once one is too late.
/// </summary>
internal sealed partial class RolloutWorker(
    IServiceScopeFactory scopes, EspForgeEvents events, IOptions<EspForgeOptions> options, TimeProvider time, ILogger<RolloutWorker> logger) : BackgroundService
{
    internal const string Actor = "system:rollout-worker";

    /// <summary>Looks at every running rollout once; returns how many it changed.</summary>
    internal async Task<int> LookAsync(CancellationToken cancel)
    {
        IReadOnlyList<Rollout> running;
        await using (var scope = scopes.CreateAsyncScope())
            running = await scope.ServiceProvider.GetRequiredService<IRolloutStore>().ListRunningAsync(cancel);

        var changed = 0;
        foreach (var rollout in running)
        {
            try
            {
                changed += await DecideAsync(rollout, cancel) ? 1 : 0;
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancel.IsCancellationRequested)
            {
                Log.Failed(logger, error, rollout.Id);
            }
        }

        return changed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RolloutInterval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.ListFailed(logger, error);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // A scope of its own, so that what one rollout leaves behind does not touch the next.
    private async Task<bool> DecideAsync(Rollout rollout, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<IRolloutStore>();
        var now = RolloutDesk.Whole(time.GetUtcNow());
        var decision = RolloutGate.Decide(rollout, await store.CountAsync(rollout, now, cancel), now);
        if (decision.Verdict == RolloutVerdict.Wait)
            return false;
        if (!rollout.Apply(decision, now).TryGet(out var changed, out var fault))
        {
            Log.Refused(logger, rollout.Id, fault.Message);
            return false;
        }

        var entry = new AuditDraft(Actor, Action(decision.Verdict), RolloutDesk.Subject(rollout.Id), decision.Reason);
        if (!await store.TryChangeAsync(changed, rollout.Revision, entry, cancel))
        {
            Log.TooLate(logger, rollout.Id);
            return false;
        }

        Log.Decided(logger, rollout.Id, decision.Verdict, decision.Reason);
        events.Publish("rollout", rollout.Organization, rollout.Id.ToString());
        return true;
    }

    private static string Action(RolloutVerdict verdict) => verdict switch
    {
        RolloutVerdict.Advance => "rollout.advance",
        RolloutVerdict.Complete => "rollout.complete",
        RolloutVerdict.Pause => "rollout.pause",
        RolloutVerdict.RollBack => "rollout.rollback",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "Not a change."),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Rollout {RolloutId}: {Verdict}. {Reason}")]
        public static partial void Decided(ILogger logger, Guid rolloutId, RolloutVerdict verdict, string reason);

        [LoggerMessage(2, LogLevel.Debug, "Rollout {RolloutId} was changed by someone else first")]
        public static partial void TooLate(ILogger logger, Guid rolloutId);

        [LoggerMessage(3, LogLevel.Warning, "Rollout {RolloutId} cannot do what its gate decided: {Reason}")]
        public static partial void Refused(ILogger logger, Guid rolloutId, string reason);

        [LoggerMessage(4, LogLevel.Error, "Rollout {RolloutId} could not be looked at; trying again at the next interval")]
        public static partial void Failed(ILogger logger, Exception error, Guid rolloutId);

        [LoggerMessage(5, LogLevel.Error, "The running rollouts could not be read; trying again at the next interval")]
        public static partial void ListFailed(ILogger logger, Exception error);
    }
}
