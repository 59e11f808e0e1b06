using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EspForge.Build;

/// <summary>
/// Opens language servers (clangd) on projects, each in the sandbox of builds: it reads the project's files and the toolchain's headers, writes to its own scratch
/// directory, and has no network. How many are open at once is the caller's to decide.
/// </summary>
public sealed partial class LanguageSessions
{
    private const int CpuSeconds = 24 * 3_600;

    private readonly Dictionary<string, IToolchain> _toolchains = new(StringComparer.Ordinal);
    private readonly SandboxSelector _sandboxes;
    private readonly BuildOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Sessions over toolchains, which say how a project's files are compiled.</summary>
    public LanguageSessions(IEnumerable<IToolchain> toolchains, SandboxSelector sandboxes, IOptions<BuildOptions> options, TimeProvider? time = null, ILogger<LanguageSessions>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(toolchains);
        ArgumentNullException.ThrowIfNull(sandboxes);
        ArgumentNullException.ThrowIfNull(options);
        foreach (var toolchain in toolchains)
            _toolchains.TryAdd(toolchain.Name, toolchain);
        _sandboxes = sandboxes;
        _options = options.Value.Checked();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<LanguageSessions>.Instance;
    }

    /// <summary>The language server and its version, such as <c>clangd 14.0.6</c>, or the fault <c>language-server-missing</c>.</summary>
    public static async Task<Outcome<string>> ProbeAsync(CancellationToken cancellationToken = default) =>
        LanguageServer.Find() is { } program && await ToolVersion.AskAsync(program, cancellationToken) is { } version ? $"clangd {version}" : Missing;

    private static Fault Missing => new("language-server-missing", "clangd is not installed. On Debian or Ubuntu: apt-get install clangd");

    /// <summary>Starts a language server on a project. The version of the request does not matter.</summary>
    /// <returns>The session, to be disposed, or a fault: <c>language-server-missing</c>, <c>build-invalid</c>, <c>build-storage</c>, <c>sandbox-unavailable</c>, <c>build-timeout</c>.</returns>
    public async Task<Outcome<LanguageSession>> OpenAsync(BuildRequest project, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(project);
        if (LanguageServer.Find() is not { } program)
            return Missing;
        if (ProjectRules.Check(project, _options) is { } invalid)
            return invalid;
        if (!_toolchains.TryGetValue(project.Toolchain, out var toolchain))
            return new Fault("build-invalid", $"There is no toolchain '{project.Toolchain}' here.");
        if (!(await _sandboxes.SelectAsync(cancellationToken)).TryGet(out var choice, out var fault))
            return fault;
        JobDirectory.Sweep(_options.WorkDirectory, _time);
        try
        {
            if (!JobDirectory.Create(_options.WorkDirectory).TryGet(out var directory, out fault))
                return fault;
            var opened = await OpenAsync(project, toolchain, choice.Sandbox, program, directory, cancellationToken);
            if (!opened.IsSuccess)
                directory.Dispose();
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault("build-storage", $"The session's directory could not be used: {e.Message}");
        }
    }

    private async Task<Outcome<LanguageSession>> OpenAsync(BuildRequest project, IToolchain toolchain, IBuildSandbox sandbox, string program, JobDirectory directory, CancellationToken cancellationToken)
    {
        try
        {
            // The server only reads these: what it could be made to write would be written by the host's own updates, too.
            directory.Write(BuildJob.ProjectFolder, project.Files, isReadable: true);
            directory.Write(BuildJob.GeneratedFolder, project.GeneratedFiles, isReadable: true);
            var commands = Path.Combine(directory.Path, "commands");
            var scratch = Path.Combine(directory.Path, "scratch");
            PrivateFiles.CreateReadableDirectory(commands);
            PrivateFiles.CreateDirectory(scratch);
            if (!(await DescribeAsync(project, toolchain, sandbox, cancellationToken)).TryGet(out var description, out var fault))
                return fault;
            var projectDirectory = Path.Combine(directory.Path, BuildJob.ProjectFolder);
            var generatedDirectory = Path.Combine(directory.Path, BuildJob.GeneratedFolder);
            var view = new SandboxView(scratch, [new SandboxMount(projectDirectory, "project"), new SandboxMount(generatedDirectory, "generated"), new SandboxMount(commands, "commands"), .. description.Mounts])
            {
                Limits = SandboxLimits.From(_options) with { CpuSeconds = CpuSeconds },
            };
            var json = Database(description, sandbox.PathInside(view, projectDirectory), sandbox.PathInside(view, generatedDirectory));
            PrivateFiles.CreateReadable(Path.Combine(commands, "compile_commands.json"), json, isProgram: false);
            var command = new SandboxCommand(program,
            [
                $"--compile-commands-dir={sandbox.PathInside(view, commands)}", "--background-index=false", "--enable-config=false", "--clang-tidy=false", "--header-insertion=never",
                "--pch-storage=memory", "--limit-results=100", "--log=error", "-j=1",
            ]);
            if (!(await sandbox.StartAsync(view, command, cancellationToken)).TryGet(out var process, out fault))
                return fault;
            Log.Opened(_logger, toolchain.Name, sandbox.Name, description.Commands.Count);
            return new LanguageSession(process, directory, "file://" + sandbox.PathInside(view, projectDirectory), _options);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    // In a directory of its own: a toolchain may run the project's scripts to find out, and they may write.
    private async Task<Outcome<Description>> DescribeAsync(BuildRequest project, IToolchain toolchain, IBuildSandbox sandbox, CancellationToken cancellationToken)
    {
        if (!JobDirectory.Create(_options.WorkDirectory).TryGet(out var directory, out var fault))
            return fault;
        using (directory)
        {
            directory.Write(BuildJob.ProjectFolder, project.Files);
            directory.Write(BuildJob.GeneratedFolder, project.GeneratedFiles);
            var job = new BuildJob(project, directory.Path, sandbox, new BuildLog(null, _options.MaxLogBytes), _options);
            using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            try
            {
                if (!(await toolchain.GetCompileCommandsAsync(job, either.Token)).TryGet(out var commands, out fault))
                    return fault;
                return new Description(commands, job.View.Mounts.Where(mount => !mount.IsWritable).ToList(), job.PathInside(Path.Combine(directory.Path, BuildJob.ProjectFolder)), job.PathInside(Path.Combine(directory.Path, BuildJob.GeneratedFolder)));
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return new Fault("build-timeout", "The toolchain did not say in time how the project is compiled.");
            }
        }
    }

    private static byte[] Database(Description description, string project, string generated)
    {
        string Moved(string text) => text.Replace(description.Project, project, StringComparison.Ordinal).Replace(description.Generated, generated, StringComparison.Ordinal);
        var entries = description.Commands.Select(command => (JsonNode)new JsonObject
        {
            ["directory"] = project,
            ["file"] = Moved(command.File),
            ["arguments"] = new JsonArray([.. command.Arguments.Select(argument => (JsonNode)JsonValue.Create(Moved(argument))!), JsonValue.Create(Moved(command.File))!]),
        });
        return JsonSerializer.SerializeToUtf8Bytes(new JsonArray([.. entries]));
    }

    private sealed record Description(IReadOnlyList<CompileCommand> Commands, IReadOnlyList<SandboxMount> Mounts, string Project, string Generated);

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Information, "Opened a language server for the {Toolchain} toolchain in {Sandbox}, {Count} files")]
        public static partial void Opened(ILogger logger, string toolchain, string sandbox, int count);
    }
}
