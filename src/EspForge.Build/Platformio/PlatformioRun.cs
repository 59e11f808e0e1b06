using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>The steps of one build by PlatformIO: configuration, platform, dependencies, run, metadata, image and parts.</summary>
internal sealed class PlatformioRun(BuildJob job, PlatformioTool tool)
{
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    public async Task<Outcome<BuiltImage>> BuildAsync(CancellationToken cancellationToken)
    {
        if (!(await ChooseAsync(cancellationToken)).TryGet(out var environment, out var fault))
            return fault;
        if (job.Request.FetchDependencies && await FetchAsync(environment, cancellationToken) is { } unfetched)
            return unfetched;
        var memory = new MemoryLines();
        var ran = await RunAsync(["run", "--environment", environment, "--jobs", job.Options.Parallelism.ToString(CultureInfo.InvariantCulture)], memory.Add, cancellationToken);
        if (!ran.TryGet(out var exit, out fault))
            return fault;
        if (exit != 0)
        {
            // A program that is too big is measured, and then refused.
            job.Memory = memory.ToMemory(slotBytes: null);
            return job.Failed(exit);
        }

        return await CollectAsync(environment, memory, cancellationToken);
    }

    public async Task<Outcome<IReadOnlyList<CompileCommand>>> GetCompileCommandsAsync(CancellationToken cancellationToken)
    {
        if (!(await ChooseAsync(cancellationToken)).TryGet(out var environment, out var fault))
            return fault;
        if (!(await RunAsync(["run", "--environment", environment, "--target", "compiledb"], static _ => { }, cancellationToken)).TryGet(out var exit, out fault))
            return fault;
        if (exit != 0)
            return job.Failed(exit);
        return (await job.ReadFileAsync($"{BuildJob.ProjectFolder}/compile_commands.json", MaxAnswerBytes, cancellationToken)).TryGet(out var content, out fault)
            ? CompileCommands.Read(content, job)
            : fault;
    }

    private async Task<Outcome<string>> ChooseAsync(CancellationToken cancellationToken)
    {
        if (!(await AskAsync(["project", "config", "--json-output"], cancellationToken)).TryGet(out var answer, out var fault))
            return fault;
        if (!PlatformioProject.Read(answer).TryGet(out var project, out fault) || !project.Choose(job.Request.Environment).TryGet(out var environment, out fault))
            return fault;
        if (project.OptionOf(environment, "platform") is not { } platform)
            return new Fault("build-failed", $"platformio.ini: the environment '{environment}' names no platform, such as espressif32.");
        // Looked up before: PlatformIO would try for a minute to fetch it.
        if (PlatformioPackages.NameOf(platform) is { } name && !tool.Packages.Platforms.ContainsKey(name))
            return new Fault("toolchain-missing", $"PlatformIO's platform '{platform}' is not installed on this host. Run: {PlatformioToolchain.PlatformCommand(tool, platform.ReplaceLineEndings(" "))}");
        job.Note($"Environment {environment}, platform {platform}{(project.OptionOf(environment, "board") is { } board ? $", board {board}" : "")}.");
        return environment;
    }

    private async Task<Fault?> FetchAsync(string environment, CancellationToken cancellationToken)
    {
        job.Note("Fetching the project's libraries.");
        var ran = await job.RunWithNetworkAsync(tool.Command(job, "pkg", "install", "--environment", environment, "--no-save"), cancellationToken);
        return ran.TryGet(out var exit, out var fault) ? exit == 0 ? null : job.Failed(exit) : fault;
    }

    private async Task<Outcome<BuiltImage>> CollectAsync(string environment, MemoryLines memory, CancellationToken cancellationToken)
    {
        if (!(await AskAsync(["project", "metadata", "--environment", environment, "--json-output"], cancellationToken)).TryGet(out var answer, out var fault))
            return fault;
        if (!PlatformioMetadata.Read(answer, environment).TryGet(out var metadata, out fault))
            return fault;
        if (!(await ReadAsync(Path.ChangeExtension(metadata.ProgramPath, ".bin"), job.Options.MaxImageBytes, cancellationToken)).TryGet(out var content, out fault))
            return new Fault("image-malformed", $"The environment '{environment}' makes no image for a chip. {fault.Message}");
        if (!EspOutput.ToImage(job, content).TryGet(out var image, out fault))
            return fault;
        long? slot = null;
        if (metadata.ApplicationOffset is { } offset)
            job.FlashParts.Add(new FlashPart("firmware", offset, image.Content));
        foreach (var (partOffset, path) in metadata.FlashImages)
        {
            if (!(await ReadAsync(path, job.Options.MaxImageBytes, cancellationToken)).TryGet(out var part, out fault))
                return fault;
            var name = EspOutput.PartName(path);
            job.FlashParts.Add(new FlashPart(name, partOffset, part));
            if (name is "partitions")
                slot = PartitionTable.SlotBytes(part);
        }

        job.Memory = memory.ToMemory(slot);
        return image;
    }

