using System.Globalization;
using EspForge.Boards;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.PinRules.Tests.Solving;

/// <summary>
/// What holds for every request. ESPFORGE_SOLVER_REQUESTS sets how many large ones are tried (10,000 take about a minute of processor time), ESPFORGE_SOLVER_SMALL how many small ones.
/// </summary>
public sealed class PinSolverPropertyTests
{
    private static readonly int SmallRequests = Count("ESPFORGE_SOLVER_SMALL", 600);

    private static readonly int LargeRequests = Count("ESPFORGE_SOLVER_REQUESTS", 2_000);

    [Fact]
    public void The_cost_is_the_least_of_all_placements()
    {
        var (solved, refused) = (0, 0);
        Hold(RandomRequests.AnySmall, SmallRequests, (seed, request) =>
        {
            var solution = PinSolver.Solve(request);
            var least = BruteForce.Least(request);
            Assert.True(least == (solution.Plan is null ? null : solution.Cost), $"seed {seed}: {least} is the least, not {solution.Cost} {solution.Conflict}");
            if (least is null)
                refused++;
            else
                solved++;
        });

        Assert.True(solved > SmallRequests / 4 && refused > SmallRequests / 20, $"{solved} solved, {refused} refused");
    }

    [Fact]
    public void The_bound_is_the_cost_and_the_plan_has_no_error()
    {
        var solved = 0;
        Hold(RandomRequests.AnyLarge, LargeRequests, (seed, request) =>
        {
            var solution = PinSolver.Solve(request);
            if (solution.Plan is null)
            {
                Assert.NotEmpty(solution.Conflict!.Message);
                return;
            }

            solved++;
            Assert.True(solution.Bound == solution.Cost && solution.IsOptimal, $"seed {seed}: {solution.Bound} is not {solution.Cost}");
            Assert.True(!PinChecker.Check(solution.Plan).HasErrors, $"seed {seed}");
        });

        Assert.True(solved > LargeRequests / 10, $"{solved} solved");
    }

    [Fact]
    public void The_duals_prove_the_choice_of_pins()
    {
        Hold(RandomRequests.AnyLarge, 300, (_, request) =>
        {
            var solution = PinSolver.Solve(request);
            if (solution.Plan is null)
                return;
            var proof = solution.Proof!;
            Assert.Equal(solution.Cost.Packed, proof.Lines.Sum() + proof.Pins.Values.Sum());
            Assert.Equal(solution.Cost.Packed, solution.Placements.Sum(placement => placement.Cost.Packed));
            for (var i = 0; i < solution.Placements.Count; i++)
                Assert.Equal(solution.Placements[i].Cost.Packed, proof.Lines[i] + proof.Pins.GetValueOrDefault(solution.Placements[i].Use.Gpio));
            var used = solution.Placements.Select(placement => placement.Use.Gpio).ToHashSet();
            Assert.All(proof.Pins, pin => Assert.True(pin.Value < 0 && used.Contains(pin.Key) || solution.Placements.Count > 30));
        });
    }

    [Fact]
    public void The_order_of_the_needs_does_not_matter()
    {
        Hold(RandomRequests.AnyLarge, 400, (seed, request) =>
        {
            var shuffled = Enumerable.Range(0, request.Needs.Count).OrderBy(index => new Random(seed ^ index).Next()).ToArray();
            var first = PinSolver.Solve(request);
            var second = PinSolver.Solve(request with { Needs = [.. shuffled.Select(index => request.Needs[index])] });
            Assert.Equal(first.Plan is null, second.Plan is null);
            if (first.Plan is null)
            {
                Assert.Equal(first.Conflict!.Message, second.Conflict!.Message);
                return;
            }

            Assert.Equal(first.Cost, second.Cost);
            Assert.Equal(first.Plan.Uses.OrderBy(use => use.Gpio), second.Plan!.Uses.OrderBy(use => use.Gpio));
        });
    }

    [Fact]
    public void A_clash_is_one_and_no_part_of_it_is()
    {
        var clashes = 0;
        Hold(RandomRequests.AnySmall, SmallRequests, (seed, request) =>
        {
            if (PinSolver.Solve(request) is not { Conflict: { } conflict })
                return;
            clashes++;
            var verdicts = new PinVerdicts(request.Plan, BoardCatalog.Default);
            var problem = Assert.Single(PinSolver.Problems(request, verdicts));
            var rows = new PinClash(problem).Find(default);
            Assert.Equal(conflict.Uses.Count, System.Numerics.BitOperations.PopCount(rows));
            Assert.False(IsPlaceable(request, problem, rows), $"seed {seed}: {conflict}");
            for (var rest = rows; rest != 0; rest &= rest - 1)
                Assert.True(IsPlaceable(request, problem, rows & ~(rest & (0 - rest))), $"seed {seed}: {conflict} is not minimal");
        });

        Assert.True(clashes > SmallRequests / 20, $"{clashes} clashes");
    }

    private static int Count(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var count) ? count : otherwise;

    private static void Hold(Arbitrary<(int Seed, PinRequest Request)> requests, int count, Action<int, PinRequest> holds) =>
        Prop.ForAll(requests, one => holds(one.Seed, one.Request)).Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    // By brute force, over a request that asks for these lines alone.
    private static bool IsPlaceable(PinRequest request, PinProblem problem, ulong rows)
    {
        var needs = new List<PinNeed>();
        for (var b = 0; b < problem.Blocks.Count; b++)
        {
            var lines = problem.Blocks[b].Lines.Where((_, line) => (rows >> (problem.FirstRow[b] + line) & 1) != 0).ToList();
            if (lines.Count == 0)
                continue;
            var need = request.Needs[lines[0].Need];
            var signals = lines.Select(line => line.Uses[0].Signal ?? "").ToList();
            needs.Add(need with { Count = 1, Signals = signals is [""] ? [] : signals, NearGpio = null, NearHeader = null });
        }

        return BruteForce.IsFeasible(request with { Needs = needs });
    }
}
