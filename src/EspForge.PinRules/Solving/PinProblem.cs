using System.Numerics;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A request compiled to numbers: what each line costs on each pin in each variant of its block, and the headers as masks.</summary>
internal sealed class PinProblem
{
    public const long Off = 1L << 12;

    private PinProblem(PinVerdicts verdicts, IReadOnlyList<PinBlock> blocks, ulong occupied)
    {
        Verdicts = verdicts;
        Blocks = blocks;
        Occupied = occupied;
        FirstRow = new int[blocks.Count + 1];
        for (var b = 0; b < blocks.Count; b++)
            FirstRow[b + 1] = FirstRow[b] + blocks[b].Lines.Count;
        Headers = HeaderMasks(verdicts.Board);
        OnHeader = Headers.Aggregate(0UL, (mask, header) => mask | header);
    }

    public PinVerdicts Verdicts { get; }

    public IReadOnlyList<PinBlock> Blocks { get; }

    /// <summary>The pins that uses of the plan keep.</summary>
    public ulong Occupied { get; }

    /// <summary>The first row of each block; behind the last, the number of rows.</summary>
    public int[] FirstRow { get; }

    public int Rows => FirstRow[^1];

    /// <summary>The GPIOs that are columns, ascending.</summary>
    public int[] Columns { get; private set; } = [];

    /// <summary>The pins of each header; empty where the board has no two that are known.</summary>
    public ulong[] Headers { get; }

    public ulong OnHeader { get; }

    /// <summary>Cost by block, variant, line and GPIO, without the neighbourhood of the block; <see cref="Assignment.Never"/> where it may not be.</summary>
    public long[][][][] Cells { get; private set; } = [];

    /// <summary>The least over the variants.</summary>
    public long[][][] Relaxed { get; private set; } = [];

    /// <summary>The block before it that asks for the same, -1 = none.</summary>
    public int[] Twin { get; private set; } = [];

    /// <summary>Whether the lines of a block want one header.</summary>
    public bool WantsHeader(int block) => Headers.Length > 1 && Blocks[block].Lines.Count > 1;

    public static PinProblem Compile(PinVerdicts verdicts, BlockExpansion expansion)
    {
        var problem = new PinProblem(verdicts, expansion.Blocks, expansion.Occupied);
        problem.Fill();
        return problem;
    }

    /// <summary>Whether two variants of two blocks cost the same everywhere.</summary>
    public bool AreAlike(int block, int variant, int otherBlock, int otherVariant)
    {
        var (left, right) = (Cells[block][variant], Cells[otherBlock][otherVariant]);
        if (left.Length != right.Length || Blocks[block].Variants[variant].Direct != Blocks[otherBlock].Variants[otherVariant].Direct)
            return false;
        for (var i = 0; i < left.Length; i++)
        {
            if (!left[i].AsSpan().SequenceEqual(right[i]))
                return false;
        }

        return true;
    }

    /// <summary>The legal pins of a line.</summary>
    public ulong Legal(int block, int variant, int line)
    {
        var mask = 0UL;
        var cells = Cells[block][variant][line];
        foreach (var gpio in Columns)
            mask |= cells[gpio] < Assignment.Never ? PinCheck.Bit(gpio) : 0;
        return mask;
    }

    /// <summary>What the rules leave a line, wherever others are.</summary>
    public ulong LegalIfEmpty(int block, int variant, int line)
    {
        var (entry, way) = (Blocks[block].Lines[line], Blocks[block].Variants[variant]);
        var allowed = entry.Allowed & (way.Masks?[line] ?? ulong.MaxValue);
        return Row(entry, way, allowed).Legal & allowed;
    }

    private VerdictRow Row(PinLine line, PinVariant variant, ulong wanted)
    {
        var uses = line.Named(variant.Function);
        var row = Verdicts.Of(uses, line.Wake, line.Interrupt, wanted);
        foreach (var gpio in (ReadOnlySpan<int>)[line.Soldered, line.Locked])
        {
            if (gpio >= 0)
                Verdicts.Include(row, uses, line.Wake, line.Interrupt, gpio);
        }

        return row;
    }

