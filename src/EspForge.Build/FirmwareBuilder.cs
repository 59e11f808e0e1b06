using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>
/// Builds projects: a directory of its own for each, a sandbox, a time limit, a log as it comes, and an image or a fault at the end. The directory is
/// removed in every case. Safe to use from several threads; how many builds run at once is the caller's to decide.
/// </summary>
public sealed partial class FirmwareBuilder
{
    private readonly Dictionary<string, IToolchain> _toolchains = new(StringComparer.Ordinal);
    private readonly SandboxSelector _sandboxes;
    private readonly BuildOptions _options;
    private readonly BuildCache _cache;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>A builder over toolchains; of two with the same name the first counts.</summary>
    public FirmwareBuilder(
        IEnumerable<IToolchain> toolchains, SandboxSelector sandboxes, IOptions<BuildOptions> options, BuildCache cache, TimeProvider? time = null, ILogger<FirmwareBuilder>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(toolchains);
        ArgumentNullException.ThrowIfNull(sandboxes);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(cache);
        foreach (var toolchain in toolchains)
            _toolchains.TryAdd(toolchain.Name, toolchain);
        _sandboxes = sandboxes;
        _options = options.Value.Checked();
        _cache = cache;
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<FirmwareBuilder>.Instance;
    }

    /// <summary>A builder of host images without a service container.</summary>
    public static FirmwareBuilder CreateHost(BuildOptions? options = null)
    {
        var given = Options.Create(options ?? new BuildOptions());
        var sandboxes = new SandboxSelector(given);
        return new FirmwareBuilder([new HostToolchain(sandboxes, given)], sandboxes, given, new BuildCache(given));
    }

    /// <summary>What is wrong with a request, without building it: the fault <c>build-invalid</c>, or <see langword="null"/>.</summary>
    public Fault? Check(BuildRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (ProjectRules.Check(request, _options) is { } fault)
            return fault;
        return _toolchains.TryGetValue(request.Toolchain, out var toolchain)
            ? toolchain.Check(request)
            : new Fault("build-invalid", $"There is no toolchain '{request.Toolchain}' here; there is {string.Join(", ", _toolchains.Keys)}.");
    }

