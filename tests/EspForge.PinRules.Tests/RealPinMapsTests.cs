using EspForge.Boards;

namespace EspForge.PinRules.Tests;

/// <summary>Pin maps that shipped and work. A checker that calls one of them an error is wrong.</summary>
public sealed class RealPinMapsTests
{
    public static TheoryData<string, string[]> Maps => new()
    {
        {
            "esp32-cam",
            [
                "32 camera pwdn", "0 camera xclk", "26 camera siod", "27 camera sioc", "35 camera y9", "34 camera y8", "39 camera y7", "36 camera y6", "21 camera y5",
                "19 camera y4", "18 camera y3", "5 camera y2", "25 camera vsync", "23 camera href", "22 camera pclk", "14 sdmmc clk", "15 sdmmc cmd", "2 sdmmc d0",
                "4 flash-led", "33 led", "1 uart0 tx", "3 uart0 rx",
            ]
        },
        { "ttgo-t-display", ["19 spi2 mosi", "18 spi2 sclk", "5 display cs", "16 display dc", "23 display rst", "4 ledc0 backlight", "0 button", "35 button", "14 adc-enable - out", "34 battery", "21 i2c0 sda", "22 i2c0 scl"] },
        {
            "heltec-wifi-lora-32-v3",
            [
                "8 lora nss", "9 lora sck", "10 lora mosi", "11 lora miso", "12 lora rst", "13 lora busy", "14 lora dio1", "17 i2c0 sda", "18 i2c0 scl", "21 oled rst", "35 led",
                "36 vext - out", "1 battery", "37 battery-control - out", "0 button", "43 uart0 tx", "44 uart0 rx",
            ]
        },
        {
            "m5stick-c",
            [
                "10 led", "9 rmt0 tx", "37 button", "39 button", "21 i2c0 sda", "22 i2c0 scl", "35 imu int", "15 spi2 mosi", "13 spi2 sck", "23 lcd dc", "18 lcd rst", "5 lcd cs",
                "0 i2s0 clk", "34 i2s0 data", "32 i2c1 sda", "33 i2c1 scl",
            ]
        },
        { "wt32-eth01", ["16 eth power", "23 eth mdc", "18 eth mdio", "0 eth ref_clk", "21 eth tx_en", "19 eth txd0", "22 eth txd1", "25 eth rxd0", "26 eth rxd1", "27 eth crs_dv", "5 uart2 rx", "17 uart2 tx", "35 sensor - in", "39 button", "32 relay", "33 relay2"] },
        { "xiao-esp32c3", ["6 i2c0 sda", "7 i2c0 scl", "8 spi2 sck", "9 spi2 miso", "10 spi2 mosi", "20 spi2 cs", "2 adc", "3 adc", "21 uart0 tx"] },
        {
            "xiao-esp32s3",
            [
                "10 camera xclk", "40 camera sda", "39 camera scl", "38 camera vsync", "47 camera href", "13 camera pclk", "15 camera d0", "17 camera d1", "18 camera d2", "16 camera d3",
                "14 camera d4", "12 camera d5", "11 camera d6", "48 camera d7", "42 i2s0 clk", "41 i2s0 data", "21 sd cs", "7 spi2 sck", "8 spi2 miso", "9 spi2 mosi", "5 i2c0 sda", "6 i2c0 scl",
            ]
        },
        { "xiao-esp32c6", ["22 i2c0 sda", "23 i2c0 scl", "19 spi2 sck", "20 spi2 miso", "18 spi2 mosi", "21 spi2 cs", "15 led", "3 rf-switch - out", "14 antenna - out", "0 adc", "16 uart0 tx", "17 uart0 rx"] },
        { "esp32-devkitc-v4", ["21 i2c0 sda", "22 i2c0 scl", "18 vspi sck", "19 vspi miso", "23 vspi mosi", "5 vspi cs", "16 uart2 rx", "17 uart2 tx", "2 led", "34 adc", "35 adc", "32 touch9", "25 dac0", "26 dac1", "1 uart0 tx", "3 uart0 rx", "4 relay", "13 servo", "27 onewire data"] },
        { "esp32-devkitc-v4-wrover", ["21 i2c0 sda", "22 i2c0 scl", "18 spi3 sck", "19 spi3 miso", "23 spi3 mosi", "5 spi3 cs", "25 uart2 tx", "26 uart2 rx", "2 led", "0 button"] },
        { "esp32-s3-devkitc-1-n16r8", ["38 neopixel", "8 i2c0 sda", "9 i2c0 scl", "12 spi2 sck", "13 spi2 miso", "11 spi2 mosi", "10 spi2 cs", "19 usb dm", "20 usb dp", "4 adc", "17 uart1 tx", "18 uart1 rx", "0 button", "1 touch1"] },
        { "esp32-s3-devkitc-1", ["35 spi3 mosi", "36 spi3 sck", "37 spi3 miso", "38 neopixel", "8 i2c0 sda", "9 i2c0 scl", "43 uart0 tx", "44 uart0 rx"] },
        { "adafruit-feather-esp32-v2", ["7 uart1 rx", "8 uart1 tx", "22 i2c0 sda", "20 i2c0 scl", "0 neopixel", "2 neopixel power", "5 spi2 sck", "21 spi2 miso", "19 spi2 mosi", "13 led", "38 button", "35 battery", "37 button", "25 dac0", "26 dac1"] },
        { "m5stack-core2", ["5 lcd cs", "15 lcd dc", "4 sd cs", "18 spi3 sck", "23 spi3 mosi", "38 spi3 miso", "21 i2c1 sda", "22 i2c1 scl", "39 touch-panel int", "12 i2s0 bck", "0 i2s0 lrck", "2 i2s0 dout", "34 i2s0 din", "32 i2c0 sda", "33 i2c0 scl", "13 uart2 rx", "14 uart2 tx"] },
        {
            "lilygo-t-display-s3",
            [
                "39 lcd d0", "40 lcd d1", "41 lcd d2", "42 lcd d3", "45 lcd d4", "46 lcd d5", "47 lcd d6", "48 lcd d7", "8 lcd wr", "9 lcd rd", "7 lcd dc", "6 lcd cs", "5 lcd rst",
                "38 lcd backlight", "15 lcd power", "4 battery", "0 button", "14 button", "18 i2c0 sda", "17 i2c0 scl", "16 touch-panel int", "21 touch-panel rst",
            ]
        },
        { "m5stack-atom-lite", ["27 neopixel", "39 button", "12 ir - out", "21 i2c0 scl", "25 i2c0 sda", "26 i2c1 sda", "32 i2c1 scl", "22 i2s0 dout", "19 i2s0 bclk", "33 i2s0 ws", "23 i2s0 din"] },
        { "m5stack-atoms3-lite", ["35 neopixel", "41 button", "4 rmt0 tx", "2 i2c0 sda", "1 i2c0 scl", "5 spi2 mosi", "6 spi2 miso", "7 spi2 sck", "8 spi2 cs"] },
        { "adafruit-qtpy-esp32s3", ["39 neopixel", "38 neopixel power", "41 i2c1 sda", "40 i2c1 scl", "7 i2c0 sda", "6 i2c0 scl", "36 spi2 sck", "37 spi2 miso", "35 spi2 mosi", "5 uart1 tx", "16 uart1 rx"] },
        { "esp32-pico-kit-1", ["7 uart1 rx", "8 uart1 tx", "9 relay", "10 led", "20 i2c0 sda", "21 i2c0 scl"] },
        { "lolin-s2-mini", ["33 i2c0 sda", "35 i2c0 scl", "7 spi2 sck", "9 spi2 miso", "11 spi2 mosi", "12 spi2 cs", "15 led", "39 uart1 tx", "37 uart1 rx", "0 button", "17 dac0", "18 dac1"] },
        { "esp32-c3-devkitm-1", ["8 neopixel", "9 button", "4 spi2 sck", "5 spi2 miso", "6 spi2 mosi", "7 spi2 cs", "21 uart0 tx", "20 uart0 rx", "0 adc", "18 usb dm", "19 usb dp"] },
        { "esp32-p4-function-ev-board", ["50 eth ref_clk", "49 eth tx_en", "34 eth txd0", "35 eth txd1", "29 eth rxd0", "30 eth rxd1", "28 eth crs_dv", "31 eth mdc", "52 eth mdio", "51 eth reset", "7 i2c0 sda", "8 i2c0 scl", "43 sdmmc clk", "44 sdmmc cmd", "39 sdmmc d0", "40 sdmmc d1", "41 sdmmc d2", "42 sdmmc d3"] },
    };

