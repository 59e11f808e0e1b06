using EspForge.Boards;

namespace EspForge.PinRules.Tests;

/// <summary>Mistakes that people make, from forums, errata and datasheets. Each has to be found, on the right pin, with the right class.</summary>
public sealed class DocumentedMistakesTests
{
    public static TheoryData<string, string, PinSeverity, int, PinPlan> Mistakes => new()
    {
        { "a hole in the numbers", "nonexistent", PinSeverity.Error, 24, Plans.OfChip("esp32", "24 led") },
        { "past the last pin", "nonexistent", PinSeverity.Error, 22, Plans.OfChip("esp32c3", "22 i2c0 scl") },
        { "a hole of the S3", "nonexistent", PinSeverity.Error, 23, Plans.OfBoard("esp32-s3-devkitc-1", "23 led") },
        { "no pad on the C6 module", "not-bonded", PinSeverity.Error, 14, Plans.OfBoard("esp32-c6-devkitc-1", "14 led") },
        { "not on the C3 kit's headers", "not-bonded", PinSeverity.Error, 33, Plans.OfBoard("esp32-s3-devkitc-1", "33 led") },
        { "GPIO37 of a WROOM", "not-bonded", PinSeverity.Error, 37, Plans.OfChip("esp32", "37 adc") with { Module = "ESP32-WROOM-32E" } },
        { "an LED on the flash clock", "flash", PinSeverity.Error, 6, Plans.OfBoard("esp32-devkitc-v4", "6 led") },
        { "Serial1 on its default pins", "flash", PinSeverity.Error, 10, Plans.OfBoard("nodemcu-32s", "9 uart1 rx", "10 uart1 tx") },
        { "a button on the flash of a C3", "flash", PinSeverity.Error, 14, Plans.OfChip("esp32c3", "14 button") },
        { "the C6 defaults copied to a C5", "flash", PinSeverity.Error, 22, Plans.OfBoard("esp32-c5-devkitc-1", "22 i2c0 scl") },
        { "GPIO12 of a C3 module in DIO mode", "flash", PinSeverity.Error, 12, Plans.OfChip("esp32c3", "12 led") with { Module = "ESP32-C3-MINI-1", FlashMode = FlashMode.Dio } },
        { "Serial2 on a WROVER", "psram", PinSeverity.Error, 16, Plans.OfBoard("esp32-devkitc-v4-wrover", "16 uart2 rx", "17 uart2 tx") },
        { "GPIO16 of an ESP32-CAM", "psram", PinSeverity.Error, 16, Plans.OfBoard("esp32-cam", "16 pir") },
        { "SPI on the octal PSRAM", "psram", PinSeverity.Error, 35, Plans.OfBoard("esp32-s3-devkitc-1-n16r8", "35 spi3 mosi") },
        { "an R8 module on the plain kit", "psram", PinSeverity.Error, 36, Plans.OfBoard("esp32-s3-devkitc-1", "36 spi3 sck") with { Module = "ESP32-S3-WROOM-1-N16R8" } },
        { "PSRAM of PICO-V3-02", "psram", PinSeverity.Error, 9, Plans.OfChip("esp32", "9 led") with { Module = "ESP32-PICO-V3-02" } },
        { "PSRAM select of the C5 kit", "psram", PinSeverity.Error, 15, Plans.OfBoard("esp32-c5-devkitc-1", "15 led") },
        { "VDD_SPI of a bare C3", "vdd-spi", PinSeverity.Warning, 11, Plans.OfChip("esp32c3", "11 led") },
        { "VDD_SPI of a C3 module", "vdd-spi", PinSeverity.Error, 11, Plans.OfChip("esp32c3", "11 led") with { Module = "ESP32-C3-MINI-1" } },
        { "VDD_SPI of a C61, which ESPHome misses", "vdd-spi", PinSeverity.Error, 18, Plans.OfChip("esp32c61", "18 led") },
        { "3.3 V part on the 1.8 V pins", "voltage-domain", PinSeverity.Warning, 47, Plans.OfChip("esp32s3", "47 led") with { Module = "ESP32-S3R8V" } },
        { "an output on an input-only pin", "inputonly", PinSeverity.Error, 34, Plans.OfBoard("esp32-devkitc-v4", "34 relay") },
        { "I2C on an input-only pin", "inputonly", PinSeverity.Error, 36, Plans.OfBoard("esp32-devkitc-v4", "36 i2c0 sda") },
        { "an output on GPIO46 of the S2", "inputonly", PinSeverity.Error, 46, Plans.OfBoard("esp32-s2-saola-1", "46 led") },
        { "INPUT_PULLUP on GPIO35", "no-pull", PinSeverity.Error, 35, Plans.OfBoard("esp32-devkitc-v4", "35 button - in up") },
        { "a pull-up on GPIO46 of the S2", "fixed-pull", PinSeverity.Error, 46, Plans.OfChip("esp32s2", "46 button - in up") },
        { "an SD card's pull-up on MTDI", "strapping", PinSeverity.Warning, 12, Plans.OfBoard("esp32-devkitc-v4", "12 sdmmc d2") },
        { "a resistor to 3.3 V on GPIO12", "strapping", PinSeverity.Warning, 12, Plans.OfChip("esp32", "12 relay") with { ExternalPull = new Dictionary<int, PinPull> { [12] = PinPull.Up } } },
        { "a resistor to ground on GPIO9 of a C3", "strapping", PinSeverity.Warning, 9, Plans.OfChip("esp32c3", "9 led") with { ExternalPull = new Dictionary<int, PinPull> { [9] = PinPull.Down } } },
        { "a resistor to ground on GPIO8 of a C3", "strapping", PinSeverity.Warning, 8, Plans.OfChip("esp32c3", "8 led") with { ExternalPull = new Dictionary<int, PinPull> { [8] = PinPull.Down } } },
        { "I2C on GPIO45 of an S3", "strapping", PinSeverity.Warning, 45, Plans.OfChip("esp32s3", "45 i2c0 sda") },
        { "an LED on a boot strap", "strapping", PinSeverity.Info, 0, Plans.OfChip("esp32", "0 led") },
        { "a relay on TX0", "console", PinSeverity.Warning, 1, Plans.OfBoard("esp32-devkitc-v4", "1 relay") },
        { "a button on RX0", "console", PinSeverity.Warning, 3, Plans.OfBoard("esp32-devkitc-v4", "3 button") },
        { "I2C on the USB lines of a C3", "usb", PinSeverity.Warning, 18, Plans.OfChip("esp32c3", "18 i2c0 sda", "19 i2c0 scl") },
        { "LEDs on the USB lines of an S3, console on USB", "usb", PinSeverity.Error, 20, Plans.OfBoard("esp32-s3-devkitc-1", "20 led") with { Console = PlanConsole.UsbSerialJtag } },
        { "SPI on the JTAG pads", "jtag", PinSeverity.Info, 13, Plans.OfBoard("esp32-devkitc-v4", "13 spi2 mosi", "14 spi2 sck") },
        { "two parts on one pin", "duplicate", PinSeverity.Error, 4, Plans.OfChip("esp32", "4 relay", "4 button") },
        { "two selects on one pin", "duplicate", PinSeverity.Error, 5, Plans.OfChip("esp32", "5 lora cs", "5 display cs") },
        { "two buses on one clock", "duplicate", PinSeverity.Error, 18, Plans.OfChip("esp32", "18 spi2 sck", "18 spi3 sck") },
        { "two parts on one bus", "shared-bus", PinSeverity.Info, 18, Plans.OfChip("esp32", "18 lora sck", "18 display sck") },
        { "analog on a digital pin", "no-adc", PinSeverity.Error, 18, Plans.OfChip("esp32", "18 battery") },
        { "analog on GPIO6 of a C3", "no-adc", PinSeverity.Error, 6, Plans.OfChip("esp32c3", "6 adc") },
        { "ADC2 with Wi-Fi", "adc2-wifi", PinSeverity.Error, 25, Plans.OfBoard("esp32-devkitc-v4", "25 adc") with { Wifi = true } },
        { "ADC2, Wi-Fi not said", "adc2-wifi", PinSeverity.Warning, 25, Plans.OfBoard("esp32-devkitc-v4", "25 adc") },
        { "ADC2 of an S3 with Wi-Fi", "adc2-wifi", PinSeverity.Warning, 12, Plans.OfChip("esp32s3", "12 adc") with { Wifi = true } },
        { "ADC2 of a C3", "adc2-unsupported", PinSeverity.Error, 5, Plans.OfBoard("esp32-c3-devkitm-1", "5 adc") },
        { "touch on GPIO5", "no-touch", PinSeverity.Error, 5, Plans.OfChip("esp32", "5 touch0") },
        { "touch on a C3", "no-touch", PinSeverity.Error, 3, Plans.OfChip("esp32c3", "3 touch0") },
        { "DAC on GPIO27", "no-dac", PinSeverity.Error, 27, Plans.OfChip("esp32", "27 dac0") },
        { "DAC on an S3, which has none", "no-dac", PinSeverity.Error, 17, Plans.OfChip("esp32s3", "17 dac0") },
        { "a sensor on the LoRa clock", "board-owned", PinSeverity.Warning, 9, Plans.OfBoard("heltec-wifi-lora-32-v3", "9 sensor - in") },
        { "a relay on the RGB LED", "board-owned", PinSeverity.Info, 8, Plans.OfBoard("esp32-c6-devkitc-1", "8 relay") },
        { "an output on the BOOT button", "board-owned", PinSeverity.Warning, 0, Plans.OfBoard("esp32-devkitc-v4", "0 relay") },
        { "waking by a digital pin", "not-rtc", PinSeverity.Error, 18, Plans.OfChip("esp32", "18 button") with { Wake = new Dictionary<string, IReadOnlyList<int>> { ["ext0"] = [18] } } },
        { "ext0 on a C3, which has none", "not-rtc", PinSeverity.Error, 3, Plans.OfChip("esp32c3", "3 button") with { Wake = new Dictionary<string, IReadOnlyList<int>> { ["ext0"] = [3] } } },
        { "an interrupt on GPIO39", "errata-36-39", PinSeverity.Warning, 39, Plans.OfChip("esp32", "39 button") with { Interrupts = [39] } },
        { "RMII on free pins", "fixed-pins", PinSeverity.Error, 18, Plans.OfChip("esp32", "18 eth txd0") },
        { "SDMMC on free pins", "fixed-pins", PinSeverity.Error, 18, Plans.OfChip("esp32", "18 sdmmc clk") },
        { "UART2 on a C3", "instances", PinSeverity.Error, 4, Plans.OfChip("esp32c3", "4 uart2 tx") },
        { "a crystal on free pins", "xtal-32k", PinSeverity.Error, 4, Plans.OfChip("esp32c3", "4 xtal32k p") },
        { "an 80 MHz display over the matrix", "not-iomux", PinSeverity.Warning, 5, Plans.OfUses("esp32", new PinUse(5, "vspi", "sck") { FrequencyHz = 80_000_000 }, new PinUse(23, "vspi", "mosi")) },
        { "20 kHz PWM with 14 bits", "ledc-timer", PinSeverity.Error, 4, Plans.OfUses("esp32s3", new PinUse(4, "ledc0") { FrequencyHz = 20_000, ResolutionBits = 14 }) },
        { "16 bits on a C3", "ledc-timer", PinSeverity.Error, 4, Plans.OfUses("esp32c3", new PinUse(4, "ledc0") { ResolutionBits = 16 }) },
        { "three blocks of RMT on a C3", "rmt-memory", PinSeverity.Error, 4, Plans.OfUses("esp32c3", new PinUse(4, "rmt0", "tx") { RmtSymbols = 144 }) },
        { "a valve on GPIO18 of an S3", "power-up-glitch", PinSeverity.Warning, 18, Plans.OfChip("esp32s3", "18 valve") },
        { "60 mA from a pin", "current", PinSeverity.Error, 4, Plans.OfUses("esp32", new PinUse(4, "led") { DriveMilliamps = 60 }) },
        { "a relay held in deep sleep by a digital pad", "not-rtc", PinSeverity.Warning, 18, Plans.OfUses("esp32", new PinUse(18, "relay") { Hold = true }) },
        { "SPI3 on a C6", "instances", PinSeverity.Error, 4, Plans.OfChip("esp32c6", "4 spi3 sck") },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_found_and_can_be_repaired(string mistake, string expected, PinSeverity severity, int gpio, PinPlan plan)
    {
        var report = PinChecker.Check(plan);
        var finding = report.Findings.FirstOrDefault(found => found.Class == expected && found.Gpios.Contains(gpio));
        Assert.True(finding is not null, $"{mistake}: {Plans.Show(report)}");
        Assert.Equal(severity, finding.Severity);
        Assert.Contains($"GPIO{gpio}", finding.Message + finding.Repairs[0].Label, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Source);
        Assert.NotEmpty(finding.Repairs);
        Assert.Equal(severity == PinSeverity.Error, report.HasErrors);

        foreach (var repair in finding.Repairs)
            Assert.DoesNotContain(PinChecker.Check(repair.Apply(plan)).Findings, found => found.Class == expected && found.Overridden is null && found.Gpios.SequenceEqual(finding.Gpios) && found.Severity == PinSeverity.Error);
        var moved = finding.Repairs[0];
        if (moved.Change.Kind == PinChangeKind.Move)
            Assert.DoesNotContain(PinChecker.Check(moved.Apply(plan)).Findings, found => found.Severity == PinSeverity.Error && found.Gpios.Contains(moved.Change.To!.Value));
    }

    [Fact]
    public void Every_rule_is_covered_by_a_mistake_here()
    {
        var covered = Mistakes.Select(row => (string)((object[])row)[1]).Distinct().Order();
        Assert.Equal(PinRuleSet.Default.Select(rule => rule.Class).Distinct().Order(), covered);
    }
}
