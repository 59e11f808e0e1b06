using BenchmarkDotNet.Attributes;
using EspForge.Ota;

namespace EspForge.Benchmarks;

/// <summary>Ranking and cutting a fleet of a million devices. Budget: a second of one core and 100 MB, all allocations counted.</summary>
[MemoryDiagnoser]
[ShortInProcess]
public class CohortBenchmarks
{
    private readonly byte[] _salt = Cohort.NewSalt();
    private string[] _devices = [];

    [GlobalSetup]
    public void Setup() => _devices = [.. Enumerable.Range(0, 1_000_000).Select(i => $"lamp-{i:x8}-{i % 97:00}")];

    [Benchmark]
    public int Freeze() => Cohort.Freeze(_devices, _salt, RolloutPlan.Default).Value.Count;

    [Benchmark]
    public int FreezeAndListMembers()
    {
        var canaries = 0;
        foreach (var member in Cohort.Freeze(_devices, _salt, RolloutPlan.Default).Value.Members())
            canaries += member.Stage == 0 ? 1 : 0;
        return canaries;
    }
}
