using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Cli.Server;

namespace EspForge.Cli.Commands;

/// <summary>
/// <c>espforge build PROJECT --version V</c>: builds a project of Studio, shows its log, and can fetch the image. PROJECT is an id, or a name or product that only
/// one project has.
/// </summary>
internal sealed class BuildCommand
{
    private readonly Argument<string> _project = new("PROJECT") { Description = "A project's id, name or product." };
    private readonly Option<string> _version = new("--version") { Description = "Version of the image, SemVer 2.0.", Required = true };
    private readonly Option<string?> _environment = new("--environment", "-e") { Description = "Environment of platformio.ini." };
    private readonly Option<string?> _acceptErrors = new("--accept-errors") { Description = "Build although the pin plan has errors; the reason goes into the audit log.", HelpName = "REASON" };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Write the image to this file." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Do not show the log." };
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Queue the build and end." };

    public static Command Create()
    {
        var self = new BuildCommand();
        var command = new Command("build", "Build a project on a server. Exit code: 0 built, 1 not, 2 not usable, 3 the server cannot be reached.")
        {
            self._project, self._version, self._environment, self._acceptErrors, self._output, self._quiet, self._noWait,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(self._noWait) && result.GetValue(self._output) is not null)
                result.AddError("--no-wait and --output exclude each other: there is no image yet.");
        });
        return StudioCommand.Create(command, self.RunAsync);
    }

    private async Task<int> RunAsync(StudioCall call)
    {
        if (!(await ServerLookup.ProjectAsync(call, call.Parsed.GetRequiredValue(_project))).TryGet(out var project, out var fault))
            return call.Refuse(fault);
        var body = new JsonObject { ["version"] = call.Parsed.GetRequiredValue(_version) };
        if (call.Parsed.GetValue(_environment) is { } environment)
            body["environment"] = environment;
        if (call.Parsed.GetValue(_acceptErrors) is { } reason)
            body["acceptErrors"] = reason;
        if (!(await call.Client.PostAsync($"projects/{project.Text("id")}/builds", body, call.Cancel)).TryGet(out var build, out fault))
            return call.Refuse(fault);
        var id = build.Text("id");
        if (call.Parsed.GetValue(_noWait))
            return call.Show(build, output => output.WriteLine(id));

        // The log is for a person: on standard error, so that standard output is the answer alone.
        var quiet = call.Parsed.GetValue(_quiet);
        var followed = await call.Client.FollowAsync($"builds/{id}/log", line =>
        {
            if (!quiet)
                call.Error.WriteLine(Fields.Plain(line.Text("text")));
        }, call.Cancel);
        if (!followed.TryGet(out _, out fault) || !(await call.Client.GetAsync($"builds/{id}", call.Cancel)).TryGet(out build, out fault))
            return call.Refuse(fault);
        if (build.Member("image") is not { } image)
            return NotBuilt(call, build);
        if (call.Parsed.GetValue(_output) is { } path)
        {
            if (!(await call.Client.DownloadAsync($"images/{image.Text("sha256")}/content", call.Cancel)).TryGet(out var content, out fault))
                return call.Refuse(fault);
            if (ReleaseFiles.Write(path, content) is { } unwritten)
                return ReleaseFiles.Refuse(unwritten, path, call.Error);
        }

        return call.Show(build, output => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Fields.Plain(image.Text("project"))} {image.Text("version")} for {image.Text("chip")}, {image.Number("sizeBytes"):N0} bytes{(build.Text("fromCache") is "true" ? ", from the cache" : "")}\n{image.Text("sha256")}")));
    }

    private static int NotBuilt(StudioCall call, JsonElement build)
    {
        if (call.AsJson)
            StudioCommand.Write(call.Output, build);
        call.Error.WriteLine(build.Member("error") is { } error ? Fields.Plain(error.Text("message")) : $"The build is {build.Text("state")}.");
        return ExitCode.Wrong;
    }
}
