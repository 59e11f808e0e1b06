using BenchmarkDotNet.Attributes;
using EspForge.PinRules;

namespace EspForge.Benchmarks;

/// <summary>Placing what fills a board, with the proof. Budget: 99 of 100 in 5 ms. Twenty alternatives for one use: 1 ms.</summary>
[MemoryDiagnoser]
[ShortInProcess]
public class SolverBenchmarks
{
    private readonly PinPlan _plan = PinSolver.Solve(SolverRequests.All[1].Request).Plan!;

    /// <summary>Index of the request.</summary>
    [Params(0, 1, 2, 5)]
    public int Request { get; set; }

    /// <summary>One request from words to a checked plan.</summary>
    [Benchmark]
    public PinSolution Solve() => PinSolver.Solve(SolverRequests.All[Request].Request);

    /// <summary>Twenty other pins for a use of a full plan, ranked, with findings.</summary>
    [Benchmark]
    public int Alternatives() => PinSuggester.Suggest(_plan, _plan.Uses[0], limit: 20).Count;
}
