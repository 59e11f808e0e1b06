using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules.Tests;

/// <summary>Plans written the way one writes them on paper: <c>"21 i2c0 sda"</c>, <c>"4 button - in up"</c>.</summary>
internal static class Plans
{
    public static PinPlan OfBoard(string board, params string[] uses) => new() { Board = board, Uses = [.. uses.Select(Use)] };

    public static PinPlan OfChip(string chip, params string[] uses) => new() { Chip = chip, Uses = [.. uses.Select(Use)] };

    public static PinPlan OfUses(string chip, params PinUse[] uses) => new() { Chip = chip, Uses = uses };

    public static PinUse Use(string text)
    {
        var words = text.Split(' ');
        return new PinUse(
            int.Parse(words[0], CultureInfo.InvariantCulture), words[1],
            words.Length > 2 && words[2] != "-" ? words[2] : null,
            words.Length > 3 && words[3] != "-" ? Enum.Parse<PinDirection>(words[3], ignoreCase: true) : null,
            words.Length > 4 ? Enum.Parse<PinPull>(words[4], ignoreCase: true) : null);
    }

    public static IEnumerable<PinFinding> Errors(PinPlan plan) => PinChecker.Check(plan).Findings.Where(finding => finding.Severity == PinSeverity.Error);

    public static string Show(PinReport report) => string.Join('\n', report.Findings);
}
