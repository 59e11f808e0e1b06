namespace EspForge.PinRules.Rules;

/// <summary>Several parts hang on one line of a bus. That is what a bus is for; it is worth knowing all the same.</summary>
internal sealed class SharedBus : IPinRule
{
    public string Id => "PIN015";

    public string Class => "shared-bus";

    public void Check(PinCheck check)
    {
        var uses = check.Uses;
        for (var i = 1; i < uses.Length; i++)
        {
            if (uses[i].Gpio != uses[i - 1].Gpio || i > 1 && uses[i].Gpio == uses[i - 2].Gpio || !check.IsLive(uses[i].Gpio))
                continue;
            var all = check.UsesOf(uses[i].Gpio);
            if (!Duplicate.IsBus(all))
                continue;
            check.Report(
                this, PinSeverity.Info, [uses[i].Gpio],
                $"GPIO{uses[i].Gpio} is shared by {Duplicate.Names(all)}: one bus. Each part needs its own select or address.",
                "the plan itself", all[^1].Use);
        }
    }
}
