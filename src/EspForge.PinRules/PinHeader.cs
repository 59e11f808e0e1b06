using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Writes a plan as a C header. The same plan gives the same bytes: no date, no machine, no order of uses shows.</summary>
public static class PinHeader
{
    private const string Guard = "PINS_H";

    /// <summary>
    /// The header: an include guard and one <c>#define PIN_FUNCTION_SIGNAL gpio</c> per use, ordered by GPIO and name. Names keep letters and digits;
    /// a name that is taken gets <c>_2</c>, <c>_3</c> …
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="catalog">Where the board's labels are from; the default is <see cref="BoardCatalog.Default"/>.</param>
    public static string Generate(PinPlan plan, BoardCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var board = plan.Board is null ? null : (catalog ?? BoardCatalog.Default).FindBoard(plan.Board);
        var uses = plan.Uses.OrderBy(use => use.Gpio).ThenBy(use => use.Function, StringComparer.Ordinal).ThenBy(use => use.Signal, StringComparer.Ordinal).ToList();
        var names = Names(uses);
        var width = names.Select(name => name.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        text.Append("/* Pins of ").Append(Comment(board?.Name ?? plan.Chip ?? "")).Append(". Generated from the pin plan by espforge; change the plan, not this file. */\n");
        text.Append("#ifndef ").Append(Guard).Append("\n#define ").Append(Guard).Append('\n');
        if (uses.Count > 0)
            text.Append('\n');
        for (var i = 0; i < uses.Count; i++)
        {
            text.Append("#define ").Append(names[i].PadRight(width)).Append(' ').Append(uses[i].Gpio.ToString(CultureInfo.InvariantCulture).PadRight(3));
            text.Append(" /* ").Append(Comment(uses[i].Name));
            if (board?.LabelOf(uses[i].Gpio) is { } label)
                text.Append(", on ").Append(Comment(label));
            text.Append(" */\n");
        }

        text.Append("\n#endif /* ").Append(Guard).Append(" */\n");
        return text.ToString();
    }

    private static List<string> Names(List<PinUse> uses)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new List<string>(uses.Count);
        foreach (var use in uses)
        {
            var name = "PIN_" + Word(use.Function);
            if (!string.IsNullOrEmpty(use.Signal))
                name += "_" + Word(use.Signal);
            var unique = name;
            for (var n = 2; !taken.Add(unique); n++)
                unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{n}");
            names.Add(unique);
        }

        return names;
    }

    private static string Word(string text)
    {
        var word = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit(letter))
                word.Append(char.ToUpperInvariant(letter));
            else if (word.Length > 0 && word[^1] != '_')
                word.Append('_');
        }

        while (word.Length > 0 && word[^1] == '_')
            word.Length--;
        return word.Length == 0 ? "X" : word.ToString();
    }

    // Text from a plan inside a comment: printable ASCII, and nothing that ends the comment, opens another or continues the line.
    private static string Comment(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var letter in text)
            safe.Append(letter is >= ' ' and <= '~' and not ('*' or '\\' or '/' or '?') ? letter : '.');
        return safe.ToString();
    }
}
