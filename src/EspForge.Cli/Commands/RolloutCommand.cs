using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Cli.Server;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge rollout start|watch|list|pause|resume|rollback|cancel</c>.</summary>
internal static class RolloutCommand
{
    private const int MaxStages = 20;

    public static Command Create() => new("rollout", "Staged rollouts of a server.")
    {
        Start(), Watch(), List(), Change("pause", "Stop offering; devices that began go on."), Change("resume", "Go on with a rollout that is paused."), Rollback(), Change("cancel", "End a rollout for good."),
    };

    private static Command Start()
    {
        var release = new Argument<string>("RELEASE") { Description = "A release's id, or PRODUCT@VERSION." };
        var name = new Option<string?>("--name") { Description = "A name for people." };
        var stages = new Option<string?>("--stages") { Description = "Stages in percent, ascending to 100; the default is 5,20,50,100.", HelpName = "PERCENTS" };
        var soak = new Option<int?>("--soak") { Description = "Seconds each stage is watched before the next.", HelpName = "SECONDS" };
        var maximum = new Option<double?>("--maximum-failure-rate") { Description = "Share of a stage that may fail, 0-1.", HelpName = "SHARE" };
        var group = new Option<string?>("--group") { Description = "Only devices of this group." };
        var tag = new Option<string[]>("--tag") { Description = "Only devices with this tag; may be said more than once." };
        var draft = new Option<bool>("--draft") { Description = "Make it, but do not start it." };
        var watch = new Option<bool>("--watch") { Description = "Watch it to its end, as 'rollout watch' does." };
        var timeout = Timeout();
        var command = new Command("start", "Start a rollout. Exit code: 0 started (with --watch: completed), 1 refused or not completed, 2 not usable, 3 the server cannot be reached or it took too long.")
        {
            release, name, stages, soak, maximum, group, tag, draft, watch, timeout,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(stages) is { } text && Percents(text) is null)
                result.AddError($"--stages is like 5,20,50,100: at most {MaxStages} ascending percents, the last is 100.");
        });
        return StudioCommand.Create(command, async call =>
        {
            if (!(await ServerLookup.ReleaseAsync(call, call.Parsed.GetRequiredValue(release))).TryGet(out var id, out var fault))
                return call.Refuse(fault);
            var body = new JsonObject { ["releaseId"] = id, ["start"] = !call.Parsed.GetValue(draft) };
            if (call.Parsed.GetValue(name) is { } title)
                body["name"] = title;
            if (StagesOf(call.Parsed.GetValue(stages), call.Parsed.GetValue(soak), call.Parsed.GetValue(maximum)) is { } list)
                body["stages"] = list;
            if (call.Parsed.GetValue(group) is { } only)
                Filter(body)["group"] = only;
            if (call.Parsed.GetValue(tag) is { Length: > 0 } tags)
                Filter(body)["tags"] = new JsonArray([.. tags.Select(one => JsonValue.Create(one))]);
            if (!(await call.Client.PostAsync("rollouts", body, call.Cancel)).TryGet(out var rollout, out fault))
                return call.Refuse(fault);
            if (call.Parsed.GetValue(watch))
                return await RolloutWatch.RunAsync(call, rollout.Text("id"), call.Parsed.GetValue(timeout));
            return call.Show(rollout, output => output.WriteLine($"{RolloutWatch.Line(rollout)}\n{rollout.Text("id")}"));
        });
    }

    private static Command Watch()
    {
        var id = Id();
        var timeout = Timeout();
        return StudioCommand.Create(
            new Command("watch", "Show a rollout's stages until it ends. Exit code: 0 completed, 1 paused, rolled back or cancelled, 2 not usable, 3 the server cannot be reached or it took too long.") { id, timeout },
            call => RolloutWatch.RunAsync(call, call.Parsed.GetRequiredValue(id).ToString("D"), call.Parsed.GetValue(timeout)));
    }

    private static Command List() => StudioCommand.Create(new Command("list", "List a server's rollouts, newest first."), async call =>
    {
        if (!(await call.Client.GetAsync("rollouts", call.Cancel)).TryGet(out var list, out var fault))
            return call.Refuse(fault);
        return call.Show(list, output => Fields.Table(output, ["PRODUCT", "VERSION", "STATE", "STAGE", "CONFIRMED", "FAILED", "ID"], list.EnumerateArray().Select(Row)));
    });

    private static IReadOnlyList<string> Row(JsonElement rollout) =>
    [
        rollout.Text("product"), rollout.Text("version"), rollout.Text("state"), $"{RolloutWatch.Stage(rollout)}/{rollout.Number("stageCount")}",
        $"{rollout.Text("confirmed")}/{rollout.Text("devices")}", rollout.Text("failed"), rollout.Text("id"),
    ];

    private static Command Change(string verb, string help)
    {
        var id = Id();
        var reason = Reason();
        return StudioCommand.Create(new Command(verb, help) { id, reason }, call => SendAsync(call, call.Parsed.GetRequiredValue(id), verb, BodyOf(call.Parsed.GetValue(reason))));
    }

    private static Command Rollback()
    {
        var id = Id();
        var reason = Reason();
        var to = new Option<string?>("--to") { Description = "Release that devices return to: id, or PRODUCT@VERSION.", HelpName = "RELEASE" };
        return StudioCommand.Create(new Command("rollback", "Stop a rollout, and with --to bring the devices that run it back to another release.") { id, to, reason }, async call =>
        {
            var body = BodyOf(call.Parsed.GetValue(reason));
            if (call.Parsed.GetValue(to) is { } named)
            {
                if (!(await ServerLookup.ReleaseAsync(call, named)).TryGet(out var release, out var fault))
                    return call.Refuse(fault);
                body["returnToReleaseId"] = release;
            }

            return await SendAsync(call, call.Parsed.GetRequiredValue(id), "rollback", body);
        });
    }

    private static async Task<int> SendAsync(StudioCall call, Guid id, string verb, JsonObject body) =>
        (await call.Client.PostAsync($"rollouts/{id:D}/{verb}", body, call.Cancel)).TryGet(out var rollout, out var fault)
            ? call.Show(rollout, output => output.WriteLine(RolloutWatch.Line(rollout)))
            : call.Refuse(fault);

    private static Argument<Guid> Id() => new("ROLLOUT") { Description = "The rollout's id." };

    private static Option<string?> Reason() => new("--reason") { Description = "Why, for the audit log." };

    private static Option<int> Timeout() => new("--timeout") { Description = "Longest to watch, in seconds; 0 = for ever, the default.", HelpName = "SECONDS" };

    private static JsonObject BodyOf(string? reason) => reason is null ? [] : new JsonObject { ["reason"] = reason };

    private static JsonObject Filter(JsonObject body)
    {
        if (body["filter"] is not JsonObject filter)
            body["filter"] = filter = [];
        return filter;
    }

    private static JsonArray? StagesOf(string? text, int? soak, double? maximum)
    {
        if (text is null && soak is null && maximum is null)
            return null;
        var list = new JsonArray();
        foreach (var percent in Percents(text ?? "5,20,50,100")!)
        {
            var gate = new JsonObject();
            if (soak is { } seconds)
                gate["soakSeconds"] = seconds;
            if (maximum is { } share)
                gate["maximumFailureRate"] = share;
            var stage = new JsonObject { ["percent"] = percent };
            if (gate.Count > 0)
                stage["gate"] = gate;
            list.Add(stage);
        }

        return list;
    }

    private static List<double>? Percents(string text)
    {
        var list = new List<double>();
        foreach (var part in text.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent <= list.LastOrDefault() || percent > 100 || list.Count == MaxStages)
                return null;
            list.Add(percent);
        }

        return list[^1] == 100 ? list : null;
    }
}
