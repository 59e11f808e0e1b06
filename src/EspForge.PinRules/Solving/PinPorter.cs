using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>
/// Takes a plan to another board. A use keeps the pin with the same label, else the board's default pin for the same line, else on the same chip the
/// same number; what cannot stay there is placed anew by <see cref="PinSolver"/>, with as few moves as can be. What cannot be had is left out, and said.
/// </summary>
public static class PinPorter
{
    /// <summary>Ports <paramref name="plan"/>.</summary>
    /// <param name="plan">A plan whose board or chip is in the catalog.</param>
    /// <param name="toBoard">The id of the other board.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    /// <param name="cancellationToken">Ends the search with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The plan there; a fault <c>board-unknown</c> where there is no such board, <c>port-refused</c> where a rule refuses every placement.</returns>
    public static Outcome<PinPort> Port(PinPlan plan, string toBoard, BoardCatalog? catalog = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(toBoard);
        catalog ??= BoardCatalog.Default;
        var board = catalog.FindBoard(toBoard);
        if (board is null)
            return new Fault("board-unknown", $"There is no board '{toBoard}'; 'espforge boards list' shows the known ones.");
        var from = plan.Board is null ? null : catalog.FindBoard(plan.Board);
        var fromChip = from?.Chip ?? catalog.FindChip(plan.Chip ?? "") ?? throw new ArgumentException("The plan's board or chip is not in the catalog.", nameof(plan));
        return new PortRun(plan, from, fromChip, board, catalog).Run(cancellationToken);
    }
}
