using EspForge.Boards;

namespace EspForge.PinRules.Rules;

/// <summary>The pin's pull cannot be changed, and another one is asked for.</summary>
internal sealed class FixedPull : IPinRule
{
    public string Id => "PIN009";

    public string Class => "fixed-pull";

    public void Check(PinCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (!check.IsLive(use.Gpio) || check.Chip.Pins[use.Gpio].FixedPull is not { } pull || use.Use.Pull is null || use.Use.Pull == pull)
                continue;
            var word = pull == PinPull.Up ? "up" : "down";
            check.Report(
                this, use.Use.Pull == PinPull.None ? PinSeverity.Info : PinSeverity.Error, [use.Gpio],
                $"GPIO{use.Gpio} has a fixed pull-{word} on {check.Chip.Name} that software cannot change, so {use.Use.Name} does not get the pull it asks for. Ask for {word}, or move it.",
                "ESP-IDF docs, GPIO & RTC GPIO", use.Use,
                PinRepair.SetUse($"Ask for pull {word}", use.Use, "pull", word));
        }
    }
}
