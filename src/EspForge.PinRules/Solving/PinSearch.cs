using System.Numerics;

namespace EspForge.PinRules;

/// <summary>What a search found.</summary>
internal sealed class SearchResult
{
    /// <summary>The GPIO of each row; null = there is no placement.</summary>
    public int[]? Gpios { get; set; }

    /// <summary>The variant of each block.</summary>
    public int[] Variants { get; set; } = [];

    /// <summary>The header of each block; -1 = the one that most of its lines are on.</summary>
    public int[] Headers { get; set; } = [];

    public long Cost { get; set; } = long.MaxValue;

    /// <summary>No placement is cheaper than this: the least sum of duals over all that was searched or cut off.</summary>
    public long Bound { get; set; } = long.MaxValue;

    public long[] RowDuals { get; set; } = [];

    public long[] ColumnDuals { get; set; } = [];

    public int Nodes { get; set; }

    public int Assignments { get; set; }
}

/// <summary>
/// Branch and bound over what is not linear: the controller and route of each block, and the header its lines want. Below each node lies a linear
/// assignment with the least cost over what is still open; its duals are the bound, and where its pins already agree on a header it is the answer.
/// </summary>
internal sealed class PinSearch
{
    /// <summary>After so many nodes the best so far is given, with the bound that is known.</summary>
    public const int MaxNodes = 20_000;

    private readonly PinProblem _problem;
    private readonly Assignment _assignment;
    private readonly List<AssignmentState> _states = [];
    private readonly int[] _variants;
    private readonly int[] _headers;
    private readonly int[] _open;
    private readonly Func<SearchResult, bool>? _accept;
    private readonly CancellationToken _cancellation;
    private readonly SearchResult _best = new();

    private PinSearch(PinProblem problem, Func<SearchResult, bool>? accept, CancellationToken cancellation)
    {
        (_problem, _accept, _cancellation) = (problem, accept, cancellation);
        _assignment = new Assignment(Math.Max(problem.Rows, problem.Columns.Length));
        _variants = new int[problem.Blocks.Count];
        _headers = new int[problem.Blocks.Count];
        Array.Fill(_headers, -1);
        for (var b = 0; b < _variants.Length; b++)
            _variants[b] = problem.Blocks[b].Variants.Count > 1 ? -1 : 0;
        _open = [.. Enumerable.Range(0, _variants.Length).Where(b => _variants[b] < 0)];
    }

    /// <param name="problem">What to place.</param>
    /// <param name="below">Only a placement that costs less than this is wanted.</param>
    /// <param name="accept">Asked of each placement that would be the best; null = yes.</param>
    /// <param name="cancellation">Checked at every node.</param>
    public static SearchResult Run(PinProblem problem, long below, Func<SearchResult, bool>? accept, CancellationToken cancellation)
    {
        var search = new PinSearch(problem, accept, cancellation);
        search._best.Cost = below;
        if (PinClash.HasControllers(problem, ulong.MaxValue) && search.Start())
            search.Visit(0);
        return search._best;
    }

    private bool Start()
    {
        _assignment.Clear();
        for (var b = 0; b < _variants.Length; b++)
            Write(b);
        for (var row = _problem.Rows; row < _assignment.Size; row++)
            _assignment.Row(row).Clear();
        for (var row = 0; row < _assignment.Size; row++)
        {
            if (!_assignment.Assign(row))
                return false;
        }

        return true;
    }

    private void Write(int block)
    {
        var (variant, header) = (_variants[block], _headers[block]);
        var cells = variant < 0 ? _problem.Relaxed[block] : _problem.Cells[block][variant];
        var columns = _problem.Columns;
        var wants = _problem.WantsHeader(block);
        var on = !wants ? ulong.MaxValue : header < 0 ? _problem.OnHeader : _problem.Headers[header];
        for (var line = 0; line < cells.Length; line++)
        {
            var row = _assignment.Row(_problem.FirstRow[block] + line);
            var from = cells[line];
            for (var j = 0; j < columns.Length; j++)
            {
                var gpio = columns[j];
                var cost = from[gpio];
                row[j] = cost < Assignment.Never && (on >> gpio & 1) == 0 ? cost + PinProblem.Off : cost;
            }

            row[columns.Length..].Fill(Assignment.Never);
        }
    }

    // The costs of one block have changed: out with its lines, and in again.
    private bool Reassign(int block)
    {
        Write(block);
        _best.Assignments++;
        for (var row = _problem.FirstRow[block]; row < _problem.FirstRow[block + 1]; row++)
            _assignment.Release(row);
        for (var row = _problem.FirstRow[block]; row < _problem.FirstRow[block + 1]; row++)
        {
            if (!_assignment.Assign(row))
                return false;
        }

        return true;
    }

    private void Visit(int depth)
    {
        _cancellation.ThrowIfCancellationRequested();
        var bound = _assignment.Bound;
        _best.Nodes++;
        if (bound >= _best.Cost || _best.Nodes > MaxNodes)
        {
            _best.Bound = Math.Min(_best.Bound, bound);
            return;
        }

        if (depth >= _states.Count)
            _states.Add(new AssignmentState(_assignment.Size));
        var state = _states[depth];
        _assignment.CopyTo(state);
        if (NextOpen() is var open and >= 0)
            BranchOnVariant(open, depth, state);
        else if (NextTorn() is var torn and >= 0)
            BranchOnHeader(torn, depth, state);
        else
            Keep(bound);
    }

    private int NextOpen()
    {
        foreach (var block in _open)
        {
            if (_variants[block] < 0)
                return block;
        }

        return -1;
    }

