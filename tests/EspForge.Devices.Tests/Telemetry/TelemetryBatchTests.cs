namespace EspForge.Devices.Tests;

public class TelemetryBatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private static readonly TelemetryReading Sample = new(null, 1_000, 200_000, -60, null);

    [Fact]
    public void A_good_batch_has_nothing_wrong()
    {
        Assert.Null(Batch(Sample).Check(Now));
        Assert.Null(Batch([.. Enumerable.Repeat(Sample, 64)]).Check(Now));
        Assert.Null(Batch(Sample with { Values = Values(16), RssiDbm = null, At = Now.ToUnixTimeMilliseconds() }).Check(Now));
    }

    [Fact]
    public void The_field_that_is_wrong_is_named_with_its_place()
    {
        AssertWrong("version", Batch(Sample) with { Version = null });
        AssertWrong("version", Batch(Sample) with { Version = new string('1', 32) });
        AssertWrong("slot", Batch(Sample) with { Slot = "c" });
        AssertWrong("agentVersion", Batch(Sample) with { AgentVersion = "" });
        AssertWrong("samples", Batch());
        AssertWrong("samples", Batch(Sample) with { Samples = null });
        AssertWrong("samples", Batch([.. Enumerable.Repeat(Sample, 65)]));
        AssertWrong("samples[1]", Batch(Sample, null));
        AssertWrong("samples[0].uptimeMs", Batch(Sample with { UptimeMs = null }));
        AssertWrong("samples[0].uptimeMs", Batch(Sample with { UptimeMs = -1 }));
        AssertWrong("samples[0].uptimeMs", Batch(Sample with { UptimeMs = 1L << 53 }));
        AssertWrong("samples[0].freeHeapBytes", Batch(Sample with { FreeHeapBytes = null }));
        AssertWrong("samples[0].rssiDbm", Batch(Sample with { RssiDbm = -129 }));
        AssertWrong("samples[0].rssiDbm", Batch(Sample with { RssiDbm = 21 }));
        AssertWrong("samples[1].at", Batch(Sample, Sample with { At = 0 }));
        AssertWrong("samples[0].at", Batch(Sample with { At = Now.AddDays(2).ToUnixTimeMilliseconds() }));
        AssertWrong("samples[0].values", Batch(Sample with { Values = Values(17) }));
        AssertWrong("samples[0].values", Batch(Sample with { Values = new Dictionary<string, double> { [""] = 1 } }));
        AssertWrong("samples[0].values", Batch(Sample with { Values = new Dictionary<string, double> { ["a b"] = 1 } }));
        AssertWrong("samples[0].values.x", Batch(Sample with { Values = new Dictionary<string, double> { ["x"] = double.NaN } }));
    }

    [Fact]
    public void A_sample_without_a_time_takes_the_time_of_arrival()
    {
        var at = Now.AddMinutes(-3);
        var samples = Batch(Sample, Sample with { At = at.ToUnixTimeMilliseconds() }).ToSamples(Now);
        Assert.Equal([Now, at], samples.Select(s => s.At));
    }

    private static void AssertWrong(string field, TelemetryBatch batch) => Assert.Equal(field, batch.Check(Now)?.Field);

    private static TelemetryBatch Batch(params TelemetryReading?[] samples) => new("1.0.0", "a", "0.1.0", samples);

    private static Dictionary<string, double> Values(int count) => Enumerable.Range(0, count).ToDictionary(i => $"v{i}", i => (double)i, StringComparer.Ordinal);
}
