using System.Globalization;
using System.Numerics;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Makes a plan of what the search found, with reasons and the proof.</summary>
internal sealed class PinAssembly
{
    private readonly PinProblem _problem;
    private readonly PinRequest _request;
    private readonly SearchResult _found;
    private readonly int[] _gpios;
    private readonly long[][] _cells;
    private readonly string?[] _names;
    private readonly ulong _used;

    private PinAssembly(PinProblem problem, PinRequest request, SearchResult found)
    {
        (_problem, _request, _found) = (problem, request, found);
        _gpios = [.. found.Gpios!];
        _cells = new long[problem.Rows][];
        _names = new string?[problem.Blocks.Count];
        for (var b = 0; b < problem.Blocks.Count; b++)
        {
            for (var l = 0; l < problem.Blocks[b].Lines.Count; l++)
                _cells[problem.FirstRow[b] + l] = CellsOf(b, l);
        }

        LowerFirst();
        NameChannels();
        _used = _gpios.Aggregate(problem.Occupied, (mask, gpio) => mask | PinCheck.Bit(gpio));
    }

    public static PinSolution Build(PinProblem problem, PinRequest request, SearchResult found, BoardCatalog catalog) => new PinAssembly(problem, request, found).Build(catalog);

    /// <summary>The plan with only the uses that stay.</summary>
    public static PinPlan Kept(PinRequest request)
    {
        var moved = request.Locked.Concat(request.Free).ToHashSet();
        return Without(request.Plan, moved) with { Uses = [.. request.Plan.Uses.Where(use => !moved.Contains(use.Gpio))] };
    }

    private PinSolution Build(BoardCatalog catalog)
    {
        var rows = new List<(int Block, int Line)>();
        for (var b = 0; b < _problem.Blocks.Count; b++)
        {
            for (var l = 0; l < _problem.Blocks[b].Lines.Count; l++)
                rows.Add((b, l));
        }

        rows.Sort((left, right) => Order(left).CompareTo(Order(right)));
        var plan = Plan(rows);
        var placements = new List<PinPlacement>(_problem.Rows);
        foreach (var (block, index) in rows)
        {
            var line = _problem.Blocks[block].Lines[index];
            var row = _problem.FirstRow[block] + index;
            foreach (var use in Uses(block, index))
            {
                placements.Add(new PinPlacement(
                    use, line.Name, line.Need < 0 ? null : line.Need, line.Item, line.Locked >= 0 ? line.Locked : line.Before >= 0 ? line.Before : null,
                    new PinCost(_cells[row][_gpios[row]]), Why(block, line, row)));
            }
        }

        return new PinSolution
        {
            Plan = plan,
            Placements = placements,
            Report = PinChecker.Check(plan, catalog),
            Cost = new PinCost(_found.Cost),
            Bound = new PinCost(_found.Bound),
            Nodes = _found.Nodes,
            Assignments = _found.Assignments,
            Proof = Proof(rows),
        };
    }

    // Uses of the plan first, then by need as in the request.
    private (int Need, int Item, int Row) Order((int Block, int Line) place)
    {
        var line = _problem.Blocks[place.Block].Lines[place.Line];
        return (line.Need, line.Item, _problem.FirstRow[place.Block] + place.Line);
    }

    private long[] CellsOf(int block, int line)
    {
        var cells = _problem.Cells[block][_found.Variants[block]][line];
        if (!_problem.WantsHeader(block))
            return cells;
        var header = _problem.Headers[_found.Headers[block]];
        var priced = new long[cells.Length];
        for (var gpio = 0; gpio < cells.Length; gpio++)
            priced[gpio] = cells[gpio] < Assignment.Never && (header >> gpio & 1) == 0 ? cells[gpio] + PinProblem.Off : cells[gpio];
        return priced;
    }

    // Among plans of one cost: no two lines of which the earlier could have the lower pin at the same price.
    private void LowerFirst()
    {
        for (var changed = true; changed;)
        {
            changed = false;
            for (var i = 0; i < _gpios.Length; i++)
            {
                for (var j = i + 1; j < _gpios.Length; j++)
                {
                    var (left, right) = (_gpios[i], _gpios[j]);
                    if (left < right || _cells[i][right] >= Assignment.Never || _cells[j][left] >= Assignment.Never
                        || _cells[i][right] + _cells[j][left] != _cells[i][left] + _cells[j][right])
                        continue;
                    (_gpios[i], _gpios[j], changed) = (right, left, true);
                }
            }
        }
    }

    private void NameChannels()
    {
        var next = new Dictionary<PinPool, int>(ReferenceEqualityComparer.Instance as IEqualityComparer<PinPool>);
        for (var b = 0; b < _names.Length; b++)
        {
            var block = _problem.Blocks[b];
            _names[b] = block.Variants[_found.Variants[b]].Function;
            if (block.Pool is not { Stem.Length: > 0 } pool)
                continue;
            var index = next.GetValueOrDefault(pool);
            _names[b] = string.Create(CultureInfo.InvariantCulture, $"{pool.Stem}{pool.Numbers[index]}");
            next[pool] = index + 1;
        }
    }

