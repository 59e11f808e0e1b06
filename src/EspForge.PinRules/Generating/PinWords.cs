namespace EspForge.PinRules;

/// <summary>What a part's name says it is.</summary>
internal static class PinWords
{
    public static bool IsButton(string function) => HasWord(function, "button", "btn", "key", "switch", "doorbell", "reed");

    public static bool IsLed(string function) => HasWord(function, "led", "lamp");

    public static bool IsAddressableLed(string function) => HasWord(function, "neopixel", "ws2812", "ws2812b", "sk6812", "rgb-led");

    private static bool HasWord(string function, params ReadOnlySpan<string> words)
    {
        ReadOnlySpan<char> rest = function.ToLowerInvariant();
        for (var word = PinSignals.NextWord(ref rest); !word.IsEmpty; word = PinSignals.NextWord(ref rest))
        {
            foreach (var wanted in words)
            {
                if (word.SequenceEqual(wanted) || word.TrimEnd("0123456789").SequenceEqual(wanted))
                    return true;
            }
        }

        return false;
    }
}
