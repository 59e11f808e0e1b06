using System.Text.Json;
using System.Threading.Channels;
using EspForge.AspNetCore;
using EspForge.Ota;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Builds;

/// <summary>
/// Lets go of the flash parts of old builds: each project's newest builds keep theirs for a while, builds whose image is released for good. Looks when the host
/// starts (what a killed one left behind is then deleted too), after each build that has parts, and once an hour.
/// </summary>
internal sealed partial class FlashPartsRetention(
    IServiceScopeFactory scopes, FlashParts parts, IOptions<BuildQueueOptions> options, TimeProvider time, ILogger<FlashPartsRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There is more than before.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (true)
        {
            try
            {
                await TrimAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Log.Failed(logger, error);
            }

            try
            {
                await _wakes.Reader.WaitToReadAsync(stoppingToken).AsTask().WaitAsync(Interval, time, stoppingToken);
                _wakes.Reader.TryRead(out _);
            }
            catch (TimeoutException)
            {
                // An hour has gone by: some builds are too old now.
            }
        }
    }

    private async Task TrimAsync(CancellationToken cancel)
    {
        using var held = await parts.HoldAsync(cancel);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        var releases = scope.ServiceProvider.GetRequiredService<IReleaseStore>();
        var rows = await db.Builds.AsNoTracking().Where(row => row.Parts != null).OrderByDescending(row => row.QueuedAt).ThenByDescending(row => row.Id)
            .Select(row => new { row.Id, row.Organization, row.ProjectId, row.QueuedAt, row.ImageSha256, row.Parts }).ToListAsync(cancel);
        var oldest = time.GetUtcNow() - TimeSpan.FromDays(options.Value.KeepPartsDays);
        var counts = new Dictionary<Guid, int>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        var old = new List<Guid>();
        foreach (var row in rows)
        {
            var count = counts[row.ProjectId] = counts.GetValueOrDefault(row.ProjectId) + 1;
            var isKept = (count <= options.Value.KeepPartsBuilds && row.QueuedAt >= oldest)
                || (row.ImageSha256 is { } sha256 && await releases.FindByImageAsync(row.Organization, sha256, cancel) is not null);
            if (isKept)
                named.UnionWith((JsonSerializer.Deserialize<List<BuildPartView>>(row.Parts!, ApiJson.Options) ?? []).Select(part => part.Sha256));
            else
                old.Add(row.Id);
        }

        // The builds first: a host that is killed in between leaves files that nobody names, not names without files.
        foreach (var some in old.Chunk(500))
            await db.Builds.Where(row => some.Contains(row.Id)).ExecuteUpdateAsync(set => set.SetProperty(row => row.Parts, (string?)null), cancel);
        var gone = parts.DeleteOthers(named);
        if (old.Count + gone > 0)
            Log.LetGo(logger, old.Count, gone);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Flash parts of {Builds} old builds are no longer kept; {Files} files were deleted")]
        public static partial void LetGo(ILogger logger, int builds, int files);

        [LoggerMessage(2, LogLevel.Warning, "Flash parts of old builds could not be deleted; trying again later")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
