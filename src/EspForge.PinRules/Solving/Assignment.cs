namespace EspForge.PinRules;

/// <summary>
/// The linear assignment problem by shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987): n rows on n columns at least cost. The row
/// and column duals are kept feasible and tight on the assignment, so their sum proves the cost. Rows can be changed and assigned again.
/// </summary>
internal sealed class Assignment(int size)
{
    /// <summary>A cell that must not be used.</summary>
    public const long Never = 1L << 60;

    private readonly long[] _distance = new long[size];
    private readonly int[] _from = new int[size];
    private readonly bool[] _done = new bool[size];

    public int Size => size;

    /// <summary>The cost of row i in column j at i * size + j.</summary>
    public long[] Costs { get; } = new long[size * size];

    public long[] RowDuals { get; } = new long[size];

    public long[] ColumnDuals { get; } = new long[size];

    /// <summary>The column of each row; -1 = none.</summary>
    public int[] ColumnOf { get; } = new int[size];

    /// <summary>The row of each column; -1 = none.</summary>
    public int[] RowOf { get; } = new int[size];

    /// <summary>The sum of the duals: no assignment of these costs is cheaper.</summary>
    public long Bound
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < size; i++)
                sum += RowDuals[i] + ColumnDuals[i];
            return sum;
        }
    }

    public Span<long> Row(int row) => Costs.AsSpan(row * size, size);

    public void Clear()
    {
        Array.Clear(RowDuals);
        Array.Clear(ColumnDuals);
        Array.Fill(ColumnOf, -1);
        Array.Fill(RowOf, -1);
    }

    /// <summary>Copies duals and assignment, not costs.</summary>
    public void CopyTo(AssignmentState state)
    {
        RowDuals.CopyTo(state.RowDuals, 0);
        ColumnDuals.CopyTo(state.ColumnDuals, 0);
        ColumnOf.CopyTo(state.ColumnOf, 0);
        RowOf.CopyTo(state.RowOf, 0);
    }

    /// <summary>Brings duals and assignment back; the costs must be what they were.</summary>
    public void CopyFrom(AssignmentState state)
    {
        state.RowDuals.CopyTo(RowDuals, 0);
        state.ColumnDuals.CopyTo(ColumnDuals, 0);
        state.ColumnOf.CopyTo(ColumnOf, 0);
        state.RowOf.CopyTo(RowOf, 0);
    }

    /// <summary>Takes a row out whose costs are about to change.</summary>
    public void Release(int row)
    {
        if (ColumnOf[row] < 0)
            return;
        RowOf[ColumnOf[row]] = -1;
        ColumnOf[row] = -1;
    }

    /// <summary>Assigns a row that is out, moving others where that is cheaper. False where there is no way: then the problem has no assignment.</summary>
    public bool Assign(int row)
    {
        // The row's dual may be anything while it is out: the largest feasible one makes a column tight.
        var best = Never;
        var costs = Costs.AsSpan(row * size, size);
        for (var j = 0; j < size; j++)
        {
            if (costs[j] < Never)
                best = Math.Min(best, costs[j] - ColumnDuals[j]);
        }

        if (best >= Never / 2)
            return false;
        RowDuals[row] = best;
        for (var j = 0; j < size; j++)
        {
            _done[j] = false;
            _from[j] = row;
            _distance[j] = costs[j] < Never ? costs[j] - best - ColumnDuals[j] : Never;
        }

        while (true)
        {
            var column = -1;
            var least = Never;
            for (var j = 0; j < size; j++)
            {
                if (!_done[j] && (_distance[j] < least || _distance[j] == least && column >= 0 && least < Never && RowOf[j] < 0 && RowOf[column] >= 0))
                    (column, least) = (j, _distance[j]);
            }

            if (column < 0)
                return false;
            if (RowOf[column] < 0)
            {
                Shift(row, least);
                Turn(row, column);
                return true;
            }

            _done[column] = true;
            var next = RowOf[column];
            var line = Costs.AsSpan(next * size, size);
            var offset = least - RowDuals[next];
            for (var j = 0; j < size; j++)
            {
                if (_done[j] || line[j] >= Never)
                    continue;
                var through = offset + line[j] - ColumnDuals[j];
                if (through < _distance[j])
                    (_distance[j], _from[j]) = (through, next);
            }
        }
    }

    private void Shift(int row, long least)
    {
        RowDuals[row] += least;
        for (var j = 0; j < size; j++)
        {
            if (!_done[j])
                continue;
            RowDuals[RowOf[j]] += least - _distance[j];
            ColumnDuals[j] -= least - _distance[j];
        }
    }

    private void Turn(int row, int column)
    {
        while (true)
        {
            var owner = _from[column];
            var before = ColumnOf[owner];
            RowOf[column] = owner;
            ColumnOf[owner] = column;
            if (owner == row)
                return;
            column = before;
        }
    }
}

/// <summary>Duals and assignment of an <see cref="Assignment"/>, put aside.</summary>
internal sealed class AssignmentState(int size)
{
    public long[] RowDuals { get; } = new long[size];

    public long[] ColumnDuals { get; } = new long[size];

    public int[] ColumnOf { get; } = new int[size];

    public int[] RowOf { get; } = new int[size];
}
