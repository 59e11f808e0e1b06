using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>The words of the plan format. Reader and writer share them.</summary>
internal static class PlanWords
{
    public const int MaxGpio = 255;

    public static readonly IReadOnlyList<(string Word, FlashMode Value)> FlashModes =
        [("qio", FlashMode.Qio), ("qout", FlashMode.Qout), ("dio", FlashMode.Dio), ("dout", FlashMode.Dout), ("opi", FlashMode.Opi)];

    public static readonly IReadOnlyList<(string Word, PsramMode Value)> PsramModes =
        [("none", PsramMode.None), ("quad", PsramMode.Quad), ("octal", PsramMode.Octal), ("hex", PsramMode.Hex)];

    public static readonly IReadOnlyList<(string Word, PlanConsole Value)> Consoles =
        [("uart0", PlanConsole.Uart0), ("usb-serial-jtag", PlanConsole.UsbSerialJtag), ("usb-otg", PlanConsole.UsbOtg), ("none", PlanConsole.None)];

    public static readonly IReadOnlyList<(string Word, PinDirection Value)> Directions =
        [("in", PinDirection.In), ("out", PinDirection.Out), ("io", PinDirection.Io), ("analog", PinDirection.Analog)];

    public static readonly IReadOnlyList<(string Word, PinPull Value)> Pulls = [("up", PinPull.Up), ("down", PinPull.Down), ("none", PinPull.None)];

    public static string Word<T>(IReadOnlyList<(string Word, T Value)> words, T value)
        where T : struct, Enum
    {
        foreach (var (word, candidate) in words)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
                return word;
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, "The plan format has no word for it.");
    }

    public static T Value<T>(IReadOnlyList<(string Word, T Value)> words, string word) =>
        words.First(pair => string.Equals(pair.Word, word, StringComparison.Ordinal)).Value;
}
