using System.Text;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>The steps of one build by ESP-IDF: its environment, target, build, sizes, image and parts.</summary>
internal sealed partial class IdfRun(BuildJob job, IdfTool tool)
{
    private const string BuildFolder = "build";
    private const int MaxAnswerBytes = 1024 * 1024;
    private const string ComponentFolder = "ports/esp-idf/espforge";

    private readonly string _project = job.PathInside(Path.Combine(job.Directory, BuildJob.ProjectFolder));
    private readonly string _build = job.PathInside(Path.Combine(job.Directory, BuildFolder));
    private Dictionary<string, string> _environment = [];

    public async Task<Outcome<BuiltImage>> BuildAsync(CancellationToken cancellationToken)
    {
        if (WriteGenerated() is { } unwritten)
            return unwritten;
        if (!(await ExportAsync(cancellationToken)).TryGet(out var environment, out var fault))
            return fault;
        _environment = environment;
        if (!Definitions().TryGet(out var definitions, out fault))
            return fault;
        if (job.Request.FetchDependencies)
        {
            job.Note("Fetching the project's components.");
            var fetched = await job.RunWithNetworkAsync(Command([.. definitions, "reconfigure"]), cancellationToken);
            if (!fetched.TryGet(out var exit, out fault))
                return fault;
            if (exit != 0)
                return job.Failed(exit);
        }

        // Setting the target makes the configuration anew; a project that brings one for this chip keeps it.
        if (!HasConfiguration() && await RunAsync([.. definitions, "set-target", job.Request.Chip], cancellationToken) is { } untargeted)
            return untargeted;
        if (await RunAsync([.. definitions, "build"], cancellationToken) is { } unbuilt)
            return unbuilt;
        await MeasureAsync(definitions, cancellationToken);
        return await CollectAsync(cancellationToken);
    }

    private async Task MeasureAsync(List<string> definitions, CancellationToken cancellationToken)
    {
        Fault? unsized = null;
        foreach (var format in IdfSizes.FormatsOf(tool.Version))
        {
            unsized = await RunAsync([.. definitions, "size", "--format", format, "--output-file", $"{_build}/size.json"], cancellationToken);
            if (unsized is null)
                return;
        }

        job.Note($"Sizes are not known: {unsized?.Message}");
    }

    // Generated headers go where the application's sources find them; a file of the project is never replaced.
    private Fault? WriteGenerated()
    {
        var hasMain = job.Request.Files.Any(file => file.Path.StartsWith("main/", StringComparison.Ordinal));
        foreach (var file in job.Request.GeneratedFiles)
        {
            var path = hasMain ? $"main/{file.Path}" : file.Path;
            var target = Path.Combine(job.Directory, BuildJob.ProjectFolder, path);
            if (File.Exists(target))
                return new Fault("build-invalid", $"'{path}' is generated for this project; rename or delete the project's own file of that name.");
            PrivateFiles.CreateDirectory(Path.GetDirectoryName(target)!);
            PrivateFiles.Create(target, file.Content.Span);
        }

        return null;
    }

    // The tools tell where they are: PATH and a few variables more.
    private async Task<Outcome<Dictionary<string, string>>> ExportAsync(CancellationToken cancellationToken)
    {
        var environment = tool.Environment(job);
        var said = new StringBuilder();
        var command = new SandboxCommand("python3", [tool.Inside(job, "tools/idf_tools.py"), "--non-interactive", "export", "--format", "key-value"]) { Environment = environment };
        var ran = await job.RunAsync(command, (source, line) =>
        {
            if (source == BuildLineSource.Error)
                job.Write(source, line);
            else if (said.Length + line.Length < MaxAnswerBytes)
                said.Append(line).Append('\n');
        }, cancellationToken);
        if (!ran.TryGet(out var exit, out var fault))
            return fault;
        if (exit != 0)
            return new Fault("toolchain-missing", $"The tools of ESP-IDF {tool.Version} are not whole; the log says which is missing. Run: IDF_TOOLS_PATH={tool.ToolsDirectory} {tool.Directory}/install.sh all");
        foreach (var line in said.ToString().Split('\n'))
        {
            if (Variable().Match(line) is not { Success: true } match)
                continue;
            var value = match.Groups["value"].Value;
            environment[match.Groups["name"].Value] = match.Groups["name"].Value is "PATH" ? value.Replace("$PATH", ToolProcess.Environment["PATH"], StringComparison.Ordinal) : value;
        }

        return environment;
    }

    private Outcome<List<string>> Definitions()
    {
        List<string> definitions = ["-C", _project, "-B", _build, $"-DPROJECT_VER={job.Request.Version}", $"-DSDKCONFIG={SdkConfig()}", $"-DSDKCONFIG_DEFAULTS={Defaults()}", "--no-hints"];
        if (!NamesAgent())
            return definitions;
        if (!FirmwareSources.Extract(job.Options.CacheDirectory).TryGet(out var firmware, out var fault))
            return fault;
        job.MountReadOnly(firmware, "firmware");
        var component = job.PathInside(Path.Combine(firmware, ComponentFolder));
        if (Text("CMakeLists.txt")?.Contains("EXTRA_COMPONENT_DIRS", StringComparison.Ordinal) == true)
            job.Note("The project sets EXTRA_COMPONENT_DIRS itself: add $ENV{ESPFORGE_COMPONENT} to it for the component espforge.");
        _environment["ESPFORGE_COMPONENT"] = component;
        definitions.Add($"-DEXTRA_COMPONENT_DIRS={component}");
        return definitions;
    }

