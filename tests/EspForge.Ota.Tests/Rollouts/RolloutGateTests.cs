using FsCheck;
using FsCheck.Fluent;
using static EspForge.Ota.Tests.Rollouts.RolloutSamples;

namespace EspForge.Ota.Tests.Rollouts;

public sealed class RolloutGateTests
{
    private static RolloutDecision First(StageHealth first, Gate? gate = null, TimeSpan after = default) =>
        RolloutGate.Decide(Running(gate ?? Quick, 0, first.Size, 1_000), Health(first, Counts(1_000)), Start + after);

    private static RolloutDecision Last(StageHealth last, Gate? gate = null) =>
        RolloutGate.Decide(Running(gate ?? Quick, 1, 5, last.Size), Health(Counts(5, 5), last), Start);

    [Theory]
    [InlineData(RolloutState.Draft)]
    [InlineData(RolloutState.Paused)]
    [InlineData(RolloutState.Completed)]
    [InlineData(RolloutState.RolledBack)]
    [InlineData(RolloutState.Cancelled)]
    public void Only_a_running_rollout_is_judged(RolloutState state)
    {
        var rollout = Running(Quick, 0, 1) with { State = state };
        Assert.Equal(RolloutVerdict.Wait, RolloutGate.Decide(rollout, Health(Counts(1, failed: 1)), Start).Verdict);
    }

    [Fact]
    public void More_failures_than_the_rate_allows_of_the_whole_stage_roll_back()
    {
        Assert.Equal(RolloutVerdict.Wait, First(Counts(100, failed: 1)).Verdict);
        var decision = First(Counts(20, failed: 2));
        Assert.Equal(RolloutVerdict.RollBack, decision.Verdict);
        Assert.Equal("Stage 1 of 2: 2 of 20 devices failed (10 %). Even if all others confirm, that is above the 5 % the gate allows.", decision.Reason);
        Assert.Equal("Stage 1 of 2: 2 of 20 devices failed (10 %). That is above the 5 % the gate allows.", First(Counts(20, 18, 2)).Reason);
    }

    [Fact]
    public void One_failure_of_one_rolls_back() => Assert.Equal(RolloutVerdict.RollBack, First(Counts(1, failed: 1)).Verdict);

    [Fact]
    public void Exactly_the_allowed_share_is_not_above_it()
    {
        Assert.NotEqual(RolloutVerdict.RollBack, First(Counts(100, 71, 29), new Gate { Soak = TimeSpan.Zero, MaximumFailureRate = 0.29 }).Verdict);
        Assert.Equal(RolloutVerdict.RollBack, First(Counts(100, 70, 30), new Gate { Soak = TimeSpan.Zero, MaximumFailureRate = 0.29 }).Verdict);
    }

