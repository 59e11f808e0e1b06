using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>What a module's name says about its memory. Espressif's suffix: N16R8V = 16 MB flash, 8 MB PSRAM, 1.8 V.</summary>
internal static class ModuleName
{
    public static bool HasAny(string? module, IReadOnlyList<string> parts)
    {
        if (module is null)
            return false;
        for (var i = 0; i < parts.Count; i++)
        {
            if (module.Contains(parts[i], StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>The PSRAM the name speaks of; null where the name leaves it open.</summary>
    public static PsramMode? PsramOf(string module, Chip chip)
    {
        if (!chip.Peripherals.Psram)
            return PsramMode.None;
        if (chip.Id is "esp32p4")
            return PsramMode.Hex;
        if (module.Contains("S3-WROOM-2", StringComparison.OrdinalIgnoreCase))
            return PsramMode.Octal;
        if (PsramMegabytes(module) is var size and > 0)
            return size >= 8 && chip.Id is "esp32s3" ? PsramMode.Octal : PsramMode.Quad;
        if (module.Contains("WROVER", StringComparison.OrdinalIgnoreCase))
            return PsramMode.Quad;
        if (module.Contains("PSRAM", StringComparison.OrdinalIgnoreCase))
            return module.Contains("octal", StringComparison.OrdinalIgnoreCase) ? PsramMode.Octal : PsramMode.Quad;

        // ESP32 and S2 modules with PSRAM are called WROVER; the younger chips say it in the suffix, so a name without suffix says nothing.
        return chip.Id is "esp32" or "esp32s2" || HasFlashSuffix(module) ? PsramMode.None : null;
    }

    // The number after an R that follows a letter or digit: N8R2, S3R8V, FH4R2, D0WDR2. Not the R of WROOM.
    private static int PsramMegabytes(ReadOnlySpan<char> name)
    {
        for (var i = 1; i + 1 < name.Length; i++)
        {
            if (name[i] is not ('R' or 'r') || !char.IsAsciiLetterOrDigit(name[i - 1]))
                continue;
            var end = i + 1;
            while (end < name.Length && char.IsAsciiDigit(name[end]))
                end++;
            if (int.TryParse(name[(i + 1)..end], System.Globalization.CultureInfo.InvariantCulture, out var size) && size is 2 or 4 or 8 or 16 or 32)
                return size;
        }

        return 0;
    }

    private static bool HasFlashSuffix(ReadOnlySpan<char> name)
    {
        for (var i = 1; i + 1 < name.Length; i++)
        {
            if (name[i] is 'N' or 'n' or 'H' or 'h' && char.IsAsciiDigit(name[i + 1]) && (name[i - 1] is '-' or 'F' or 'f'))
                return true;
        }

        return false;
    }
}
