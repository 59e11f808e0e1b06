namespace EspForge.PinRules.Rules;

/// <summary>LED PWM: a frequency that the resolution does not allow, or more different timers than there are.</summary>
internal sealed class LedcTimers : IPinRule
{
    private const string Source = "ESP-IDF docs, LED control (LEDC), supported range of frequency and duty resolutions; soc/soc_caps.h";

    public string Id => "PIN028";

    public string Class => "ledc-timer";

    public void Check(PinCheck check)
    {
        // H2 runs its PWM from the 96 MHz PLL, the others from 80 MHz.
        var clock = check.Chip.Id is "esp32h2" ? 96_000_000L : 80_000_000L;
        var timers = check.Chip.Peripherals.LedcTimers;
        Span<(int Frequency, int Bits)> seen = stackalloc (int, int)[PinPlan.MaxUses];
        var count = 0;
        var pins = 0UL;
        PinUse? last = null;
        foreach (ref readonly var use in check.Uses)
        {
            if (use.Use.FrequencyHz is null && use.Use.ResolutionBits is null || !IsPwm(use) || check.Chip.FindPin(use.Gpio) is null)
                continue;
            var bits = use.Use.ResolutionBits;
            if (!check.IsLive(use.Gpio))
            {
                // Another rule has this pin; its timer still counts.
            }
            else if (bits > check.Chip.Peripherals.LedcTimerBits)
            {
                var most = check.Chip.Peripherals.LedcTimerBits;
                check.Report(
                    this, PinSeverity.Error, [use.Gpio],
                    $"GPIO{use.Gpio}: the PWM timers of {check.Chip.Name} count {most} bits, and {use.Use.Name} asks for {bits}. Take {most} bits or fewer.",
                    Source, null, PinRepair.SetUse($"Take {most} bits for {use.Use.Name}", use.Use, "resolutionBits", PinRepair.Number(most)));
            }
            else if (bits is { } wanted && use.Use.FrequencyHz is { } frequency && (long)frequency << wanted > clock)
            {
                var possible = Math.Max(1, (int)Math.Log2((double)clock / frequency));
                check.Report(
                    this, PinSeverity.Error, [use.Gpio],
                    $"GPIO{use.Gpio}: {use.Use.Name} at {frequency} Hz with {wanted} bits needs a clock of {((long)frequency << wanted) / 1e6:0.#} MHz; there are {clock / 1e6:0} MHz. Take {possible} bits, or {clock >> wanted} Hz.",
                    Source, null,
                    PinRepair.SetUse($"Take {possible} bits for {use.Use.Name}", use.Use, "resolutionBits", PinRepair.Number(possible)),
                    PinRepair.SetUse($"Run {use.Use.Name} at {clock >> wanted} Hz", use.Use, "frequencyHz", PinRepair.Number((int)Math.Max(1, clock >> wanted))));
            }

            if (use.Use.FrequencyHz is null)
                continue;
            pins |= PinCheck.Bit(use.Gpio);
            last = use.Use;
            var timer = (use.Use.FrequencyHz.Value, bits ?? 0);
            if (!seen[..count].Contains(timer))
                seen[count++] = timer;
        }

        if (count <= timers || last is null)
            return;
        var gpios = PinCheck.List(pins);
        check.Report(
            this, PinSeverity.Error, gpios,
            $"{string.Join(", ", gpios.Select(gpio => $"GPIO{gpio}"))}: {count} different pairs of PWM frequency and resolution, and {check.Chip.Name} has {timers} timers. Let some share a frequency.",
            Source, null, PinRepair.SetUse($"Run {last.Name} at {seen[0].Frequency} Hz like the first", last, "frequencyHz", PinRepair.Number(seen[0].Frequency)));
    }

    // A relay with a frequency is on PWM as well as "ledc3" is.
    private static bool IsPwm(in ReadUse use) => use.Peripheral == PinPeripheral.Ledc
        || use.Peripheral == PinPeripheral.Part && (use.Use.ResolutionBits is not null || use.Function.Direction == PinDirection.Out && use.Function.Line == BusLine.None);
}
