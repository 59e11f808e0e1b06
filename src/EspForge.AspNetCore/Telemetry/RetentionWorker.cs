using EspForge.Devices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>Forgets telemetry, timelines and idempotency keys that are older than the host keeps them; looks once an hour.</summary>
internal sealed partial class RetentionWorker(IServiceScopeFactory scopes, IOptions<EspForgeOptions> options, TimeProvider time, ILogger<RetentionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var now = time.GetUtcNow();
                var gone = await scope.ServiceProvider.GetRequiredService<ITelemetryStore>()
                    .ForgetAsync(now - options.Value.TelemetryRetention, now - options.Value.TimelineRetention, stoppingToken);
                if (scope.ServiceProvider.GetService<IIdempotencyStore>() is { } keys)
                    gone += await keys.ForgetAsync(now - options.Value.IdempotencyRetention, stoppingToken);
                Log.Forgot(logger, gone);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Forgot {Rows} rows of telemetry, timelines and idempotency keys")]
        public static partial void Forgot(ILogger logger, int rows);

        [LoggerMessage(2, LogLevel.Warning, "Old telemetry could not be forgotten; trying again in an hour")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
