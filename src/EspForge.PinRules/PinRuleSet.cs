using EspForge.PinRules.Rules;

namespace EspForge.PinRules;

/// <summary>The rules.</summary>
public static class PinRuleSet
{
    private static readonly IPinRule[] All =
    [
        new Nonexistent(),
        new NotBonded(),
        new FlashPins(),
        new PsramPins(),
        new VddSpiPin(),
        new VoltageDomain(),
        new InputOnly(),
        new NoPull(),
        new FixedPull(),
        new StrappingLevel(),
        new ConsolePins(),
        new UsbLines(),
        new JtagPads(),
        new Duplicate(),
        new SharedBus(),
        new NoAdc(),
        new Adc2Wifi(),
        new Adc2Unsupported(),
        new NoTouch(),
        new NoDac(),
        new BoardOwned(),
        new NotRtc(),
        new Errata3639(),
        new FixedPins(),
        new Instances(),
        new Crystal32kPads(),
        new NotIoMux(),
        new LedcTimers(),
        new RmtMemory(),
        new PowerUpGlitches(),
        new DriveCurrent(),
        new DeepSleepHold(),
    ];

    /// <summary>All rules of this package, in the order of their ids.</summary>
    public static IReadOnlyList<IPinRule> Default { get; } = All;

    /// <summary>What they do, for loops that run thousands of times: a delegate is called at a fraction of what a call through an interface of many costs.</summary>
    internal static readonly Action<PinCheck>[] Checks = Array.ConvertAll(All, rule => (Action<PinCheck>)rule.Check);

    internal static bool IsNamed(IPinRule rule, string idOrClass) =>
        string.Equals(rule.Id, idOrClass, StringComparison.Ordinal) || string.Equals(rule.Class, idOrClass, StringComparison.Ordinal);
}
