namespace EspForge.PinRules.Rules;

/// <summary>Whether two uses of one pin are one and the same wire under two names, by their words. Nothing here allocates.</summary>
internal static class OneThing
{
    private const int MaxWord = 64;

    /// <summary>
    /// The same thing: under a longer and a shorter name (<c>camera pclk</c>, <c>pclk</c>), with another word for it (<c>accelerometer int</c>,
    /// <c>accelerometer interrupt</c>), the line of a card in SPI and in SD mode, the line of a radio by what each of its kinds calls it, or a panel's
    /// set-up bus on the lines that carry its pixels later.
    /// </summary>
    public static bool Is(in ReadUse one, in ReadUse other)
    {
        if (one.Function.Direction is { } first && other.Function.Direction is { } second && first != second)
            return IsCardLine(one, other) || IsPanelSetup(one, other);
        Span<char> oneFunction = stackalloc char[MaxWord];
        Span<char> oneSignal = stackalloc char[MaxWord];
        Span<char> otherFunction = stackalloc char[MaxWord];
        Span<char> otherSignal = stackalloc char[MaxWord];
        var function = PinFunction.Lower(one.Use.Function, oneFunction);
        var signal = PinFunction.Lower(one.Use.Signal, oneSignal);
        var ofFunction = PinFunction.Lower(other.Use.Function, otherFunction);
        var ofSignal = PinFunction.Lower(other.Use.Signal, otherSignal);
        var holds = HoldsAll(function, signal, ofFunction) && HoldsAll(function, signal, ofSignal);
        var held = HoldsAll(ofFunction, ofSignal, function) && HoldsAll(ofFunction, ofSignal, signal);

        // Twice the very same words are two of them.
        if (holds || held)
            return holds != held || !AreSameWords(function, signal, ofFunction, ofSignal);
        return IsCardLine(one, other) || IsRadioLine(function, signal, ofFunction, ofSignal) || IsPanelSetup(one, other);
    }

    // An SD card is spoken to over SPI or in its own mode; the wires are the same.
    private static bool IsCardLine(in ReadUse one, in ReadUse other)
    {
        var line = CardLine(one);
        return line > 0 && line == CardLine(other);
    }

    private static int CardLine(in ReadUse use)
    {
        Span<char> functionBuffer = stackalloc char[MaxWord];
        Span<char> signalBuffer = stackalloc char[MaxWord];
        var function = PinFunction.Lower(use.Use.Function, functionBuffer);
        var last = Last(PinFunction.Lower(use.Use.Signal, signalBuffer), function);
        return First(function) is "sd" or "sdio" or "sdmmc" or "sdcard" or "tf" or "tfcard" or "microsd"
            ? last switch
            {
                "miso" or "cipo" or "d0" or "dat0" or "data0" => 1,
                "mosi" or "copi" or "cmd" => 2,
                "sck" or "sclk" or "clk" => 3,
                "cs" or "ss" or "d3" or "dat3" or "data3" => 4,
                _ => 0,
            }
            : 0;
    }

    // What is DIO1 or DIO9 of one radio is the interrupt of the driver; where one kind has DIO2 another has BUSY. A board takes either.
    private static bool IsRadioLine(ReadOnlySpan<char> function, ReadOnlySpan<char> signal, ReadOnlySpan<char> ofFunction, ReadOnlySpan<char> ofSignal) =>
        First(function).SequenceEqual(First(ofFunction)) && IsDio(Last(signal, function)) && IsDio(Last(ofSignal, ofFunction))
        && (Last(signal, function).StartsWith("dio") || Last(ofSignal, ofFunction).StartsWith("dio"));

    private static bool IsDio(ReadOnlySpan<char> word) =>
        word is "irq" or "int" or "busy" || word.StartsWith("dio") && word.Length > 3 && PinSignals.IsDigits(word[3..]);

