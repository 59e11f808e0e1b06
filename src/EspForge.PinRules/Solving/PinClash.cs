using System.Numerics;

namespace EspForge.PinRules;

/// <summary>
/// Why there is no placement: the smallest set of lines that cannot be placed together although every part of it can. For one choice of controllers
/// this is a Hall set: k lines that together have fewer than k pins.
/// </summary>
internal sealed class PinClash
{
    private readonly PinProblem _problem;
    private readonly ulong[][][] _legal;
    private readonly int[] _variants;
    private readonly int[] _rowOf = new int[64];
    private readonly ulong[] _masks = new ulong[64];
    private ulong _seen;

    public PinClash(PinProblem problem)
    {
        _problem = problem;
        _variants = new int[problem.Blocks.Count];
        _legal = new ulong[problem.Blocks.Count][][];
        for (var b = 0; b < _legal.Length; b++)
        {
            _legal[b] = new ulong[problem.Blocks[b].Variants.Count][];
            for (var v = 0; v < _legal[b].Length; v++)
            {
                _legal[b][v] = new ulong[problem.Blocks[b].Lines.Count];
                for (var l = 0; l < _legal[b][v].Length; l++)
                    _legal[b][v][l] = problem.Legal(b, v, l);
            }
        }
    }

    /// <summary>The rows of the smallest clash that was found: no proper part of it clashes. 0 where there is none.</summary>
    public ulong Find(CancellationToken cancellation)
    {
        var all = _problem.Rows == 64 ? ulong.MaxValue : (1UL << _problem.Rows) - 1;
        for (var left = 0; left < _problem.Rows; left++)
        {
            if (!CanPlace(1UL << left))
                return 1UL << left;
        }

        for (var left = 0; left < _problem.Rows; left++)
        {
            for (var right = left + 1; right < _problem.Rows; right++)
            {
                if (!CanPlace(1UL << left | 1UL << right))
                    return 1UL << left | 1UL << right;
            }
        }

        if (CanPlace(all))
            return 0;
        var forward = Thin(all, ascending: true, cancellation);
        var backward = Thin(all, ascending: false, cancellation);
        return BitOperations.PopCount(backward) < BitOperations.PopCount(forward) ? backward : forward;
    }

    /// <summary>Whether the lines can be placed together.</summary>
    public bool CanPlace(ulong rows)
    {
        Array.Fill(_variants, -1);
        return CanPlace(rows, 0);
    }

    /// <summary>Whether the blocks of these rows can have controllers and channels, wherever their pins are.</summary>
    public static bool HasControllers(PinProblem problem, ulong rows)
    {
        var variants = new int[problem.Blocks.Count];
        Array.Fill(variants, -1);
        return HasChannels(problem, rows) && Choose(0);

        bool Choose(int block)
        {
            while (block < variants.Length && !IsIn(problem, block, rows))
                block++;
            if (block == variants.Length)
                return true;
            for (var v = 0; v < problem.Blocks[block].Variants.Count; v++)
            {
                if (IsTaken(problem, variants, block, v))
                    continue;
                variants[block] = v;
                if (Choose(block + 1))
                    return true;
                variants[block] = -1;
            }

            return false;
        }
    }

    private ulong Thin(ulong rows, bool ascending, CancellationToken cancellation)
    {
        for (var step = 0; step < _problem.Rows; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var bit = 1UL << (ascending ? step : _problem.Rows - 1 - step);
            if ((rows & bit) != 0 && !CanPlace(rows & ~bit))
                rows &= ~bit;
        }

        return rows;
    }

    private bool CanPlace(ulong rows, int block)
    {
        if (block == 0 && !HasChannels(_problem, rows))
            return false;
        while (block < _variants.Length && !IsIn(_problem, block, rows))
            block++;
        if (block == _variants.Length)
            return Matches(rows);
        for (var v = 0; v < _problem.Blocks[block].Variants.Count; v++)
        {
            if (IsTaken(_problem, _variants, block, v) || IsMirror(block, v))
                continue;
            _variants[block] = v;
            if (CanPlace(rows, block + 1))
                return true;
            _variants[block] = -1;
        }

        return false;
    }

    // The same pins as an earlier variant whose controller nobody has taken, and nobody later can tell the two apart either.
    private bool IsMirror(int block, int variant)
    {
        for (var before = 0; before < variant; before++)
        {
            if (!_legal[block][before].AsSpan().SequenceEqual(_legal[block][variant]))
                continue;
            var (left, right) = (_problem.Blocks[block].Variants[before].Instance, _problem.Blocks[block].Variants[variant].Instance);
            if (left == right)
                return true;
            if (IsTaken(_problem, _variants, block, before))
                continue;
            var alike = true;
            for (var b = block + 1; b < _variants.Length && alike; b++)
            {
                if (!string.Equals(_problem.Blocks[b].Group, _problem.Blocks[block].Group, StringComparison.Ordinal))
                    continue;
                var lefts = MasksOf(b, left);
                alike = lefts.SequenceEqual(MasksOf(b, right));
            }

            if (alike)
                return true;
        }

        return false;
    }

    private IEnumerable<ulong> MasksOf(int block, int instance)
    {
        for (var v = 0; v < _legal[block].Length; v++)
        {
            if (_problem.Blocks[block].Variants[v].Instance != instance)
                continue;
            foreach (var mask in _legal[block][v])
                yield return mask;
        }
    }

    private bool Matches(ulong rows)
    {
        Array.Fill(_rowOf, -1);
        for (var b = 0; b < _variants.Length; b++)
        {
            for (var l = 0; l < _problem.Blocks[b].Lines.Count; l++)
            {
                var row = _problem.FirstRow[b] + l;
                if ((rows >> row & 1) == 0)
                    continue;
                _masks[row] = _legal[b][_variants[b]][l];
                _seen = 0;
                if (!Place(row))
                    return false;
            }
        }

        return true;
    }

    private bool Place(int row)
    {
        for (var rest = _masks[row] & ~_seen; rest != 0; rest = _masks[row] & ~_seen)
        {
            var gpio = BitOperations.TrailingZeroCount(rest);
            _seen |= 1UL << gpio;
            if (_rowOf[gpio] >= 0 && !Place(_rowOf[gpio]))
                continue;
            _rowOf[gpio] = row;
            return true;
        }

        return false;
    }

    private static bool IsIn(PinProblem problem, int block, ulong rows)
    {
        for (var row = problem.FirstRow[block]; row < problem.FirstRow[block + 1]; row++)
        {
            if ((rows >> row & 1) != 0)
                return true;
        }

        return false;
    }

    private static bool IsTaken(PinProblem problem, int[] variants, int block, int variant)
    {
        var (group, instance) = (problem.Blocks[block].Group, problem.Blocks[block].Variants[variant].Instance);
        for (var b = 0; group is not null && b < variants.Length; b++)
        {
            if (b != block && variants[b] >= 0 && string.Equals(problem.Blocks[b].Group, group, StringComparison.Ordinal) && problem.Blocks[b].Variants[variants[b]].Instance == instance)
                return true;
        }

        return false;
    }

    private static bool HasChannels(PinProblem problem, ulong rows)
    {
        for (var b = 0; b < problem.Blocks.Count; b++)
        {
            if (problem.Blocks[b].Pool is not { } pool || !IsIn(problem, b, rows))
                continue;
            var wanted = 1;
            for (var other = 0; other < b; other++)
                wanted += problem.Blocks[other].Pool == pool && IsIn(problem, other, rows) ? 1 : 0;
            if (wanted > pool.Numbers.Count)
                return false;
        }

        return true;
    }
}
