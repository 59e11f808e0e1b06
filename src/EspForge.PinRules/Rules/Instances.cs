namespace EspForge.PinRules.Rules;

/// <summary>The chip has fewer of the peripheral than the number in its name.</summary>
internal sealed class Instances : IPinRule
{
    public string Id => "PIN025";

    public string Class => "instances";

    public void Check(PinCheck check)
    {
        foreach (ref readonly var use in check.Uses)
        {
            if (!check.IsLive(use.Gpio) || Limit(check, use) is not { } limit)
                continue;
            var (first, count) = limit;
            if (count > 0 && use.Function.Index < first + count)
                continue;
            check.Report(
                this, PinSeverity.Error, [use.Gpio],
                count == 0
                    ? $"GPIO{use.Gpio}: {check.Chip.Name} has no {Word(use.Peripheral)}, which {use.Use.Name} needs."
                    : $"GPIO{use.Gpio}: {check.Chip.Name} has {count} {Word(use.Peripheral)} for general use, numbered from {first}: there is no {use.Use.Function}. Use one that exists.",
                "ESP-IDF soc/soc_caps.h", null, new PinRepair($"Take {use.Use.Name} out", new PinChange(PinChangeKind.Remove, use.Use)));
        }
    }

    // The first number and how many there are; null where the name carries no number to hold against the chip.
    private static (int First, int Count)? Limit(PinCheck check, in ReadUse use)
    {
        var has = check.Chip.Peripherals;
        if (use.Peripheral == PinPeripheral.Usb)
            return has.UsbOtg > 0 || has.UsbSerialJtag ? null : (0, 0);
        if (use.Peripheral == PinPeripheral.Ethernet)
            return has.Emac || !FixedPins.IsRmii(use.Use) ? null : (0, 0);
        if (use.Peripheral == PinPeripheral.LpUart)
            return (0, has.LpUart);
        if (use.Peripheral == PinPeripheral.LpI2c)
            return (0, has.LpI2c);
        if (use.Peripheral == PinPeripheral.Sdmmc && has.SdmmcSlots == 0 || use.Peripheral == PinPeripheral.Camera && !has.DvpCamera && PartWords.IsCameraLine(use))
            return (0, 0);
        if (use.Function.Index < 0)
            return null;
        return use.Peripheral switch
        {
            PinPeripheral.Uart => (0, has.Uart),
            PinPeripheral.I2c => (0, has.I2c),
            PinPeripheral.I2s => (0, has.I2s),
            PinPeripheral.Spi when use.Function.Index >= 2 => (2, has.SpiGeneralPurpose),
            PinPeripheral.Ledc => (0, has.LedcChannels),
            PinPeripheral.Rmt => (0, has.RmtChannels),
            PinPeripheral.Twai => (0, has.Twai),
            PinPeripheral.Pcnt => (0, has.PcntUnits),
            PinPeripheral.Mcpwm when has.McpwmGroups == 0 => (0, 0),
            _ => null,
        };
    }

    private static string Word(PinPeripheral peripheral) => peripheral switch
    {
        PinPeripheral.Uart => "UARTs",
        PinPeripheral.I2c => "I2C controllers",
        PinPeripheral.I2s => "I2S controllers",
        PinPeripheral.Spi => "SPI hosts",
        PinPeripheral.Ledc => "LED PWM channels",
        PinPeripheral.Rmt => "RMT channels",
        PinPeripheral.Twai => "CAN controllers",
        PinPeripheral.Pcnt => "pulse counters",
        PinPeripheral.Mcpwm => "motor PWM groups",
        PinPeripheral.Ethernet => "Ethernet MAC",
        PinPeripheral.LpUart => "low-power UART",
        PinPeripheral.LpI2c => "low-power I2C controller",
        PinPeripheral.Sdmmc => "SD/MMC host",
        PinPeripheral.Camera => "parallel camera interface",
        _ => "USB",
    };
}
