using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>The board has soldered a part to this pin, and the use is not that part.</summary>
internal sealed class BoardOwned : IPinRule
{
    public string Id => "PIN021";

    public string Class => "board-owned";

    public void Check(PinCheck check)
    {
        if (check.Board is null)
            return;
        foreach (ref readonly var use in check.Uses)
        {
            if (!check.IsLive(use.Gpio) || Owner(check.Board, use) is not { } part)
                continue;
            var pressed = PartWords.IsButton(part.Function) && use.Drives;
            var harmless = !pressed && PartWords.IsHarmless(part.Function);
            check.Report(
                this, harmless ? PinSeverity.Info : PinSeverity.Warning, [use.Gpio],
                pressed
                    ? $"GPIO{use.Gpio} has the {Describe(part)} of {check.Board.Name} on it: pressing it shorts what {use.Use.Name} drives. Move it."
                    : $"GPIO{use.Gpio} has the {Describe(part)} of {check.Board.Name} on it, which {(harmless ? "reacts to or loads" : "works against")} {use.Use.Name}. {(harmless ? "Move it, if that matters." : "Move it.")}",
                "the board's schematic or pin table", use.Use);
        }
    }

    // The part in the way; null where there is none or where one of the parts on the pin is the use itself.
    private static OnboardPart? Owner(Board board, in ReadUse use)
    {
        OnboardPart? owner = null;
        for (var i = 0; i < board.Onboard.Count; i++)
        {
            var part = board.Onboard[i];
            if (part.Gpio != use.Gpio)
                continue;
            if (PartWords.IsSame(part.Function, use))
                return null;
            owner ??= part;
        }

        return owner;
    }

    private static string Describe(OnboardPart part) => part.Name is null ? part.Function : $"{part.Function} {part.Name}";
}
