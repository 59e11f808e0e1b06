using System.Globalization;
using System.Text.Json;
using EspForge.Cli.Server;

namespace EspForge.Cli.Commands;

/// <summary>Shows a rollout until it ends: one line when something changed, so that a CI's log stays short.</summary>
internal static class RolloutWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(StudioCall call, string id, int timeoutSeconds)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var shown = "";
        while (true)
        {
            if (!(await call.Client.GetAsync($"rollouts/{id}", call.Cancel)).TryGet(out var rollout, out var fault))
                return call.Refuse(fault);
            var line = Line(rollout);
            if (!string.Equals(line, shown, StringComparison.Ordinal))
                (call.AsJson ? call.Error : call.Output).WriteLine(shown = line);
            var state = rollout.Text("state");
            if (state is "completed" or "rolledBack" or "cancelled" or "paused")
            {
                if (call.AsJson)
                    StudioCommand.Write(call.Output, rollout);
                if (state is not "completed" && rollout.Text("reason") is { Length: > 0 } reason)
                    call.Error.WriteLine(Fields.Plain(reason));
                return state is "completed" ? ExitCode.Fine : ExitCode.Wrong;
            }

            if (timeoutSeconds > 0 && time.GetElapsedTime(started).TotalSeconds >= timeoutSeconds)
            {
                call.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The rollout is {state} after {timeoutSeconds} seconds; it goes on. Look again with: espforge rollout watch {id}"));
                return ExitCode.Unavailable;
            }

            await Task.Delay(Interval, time, call.Cancel);
        }
    }

    /// <summary>Where a rollout stands, in one line.</summary>
    public static string Line(JsonElement rollout) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Fields.Plain(rollout.Text("product"))} {rollout.Text("version")}: {rollout.Text("state")}, stage {Stage(rollout)} of {rollout.Number("stageCount")}, {rollout.Number("confirmed")} of {rollout.Number("devices")} confirmed, {rollout.Number("failed")} failed");

    /// <summary>The stage it is in, from 1; the last one when it is over.</summary>
    public static long Stage(JsonElement rollout) => Math.Min(rollout.Number("currentStage") + 1, rollout.Number("stageCount"));
}
