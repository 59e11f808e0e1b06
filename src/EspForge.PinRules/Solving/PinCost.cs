namespace EspForge.PinRules;

/// <summary>
/// What a placement costs, compared level by level: a plan that moves one locked line less is better whatever its risk, and so on. Legality is not
/// a cost: a solution has no error.
/// </summary>
public readonly record struct PinCost : IComparable<PinCost>
{
    private const int NeighbourhoodShift = 12;
    private const int MatrixShift = 24;
    private const int RiskShift = 31;
    private const int MovedShift = 47;

    /// <summary>The highest risk of one line.</summary>
    public const int MaxLineRisk = 999;

    /// <summary>The farthest that one line can be from what it should be near to.</summary>
    public const int MaxLineDistance = 31;

    internal PinCost(long packed) => Packed = packed;

    /// <summary>All levels in one number: sums and comparisons of it are sums and comparisons of costs, as long as a sum is over at most 64 lines.</summary>
    public long Packed { get; }

    /// <summary>Locked lines that moved.</summary>
    public int Moved => Level(MovedShift, 16);

    /// <summary>
    /// The sum over the lines of 100 for a warning, 10 for an info and 1 for each special role of the pin, at most <see cref="MaxLineRisk"/>. A line is
    /// judged with nothing else in the plan.
    /// </summary>
    public int Risk => Level(RiskShift, 16);

    /// <summary>Clock and data lines that go through the GPIO matrix although the clock asks for direct pins.</summary>
    public int Matrix => Level(MatrixShift, 7);

    /// <summary>Per block, the lines that are off its header (the one that most of them are on), and each line's distance from what it should be near to.</summary>
    public int Neighbourhood => Level(NeighbourhoodShift, 12);

    /// <summary>The sum of the GPIO numbers.</summary>
    public int Numbers => Level(0, NeighbourhoodShift);

    /// <inheritdoc/>
    public int CompareTo(PinCost other) => Packed.CompareTo(other.Packed);

    /// <summary>Whether <paramref name="left"/> is the better one.</summary>
    public static bool operator <(PinCost left, PinCost right) => left.Packed < right.Packed;

    /// <summary>Whether <paramref name="left"/> is the worse one.</summary>
    public static bool operator >(PinCost left, PinCost right) => left.Packed > right.Packed;

    /// <summary>Whether <paramref name="left"/> is as good or better.</summary>
    public static bool operator <=(PinCost left, PinCost right) => left.Packed <= right.Packed;

    /// <summary>Whether <paramref name="left"/> is as good or worse.</summary>
    public static bool operator >=(PinCost left, PinCost right) => left.Packed >= right.Packed;

    /// <inheritdoc/>
    public override string ToString() => $"moved {Moved}, risk {Risk}, matrix {Matrix}, neighbourhood {Neighbourhood}, numbers {Numbers}";

    /// <summary>A cost from its levels.</summary>
    public static PinCost Of(int moved = 0, int risk = 0, int matrix = 0, int neighbourhood = 0, int numbers = 0) =>
        new(((long)moved << MovedShift) + ((long)risk << RiskShift) + ((long)matrix << MatrixShift) + ((long)neighbourhood << NeighbourhoodShift) + numbers);

    private int Level(int shift, int bits) => (int)(Packed >> shift & ((1L << bits) - 1));
}
