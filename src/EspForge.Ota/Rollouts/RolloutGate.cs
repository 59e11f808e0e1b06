using System.Globalization;

namespace EspForge.Ota;

/// <summary>Decides what becomes of a running rollout. Pure: the same rollout, counts and time give the same answer, on any host and as often as it is asked.</summary>
public static class RolloutGate
{
    /// <summary>
    /// The verdict on the current stage, in this order: failures of any admitted stage (late ones count too) roll back; too many silent devices pause; the soak time must be over; enough devices
    /// must have ended; then a proven failure rate, or every device's end, admits the next stage. The last stage completes only when each of its devices has ended or is silent, because a completed
    /// rollout offers nothing to those that were not asked yet.
    /// </summary>
    /// <param name="rollout">The rollout; one that does not run waits.</param>
    /// <param name="health">Its counts, one for each stage.</param>
    /// <param name="now">The time of the decision.</param>
    public static RolloutDecision Decide(Rollout rollout, RolloutHealth health, DateTimeOffset now) => Read(rollout, health, now).Decision;

    internal static GateReading Read(Rollout rollout, RolloutHealth health, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        ArgumentNullException.ThrowIfNull(health);
        if (health.Stages.Count != rollout.Stages.Count)
            throw new ArgumentException($"The rollout has {rollout.Stages.Count} stages, the counts have {health.Stages.Count}.", nameof(health));
        if (rollout.State != RolloutState.Running || rollout.CurrentStage < 0)
            return new(new(RolloutVerdict.Wait, $"Nothing to decide: the rollout is {Word(rollout.State)}.", 1, 0), GateCause.Other);

        for (var i = 0; i <= rollout.CurrentStage; i++)
            if (Failures(new StageCounts(rollout, health, i)) is { } failed)
                return new(failed, GateCause.Other);
        return Current(new StageCounts(rollout, health, rollout.CurrentStage), now);
    }

    /// <summary>"draft", "rolled back", as a sentence says it.</summary>
    internal static string Word(RolloutState state) => state == RolloutState.RolledBack ? "rolled back" : state.ToString().ToLowerInvariant();

    private static RolloutDecision? Failures(StageCounts s)
    {
        if (s.Failed == 0) return null;
        var rate = s.Gate.MaximumFailureRate;

        // Decimal, so that 29 of 100 are not above 0.29.
        if (s.Failed > (decimal)rate * s.Size)
        {
            var others = s.Ended == s.Size ? "That" : "Even if all others confirm, that";
            return s.Says(RolloutVerdict.RollBack, $"{s.Name}: {s.Failed} of {Devices(s.Size)} failed ({Percent(s.Failed / (double)s.Size)}). {others} is above the {Percent(rate)} the gate allows.");
        }

        return s.Lower > rate
            ? s.Says(RolloutVerdict.RollBack, $"{s.Name}: {s.Failed} of the {s.Ended} devices that ended failed. With {Percent(s.Gate.Confidence)} confidence at least {Percent(s.Lower)} fail, above the {Percent(rate)} the gate allows.")
            : null;
    }

    private static GateReading Current(StageCounts s, DateTimeOffset now)
    {
        if (s.Size == 0)
        {
            return s.Stage.Size == 0
                ? s.Passes($"{s.Name}: the stage holds no device of its own.")
                : new(s.Says(RolloutVerdict.Pause, $"{s.Name}: its {Devices(s.Stage.Size)} are gone, so there is nothing to judge it by. Resume to go on without them."), GateCause.Proof);
        }

        if (s.Silent > (decimal)s.Gate.MaximumSilentShare * s.Size)
        {
            return new(
                s.Says(RolloutVerdict.Pause, $"{s.Name}: {s.Silent} of {Devices(s.Size)} are silent after {Span(s.Gate.SilentAfter)} ({Percent(s.Silent / (double)s.Size)}), above the {Percent(s.Gate.MaximumSilentShare)} the gate allows. Resume to wait for them once more."),
                GateCause.Silence);
        }

        var left = s.StartedAt + s.Gate.Soak - now;
        if (left > TimeSpan.Zero)
            return s.Waits($"{s.Verb} in {Span(left)} at the earliest, when the soak of {Span(s.Gate.Soak)} is over. {s.Tally}.");

        var needed = Math.Min(s.Gate.MinimumReports, s.Size);
        if (s.Ended < needed)
            return s.Waits($"{s.Verb} after {needed - s.Ended} more report{Plural(needed - s.Ended)}: {needed} of {Devices(s.Size)} must have ended. {s.Tally}.");

        var open = Math.Max(0, s.Size - s.Ended - s.Silent);
        var proven = BinomialBound.IsProven(s.Failed, s.Ended, s.Gate.MaximumFailureRate, s.Gate.Confidence);
        var bound = $"with {Percent(s.Gate.Confidence)} confidence at most {Percent(s.Upper)} fail";
        if (proven)
        {
            return s.IsLast && open > 0
                ? s.Waits($"Completes when the last {Devices(open)} have ended. {s.Tally}; {bound}, within the {Percent(s.Gate.MaximumFailureRate)} the gate allows.")
                : s.Passes($"{s.Name}: {s.Tally}; {bound}, within the {Percent(s.Gate.MaximumFailureRate)} the gate allows.");
        }

        if (open > 0)
        {
            var more = BinomialBound.ConfirmationsUntilProven(s.Failed, s.Ended, s.Gate.MaximumFailureRate, s.Gate.Confidence, open) ?? open;
            if (s.IsLast) more = open;
            return s.Waits($"{s.Verb} after {more} more confirmation{Plural(more)}. {s.Tally}; {bound}, the gate allows {Percent(s.Gate.MaximumFailureRate)}.");
        }

        var small = $"{s.Name}: {s.Tally}. The stage is too small to prove {Percent(s.Gate.MaximumFailureRate)}: {bound}.";
        if (s.Gate.RequireProof) return new(s.Says(RolloutVerdict.Pause, $"{small} The gate asks for proof; resume to go on without."), GateCause.Proof);
        return s.Failed == 0 && s.Silent == 0
            ? s.Passes($"{small} {(s.Confirmed == 1 ? "It" : $"All {s.Confirmed}")} confirmed.")
            : s.Passes($"{small} Of all {Devices(s.Size)}, {Percent(s.Failed / (double)s.Size)} failed.");
    }