    /// <summary>Builds a project. What goes wrong, cancellation included, is in the outcome.</summary>
    /// <param name="request">What to build.</param>
    /// <param name="log">Gets every line in order, one at a time, on the thread that reads it; it should return soon.</param>
    /// <param name="cancellationToken">Kills the tools and everything they started.</param>
    public async Task<BuildOutcome> BuildAsync(BuildRequest request, IProgress<BuildLine>? log = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var started = _time.GetTimestamp();
        var lines = new BuildLog(log, _options.MaxLogBytes);
        var run = new Run(request, lines) { Outcome = new BuildOutcome { Toolchain = request.Toolchain } };
        try
        {
            using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            try
            {
                run.Outcome = await DecideAsync(run, either.Token);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                run.Outcome = run.Outcome with
                {
                    Fault = cancellationToken.IsCancellationRequested
                        ? new Fault("build-cancelled", "The build was cancelled.")
                        : new Fault("build-timeout", string.Create(CultureInfo.InvariantCulture, $"The build took longer than {_options.TimeLimit.TotalSeconds:0.###} seconds and was ended.")),
                };
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            run.Outcome = run.Outcome with { Fault = new Fault("build-storage", $"The build directory could not be used: {e.Message}") };
        }

        return Finish(run.Outcome, lines, _time.GetElapsedTime(started));
    }

    private BuildOutcome Finish(BuildOutcome outcome, BuildLog lines, TimeSpan duration)
    {
        if (outcome.Image is { } image)
        {
            lines.Note(outcome.FromCache
                ? string.Create(CultureInfo.InvariantCulture, $"Nothing changed since an earlier build: {image.ProjectName} {image.Version}, {image.SizeBytes:N0} bytes, SHA-256 {image.Sha256}, from the cache in {duration.TotalMilliseconds:0} ms.")
                : string.Create(CultureInfo.InvariantCulture, $"Built {image.ProjectName} {image.Version}: {image.SizeBytes:N0} bytes, SHA-256 {image.Sha256}, in {duration.TotalSeconds:0.0} s."));
        }
        else
        {
            lines.Note(outcome.Fault!.Message);
        }

        Log.Ended(_logger, outcome.Toolchain, outcome.Sandbox, outcome.Fault?.Code ?? (outcome.FromCache ? "cached" : "ok"), duration.TotalMilliseconds);
        return outcome with { Duration = duration, IsLogTruncated = lines.IsTruncated, Messages = outcome.FromCache ? outcome.Messages : lines.Messages };
    }

    private async Task<BuildOutcome> DecideAsync(Run run, CancellationToken cancellationToken)
    {
        var request = run.Request;
        if (Check(request) is { } invalid)
            return run.Outcome with { Fault = invalid };
        var toolchain = _toolchains[request.Toolchain];
        run.Lines.Note($"Building {request.ProjectName} {request.Version} for {request.Chip} with the {toolchain.Name} toolchain.");
        if (!(await toolchain.ProbeAsync(cancellationToken)).TryGet(out var status, out var missing))
            return run.Outcome with { Fault = missing };
        var key = BuildCache.KeyOf(request, status);
        run.Outcome = run.Outcome with { CacheKey = key };
        if (_options.UseCache && await _cache.FindAsync(key, cancellationToken) is { } kept)
            return kept;
        if (!(await _sandboxes.SelectAsync(cancellationToken)).TryGet(out var choice, out var unavailable))
            return run.Outcome with { Fault = unavailable };
        run.Outcome = run.Outcome with { Sandbox = choice.Sandbox.Name, IsIsolated = choice.Sandbox.IsIsolated };
        run.Lines.Note(choice.Message);
        var outcome = await RunAsync(run, toolchain, choice.Sandbox, cancellationToken);
        if (_options.UseCache && outcome.IsSuccess)
            await _cache.StoreAsync(key, outcome with { Messages = run.Lines.Messages }, cancellationToken);
        return outcome;
    }

    private async Task<BuildOutcome> RunAsync(Run run, IToolchain toolchain, IBuildSandbox sandbox, CancellationToken cancellationToken)
    {
        if (JobDirectory.Sweep(_options.WorkDirectory, _time) is > 0 and var swept)
            Log.Swept(_logger, swept, _options.WorkDirectory);
        if (!JobDirectory.Create(_options.WorkDirectory).TryGet(out var directory, out var fault))
            return run.Outcome with { Fault = fault };
        using (directory)
        {
            directory.Write(BuildJob.ProjectFolder, run.Request.Files);
            directory.Write(BuildJob.GeneratedFolder, run.Request.GeneratedFiles);
            var job = new BuildJob(run.Request, directory.Path, sandbox, run.Lines, _options);
            if (!(await toolchain.BuildAsync(job, cancellationToken)).TryGet(out var image, out fault))
                return run.Outcome with { Fault = fault, Memory = job.Memory };
            if (job.Memory?.SlotBytes is { } slot && image.SizeBytes > slot)
                run.Lines.Note(string.Create(CultureInfo.InvariantCulture, $"The image is {image.SizeBytes:N0} bytes and a slot {slot:N0}: devices will refuse it."));
            return run.Outcome with { Image = image, Memory = job.Memory, FlashParts = [.. job.FlashParts.OrderBy(part => part.OffsetBytes)] };
        }
    }

    // What is known of a build so far, for when it is ended in the middle.
    private sealed class Run(BuildRequest request, BuildLog lines)
    {
        public BuildRequest Request { get; } = request;

        public BuildLog Lines { get; } = lines;

        public required BuildOutcome Outcome { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A build with the {Toolchain} toolchain in the sandbox '{Sandbox}' ended: {Code}, after {DurationMs} ms")]
        public static partial void Ended(ILogger logger, string toolchain, string sandbox, string code, double durationMs);

        [LoggerMessage(2, LogLevel.Warning, "Removed {Count} build directories that an earlier process had left in {Directory}")]
        public static partial void Swept(ILogger logger, int count, string directory);
    }
}
