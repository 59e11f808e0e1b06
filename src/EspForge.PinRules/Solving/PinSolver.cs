using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>
/// Places what a request asks for. Of all legal plans the one with the least <see cref="PinCost"/>; among equals the one that gives earlier lines lower
/// pins. Pure: the same request and catalog give the same plan, in whatever order the needs are written.
/// </summary>
public static class PinSolver
{
    private const int MaxOpenSdCards = 3;

    /// <summary>Solves <paramref name="request"/>.</summary>
    /// <param name="request">What is to be placed. One that contradicts itself is an <see cref="ArgumentException"/>; <see cref="PinRequestReader"/> makes none.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    /// <param name="cancellationToken">Ends the search with <see cref="OperationCanceledException"/>.</param>
    public static PinSolution Solve(PinRequest request, BoardCatalog? catalog = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        catalog ??= BoardCatalog.Default;
        if (request.Plan.Wifi is null && request.Needs.Any(need => need.Wifi == true))
            request = request with { Plan = request.Plan with { Wifi = true } };
        var verdicts = new PinVerdicts(request.Plan, catalog);
        var problems = Problems(request, verdicts);
        var (solution, found) = Best(request, verdicts, catalog, problems, accept: null, cancellationToken);
        if (solution is null)
            return new PinSolution { Conflict = Clash(request, problems, cancellationToken) };
        if (!solution.Report!.HasErrors)
            return solution;

        // The rules refuse the whole although each line is legal: look for the best that they do not refuse.
        var refusal = solution.Report.Findings[0];
        var kept = PinChecker.Check(PinAssembly.Kept(request), catalog);
        if (kept.HasErrors)
            return new PinSolution { Conflict = Refused(request, kept.Findings[0], "What stays where it is cannot work: ") };
        (solution, _) = Best(request, verdicts, catalog, problems, placement => !PinAssembly.Build(placement.Problem, request, placement.Result, catalog).Report!.HasErrors, cancellationToken);
        return solution ?? new PinSolution { Conflict = Refused(request, refusal, "Every placement breaks a rule about the plan as a whole: "), Nodes = found };
    }

    /// <summary>The problem or problems of a request: an SD card that says nothing may be SDMMC or SPI, and each way is one.</summary>
    internal static List<PinProblem> Problems(PinRequest request, PinVerdicts verdicts)
    {
        var open = BlockExpansion.OpenSdCards(request, verdicts.Chip);
        var count = Math.Min(open.Count, MaxOpenSdCards);
        var problems = new List<PinProblem>(1 << count);
        for (var ways = 0; ways < 1 << count; ways++)
        {
            var modes = new Dictionary<int, string?>();
            for (var i = 0; i < open.Count; i++)
                modes.Add(open[i], (ways >> i & 1) != 0 ? "spi" : "sdmmc1");
            problems.Add(PinProblem.Compile(verdicts, BlockExpansion.Of(request, verdicts.Chip, verdicts.Board, modes)));
        }

        return problems;
    }

    private static (PinSolution? Solution, int Nodes) Best(
        PinRequest request, PinVerdicts verdicts, BoardCatalog catalog, List<PinProblem> problems, Func<(PinProblem Problem, SearchResult Result), bool>? accept, CancellationToken cancellationToken)
    {
        PinProblem? chosen = null;
        SearchResult? best = null;
        var (bound, nodes, assignments) = (long.MaxValue, 0, 0);
        foreach (var problem in problems)
        {
            var result = PinSearch.Run(problem, best?.Cost ?? long.MaxValue, accept is null ? null : found => accept((problem, found)), cancellationToken);
            bound = Math.Min(bound, result.Bound);
            nodes += result.Nodes;
            assignments += result.Assignments;
            if (result.Gpios is not null && (best is null || result.Cost < best.Cost))
                (chosen, best) = (problem, result);
        }

        if (chosen is null || best is null)
            return (null, nodes);
        (best.Bound, best.Nodes, best.Assignments) = (bound, nodes, assignments);
        return (PinAssembly.Build(chosen, request, best, catalog), nodes);
    }

    private static PinConflict Clash(PinRequest request, List<PinProblem> problems, CancellationToken cancellationToken)
    {
        PinConflict? smallest = null;
        foreach (var problem in problems)
        {
            var rows = new PinClash(problem).Find(cancellationToken);
            if (rows == 0)
                throw new InvalidOperationException("A request without a solution has no clash.");
            var conflict = new ConflictWords(problem, request).Say(rows);
            if (smallest is null || conflict.Uses.Count < smallest.Uses.Count)
                smallest = conflict;
        }

        return smallest!;
    }

    private static PinConflict Refused(PinRequest request, PinFinding finding, string opening) => new(
        PinConflictKind.Rule, [.. request.Plan.Uses.Where(use => finding.Gpios.Contains(use.Gpio)).Select(use => use.Name)], [], finding.Gpios, opening + finding.Message);
}