    internal static string Span(TimeSpan span)
    {
        // Rounded up, so that "00:00" is never still to come.
        var seconds = (long)Math.Ceiling(span.TotalSeconds);
        var (days, rest) = Math.DivRem(seconds, 86_400);
        var (hours, inHour) = Math.DivRem(rest, 3_600);
        var (minutes, last) = Math.DivRem(inHour, 60);
        var clock = hours > 0 || days > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours:00}:{minutes:00}:{last:00}") : string.Create(CultureInfo.InvariantCulture, $"{minutes:00}:{last:00}");
        return days > 0 ? string.Create(CultureInfo.InvariantCulture, $"{days} d {clock}") : clock;
    }

    internal static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    internal static string Devices(int count) => count == 1 ? "1 device" : string.Create(CultureInfo.InvariantCulture, $"{count} devices");

    private static string Plural(int count) => count == 1 ? "" : "s";

    /// <summary>One stage's counts with what is derived from them.</summary>
    private sealed class StageCounts
    {
        private readonly int _index;
        private readonly int _stages;

        public StageCounts(Rollout rollout, RolloutHealth health, int index)
        {
            _index = index;
            _stages = rollout.Stages.Count;
            Stage = rollout.Stages[index];
            StartedAt = Stage.StartedAt ?? rollout.ChangedAt;
            var counts = health.Stages[index];
            Confirmed = Math.Max(0, counts.Confirmed);
            Failed = Math.Max(0, counts.Failed);
            Size = Math.Max(counts.Size, Ended);
            Silent = Math.Clamp(counts.Silent, 0, Size - Ended);
            Upper = BinomialBound.Upper(Failed, Ended, Gate.Confidence);
            Lower = BinomialBound.Lower(Failed, Ended, Gate.Confidence);
        }

        public RolloutStage Stage { get; }

        public Gate Gate => Stage.Gate;

        public DateTimeOffset StartedAt { get; }

        public int Size { get; }

        public int Confirmed { get; }

        public int Failed { get; }

        public int Silent { get; }

        public double Upper { get; }

        public double Lower { get; }

        public int Ended => Confirmed + Failed;

        public bool IsLast => _index == _stages - 1;

        public string Verb => IsLast ? "Completes" : "Advances";

        public string Name => string.Create(CultureInfo.InvariantCulture, $"Stage {_index + 1} of {_stages}");

        public string Tally
        {
            get
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"{Confirmed} of {Devices(Size)} confirmed, {(Failed == 0 ? "none" : Failed.ToString(CultureInfo.InvariantCulture))} failed");
                return Silent == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}, {Silent} silent");
            }
        }

        public RolloutDecision Says(RolloutVerdict verdict, FormattableString sentence) => new(verdict, sentence.ToString(CultureInfo.InvariantCulture), Upper, Lower);

        public GateReading Waits(FormattableString sentence) => new(Says(RolloutVerdict.Wait, sentence), GateCause.Other);

        public GateReading Passes(FormattableString sentence) => new(Says(IsLast ? RolloutVerdict.Complete : RolloutVerdict.Advance, sentence), GateCause.Other);
    }
}

/// <summary>Why the gate pauses: a person's resume means something else for each.</summary>
internal enum GateCause
{
    /// <summary>It does not.</summary>
    Other,

    /// <summary>Devices are silent.</summary>
    Silence,

    /// <summary>Everything has ended that will, and it proves too little.</summary>
    Proof,
}

/// <summary>A decision and its cause.</summary>
internal readonly record struct GateReading(RolloutDecision Decision, GateCause Cause);