    private IEnumerable<PinUse> Uses(int block, int line)
    {
        var gpio = _gpios[_problem.FirstRow[block] + line];
        return _problem.Blocks[block].Lines[line].Named(_names[block]).Select(use => use with { Gpio = gpio });
    }

    private PinPlan Plan(List<(int Block, int Line)> rows)
    {
        var moved = _request.Locked.Concat(_request.Free).ToHashSet();
        var placed = rows.Where(place => _problem.Blocks[place.Block].Lines[place.Line].Before >= 0)
            .ToDictionary(place => _problem.Blocks[place.Block].Lines[place.Line].Before, place => _gpios[_problem.FirstRow[place.Block] + place.Line]);
        var uses = _request.Plan.Uses.Select(use => placed.TryGetValue(use.Gpio, out var gpio) ? use with { Gpio = gpio } : use).ToList();
        var wake = Without(_request.Plan, moved).Wake.ToDictionary(pair => pair.Key, pair => pair.Value.ToList(), StringComparer.Ordinal);
        var interrupts = Without(_request.Plan, moved).Interrupts.ToList();
        foreach (var (block, index) in rows)
        {
            var line = _problem.Blocks[block].Lines[index];
            var gpio = _gpios[_problem.FirstRow[block] + index];
            if (line.Before < 0)
                uses.AddRange(Uses(block, index));
            foreach (var source in line.Wake)
            {
                if (!wake.TryGetValue(source, out var gpios))
                    wake.Add(source, gpios = []);
                gpios.Add(gpio);
            }

            if (line.Interrupt)
                interrupts.Add(gpio);
        }

        return _request.Plan with
        {
            Uses = uses,
            Wake = wake.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<int>)[.. pair.Value.Order()], StringComparer.Ordinal),
            Interrupts = [.. interrupts.Order()],
        };
    }

    private static PinPlan Without(PinPlan plan, HashSet<int> moved) => moved.Count == 0 ? plan : plan with
    {
        Wake = plan.Wake.Select(pair => KeyValuePair.Create(pair.Key, (IReadOnlyList<int>)[.. pair.Value.Where(gpio => !moved.Contains(gpio))]))
            .Where(pair => pair.Value.Count > 0).ToDictionary(StringComparer.Ordinal),
        Interrupts = [.. plan.Interrupts.Where(gpio => !moved.Contains(gpio))],
    };

    // Shifted so that a pin nobody needs is worth nothing.
    private PinProof Proof(List<(int Block, int Line)> rows)
    {
        var shift = _found.RowDuals.Length > _problem.Rows ? _found.RowDuals[_problem.Rows] : 0;
        var lines = new List<long>(_problem.Rows);
        foreach (var (block, line) in rows)
        {
            var row = _problem.FirstRow[block] + line;
            var dual = _found.RowDuals[row] - shift;
            for (var use = 0; use < _problem.Blocks[block].Lines[line].Uses.Count; use++)
                lines.Add(use == 0 ? dual : 0);
        }

        var pins = new SortedDictionary<int, long>();
        for (var column = 0; column < _problem.Columns.Length; column++)
        {
            if (_found.ColumnDuals[column] + shift is var dual and not 0)
                pins.Add(_problem.Columns[column], dual);
        }

        return new PinProof(lines, pins);
    }

    private string Why(int block, PinLine line, int row)
    {
        var gpio = _gpios[row];
        if (line.Soldered >= 0)
            return $"It is soldered to GPIO{gpio}.";
        if (line.Locked == gpio)
            return $"It was on GPIO{gpio} and stays.";
        var variant = _problem.Blocks[block].Variants[_found.Variants[block]];
        if (variant.Direct && variant.Masks is { } masks && BitOperations.PopCount(masks[row - _problem.FirstRow[block]]) == 1)
            return $"GPIO{gpio} is the direct (IO_MUX) pin of {variant.Function} for it.";
        var cells = _cells[row];
        var legal = 0;
        var better = new List<int>();
        foreach (var other in _problem.Columns)
        {
            if (cells[other] >= Assignment.Never)
                continue;
            legal++;
            if (cells[other] < cells[gpio])
                better.Add(other);
        }

        var from = line.Locked >= 0 ? $"Moved from GPIO{line.Locked}, which cannot be kept. " : "";
        var risk = new PinCost(cells[gpio]).Risk;
        var quality = risk == 0 ? "Nothing speaks against it" : risk < 10 ? "It has special roles, but nothing speaks against it" : risk < 100 ? "There is something to know about it" : "There is a warning about it";
        if (legal == 1)
            return $"{from}GPIO{gpio} is the only pin it can be on.";
        return better.Count == 0
            ? $"{from}The best of its {legal} pins. {quality}."
            : $"{from}{quality}. {string.Join(", ", better.Take(3).Select(other => $"GPIO{other}"))}{(better.Count > 3 ? " …" : "")} would be better for it alone, but {(better.All(other => PinCheck.Has(_used, other)) ? "others need them more" : "not together with the rest")}.";
    }
}