    // The first block whose lines are on more than one header, at a price that the bound does not have yet.
    private int NextTorn()
    {
        for (var b = 0; b < _headers.Length; b++)
        {
            if (_headers[b] >= 0 || !_problem.WantsHeader(b))
                continue;
            var pins = PinsOf(b);
            var off = BitOperations.PopCount(pins & ~_problem.OnHeader);
            if (BitOperations.PopCount(pins) - BitOperations.PopCount(pins & _problem.Headers[BestHeader(pins)]) > off)
                return b;
        }

        return -1;
    }

    private ulong PinsOf(int block)
    {
        var pins = 0UL;
        for (var row = _problem.FirstRow[block]; row < _problem.FirstRow[block + 1]; row++)
            pins |= PinCheck.Bit(_problem.Columns[_assignment.ColumnOf[row]]);
        return pins;
    }

    private int BestHeader(ulong pins)
    {
        var best = 0;
        for (var h = 1; h < _problem.Headers.Length; h++)
        {
            if (BitOperations.PopCount(pins & _problem.Headers[h]) > BitOperations.PopCount(pins & _problem.Headers[best]))
                best = h;
        }

        return best;
    }

    private void BranchOnVariant(int block, int depth, AssignmentState state)
    {
        for (var variant = 0; variant < _problem.Blocks[block].Variants.Count; variant++)
        {
            if (!MayTake(block, variant))
                continue;
            _assignment.CopyFrom(state);
            _variants[block] = variant;
            if (Reassign(block))
                Visit(depth + 1);
            _variants[block] = -1;
        }

        Write(block);
    }

    // Free, not the mirror image of a choice that has been tried, and in order among blocks that ask for the same.
    private bool MayTake(int block, int variant)
    {
        var group = _problem.Blocks[block].Group;
        var instance = _problem.Blocks[block].Variants[variant].Instance;
        if (group is null || instance < 0)
            return true;
        if (IsTaken(block, group, instance) || _problem.Twin[block] is var twin and >= 0 && _variants[twin] >= variant)
            return false;
        for (var before = 0; before < variant; before++)
        {
            var other = _problem.Blocks[block].Variants[before].Instance;
            if (other != instance && !IsTaken(block, group, other) && AreInterchangeable(group, other, instance))
                return false;
        }

        return true;
    }

    private bool IsTaken(int block, string group, int instance)
    {
        for (var b = 0; b < _variants.Length; b++)
        {
            if (b != block && _variants[b] >= 0 && string.Equals(_problem.Blocks[b].Group, group, StringComparison.Ordinal) && _problem.Blocks[b].Variants[_variants[b]].Instance == instance)
                return true;
        }

        return false;
    }

    // Whether every block of the group that is still open finds the same in both controllers.
    private bool AreInterchangeable(string group, int left, int right)
    {
        for (var b = 0; b < _variants.Length; b++)
        {
            if (_variants[b] >= 0 && _problem.Blocks[b].Variants.Count > 1 || !string.Equals(_problem.Blocks[b].Group, group, StringComparison.Ordinal))
                continue;
            var variants = _problem.Blocks[b].Variants;
            for (var v = 0; v < variants.Count; v++)
            {
                if (variants[v].Instance != left && variants[v].Instance != right)
                    continue;
                var wanted = variants[v].Instance == left ? right : left;
                var found = false;
                for (var w = 0; w < variants.Count && !found; w++)
                    found = variants[w].Instance == wanted && _problem.AreAlike(b, v, b, w);
                if (!found)
                    return false;
            }
        }

        return true;
    }

    private void BranchOnHeader(int block, int depth, AssignmentState state)
    {
        var pins = PinsOf(block);
        var first = BestHeader(pins);
        for (var step = 0; step < _problem.Headers.Length; step++)
        {
            var header = step == 0 ? first : step <= first ? step - 1 : step;
            if (_problem.Twin[block] is var twin and >= 0 && _headers[twin] > header && _problem.AreAlike(twin, _variants[twin], block, _variants[block]))
                continue;
            _assignment.CopyFrom(state);
            _headers[block] = header;
            if (Reassign(block))
                Visit(depth + 1);
            _headers[block] = -1;
        }

        Write(block);
    }

    private void Keep(long bound)
    {
        var result = new SearchResult
        {
            Cost = PrimalCost(),
            Gpios = new int[_problem.Rows],
            Variants = [.. _variants],
            Headers = [.. _headers],
            RowDuals = [.. _assignment.RowDuals],
            ColumnDuals = [.. _assignment.ColumnDuals],
        };
        for (var b = 0; b < _headers.Length; b++)
        {
            if (_headers[b] < 0 && _problem.WantsHeader(b))
                result.Headers[b] = BestHeader(PinsOf(b));
        }

        for (var row = 0; row < result.Gpios.Length; row++)
            result.Gpios[row] = _problem.Columns[_assignment.ColumnOf[row]];
        _best.Bound = Math.Min(_best.Bound, bound);
        if (_accept is not null && !_accept(result))
            return;
        (_best.Cost, _best.Gpios, _best.Variants, _best.Headers) = (result.Cost, result.Gpios, result.Variants, result.Headers);
        (_best.RowDuals, _best.ColumnDuals) = (result.RowDuals, result.ColumnDuals);
    }

    private long PrimalCost()
    {
        var cost = 0L;
        for (var row = 0; row < _problem.Rows; row++)
            cost += _assignment.Costs[(row * _assignment.Size) + _assignment.ColumnOf[row]];
        return cost;
    }
}
