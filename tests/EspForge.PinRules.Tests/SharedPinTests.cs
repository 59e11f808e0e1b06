namespace EspForge.PinRules.Tests;

/// <summary>Two names on one pin: which are one wire, which can live together and which cannot.</summary>
public sealed class SharedPinTests
{
    [Theory]
    [InlineData("9 accelerometer int", "9 accelerometer interrupt")]
    [InlineData("0 button", "0 switch")]
    [InlineData("13 sd miso", "13 sdio data0")]
    [InlineData("12 sd mosi", "12 sdmmc cmd")]
    [InlineData("10 radio dio1", "10 radio irq")]
    [InlineData("11 radio busy", "11 radio dio2")]
    [InlineData("14 tft mosi", "14 tft b1")]
    [InlineData("5 lora ss", "5 lora cs")]
    public void Two_names_of_one_wire_are_no_clash(string one, string other) => Assert.Null(Clash("esp32s3", one, other));

    [Theory]
    [InlineData("16 green_led", "16 motor", PinSeverity.Warning)]
    [InlineData("10 i2s0 din", "10 i2s0 dout", PinSeverity.Warning)]
    [InlineData("0 button", "0 display rst", PinSeverity.Warning)]
    [InlineData("4 button", "4 display rst", PinSeverity.Error)]
    [InlineData("0 button", "0 led", PinSeverity.Error)]
    [InlineData("4 led1", "4 led2", PinSeverity.Error)]
    [InlineData("4 relay1", "4 relay2", PinSeverity.Error)]
    [InlineData("4 button", "4 button", PinSeverity.Error)]
    [InlineData("5 lora cs", "5 sd cs", PinSeverity.Error)]
    [InlineData("5 tft b3", "5 tft b4", PinSeverity.Error)]
    [InlineData("5 lora dio1", "5 gps irq", PinSeverity.Error)]
    public void Two_things_on_one_pin_are_found(string one, string other, PinSeverity severity)
    {
        Assert.Equal(severity, Clash("esp32s3", one, other)!.Severity);
        Assert.Equal(severity, Clash("esp32s3", other, one)!.Severity);
    }

    [Fact]
    public void A_clash_on_a_pin_that_only_other_uses_make_one_of_the_flash_is_found_with_and_without_them()
    {
        Assert.Contains(Plans.Errors(Plans.OfChip("esp32", "9 lora rst", "9 uart1 tx")), error => error.Class is "duplicate");
        Assert.Contains(Plans.Errors(Plans.OfChip("esp32", "9 lora rst", "9 uart1 tx", "6 gizmo")), error => error.Class is "duplicate");
    }

    [Theory]
    [InlineData("34 control reset")]
    [InlineData("35 control_safety_door")]
    [InlineData("36 control_feed_hold")]
    public void A_switch_among_the_controls_of_a_machine_is_no_output(string use) => Assert.Empty(Plans.Errors(Plans.OfChip("esp32", use)));

    [Theory]
    [InlineData("36 power_control")]
    [InlineData("36 fan enable")]
    public void A_control_of_a_part_is_an_output(string use) => Assert.Contains(Plans.Errors(Plans.OfChip("esp32", use)), finding => finding.Class is "inputonly");

    [Fact]
    public void The_clock_of_a_panel_comes_from_the_chip_and_that_of_a_camera_does_not()
    {
        Assert.DoesNotContain(PinChecker.Check(Plans.OfChip("esp32s3", "0 tft pclk")).Findings, finding => finding.Class is "strapping" && finding.Severity is PinSeverity.Warning);
        Assert.Contains(PinChecker.Check(Plans.OfChip("esp32s3", "0 camera pclk")).Findings, finding => finding.Class is "strapping" && finding.Severity is PinSeverity.Warning);
    }

    private static PinFinding? Clash(string chip, string one, string other) => PinChecker.Check(Plans.OfChip(chip, one, other)).Findings.FirstOrDefault(finding => finding.Class is "duplicate");
}
