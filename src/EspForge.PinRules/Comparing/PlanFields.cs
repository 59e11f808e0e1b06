using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>The fields of a plan besides its uses and overrides, as text.</summary>
internal static class PlanFields
{
    public static void Compare(PinPlan before, PinPlan after, List<PinDifference> found)
    {
        foreach (var (field, title, read) in Fields)
        {
            var (from, to) = (read(before), read(after));
            if (string.Equals(from, to, StringComparison.Ordinal))
                continue;
            var sentence = (from, to) switch
            {
                (null, _) => $"The {title} is {to} now; the plan said none.",
                (_, null) => $"The {title} was {from}; the plan says none now.",
                _ => $"The {title} is {to} instead of {from}.",
            };
            found.Add(new PinDifference(PinDifferenceKind.Hardware, sentence) { Field = field, From = from, To = to });
        }
    }

    private static readonly (string Field, string Title, Func<PinPlan, string?> Read)[] Fields =
    [
        ("board", "board", plan => plan.Board),
        ("chip", "chip", plan => plan.Board is null ? plan.Chip : null),
        ("module", "module", plan => plan.Module),
        ("flashMode", "flash mode", plan => plan.FlashMode is { } mode ? PlanWords.Word(PlanWords.FlashModes, mode) : null),
        ("psram", "PSRAM", plan => plan.Psram is { } mode ? PlanWords.Word(PlanWords.PsramModes, mode) : null),
        ("vddSpiMillivolts", "memory's voltage", plan => plan.VddSpiMillivolts is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value} mV") : null),
        ("efuses", "list of burnt eFuses", plan => List(plan.Efuses.Order(StringComparer.Ordinal))),
        ("wifi", "use of Wi-Fi", plan => plan.Wifi is { } wifi ? wifi ? "yes" : "no" : null),
        ("console", "console", plan => plan.Console is { } console ? PlanWords.Word(PlanWords.Consoles, console) : null),
        ("externalPull", "set of outside resistors", plan => List(plan.ExternalPull.Where(pair => pair.Value is PinPull.Up or PinPull.Down).OrderBy(pair => pair.Key)
            .Select(pair => $"GPIO{pair.Key.ToString(CultureInfo.InvariantCulture)} {PlanWords.Word(PlanWords.Pulls, pair.Value)}"))),
        ("wake", "set of pins that wake", plan => List(plan.Wake.Where(pair => pair.Value.Count > 0).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key} {string.Join(' ', pair.Value.Order().Select(gpio => gpio.ToString(CultureInfo.InvariantCulture)))}"))),
        ("interrupts", "set of pins with an interrupt", plan => List(plan.Interrupts.Order().Select(gpio => gpio.ToString(CultureInfo.InvariantCulture)))),
    ];

    private static string? List(IEnumerable<string> parts) => string.Join(", ", parts) is { Length: > 0 } text ? text : null;
}
