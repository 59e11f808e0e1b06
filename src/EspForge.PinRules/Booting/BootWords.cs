namespace EspForge.PinRules.Booting;

/// <summary>The names of the theatre, for people and for JSON.</summary>
internal static class BootWords
{
    public static string Title(BootScenario scenario) => scenario switch
    {
        BootScenario.ColdStart => "Cold start",
        BootScenario.ResetWhileRunning => "Reset while running",
        BootScenario.BrownOut => "Brown-out with a charged rail",
        BootScenario.UartDownload => "UART download",
        _ => "USB download",
    };

    public static string Id(BootScenario scenario) => scenario switch
    {
        BootScenario.ColdStart => "cold-start",
        BootScenario.ResetWhileRunning => "reset-while-running",
        BootScenario.BrownOut => "brown-out",
        BootScenario.UartDownload => "uart-download",
        _ => "usb-download",
    };

    public static string Id(PinLevel level) => level switch
    {
        PinLevel.Low => "low",
        PinLevel.High => "high",
        PinLevel.Floating => "floating",
        _ => "either",
    };

    public static string Id(BootMode mode) => mode switch
    {
        BootMode.SpiBoot => "spi-boot",
        BootMode.JointDownload => "joint-download",
        BootMode.Invalid => "invalid",
        BootMode.Undefined => "undefined",
        _ => "not-available",
    };
}