    // A path as the tools told it: of the job, or of the packages, which are anyone's to read; of nothing else.
    private async Task<Outcome<byte[]>> ReadAsync(string path, long maxBytes, CancellationToken cancellationToken)
    {
        if (path.Split('/').Any(segment => segment is "." or ".." || path.Contains("//", StringComparison.Ordinal)))
            return new Fault("image-malformed", "A script of the project named a file outside of the build.");
        if (tool.InPackages(job, path) is { } packaged)
            return await JobFiles.ReadAsync(tool.CoreDirectory, packaged, maxBytes, cancellationToken);
        return SandboxPaths.TryRelative(job.PathInside(job.Directory), path, out var relative) && relative.Length > 1
            ? await job.ReadFileAsync(relative[1..], maxBytes, cancellationToken)
            : new Fault("image-malformed", "A script of the project named a file outside of the build.");
    }

    /// <summary>Runs pio, its output going to the log, and ends it as soon as it begins to fetch what is not there: without network it would try for a minute.</summary>
    private async Task<Outcome<int>> RunAsync(string[] arguments, Action<string> onLine, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Fault? missing = null;
        try
        {
            return await job.RunAsync(tool.Command(job, arguments), (source, line) =>
            {
                job.Write(source, line);
                onLine(line);
                if (WhatIsFetched(line) is { } found)
                {
                    missing ??= found;
                    end.Cancel();
                }
            }, end.Token);
        }
        catch (OperationCanceledException) when (missing is not null && !cancellationToken.IsCancellationRequested)
        {
            return missing;
        }
    }

    private Fault? WhatIsFetched(string line)
    {
        var match = Patterns.Installing.Match(line);
        if (!match.Success || match.Groups["what"].ValueSpan is var what && (what.StartsWith("file://") || what.StartsWith("symlink://")))
            return null;
        var name = match.Groups["what"].Value.Trim();
        return match.Groups["manager"].Value switch
        {
            "Library" => new Fault("build-failed", $"The library '{name}' is not there and a build has no network. Put it into the project's lib/ directory, or ask for the step that fetches dependencies."),
            "Platform" => new Fault("toolchain-missing", $"PlatformIO's platform '{name}' is not installed on this host. Run: {PlatformioToolchain.PlatformCommand(tool, name)}"),
            _ => new Fault("toolchain-missing", $"PlatformIO's package '{name}' is not installed on this host. Run: PLATFORMIO_CORE_DIR={tool.CoreDirectory} {tool.Program} pkg install --global --tool '{name.Replace(" ", "", StringComparison.Ordinal)}'"),
        };
    }

    // Asks for JSON on standard output; what it says on standard error goes to the log.
    private async Task<Outcome<string>> AskAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var answer = new StringBuilder();
        var ran = await job.RunAsync(tool.Command(job, arguments), (source, line) =>
        {
            if (source == BuildLineSource.Error)
                job.Write(source, line);
            else if (answer.Length + line.Length < MaxAnswerBytes)
                answer.Append(line).Append('\n');
        }, cancellationToken);
        if (!ran.TryGet(out var exit, out var fault))
            return fault;
        return exit == 0 ? Json(answer.ToString()) : job.Failed(exit);
    }

    // A first run prints a greeting before the JSON.
    private static string Json(string text)
    {
        for (var start = 0; start < text.Length; start = text.IndexOf('\n', start) is var next && next < 0 ? text.Length : next + 1)
        {
            if (text[start] is '[' or '{')
                return text[start..];
        }

        return text;
    }

    private static class Patterns
    {
        internal static readonly Regex Installing = new(@"^(?<manager>Platform|Tool|Library) Manager: Installing (?<what>.*)$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);
    }
}
