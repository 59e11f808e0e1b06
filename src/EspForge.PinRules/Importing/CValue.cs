using System.Globalization;

namespace EspForge.PinRules;

/// <summary>Reads the value of a constant: a number, a GPIO's name, a cast of one. No arithmetic.</summary>
internal static class CValue
{
    /// <summary>Strips casts and parentheses: what is left is a number or a name.</summary>
    public static string Bare(string text)
    {
        var value = text.AsSpan().Trim().TrimEnd(';').Trim();
        for (var round = 0; round < 16 && !value.IsEmpty; round++)
        {
            if (value[0] == '(' && Closing(value, 0) == value.Length - 1)
                value = value[1..^1].Trim();
            else if (value[0] == '(' && Closing(value, 0) is var cast and > 0 && IsType(value[1..cast]))
                value = value[(cast + 1)..].Trim();
            else if (value.StartsWith("static_cast<") && value.IndexOf('>') is var angle and > 0)
                value = value[(angle + 1)..].Trim();
            else if (value[^1] is ')' or '}' && value.IndexOfAny('(', '{') is var open and > 0 && IsType(value[..open]) && Closing(value, open) == value.Length - 1)
                value = value[(open + 1)..^1].Trim();
            else if (value[0] == '{' && value[^1] == '}')
                value = value[1..^1].Trim();
            else
                break;
        }

        return value.ToString();
    }

    /// <summary>An integer literal of C, or null.</summary>
    public static long? Number(string text)
    {
        var digits = text.AsSpan().TrimEnd("uUlL").ToString().Replace("'", "", StringComparison.Ordinal);
        if (digits.Length is 0 or > 18)
            return null;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        if (digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(digits.AsSpan(2), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out var binary) ? binary : null;
        if (digits.Length > 1 && digits[0] == '0')
        {
            long octal = 0;
            foreach (var digit in digits)
            {
                if (digit is < '0' or > '7')
                    return null;
                octal = (octal * 8) + (digit - '0');
            }

            return octal;
        }

        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Whether the value says that there is no pin.</summary>
    public static bool IsNone(string value) =>
        value is "-1" or "NC" or "GPIO_NUM_NC" or "NOT_A_PIN" or "PIN_NC" or "PIN_NONE" or "PIN_UNUSED" or "UNUSED" or "GPIO_NC" or "GPIO_PIN_NC" or "I2S_PIN_NO_CHANGE"
            or "UART_PIN_NO_CHANGE" or "255" or "0xFF" or "0xff" or "GPIO_UNUSED" or "I2S_GPIO_UNUSED";

    /// <summary>The number of <c>GPIO_NUM_21</c>, <c>GPIO21</c> or <c>IO21</c>, or null.</summary>
    public static int? GpioName(string value)
    {
        foreach (var stem in (ReadOnlySpan<string>)["GPIO_NUM_", "GPIO_", "GPIO", "IO"])
        {
            if (value.Length > stem.Length && value.Length <= stem.Length + 3 && value.StartsWith(stem, StringComparison.Ordinal)
                && int.TryParse(value.AsSpan(stem.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
        }

        return null;
    }

    private static bool IsType(ReadOnlySpan<char> text) =>
        text.Trim() is "gpio_num_t" or "uint8_t" or "int8_t" or "uint16_t" or "int16_t" or "uint32_t" or "int32_t" or "int" or "unsigned" or "unsigned int" or "short" or "char" or "byte"
            or "std::uint8_t" or "size_t" or "uint_fast8_t";

    private static int Closing(ReadOnlySpan<char> text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            if (text[i] is '(' or '{')
                depth++;
            else if (text[i] is ')' or '}' && --depth == 0)
                return i;
        }

        return -1;
    }
}
