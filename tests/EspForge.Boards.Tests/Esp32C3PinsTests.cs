using EspForge.Boards;

namespace EspForge.Boards.Tests;

/// <summary>Every pin of ESP32-C3, reviewed by hand against the datasheet (v2.x, tables 2-1 to 2-8) and ESP-IDF's soc headers.</summary>
public sealed class Esp32C3PinsTests
{
    private const PinTraits Plain = PinTraits.Exists | PinTraits.Input | PinTraits.Output | PinTraits.PullUp | PinTraits.PullDown;

    private static readonly Chip C3 = BoardCatalog.Default.FindChip("esp32c3")!;

    public static TheoryData<int, string, PinTraits, string?, PinPull> Pins => new()
    {
        { 0, "XTAL_32K_P", Plain | PinTraits.Adc1 | PinTraits.DeepSleepWake | PinTraits.Xtal32k, "ADC1_CH0", PinPull.None },
        { 1, "XTAL_32K_N", Plain | PinTraits.Adc1 | PinTraits.DeepSleepWake | PinTraits.Xtal32k, "ADC1_CH1", PinPull.None },
        { 2, "GPIO2", Plain | PinTraits.Adc1 | PinTraits.DeepSleepWake | PinTraits.Strapping, "ADC1_CH2", PinPull.None },
        { 3, "GPIO3", Plain | PinTraits.Adc1 | PinTraits.DeepSleepWake, "ADC1_CH3", PinPull.None },
        { 4, "MTMS", Plain | PinTraits.Adc1 | PinTraits.DeepSleepWake | PinTraits.Jtag, "ADC1_CH4", PinPull.None },
        { 5, "MTDI", Plain | PinTraits.Adc2 | PinTraits.DeepSleepWake | PinTraits.Jtag, "ADC2_CH0", PinPull.None },
        { 6, "MTCK", Plain | PinTraits.Jtag, null, PinPull.Up },
        { 7, "MTDO", Plain | PinTraits.Jtag, null, PinPull.None },
        { 8, "GPIO8", Plain | PinTraits.Strapping, null, PinPull.None },
        { 9, "GPIO9", Plain | PinTraits.Strapping, null, PinPull.Up },
        { 10, "GPIO10", Plain, null, PinPull.None },
        { 11, "VDD_SPI", Plain | PinTraits.VddSpi, null, PinPull.None },
        { 12, "SPIHD", Plain | PinTraits.SpiFlash, null, PinPull.Up },
        { 13, "SPIWP", Plain | PinTraits.SpiFlash, null, PinPull.Up },
        { 14, "SPICS0", Plain | PinTraits.SpiFlash, null, PinPull.Up },
        { 15, "SPICLK", Plain | PinTraits.SpiFlash, null, PinPull.Up },
        { 16, "SPID", Plain | PinTraits.SpiFlash, null, PinPull.Up },
        { 17, "SPIQ", Plain | PinTraits.SpiFlash, null, PinPull.Up },
        { 18, "GPIO18", Plain | PinTraits.UsbSerialJtag, null, PinPull.None },
        { 19, "GPIO19", Plain | PinTraits.UsbSerialJtag, null, PinPull.UsbUp },
        { 20, "U0RXD", Plain | PinTraits.ConsoleUart, null, PinPull.Up },
        { 21, "U0TXD", Plain | PinTraits.ConsoleUart, null, PinPull.Up },
    };

    [Theory]
    [MemberData(nameof(Pins))]
    public void Each_pin_is_what_the_datasheet_says(int gpio, string pad, PinTraits traits, string? adc, PinPull afterReset)
    {
        var pin = C3.FindPin(gpio)!;
        Assert.Equal(pad, pin.Pad);
        Assert.Equal(traits, pin.Traits);
        Assert.Equal(adc is null ? [] : [adc], pin.Adc);
        Assert.Equal(afterReset, pin.AfterReset!.Pull);
        Assert.Null(pin.Rtc);
        Assert.Null(pin.Touch);
        Assert.Null(pin.Dac);
        Assert.False(pin.InputOnly);
        Assert.Equal(gpio == 21, pin.AfterReset.OutputEnable);
    }

    [Fact]
    public void It_has_22_pins_without_a_hole()
    {
        Assert.Equal(22, C3.GpioCount);
        Assert.Equal(Enumerable.Range(0, 22), C3.Pins.Where(pin => pin.Exists).Select(pin => pin.Gpio));
        Assert.Equal(22, Pins.Count);
        Assert.Null(C3.FindPin(22));
        Assert.Null(C3.FindPin(-1));
    }

    [Fact]
    public void Its_special_pins_are_these()
    {
        Assert.Equal([0b0100L, 0x100L, 0x200L], C3.Strapping.Select(strap => 1L << strap.Gpio));
        Assert.Equal([StrappingSeverity.Minor, StrappingSeverity.DownloadOnly, StrappingSeverity.Critical], C3.Strapping.Select(strap => strap.Severity));
        Assert.Equal([12, 13, 14, 15, 16, 17], C3.Flash.FlashPins);
        Assert.Equal(11, C3.Flash.VddSpiGpio);
        Assert.Equal(new UsbPins(18, 19), C3.Usb.SerialJtag);
        Assert.Null(C3.Usb.Otg);
        Assert.Equal(new ChipJtag(Mtck: 6, Mtdo: 7, Mtdi: 5, Mtms: 4), C3.Jtag);
        Assert.Equal(new ConsoleUart(Uart: 0, Tx: 21, Rx: 20), C3.Console);
        Assert.False(C3.Adc2.OneshotSupported);
        Assert.Equal([5], C3.Adc2.Gpios);
        Assert.Equal(0UL, C3.PinsWith(PinTraits.Rtc));
        Assert.Equal(0b11_1111UL, C3.PinsWith(PinTraits.DeepSleepWake));
        Assert.True(C3.Peripherals is { Uart: 2, I2c: 1, I2s: 1, SpiGeneralPurpose: 1, LedcChannels: 6, RmtChannels: 4, Twai: 1, UsbSerialJtag: true, Wifi: true, Ble: true });
    }
}