    // Only for projects that name it: its own dependencies would otherwise be theirs.
    private bool NamesAgent() => job.Request.Files.Any(file => Path.GetFileName(file.Path) is "CMakeLists.txt" or "idf_component.yml" && Encoding.UTF8.GetString(file.Content.Span).Contains("espforge", StringComparison.OrdinalIgnoreCase))
        || job.Request.Files.Any(file => Path.GetExtension(file.Path) is ".c" or ".cpp" or ".h" && Encoding.UTF8.GetString(file.Content.Span).Contains("\"espforge/", StringComparison.Ordinal));

    private bool HasConfiguration() => Text("sdkconfig")?.Contains($"CONFIG_IDF_TARGET=\"{job.Request.Chip}\"", StringComparison.Ordinal) == true;

    private string SdkConfig() => job.Request.Files.Any(file => file.Path is "sdkconfig") ? $"{_project}/sdkconfig" : job.PathInside(Path.Combine(job.Directory, "sdkconfig"));

    // The same bytes for the same sources: ESP-IDF leaves out times and paths when told so.
    private string Defaults()
    {
        const string Own = "reproducible.defaults";
        PrivateFiles.Create(Path.Combine(job.Directory, Own), "CONFIG_APP_REPRODUCIBLE_BUILD=y\n"u8);
        var own = job.PathInside(Path.Combine(job.Directory, Own));
        return job.Request.Files.Any(file => file.Path is "sdkconfig.defaults") ? $"{own};{_project}/sdkconfig.defaults" : own;
    }

    private string? Text(string path) => job.Request.Files.FirstOrDefault(file => string.Equals(file.Path, path, StringComparison.Ordinal)) is { } file ? Encoding.UTF8.GetString(file.Content.Span) : null;

    // With the tools' own Python, where there is one: it has their packages.
    private SandboxCommand Command(IReadOnlyList<string> arguments) => new(_environment.TryGetValue("IDF_PYTHON_ENV_PATH", out var python) ? $"{python}/bin/python" : "python3", [tool.Inside(job, "tools/idf.py"), .. arguments])
    {
        Environment = _environment,
        WorkingDirectory = _project,
    };

    private async Task<Fault?> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var ran = await job.RunAsync(Command(arguments), cancellationToken);
        return ran.TryGet(out var exit, out var fault) ? exit == 0 ? null : job.Failed(exit) : fault;
    }

    private async Task<Outcome<BuiltImage>> CollectAsync(CancellationToken cancellationToken)
    {
        if (!(await job.ReadFileAsync($"{BuildFolder}/flasher_args.json", MaxAnswerBytes, cancellationToken)).TryGet(out var json, out var fault) || !FlasherArguments.Read(json).TryGet(out var flasher, out fault))
            return fault;
        if (!(await ReadAsync(flasher.Application.Path, cancellationToken)).TryGet(out var content, out fault) || !EspOutput.ToImage(job, content).TryGet(out var image, out fault))
            return fault;
        job.FlashParts.Add(new FlashPart("firmware", flasher.Application.OffsetBytes, image.Content));
        long? slot = null;
        foreach (var file in flasher.Others)
        {
            if (!(await ReadAsync(file.Path, cancellationToken)).TryGet(out var part, out fault))
                return fault;
            job.FlashParts.Add(new FlashPart(file.Name, file.OffsetBytes, part));
            if (file.Name is "partitions")
                slot = PartitionTable.SlotBytes(part);
        }

        IdfSizes? sizes = null;
        if ((await job.ReadFileAsync($"{BuildFolder}/size.json", MaxAnswerBytes, cancellationToken)).TryGet(out var sizeJson, out _))
            sizes = IdfSizes.Read(sizeJson);
        job.Memory = new BuildMemory(sizes?.RamUsedBytes, sizes?.RamTotalBytes, sizes?.FlashUsedBytes ?? image.SizeBytes, flasher.FlashBytes, slot);
        return image;
    }

    private async Task<Outcome<byte[]>> ReadAsync(string path, CancellationToken cancellationToken) =>
        path.Length == 0 || path[0] == '/' || path.Split('/').Any(segment => segment is "" or "." or "..")
            ? new Fault("image-malformed", "The build named a file outside of its directory.")
            : await job.ReadFileAsync($"{BuildFolder}/{path}", job.Options.MaxImageBytes, cancellationToken);

    [GeneratedRegex(@"\A(?<name>[A-Z][A-Z0-9_]{0,63})=(?<value>.*)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Variable();
}