    [Fact]
    public void Failures_beyond_doubt_roll_back_long_before_the_census_does()
    {
        // 8 of 1,000 are far below 5 %, but of the ten that ended eight failed.
        var decision = First(Counts(1_000, 2, 8));
        Assert.Equal(RolloutVerdict.RollBack, decision.Verdict);
        Assert.True(decision.LowerBound > 0.4);
        Assert.Contains("8 of the 10 devices that ended failed", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Silent_devices_do_not_dilute_the_failures()
    {
        var decision = First(Counts(10_000, 0, 6, 9_994, 1_000));
        Assert.Equal(RolloutVerdict.RollBack, decision.Verdict);
    }

    [Fact]
    public void A_late_failure_in_an_earlier_stage_counts()
    {
        var decision = RolloutGate.Decide(Running(Quick, 1, 5, 50), Health(Counts(5, 4, 1), Counts(50)), Start);
        Assert.Equal(RolloutVerdict.RollBack, decision.Verdict);
        Assert.StartsWith("Stage 1 of 2:", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_in_a_stage_that_is_not_admitted_does_not_count() =>
        Assert.NotEqual(RolloutVerdict.RollBack, RolloutGate.Decide(Running(Quick, 0, 5, 5), Health(Counts(5), Counts(5, 0, 5)), Start).Verdict);

    [Fact]
    public void Too_many_silent_devices_pause_even_while_the_stage_soaks()
    {
        var gate = new Gate { Soak = TimeSpan.FromHours(1) };
        Assert.Equal(RolloutVerdict.Wait, First(Counts(10, 0, 0, 2, 2), gate).Verdict);
        var decision = First(Counts(10, 0, 0, 3, 3), gate);
        Assert.Equal(RolloutVerdict.Pause, decision.Verdict);
        Assert.Equal("Stage 1 of 2: 3 of 10 devices are silent after 1 d 00:00:00 (30 %), above the 20 % the gate allows. Resume to wait for them once more.", decision.Reason);
    }

    [Fact]
    public void The_stage_soaks_to_the_last_tick()
    {
        var gate = new Gate { Soak = TimeSpan.FromMinutes(10) };
        var soaking = First(Counts(5, 5), gate, TimeSpan.FromSeconds(470));
        Assert.Equal(RolloutVerdict.Wait, soaking.Verdict);
        Assert.Equal("Advances in 02:10 at the earliest, when the soak of 10:00 is over. 5 of 5 devices confirmed, none failed.", soaking.Reason);
        Assert.Equal(RolloutVerdict.Wait, First(Counts(5, 5), gate, TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1)).Verdict);
        Assert.Equal(RolloutVerdict.Advance, First(Counts(5, 5), gate, TimeSpan.FromMinutes(10)).Verdict);
    }

    [Fact]
    public void The_gate_waits_for_its_reports_and_a_smaller_stage_for_all()
    {
        var gate = Quick with { MinimumReports = 80 };
        Assert.Equal("Advances after 20 more reports: 80 of 100 devices must have ended. 60 of 100 devices confirmed, none failed.", First(Counts(100, 60), gate).Reason);
        Assert.Equal(RolloutVerdict.Wait, First(Counts(10, 9), gate).Verdict);
        Assert.Equal(RolloutVerdict.Advance, First(Counts(10, 10), gate).Verdict);
    }

    [Fact]
    public void A_proven_rate_admits_the_next_stage_before_all_have_reported()
    {
        Assert.Equal(RolloutVerdict.Wait, First(Counts(1_000, 58)).Verdict);
        var decision = First(Counts(1_000, 59));
        Assert.Equal(RolloutVerdict.Advance, decision.Verdict);
        Assert.Equal("Stage 1 of 2: 59 of 1000 devices confirmed, none failed; with 95 % confidence at most 4.95 % fail, within the 5 % the gate allows.", decision.Reason);
    }

    [Fact]
    public void A_waiting_gate_says_how_many_confirmations_are_missing()
    {
        Assert.Equal("Advances after 12 more confirmations. 47 of 1000 devices confirmed, none failed; with 95 % confidence at most 6.18 % fail, the gate allows 5 %.", First(Counts(1_000, 47)).Reason);
        Assert.StartsWith("Advances after 2 more confirmations.", First(Counts(20, 18)).Reason, StringComparison.Ordinal);
        Assert.StartsWith("Advances after 1 more confirmation.", First(Counts(20, 18, 0, 1, 1)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_too_small_to_prove_anything_goes_on_when_all_confirmed()
    {
        var decision = First(Counts(5, 5));
        Assert.Equal(RolloutVerdict.Advance, decision.Verdict);
        Assert.Equal("Stage 1 of 2: 5 of 5 devices confirmed, none failed. The stage is too small to prove 5 %: with 95 % confidence at most 45.07 % fail. All 5 confirmed.", decision.Reason);
        Assert.Equal(0.4507, decision.UpperBound, 4);
        Assert.EndsWith(" It confirmed.", First(Counts(1, 1)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_proof_is_asked_for_a_small_stage_waits_for_a_person() =>
        Assert.Equal(RolloutVerdict.Pause, First(Counts(5, 5), Quick with { RequireProof = true }).Verdict);

    [Fact]
    public void Silent_devices_that_are_tolerated_are_not_waited_for()
    {
        Assert.Equal(RolloutVerdict.Advance, First(Counts(10, 8, 0, 2, 2)).Verdict);
        Assert.Equal(RolloutVerdict.Wait, First(Counts(10, 8, 0, 2, 1)).Verdict);
    }

    [Fact]
    public void Silence_alone_never_passes() =>
        Assert.Equal(RolloutVerdict.Wait, First(Counts(10, 0, 0, 10, 10), Quick with { MaximumSilentShare = 1 }).Verdict);

    [Fact]
    public void A_stage_without_devices_of_its_own_is_passed_and_says_so()
    {
        var decision = RolloutGate.Decide(Running(new Gate(), 1, 1, 0, 0), Health(Counts(1, 1), Counts(0), Counts(0)), Start);
        Assert.Equal(RolloutVerdict.Advance, decision.Verdict);
        Assert.Equal("Stage 2 of 3: the stage holds no device of its own.", decision.Reason);
        Assert.Equal(RolloutVerdict.Complete, RolloutGate.Decide(Running(new Gate(), 1, 1, 0), Health(Counts(1, 1), Counts(0)), Start).Verdict);
    }

    [Fact]
    public void A_stage_whose_devices_are_gone_does_not_pass_silently() =>
        Assert.Equal(RolloutVerdict.Pause, RolloutGate.Decide(Running(Quick, 0, 5, 5), Health(Counts(0), Counts(5)), Start).Verdict);

    [Fact]
    public void A_late_device_makes_an_empty_stage_one_to_be_judged() =>
        Assert.Equal(RolloutVerdict.Wait, RolloutGate.Decide(Running(Quick, 1, 1, 0, 0), Health(Counts(1, 1), Counts(1), Counts(0)), Start).Verdict);

    [Fact]
    public void The_last_stage_completes_when_each_device_has_ended_or_is_silent()
    {
        // A completed rollout makes no new offers: 59 proofs are enough for the rate, not for the 41 that were not asked yet.
        var waiting = Last(Counts(100, 59));
        Assert.Equal(RolloutVerdict.Wait, waiting.Verdict);
        Assert.StartsWith("Completes when the last 41 devices have ended.", waiting.Reason, StringComparison.Ordinal);
        Assert.Equal(RolloutVerdict.Complete, Last(Counts(100, 100)).Verdict);
        Assert.Equal(RolloutVerdict.Complete, Last(Counts(100, 90, 0, 10, 10)).Verdict);
    }

    [Fact]
    public void A_rate_of_zero_allows_no_failure_and_is_never_proven()
    {
        var strict = Quick with { MaximumFailureRate = 0 };
        Assert.Equal(RolloutVerdict.RollBack, First(Counts(1_000, 998, 1), strict).Verdict);
        Assert.Equal(RolloutVerdict.Wait, First(Counts(1_000, 999), strict).Verdict);
        Assert.Equal(RolloutVerdict.Advance, First(Counts(1_000, 1_000), strict).Verdict);
    }

    [Fact]
    public void Counts_for_another_number_of_stages_are_misuse() =>
        Assert.Throws<ArgumentException>(() => RolloutGate.Decide(Running(Quick, 0, 5, 5), Health(Counts(5)), Start));

    [Fact]
    public void One_more_failure_never_helps_and_one_more_confirmation_never_harms()
    {
        static int Favour(RolloutVerdict verdict) => verdict switch { RolloutVerdict.RollBack => 0, RolloutVerdict.Advance or RolloutVerdict.Complete => 2, _ => 1 };
        var gen =
            from size in Gen.Choose(1, 300)
            from failed in Gen.Choose(0, size)
            from confirmed in Gen.Choose(0, size - failed)
            from rate in Gen.Elements(0, 0.01, 0.05, 0.2, 1)
            select (size, confirmed, failed, rate);
        Prop.ForAll(gen.ToArbitrary(), t =>
        {
            var gate = Quick with { MaximumFailureRate = t.rate };
            var now = Favour(First(Counts(t.size, t.confirmed, t.failed), gate).Verdict);
            var ended = t.confirmed + t.failed;
            if (ended == t.size) return now != 1; // a stage that ended is always decided
            var wasMissing = ended < gate.MinimumReports; // a failure is a report too: where any rate is allowed, it may be the one that was missing
            return (wasMissing || Favour(First(Counts(t.size, t.confirmed, t.failed + 1), gate).Verdict) <= Math.Max(now, 1 + (ended + 1 == t.size ? 1 : 0)))
                && Favour(First(Counts(t.size, t.confirmed + 1, t.failed), gate).Verdict) >= now;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Following_what_the_gate_asks_for_passes_it()
    {
        var gen = from size in Gen.Choose(1, 400) from confirmed in Gen.Choose(0, size) select (size, confirmed);
        Prop.ForAll(gen.ToArbitrary(), t =>
        {
            var decision = First(Counts(t.size, t.confirmed));
            if (decision.Verdict == RolloutVerdict.Advance) return true;
            var more = int.Parse(decision.Reason["Advances after ".Length..].Split(' ')[0]);
            return First(Counts(t.size, t.confirmed + more)).Verdict == RolloutVerdict.Advance || decision.Reason.Contains("more report", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
    }
}
