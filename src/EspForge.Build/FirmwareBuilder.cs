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
    private readonly IToolchain _toolchain;
    private readonly SandboxSelector _sandboxes;
    private readonly BuildOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>A builder over a toolchain.</summary>
    public FirmwareBuilder(IToolchain toolchain, SandboxSelector sandboxes, IOptions<BuildOptions> options, TimeProvider? time = null, ILogger<FirmwareBuilder>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(toolchain);
        ArgumentNullException.ThrowIfNull(sandboxes);
        ArgumentNullException.ThrowIfNull(options);
        _toolchain = toolchain;
        _sandboxes = sandboxes;
        _options = options.Value.Checked();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<FirmwareBuilder>.Instance;
    }

    /// <summary>A builder of host images without a service container.</summary>
    public static FirmwareBuilder CreateHost(BuildOptions? options = null)
    {
        var given = Options.Create(options ?? new BuildOptions());
        var sandboxes = new SandboxSelector(given);
        return new FirmwareBuilder(new HostToolchain(sandboxes, given), sandboxes, given);
    }

    /// <summary>What is wrong with a request, without building it: the fault <c>build-invalid</c>, or <see langword="null"/>.</summary>
    public Fault? Check(BuildRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ProjectRules.Check(request, _options);
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
        SandboxChoice? choice = null;
        Outcome<BuiltImage> result;
        try
        {
            using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            try
            {
                var selected = await _sandboxes.SelectAsync(either.Token);
                if (!selected.TryGet(out choice, out var fault))
                    result = fault;
                else
                    result = ProjectRules.Check(request, _options) ?? await RunAsync(request, choice, lines, either.Token);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                result = cancellationToken.IsCancellationRequested
                    ? new Fault("build-cancelled", "The build was cancelled.")
                    : new Fault("build-timeout", string.Create(CultureInfo.InvariantCulture, $"The build took longer than {_options.TimeLimit.TotalSeconds:0.###} seconds and was ended."));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            result = new Fault("build-storage", $"The build directory could not be used: {e.Message}");
        }

        var duration = _time.GetElapsedTime(started);
        result.TryGet(out var image, out var why);
        lines.Note(image is not null
            ? string.Create(CultureInfo.InvariantCulture, $"Built {image.ProjectName} {image.Version}: {image.SizeBytes:N0} bytes, SHA-256 {image.Sha256}, in {duration.TotalSeconds:0.0} s.")
            : why!.Message);
        Log.Ended(_logger, _toolchain.Name, choice?.Sandbox.Name ?? "none", why?.Code ?? "ok", duration.TotalMilliseconds);
        return new BuildOutcome
        {
            Image = image,
            Fault = why,
            Messages = lines.Messages,
            Sandbox = choice?.Sandbox.Name ?? "",
            IsIsolated = choice?.Sandbox.IsIsolated ?? false,
            Duration = duration,
            IsLogTruncated = lines.IsTruncated,
        };
    }

    private async Task<Outcome<BuiltImage>> RunAsync(BuildRequest request, SandboxChoice choice, BuildLog lines, CancellationToken cancellationToken)
    {
        lines.Note($"Building {request.ProjectName} {request.Version} for {request.Chip} with the {_toolchain.Name} toolchain.");
        lines.Note(choice.Message);
        if (JobDirectory.Sweep(_options.WorkDirectory, _time) is > 0 and var swept)
            Log.Swept(_logger, swept, _options.WorkDirectory);
        if (!JobDirectory.Create(_options.WorkDirectory).TryGet(out var directory, out var fault))
            return fault;
        using (directory)
        {
            directory.Write(BuildJob.ProjectFolder, request.Files);
            directory.Write(BuildJob.GeneratedFolder, request.GeneratedFiles);
            var job = new BuildJob(request, directory.Path, choice.Sandbox, lines, _options);
            return await _toolchain.BuildAsync(job, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A build with the {Toolchain} toolchain in the {Sandbox} sandbox ended: {Code}, after {DurationMs} ms")]
        public static partial void Ended(ILogger logger, string toolchain, string sandbox, string code, double durationMs);

        [LoggerMessage(2, LogLevel.Warning, "Removed {Count} build directories that an earlier process had left in {Directory}")]
        public static partial void Swept(ILogger logger, int count, string directory);
    }
}