    public static TheoryData<string> Boards => [.. BoardCatalog.Default.BoardIds];

    [Theory]
    [MemberData(nameof(Maps))]
    public void A_shipped_map_has_no_error(string board, string[] uses)
    {
        foreach (var wifi in new bool?[] { null, true })
        {
            var report = PinChecker.Check(Plans.OfBoard(board, uses) with { Wifi = wifi });
            Assert.False(report.HasErrors, Plans.Show(report));
        }
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void What_a_board_has_soldered_on_has_no_error_and_is_not_in_its_own_way(string id)
    {
        var board = BoardCatalog.Default.FindBoard(id)!;
        var uses = board.Onboard.DistinctBy(part => part.Gpio).Select(part => new PinUse(part.Gpio, part.Function));
        var report = PinChecker.Check(new PinPlan { Board = id, Uses = [.. uses] });
        Assert.False(report.HasErrors, Plans.Show(report));
        Assert.DoesNotContain(report.Findings, finding => finding.Class is "board-owned" or "not-bonded");
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void The_default_buses_of_a_board_have_no_error(string id)
    {
        var board = BoardCatalog.Default.FindBoard(id)!;
        var uses = new List<PinUse>();
        if (board.Defaults?.I2c is { } i2c)
            uses.AddRange([new(i2c.Sda, "i2c0", "sda"), new(i2c.Scl, "i2c0", "scl")]);
        if (board.Defaults?.Uart is { } uart)
            uses.AddRange([new(uart.Tx, "uart0", "tx"), new(uart.Rx, "uart0", "rx")]);
        Assert.Empty(Plans.Errors(new PinPlan { Board = id, Uses = uses }));
        if (board.Defaults?.Spi is not { } spi)
            return;
        PinUse[] bus = [new(spi.Sck, "spi2", "sck"), new(spi.Miso, "spi2", "miso"), new(spi.Mosi, "spi2", "mosi")];
        Assert.Empty(Plans.Errors(new PinPlan { Board = id, Uses = bus }));
    }

    [Fact]
    public void Chips_bought_bare_keep_the_pins_their_package_leaves_free()
    {
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32", "9 ir - out", "10 led") with { Module = "ESP32-PICO-D4" }));
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32", "7 uart1 rx", "8 uart1 tx", "20 i2c0 scl") with { Module = "ESP32-PICO-V3-02" }));
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32", "16 uart2 rx", "17 uart2 tx")));
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32", "17 led") with { Module = "ESP32-WROOM-32E-N8R2" }));
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32s3", "33 led", "34 led2", "35 led3", "36 led4", "37 led5") with { Module = "ESP32-S3-WROOM-1-N8R2" }));
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32s3", "26 led", "33 led2") with { Psram = PsramMode.None }));
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32c3", "12 led", "13 led2") with { FlashMode = FlashMode.Dio }));
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32c3", "11 led") with { Efuses = ["VDD_SPI_AS_GPIO"] }));
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32s2", "46 button - in down")));
    }
}
