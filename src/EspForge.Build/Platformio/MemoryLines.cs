using System.Globalization;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>Reads the lines PlatformIO prints of a program's size: <c>RAM:   [==        ]  15.2% (used 49844 bytes from 327680 bytes)</c>.</summary>
internal sealed class MemoryLines
{
    private static readonly Regex Pattern = new(@"^(?<kind>RAM|Flash):\s+\[[= ]*\]\s+[0-9.]+% \(used (?<used>[0-9]{1,12}) bytes from (?<total>[0-9]{1,12}) bytes\)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private (long Used, long Total)? _ram;
    private (long Used, long Total)? _flash;

    public void Add(string line)
    {
        var match = Pattern.Match(line);
        if (!match.Success)
            return;
        var pair = (long.Parse(match.Groups["used"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), long.Parse(match.Groups["total"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture));
        if (match.Groups["kind"].ValueSpan is "RAM")
            _ram = pair;
        else
            _flash = pair;
    }

    /// <summary>What the lines said, or <see langword="null"/> where there was none and no slot is known.</summary>
    public BuildMemory? ToMemory(long? slotBytes) => _ram is null && _flash is null && slotBytes is null ? null : new BuildMemory(_ram?.Used, _ram?.Total, _flash?.Used, _flash?.Total, slotBytes);
}
