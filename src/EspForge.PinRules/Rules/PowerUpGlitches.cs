namespace EspForge.PinRules.Rules;

/// <summary>The pad glitches when power comes, and the part on it moves or switches at once.</summary>
internal sealed class PowerUpGlitches : IPinRule
{
    // Shorter pulses move nothing.
    private const double LeastMicroseconds = 1;

    public string Id => "PIN030";

    public string Class => "power-up-glitch";

    public void Check(PinCheck check)
    {
        for (var i = 0; i < check.Chip.PowerUpGlitches.Count; i++)
        {
            var glitch = check.Chip.PowerUpGlitches[i];
            if (glitch.DurationUs < LeastMicroseconds || !PinCheck.Has(check.Used & ~check.Dead, glitch.Gpio))
                continue;
            foreach (ref readonly var use in check.UsesOf(glitch.Gpio))
            {
                if (!PartWords.Moves(use) || use.Function.Direction is PinDirection.In or PinDirection.Analog)
                    continue;
                var high = glitch.Kind.Contains("High-level", StringComparison.Ordinal);
                check.Report(
                    this, high ? PinSeverity.Warning : PinSeverity.Info, [use.Gpio],
                    $"GPIO{use.Gpio} of {check.Chip.Name} has a {(high ? "high" : "low")} pulse of about {glitch.DurationUs:0.#} µs when power comes: {use.Use.Name} may {(high ? "switch on for a moment" : "switch, if low is on")}. Fit a resistor and a capacitor, or move it.",
                    "hardware design guidelines, power-up glitches on pins", use.Use);
                break;
            }
        }
    }
}
