using System.Globalization;
using System.Numerics;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Says a clash in words.</summary>
internal sealed class ConflictWords(PinProblem problem, PinRequest request)
{
    private string Hardware => problem.Verdicts.Board?.Name ?? problem.Verdicts.Chip.Name;

    /// <summary>The clash of these rows, which no part of them has.</summary>
    public PinConflict Say(ulong rows)
    {
        var lines = LinesOf(rows);
        return PinClash.HasControllers(problem, rows) ? Pins(lines) : Instances(lines);
    }

    private List<(int Block, int Line)> LinesOf(ulong rows)
    {
        var lines = new List<(int, int)>();
        for (var b = 0; b < problem.Blocks.Count; b++)
        {
            for (var l = 0; l < problem.Blocks[b].Lines.Count; l++)
            {
                if ((rows >> (problem.FirstRow[b] + l) & 1) != 0)
                    lines.Add((b, l));
            }
        }

        return lines;
    }

    private PinConflict Make(PinConflictKind kind, List<(int Block, int Line)> lines, IReadOnlyList<string> names, ulong pins, string message) => new(
        kind, names, [.. lines.Select(line => problem.Blocks[line.Block].Lines[line.Line].Need).Where(need => need >= 0).Distinct().Order()], Gpios(pins), message);

    private PinConflict Instances(List<(int Block, int Line)> lines)
    {
        var names = lines.Select(line => problem.Blocks[line.Block].Name).ToList();
        var block = problem.Blocks[lines[0].Block];
        if (block.Pool is { } pool)
        {
            var taken = pool.Total - pool.Numbers.Count;
            var free = pool.Numbers.Count;
            return Make(PinConflictKind.Instances, lines, names, 0, pool.Total == 0
                ? $"{names[0]} needs {Article(pool.Words)}, and {problem.Verdicts.Chip.Name} has none. Do without it, or take another chip."
                : $"{Wanted(lines.Count, pool.Words)} ({List(names)}) but {Only(free)} {(free == 1 ? "is" : "are")} free on {problem.Verdicts.Chip.Name}, which has {pool.Total}{(taken > 0 ? $" ({taken} taken by the plan)" : "")}. Drop one, or take a chip with more.");
        }

        var group = block.Group ?? block.Kind;
        var word = NeedKind.Controller(group);
        var numbers = lines.SelectMany(line => problem.Blocks[line.Block].Variants).Select(variant => variant.Function ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var total = NeedKind.Controllers(group, problem.Verdicts.Chip)?.Count ?? 0;
        if (total == 0)
            return Make(PinConflictKind.Instances, lines, names, 0, $"{names[0]} needs {Article(word)}, and {problem.Verdicts.Chip.Name} has none. Do without it, or take another chip.");
        if (numbers.Count == 0 && SpeedOf(lines[0]) is { } speed && speed > PinSpeed.MatrixLimitHz)
        {
            return Make(PinConflictKind.Instances, lines, names, 0, string.Create(
                CultureInfo.InvariantCulture, $"{names[0]} asks for {speed / 1_000_000.0:0.#} MHz, above the {PinSpeed.MatrixLimitHz / 1_000_000} MHz of the GPIO matrix, and no free {word} of {problem.Verdicts.Chip.Name} has direct pins. Lower the clock."));
        }

        var console = group is "uart" && lines.All(line => Asked(line)?.Instance is null) && !numbers.Contains("uart0", StringComparer.Ordinal) ? " (uart0 is the console or taken)" : "";
        var which = lines.Select(line => Asked(line)?.Instance).FirstOrDefault(instance => instance is not null) is { } number && numbers.Count <= 1
            ? $" number {number}" : "";
        return Make(PinConflictKind.Instances, lines, names, 0,
            $"{Wanted(lines.Count, word + which)} ({List(names)}) but {Only(numbers.Count)} {(numbers.Count == 1 ? "is" : "are")} free on {problem.Verdicts.Chip.Name}, which has {total}{(numbers.Count > 0 ? $": {List(numbers)}" : "")}{console}. {(group is "spi" ? "Put the devices on one bus" : "Drop one, or take a chip with more")}.");
    }

    private PinConflict Pins(List<(int Block, int Line)> lines)
    {
        var entries = lines.Select(line => problem.Blocks[line.Block].Lines[line.Line]).ToList();
        var names = entries.Select(line => line.Name).ToList();
        var free = 0UL;
        var possible = 0UL;
        foreach (var (block, line) in lines)
        {
            for (var variant = 0; variant < problem.Blocks[block].Variants.Count; variant++)
            {
                free |= problem.Legal(block, variant, line);
                possible |= problem.LegalIfEmpty(block, variant, line);
            }
        }

        var kinds = lines.Select(line => problem.Blocks[line.Block].Kind).Distinct(StringComparer.Ordinal).ToList();
        var kind = kinds.Count == 1 ? kinds[0] : "";
        var pins = PinWords(kind, lines);
        var count = BitOperations.PopCount(free);
        var taken = possible & problem.Occupied & ~free;
        var takenBy = taken == 0 ? "" : $" Taken already: {List([.. Gpios(taken).Select(gpio => $"GPIO{gpio} by {string.Join(" and ", request.Plan.Uses.Where(use => use.Gpio == gpio).Select(use => use.Name))}")])}.";
        if (lines.Count == 1)
            return Make(PinConflictKind.Pins, lines, names, free, $"{names[0]} has no {pins} on {Hardware}.{takenBy}{Reason(lines[0])}");
        var message = count < lines.Count
            ? $"{lines.Count} {NeedKind.Uses(kind)}s ({List(names)}) but {Only(count)} {pins}{(count == 1 ? " is" : "s are")} free on {Hardware}: {GpioList(free)}.{takenBy}"
            : $"{List(names)} cannot be placed together on {Hardware}, whichever of their controllers and routes are taken: {string.Join("; ", lines.Select(Choices))}.{takenBy}";
        return Make(PinConflictKind.Pins, lines, names, free, message);
    }

    private string PinWords(string kind, List<(int Block, int Line)> lines)
    {
        if (lines.All(line => problem.Blocks[line.Block].Variants is { Count: > 0 } variants && variants.All(variant => variant.Direct) && SpeedOf(line) is > PinSpeed.MatrixLimitHz))
            return "direct (IO_MUX) pin";
        var adc1 = kind is "adc" && lines.All(line => (problem.Blocks[line.Block].Lines[line.Line].Allowed & problem.Verdicts.Chip.PinsWith(PinTraits.Adc2) & ~problem.Verdicts.Chip.PinsWith(PinTraits.Adc1)) == 0);
        var asked = lines.Any(line => Asked(line) is { Gpios.Count: > 0 } || problem.Blocks[line.Block].Lines[line.Line].Soldered >= 0) ? " among those it may have" : "";
        return NeedKind.Pins(kind, adc1).Replace("carry them", lines.Count == 1 ? "carry it" : "carry them", StringComparison.Ordinal) + asked;
    }

    private string Choices((int Block, int Line) line)
    {
        var block = problem.Blocks[line.Block];
        var ways = block.Variants.Select((variant, index) => (variant, Pins: problem.Legal(line.Block, index, line.Line))).ToList();
        var name = block.Lines[line.Line].Name;
        return ways.Select(way => way.Pins).Distinct().Count() == 1
            ? $"{name} on {GpioList(ways[0].Pins)}"
            : $"{name} on {string.Join(" or ", ways.Select(way => $"{GpioList(way.Pins)} as {way.variant.Function}"))}";
    }

    // What the rules say where the line is soldered, or on the first pin it may ask for.
    private string Reason((int Block, int Line) place)
    {
        var block = problem.Blocks[place.Block];
        var line = block.Lines[place.Line];
        var variant = block.Variants[0];
        var masked = line.Allowed & (variant.Masks?[place.Line] ?? ulong.MaxValue);
        var gpio = line.Soldered >= 0 ? line.Soldered
            : (masked & problem.Verdicts.Chip.PinsWith(PinTraits.Exists)) is var asked and not 0 && masked != ulong.MaxValue ? BitOperations.TrailingZeroCount(asked)
            : problem.Verdicts.Candidates != 0 ? BitOperations.TrailingZeroCount(problem.Verdicts.Candidates) : -1;
        if (gpio < 0)
            return "";
        var finding = problem.Verdicts.Explain(line.Named(variant.Function), line.Wake, line.Interrupt, gpio).FirstOrDefault(found => found.Severity == PinSeverity.Error);
        return finding is null ? "" : " " + finding.Message;
    }

    private PinNeed? Asked((int Block, int Line) line) =>
        problem.Blocks[line.Block].Lines[line.Line].Need is var need and >= 0 ? request.Needs[need] : null;

    private int? SpeedOf((int Block, int Line) line) => problem.Blocks[line.Block].Lines.Max(entry => entry.Need >= 0 ? request.Needs[entry.Need].SpeedHz : null);

    private static string Wanted(int count, string word) => count == 1 ? $"1 {word} is wanted" : string.Create(CultureInfo.InvariantCulture, $"{count} {word}s are wanted");

    private static string Article(string word) => word[0] is 'A' or 'I' or 'L' or 'R' or 'S' && word.Length > 1 && char.IsUpper(word[1]) && !word.StartsWith("UART", StringComparison.Ordinal) ? "an " + word : "a " + word;

    private static string Only(int count) => count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"only {count}");

    private static string GpioList(ulong pins) => pins == 0 ? "none" : List([.. Gpios(pins).Select(gpio => $"GPIO{gpio}")]);

    private static string List(IReadOnlyList<string> words) => string.Join(", ", words);

    private static int[] Gpios(ulong pins)
    {
        var gpios = new int[BitOperations.PopCount(pins)];
        for (var i = 0; i < gpios.Length; i++, pins &= pins - 1)
            gpios[i] = BitOperations.TrailingZeroCount(pins);
        return gpios;
    }
}
