namespace EspForge.PinRules.Booting;

/// <summary>A way the chip comes out of reset.</summary>
public enum BootScenario
{
    /// <summary>Power comes, everything was off.</summary>
    ColdStart,

    /// <summary>The chip is reset while the parts around it keep running.</summary>
    ResetWhileRunning,

    /// <summary>The supply dips; a rail with a capacitor keeps its charge and its level.</summary>
    BrownOut,

    /// <summary>A flasher or the BOOT button wants the serial download mode.</summary>
    UartDownload,

    /// <summary>A flasher wants the download mode over the chip's own USB.</summary>
    UsbDownload,
}

/// <summary>A level at the moment the straps are latched.</summary>
public enum PinLevel
{
    /// <summary>Low.</summary>
    Low,

    /// <summary>High.</summary>
    High,

    /// <summary>Nothing holds it.</summary>
    Floating,

    /// <summary>Something drives it, and either level is possible.</summary>
    Either,
}

/// <summary>The mode the ROM starts.</summary>
public enum BootMode
{
    /// <summary>The program in flash.</summary>
    SpiBoot,

    /// <summary>The loader that takes a program over UART, USB or SDIO.</summary>
    JointDownload,

    /// <summary>A combination of levels that the chip does not support.</summary>
    Invalid,

    /// <summary>A strap is driven to either level: it depends.</summary>
    Undefined,

    /// <summary>The chip, or the plan, has no way into this scenario.</summary>
    NotAvailable,
}
