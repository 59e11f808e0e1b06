namespace EspForge.PinRules.Rules;

/// <summary>Two uses want one pin, and they are not lines of one bus.</summary>
internal sealed class Duplicate : IPinRule
{
    public string Id => "PIN014";

    public string Class => "duplicate";

    public void Check(PinCheck check)
    {
        var uses = check.Uses;
        for (var i = 1; i < uses.Length; i++)
        {
            if (uses[i].Gpio != uses[i - 1].Gpio || i > 1 && uses[i].Gpio == uses[i - 2].Gpio || !check.IsLive(uses[i].Gpio))
                continue;
            var all = check.UsesOf(uses[i].Gpio);
            if (IsBus(all) || IsOneThing(all))
                continue;
            var wired = IsWiredTwice(check, uses[i].Gpio);
            check.Report(
                this, wired ? PinSeverity.Warning : PinSeverity.Error, [uses[i].Gpio],
                wired
                    ? $"GPIO{uses[i].Gpio} carries {Names(all)}. The board wires both to it: only one can work at a time."
                    : $"GPIO{uses[i].Gpio} carries {Names(all)}: they drive or read against each other. Give each its own pin.",
                "the plan itself", all[^1].Use);
        }
    }

    /// <summary>Whether all uses of a pin are the same line of one bus.</summary>
    public static bool IsBus(ReadOnlySpan<ReadUse> uses)
    {
        var controller = (ReadUse?)null;
        var line = ~BusLine.None;
        foreach (ref readonly var use in uses)
        {
            line &= use.Function.Line;
            if (line == BusLine.None)
                return false;
            if (use.Peripheral is PinPeripheral.Part or PinPeripheral.Lcd or PinPeripheral.Camera)
                continue;
            if (controller is { } other && (other.Peripheral != use.Peripheral || other.Function.Index != use.Function.Index))
                return false;
            controller = use;
        }

        return true;
    }

    // The same thing under a longer and a shorter name, as "camera pclk" and "pclk". Each pair has to be: then fewer uses are never more of a clash.
    private static bool IsOneThing(ReadOnlySpan<ReadUse> uses)
    {
        for (var i = 0; i < uses.Length; i++)
        {
            for (var j = i + 1; j < uses.Length; j++)
            {
                if (uses[i].Function.Direction is { } one && uses[j].Function.Direction is { } other && one != other || !PartWords.IsLongerName(uses[i], uses[j]) && !PartWords.IsLongerName(uses[j], uses[i]))
                    return false;
            }
        }

        return true;
    }

    public static string Names(ReadOnlySpan<ReadUse> uses)
    {
        var names = new string[uses.Length];
        for (var i = 0; i < uses.Length; i++)
            names[i] = uses[i].Use.Name;
        return names.Length == 2 ? $"{names[0]} and {names[1]}" : string.Join(", ", names);
    }

    private static bool IsWiredTwice(PinCheck check, int gpio)
    {
        var count = 0;
        for (var i = 0; check.Board is not null && i < check.Board.Onboard.Count; i++)
            count += check.Board.Onboard[i].Gpio == gpio ? 1 : 0;
        return count > 1;
    }
}
