using EspForge.Boards;

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
            if (uses[i].Gpio != uses[i - 1].Gpio || i > 1 && uses[i].Gpio == uses[i - 2].Gpio || !IsJudged(check, uses[i].Gpio))
                continue;
            var all = check.UsesOf(uses[i].Gpio);
            if (IsBus(all))
                continue;
            var clash = ClashOf(all, check.Chip.FindPin(uses[i].Gpio)!.Traits.HasFlag(PinTraits.Strapping));
            if (clash is Clash.None)
                continue;
            var wired = IsWiredTwice(check, uses[i].Gpio);
            check.Report(
                this, wired || clash is not Clash.Full ? PinSeverity.Warning : PinSeverity.Error, [uses[i].Gpio],
                (wired, clash) switch
                {
                    (true, _) => $"GPIO{uses[i].Gpio} carries {Names(all)}. The board wires both to it: only one can work at a time.",
                    (_, Clash.Follows) => $"GPIO{uses[i].Gpio} carries {Names(all)}: the LED shows whatever the other does, and cannot be switched alone. Give each its own pin, or leave out the LED.",
                    (_, Clash.Pressed) => $"GPIO{uses[i].Gpio} carries {Names(all)}: the button of the boot strap shorts the output while it is pressed. Keep a resistor between them, or move the output.",
                    (_, Clash.BothWays) => $"GPIO{uses[i].Gpio} carries {Names(all)}: one wire for both ways, so the chip hears itself. That is a loop-back or a half-duplex bus; else give each its own pin.",
                    _ => $"GPIO{uses[i].Gpio} carries {Names(all)}: they drive or read against each other. Give each its own pin.",
                },
                "the plan itself", all[^1].Use);
        }
    }

    // A pin that only the other uses make one of the flash is judged all the same: without them it would be a plain pin, with this clash.
    private static bool IsJudged(PinCheck check, int gpio) => check.IsLive(gpio) || check.Chip.FindPin(gpio) is not null && PinCheck.Has(check.Memory.FreeElsewhere, gpio);

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

    // The worst of all pairs: then fewer uses are never more of a clash.
    private static Clash ClashOf(ReadOnlySpan<ReadUse> uses, bool strap)
    {
        var worst = Clash.None;
        for (var i = 0; i < uses.Length; i++)
        {
            for (var j = i + 1; j < uses.Length; j++)
            {
                var clash = ClashOf(uses[i], uses[j], strap);
                worst = clash > worst ? clash : worst;
            }
        }

        return worst;
    }

    private static Clash ClashOf(in ReadUse one, in ReadUse other, bool strap)
    {
        if (OneThing.Is(one, other))
            return Clash.None;
        if (PartWords.IsLed(one) && Leads(other) || PartWords.IsLed(other) && Leads(one))
            return Clash.Follows;
        if (strap && (PartWords.IsPressed(one) && IsLine(other) || PartWords.IsPressed(other) && IsLine(one)))
            return Clash.Pressed;
        var loop = one.Peripheral == other.Peripheral && one.Peripheral is PinPeripheral.Uart or PinPeripheral.LpUart or PinPeripheral.I2s
            && one.Function.Index == other.Function.Index
            && (one.Function.Direction, other.Function.Direction) is (PinDirection.In, PinDirection.Out) or (PinDirection.Out, PinDirection.In);
        return loop ? Clash.BothWays : Clash.Full;
    }

    // An output of ours, which an LED on the same pin does not disturb; two LEDs are two.
    private static bool Leads(in ReadUse use) => use.Function.Direction is PinDirection.Out or null && !PartWords.IsLed(use);

    // A line of a part, such as its reset: a relay or an LED beside a button is a mistake.
    private static bool IsLine(in ReadUse use) => use.Function.Direction is PinDirection.Out && use.Function.Line is not BusLine.None;

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

    // What two uses of one pin do to each other, from nothing to the worst.
    private enum Clash
    {
        None,
        Follows,
        Pressed,
        BothWays,
        Full,
    }
}