    // Controllers with a parallel RGB bus are set up over three wires, which many boards put on two of the colour lines.
    private static bool IsPanelSetup(in ReadUse one, in ReadUse other)
    {
        Span<char> oneFunction = stackalloc char[MaxWord];
        Span<char> oneSignal = stackalloc char[MaxWord];
        Span<char> otherFunction = stackalloc char[MaxWord];
        Span<char> otherSignal = stackalloc char[MaxWord];
        var function = PinFunction.Lower(one.Use.Function, oneFunction);
        var ofFunction = PinFunction.Lower(other.Use.Function, otherFunction);
        var line = Last(PinFunction.Lower(one.Use.Signal, oneSignal), function);
        var ofLine = Last(PinFunction.Lower(other.Use.Signal, otherSignal), ofFunction);
        return PinSignals.IsPanel(function) && PinSignals.IsPanel(ofFunction) && (IsSetup(line) && IsColour(ofLine) || IsSetup(ofLine) && IsColour(line));
    }

    private static bool IsSetup(ReadOnlySpan<char> word) => word is "mosi" or "sda" or "sck" or "sclk" or "clk" or "scl";

    private static bool IsColour(ReadOnlySpan<char> word) => word.Length is 2 or 3 && word[0] is 'r' or 'g' or 'b' && PinSignals.IsDigits(word[1..]);

    private static bool AreSameWords(ReadOnlySpan<char> function, ReadOnlySpan<char> signal, ReadOnlySpan<char> ofFunction, ReadOnlySpan<char> ofSignal) =>
        HasAll(function, signal, ofFunction) && HasAll(function, signal, ofSignal) && HasAll(ofFunction, ofSignal, function) && HasAll(ofFunction, ofSignal, signal);

    private static bool HoldsAll(ReadOnlySpan<char> function, ReadOnlySpan<char> signal, ReadOnlySpan<char> words)
    {
        for (var word = PinSignals.NextWord(ref words); !word.IsEmpty; word = PinSignals.NextWord(ref words))
        {
            if (!Holds(function, word) && !Holds(signal, word))
                return false;
        }

        return true;
    }

    private static bool Holds(ReadOnlySpan<char> text, ReadOnlySpan<char> wanted)
    {
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (Meaning(word).SequenceEqual(Meaning(wanted)))
                return true;
        }

        return false;
    }

    private static bool HasAll(ReadOnlySpan<char> function, ReadOnlySpan<char> signal, ReadOnlySpan<char> words)
    {
        for (var word = PinSignals.NextWord(ref words); !word.IsEmpty; word = PinSignals.NextWord(ref words))
        {
            if (!Has(function, word) && !Has(signal, word))
                return false;
        }

        return true;
    }

    private static bool Has(ReadOnlySpan<char> text, ReadOnlySpan<char> wanted)
    {
        for (var word = PinSignals.NextWord(ref text); !word.IsEmpty; word = PinSignals.NextWord(ref text))
        {
            if (word.SequenceEqual(wanted))
                return true;
        }

        return false;
    }

    // One word for all that mean the same line or part.
    private static ReadOnlySpan<char> Meaning(ReadOnlySpan<char> word) => word switch
    {
        "interrupt" or "irq" => "int",
        "btn" or "key" or "switch" or "sw" => "button",
        "sclk" or "clk" => "sck",
        "copi" => "mosi",
        "cipo" => "miso",
        "reset" => "rst",
        "txd" => "tx",
        "rxd" => "rx",
        "nss" or "ss" or "csn" => "cs",
        "backlight" or "blk" => "bl",
        "enable" => "en",
        "lrck" or "lrclk" or "lrc" => "ws",
        "bck" => "bclk",
        "bat" or "batt" or "vbat" => "battery",
        _ => word,
    };

    private static ReadOnlySpan<char> First(ReadOnlySpan<char> text)
    {
        var end = 0;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            end++;
        return text[..end].TrimEnd("0123456789");
    }

    // The last word: of the signal, else of the function.
    private static ReadOnlySpan<char> Last(ReadOnlySpan<char> signal, ReadOnlySpan<char> function)
    {
        var text = signal.IsEmpty ? function : signal;
        var start = text.Length;
        while (start > 0 && char.IsAsciiLetterOrDigit(text[start - 1]))
            start--;
        return text[start..];
    }
}