    private void Fill()
    {
        Cells = new long[Blocks.Count][][][];
        Relaxed = new long[Blocks.Count][][];
        Twin = new int[Blocks.Count];
        var columns = 0UL;
        for (var b = 0; b < Blocks.Count; b++)
        {
            var block = Blocks[b];
            Cells[b] = new long[block.Variants.Count][][];
            for (var v = 0; v < block.Variants.Count; v++)
            {
                Cells[b][v] = new long[block.Lines.Count][];
                for (var l = 0; l < block.Lines.Count; l++)
                {
                    Cells[b][v][l] = CellsOf(block, block.Variants[v], l, out var legal);
                    columns |= legal;
                }
            }

            Relaxed[b] = block.Variants.Count == 1 ? Cells[b][0] : [.. Enumerable.Range(0, block.Lines.Count).Select(line => Least(Cells[b], line))];
            Twin[b] = TwinOf(b);
        }

        Columns = new int[BitOperations.PopCount(columns)];
        for (var i = 0; i < Columns.Length; i++, columns &= columns - 1)
            Columns[i] = BitOperations.TrailingZeroCount(columns);
    }

    private long[] CellsOf(PinBlock block, PinVariant variant, int index, out ulong legal)
    {
        var line = block.Lines[index];
        legal = line.Allowed & ~Occupied & (variant.Masks?[index] ?? ulong.MaxValue);
        if (line.Soldered >= 0)
            legal &= PinCheck.Bit(line.Soldered);
        var row = Row(line, variant, legal);

        // A pin that the board brings nowhere is only for the line that is on it already.
        legal &= row.Legal & (Verdicts.Candidates | (Own(line.Locked) & ~Verdicts.Doubtful) | Own(line.Soldered));
        var cells = new long[Chip.MaxGpios];
        Array.Fill(cells, Assignment.Never);
        for (var rest = legal; rest != 0; rest &= rest - 1)
        {
            var gpio = BitOperations.TrailingZeroCount(rest);
            cells[gpio] = PinCost.Of(
                line.Locked >= 0 && gpio != line.Locked ? 1 : 0, row.Risk[gpio], variant.Matrix?[index] ?? 0, DistanceOf(block, gpio), gpio).Packed;
        }

        return cells;
    }

    private static ulong Own(int gpio) => gpio < 0 ? 0 : PinCheck.Bit(gpio);

    private int DistanceOf(PinBlock block, int gpio)
    {
        if (block.NearHeader is { } header)
            return Verdicts.Board!.Headers.Any(row => string.Equals(row.Id, header, StringComparison.OrdinalIgnoreCase) && row.Pins.Any(pin => pin.Gpio == gpio)) ? 0 : 1;
        return block.NearGpio < 0 ? 0 : HeaderDistance(Verdicts.Board, block.NearGpio, gpio);
    }

    /// <summary>Positions between two pins of one header, at most <see cref="PinCost.MaxLineDistance"/>, which is also the answer where they share none.</summary>
    public static int HeaderDistance(Board? board, int from, int to)
    {
        var best = from == to ? 0 : PinCost.MaxLineDistance;
        foreach (var header in board?.Headers ?? [])
        {
            foreach (var near in header.Pins.Where(pin => pin.Gpio == from))
            {
                foreach (var far in header.Pins.Where(pin => pin.Gpio == to))
                    best = Math.Min(best, Math.Abs(near.Pos - far.Pos));
            }
        }

        return best;
    }

    private static long[] Least(long[][][] variants, int line)
    {
        var least = new long[Chip.MaxGpios];
        Array.Fill(least, Assignment.Never);
        foreach (var variant in variants)
        {
            for (var gpio = 0; gpio < least.Length; gpio++)
                least[gpio] = Math.Min(least[gpio], variant[line][gpio]);
        }

        return least;
    }

    private int TwinOf(int block)
    {
        for (var other = block - 1; other >= 0; other--)
        {
            if (!string.Equals(Blocks[other].Kind, Blocks[block].Kind, StringComparison.Ordinal) || !string.Equals(Blocks[other].Group, Blocks[block].Group, StringComparison.Ordinal)
                || Blocks[other].Variants.Count != Blocks[block].Variants.Count || Blocks[other].Lines.Count != Blocks[block].Lines.Count)
                continue;
            var alike = true;
            for (var v = 0; v < Blocks[block].Variants.Count && alike; v++)
                alike = Blocks[other].Variants[v].Instance == Blocks[block].Variants[v].Instance && AreAlike(other, v, block, v);
            if (alike)
                return other;
        }

        return -1;
    }

    private static ulong[] HeaderMasks(Board? board)
    {
        if (board is null)
            return [];
        var masks = board.Headers.Select(header => header.Pins.Where(pin => pin.Gpio is not null).Aggregate(0UL, (mask, pin) => mask | PinCheck.Bit(pin.Gpio!.Value)))
            .Where(mask => mask != 0).ToArray();
        return masks.Length > 1 ? masks : [];
    }
}
