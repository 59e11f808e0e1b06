using static EspForge.Ota.Tests.Rollouts.RolloutSamples;

namespace EspForge.Ota.Tests.Rollouts;

public sealed class RolloutTransitionsTests
{
    private static readonly DateTimeOffset Later = Start.AddMinutes(5);
    private static readonly RolloutHealth Healthy = Health(Counts(5, 2, 0, 3), Counts(5));

    private static Rollout In(RolloutState state)
    {
        var rollout = Running(Quick, state == RolloutState.Draft ? -1 : 0, 5, 5);
        return rollout with { State = state };
    }

    private static Outcome<Rollout> Do(string verb, Rollout rollout) => verb switch
    {
        "start" => rollout.Start(Later),
        "pause" => rollout.Pause(Later),
        "resume" => rollout.Resume(Healthy, Later),
        "rollback" => rollout.RollBack(Later),
        _ => rollout.Cancel(Later),
    };

    [Fact]
    public void Every_state_takes_the_verbs_of_the_diagram_and_no_others()
    {
        var allowed = new Dictionary<(string, RolloutState), RolloutState>
        {
            [("start", RolloutState.Draft)] = RolloutState.Running,
            [("pause", RolloutState.Running)] = RolloutState.Paused,
            [("resume", RolloutState.Paused)] = RolloutState.Running,
            [("rollback", RolloutState.Running)] = RolloutState.RolledBack,
            [("rollback", RolloutState.Paused)] = RolloutState.RolledBack,
            [("cancel", RolloutState.Draft)] = RolloutState.Cancelled,
            [("cancel", RolloutState.Running)] = RolloutState.Cancelled,
            [("cancel", RolloutState.Paused)] = RolloutState.Cancelled,
        };
        foreach (var verb in new[] { "start", "pause", "resume", "rollback", "cancel" })
            foreach (var state in Enum.GetValues<RolloutState>())
            {
                var outcome = Do(verb, In(state));
                if (allowed.TryGetValue((verb, state), out var expected))
                {
                    Assert.Equal(expected, outcome.Value.State);
                    Assert.Equal(4, outcome.Value.Revision);
                    Assert.Equal(Later, outcome.Value.ChangedAt);
                    Assert.NotEmpty(outcome.Value.Reason!);
                }
                else
                {
                    Assert.Equal("rollout-state", outcome.Fault?.Code);
                    Assert.Contains("'lamp 1.2.0' is ", outcome.Fault!.Message, StringComparison.Ordinal);
                }
            }
    }

    [Fact]
    public void The_start_admits_the_first_stage()
    {
        var started = In(RolloutState.Draft).Start(Later).Value;
        Assert.Equal(0, started.CurrentStage);
        Assert.Equal([Later, null], started.Stages.Select(s => s.StartedAt));
    }

    [Fact]
    public void A_decision_to_advance_admits_the_next_stage_with_its_sentence()
    {
        var advanced = In(RolloutState.Running).Apply(new(RolloutVerdict.Advance, "all good", 0, 0), Later).Value;
        Assert.Equal(1, advanced.CurrentStage);
        Assert.Equal([Start, Later], advanced.Stages.Select(s => s.StartedAt));
        Assert.Equal("all good", advanced.Reason);
        Assert.Equal(4, advanced.Revision);
        Assert.Equal(RolloutState.Completed, advanced.Apply(new(RolloutVerdict.Complete, "done", 0, 0), Later).Value.State);
    }

    [Fact]
    public void A_decision_to_wait_changes_nothing()
    {
        var rollout = In(RolloutState.Running);
        Assert.Same(rollout, rollout.Apply(new(RolloutVerdict.Wait, "soaks", 0, 0), Later).Value);
    }

    [Fact]
    public void Decisions_that_do_not_fit_are_refused()
    {
        var first = In(RolloutState.Running);
        Assert.Equal("rollout-state", first.Apply(new(RolloutVerdict.Complete, "", 0, 0), Later).Fault?.Code);
        Assert.Equal("rollout-state", (first with { CurrentStage = 1 }).Apply(new(RolloutVerdict.Advance, "", 0, 0), Later).Fault?.Code);
        Assert.Equal("rollout-state", In(RolloutState.Paused).Apply(new(RolloutVerdict.RollBack, "", 0, 0), Later).Fault?.Code);
        Assert.Equal(RolloutState.RolledBack, first.Apply(new(RolloutVerdict.RollBack, "", 0, 0), Later).Value.State);
        Assert.Equal(RolloutState.Paused, first.Apply(new(RolloutVerdict.Pause, "", 0, 0), Later).Value.State);
    }

    [Fact]
    public void Resuming_after_a_pause_by_hand_keeps_the_clock_of_the_stage()
    {
        var resumed = In(RolloutState.Paused).Resume(Healthy, Later).Value;
        Assert.Equal(Start, resumed.Stages[0].StartedAt);
        Assert.Equal(0, resumed.CurrentStage);
    }

    [Fact]
    public void Resuming_a_stage_that_proves_too_little_passes_it()
    {
        var strict = Running(Quick with { RequireProof = true }, 0, 5, 5);
        var health = Health(Counts(5, 5), Counts(5));
        var paused = strict.Apply(RolloutGate.Decide(strict, health, Start), Start).Value;
        Assert.Equal(RolloutState.Paused, paused.State);
        var resumed = paused.Resume(health, Later).Value;
        Assert.Equal((RolloutState.Running, 1), (resumed.State, resumed.CurrentStage));
        Assert.Equal(Later, resumed.Stages[1].StartedAt);

        var last = (paused with { CurrentStage = 1 }).Resume(Health(Counts(5, 5), Counts(5, 5)), Later).Value;
        Assert.Equal(RolloutState.Completed, last.State);
    }

    [Fact]
    public void Resuming_after_silence_starts_the_clock_of_the_stage_again()
    {
        var resumed = In(RolloutState.Paused).Resume(Health(Counts(5, 0, 0, 5, 5), Counts(5)), Later).Value;
        Assert.Equal((RolloutState.Running, 0), (resumed.State, resumed.CurrentStage));
        Assert.Equal(Later, resumed.Stages[0].StartedAt);
    }

    [Fact]
    public void A_rollout_of_real_stages_runs_to_its_end()
    {
        var cohort = Cohort.Freeze(Enumerable.Range(0, 3).Select(i => $"d-{i}"), new byte[32], RolloutPlan.Default).Value;
        var rollout = (Running(Quick, -1, 1) with { State = RolloutState.Draft, Stages = cohort.Stages }).Start(Start).Value;
        var now = Start;
        for (var step = 0; step < 20 && rollout.State == RolloutState.Running; step++)
        {
            now += TimeSpan.FromMinutes(11);
            var health = new RolloutHealth([.. rollout.Stages.Select((s, i) => i <= rollout.CurrentStage ? Counts(s.Size, s.Size) : Counts(s.Size))]);
            rollout = rollout.Apply(RolloutGate.Decide(rollout, health, now), now).Value;
        }

        Assert.Equal(RolloutState.Completed, rollout.State);
        Assert.Equal(3, rollout.CurrentStage);
        Assert.All(rollout.Stages, s => Assert.NotNull(s.StartedAt));
    }
}
