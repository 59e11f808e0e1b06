using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Reads the comments of our own headers, which have the exact words of the plan: <c>i2c0 sda, io, pull-up, 400000 Hz, on 21</c>.</summary>
internal static class CRemark
{
    /// <summary>The use it describes, on GPIO0; what the name says where the comment was changed.</summary>
    public static PinUse Read(string constant, string remark, PinName name)
    {
        var parts = remark.Split(", ");
        var words = parts[0].Split(' ');
        if (words.Length > 2 || !constant.StartsWith("PIN_" + string.Join('_', words.Select(PinNames.Word)), StringComparison.Ordinal))
            return new PinUse(0, name.Function, name.Signal);
        var use = new PinUse(0, words[0], words.ElementAtOrDefault(1));
        foreach (var part in parts.Skip(1))
        {
            foreach (var (word, value) in PlanWords.Directions)
                use = string.Equals(part, word, StringComparison.Ordinal) ? use with { Direction = value } : use;
            var blank = part.IndexOf(' ', StringComparison.Ordinal);
            var number = blank > 0 && CValue.Number(part[..blank]) is { } amount and > 0 and <= 200_000_000 ? (int)amount : (int?)null;
            use = (number, blank > 0 ? part[(blank + 1)..] : part) switch
            {
                (null, "pull-up") => use with { Pull = PinPull.Up },
                (null, "pull-down") => use with { Pull = PinPull.Down },
                (null, "hold") when blank < 0 => use with { Hold = true },
                (null, "hold") when part is "no hold" => use with { Hold = false },
                ({ } hertz, "Hz") => use with { FrequencyHz = hertz },
                ({ } bits and <= 20, "bits") => use with { ResolutionBits = bits },
                ({ } milliamps and <= 1000, "mA") => use with { DriveMilliamps = milliamps },
                ({ } symbols and <= 4096, "symbols") => use with { RmtSymbols = symbols },
                _ => use,
            };
        }

        return use;
    }
}
