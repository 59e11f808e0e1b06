using EspForge.Boards;

namespace EspForge.PinRules.Tests.Generating;

public sealed class PinCodeTests
{
    public static TheoryData<string> Formats => [.. PinCode.Generators.Select(generator => generator.Id)];

    public static TheoryData<string> FormatsWithRegions => [.. PinCode.Generators.Where(generator => generator.Comments is not null).Select(generator => generator.Id)];

    [Fact]
    public void There_are_eleven_formats_with_ids_of_their_own()
    {
        Assert.Equal(["c-header", "arduino", "esp-idf", "sdkconfig", "platformio", "esphome", "zephyr", "csv", "markdown", "svg", "sarif"], PinCode.Generators.Select(generator => generator.Id));
        Assert.All(PinCode.Generators, generator => Assert.All(new[] { generator.Title, generator.FileName, generator.MediaType }, Assert.NotEmpty));
        Assert.Equal("code-format-unknown", PinCode.Generate(Plans.OfChip("esp32"), "cobol").Fault!.Code);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_same_plan_gives_the_same_bytes_in_any_order(string format)
    {
        foreach (var plan in BoardCatalog.Default.BoardIds.Select(SamplePlans.OfBoard).Append(SamplePlans.Hostile).Append(SamplePlans.Detailed))
        {
            var text = Text(plan, format);
            Assert.Equal(text, Text(plan, format));
            if (format is not "sarif")
                Assert.Equal(text, Text(plan with { Uses = [.. plan.Uses.Reverse()] }, format));
            Assert.Equal(text, Text(plan, format, text));
        }
    }

    [Theory]
    [MemberData(nameof(FormatsWithRegions))]
    public void What_the_user_wrote_survives_and_what_has_no_place_is_kept(string format)
    {
        var plan = SamplePlans.OfBoard("esp32-devkitc-v4");
        var style = PinCode.Find(format)!.Comments!;
        var close = style.Close.Length == 0 ? "" : " " + style.Close;
        var first = Text(plan, format);
        var end = first.Split('\n').First(line => line.Contains("USER CODE END", StringComparison.Ordinal));
        var mine = "   \tmy own line, kept to the byte \r\n\n";
        var edited = first.Replace(end + "\n", mine + end + "\n", StringComparison.Ordinal);
        edited += $"{style.Open} USER CODE BEGIN of-another-version{close}\nolder line\n{style.Open} USER CODE END of-another-version{close}\n";
        var again = Text(plan with { Uses = [.. plan.Uses.Skip(3)] }, format, edited);
        Assert.Contains(mine + end, again, StringComparison.Ordinal);
        Assert.Contains($"{style.Open} USER CODE BEGIN of-another-version{close}\nolder line\n", again, StringComparison.Ordinal);
        Assert.Equal(again, Text(plan with { Uses = [.. plan.Uses.Skip(3)] }, format, again));
    }

    [Fact]
    public void A_region_without_an_end_is_refused_with_its_line()
    {
        var fault = PinCode.Generate(Plans.OfChip("esp32"), "c-header", "int a;\n/* USER CODE BEGIN pins */\nint b;\n").Fault!;
        Assert.Equal("code-region-open", fault.Code);
        Assert.StartsWith("Line 2 of the previous file begins the user region 'pins'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_regions_of_one_name_are_both_kept()
    {
        const string previous = "# USER CODE BEGIN config\none\n# USER CODE END config\n# USER CODE BEGIN config\ntwo\n# USER CODE END config\n";
        var text = Text(Plans.OfChip("esp32"), "esphome", previous);
        Assert.Contains("\none\n", text, StringComparison.Ordinal);
        Assert.Contains("\ntwo\n", text, StringComparison.Ordinal);
        Assert.Equal(text, Text(Plans.OfChip("esp32"), "esphome", text));
    }

    [Fact]
    public void What_a_use_says_besides_its_pin_is_a_constant_and_a_call()
    {
        var arduino = Text(SamplePlans.Detailed, "arduino");
        foreach (var line in new[] { "constexpr uint32_t FREQUENCY_HZ_LEDC0 = 25000;", "  ledcAttach(PIN_LEDC0, FREQUENCY_HZ_LEDC0, RESOLUTION_BITS_LEDC0);", "  ledcAttach(PIN_LEDC, FREQUENCY_HZ_LEDC, 2);", "  ledcSetup(1, FREQUENCY_HZ_LEDC, 2);", "  Wire.begin(PIN_I2C0_SDA, PIN_I2C0_SCL, FREQUENCY_HZ_I2C0_SCL);" })
            Assert.Contains(line + "\n", arduino, StringComparison.Ordinal);
        Assert.DoesNotContain("pinMode(PIN_LEDC", arduino, StringComparison.Ordinal);
        var idf = Text(SamplePlans.Detailed, "esp-idf");
        foreach (var call in new[] { "gpio_set_drive_capability(PIN_LEDC0, GPIO_DRIVE_CAP_2)", "gpio_set_drive_capability(PIN_RELAY, GPIO_DRIVE_CAP_3)", "gpio_hold_en(PIN_RELAY)", "gpio_hold_dis(PIN_RELAY)" })
            Assert.Contains(call, idf, StringComparison.Ordinal);
        Assert.DoesNotContain("gpio_hold_en(PIN_VALVE)", idf, StringComparison.Ordinal);
        Assert.Contains("/* ledc0, 25000 Hz, 10 bits, 20 mA, on", Text(SamplePlans.Detailed, "c-header"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c-header")]
    [InlineData("arduino")]
    [InlineData("esp-idf")]
    public void A_generated_header_imports_as_the_same_plan(string format) =>
        Assert.Empty(PinDiff.Compare(SamplePlans.Detailed, PinImport.Read(Text(SamplePlans.Detailed, format), new PinImportOptions { FileName = "pins.h" }).Value.Plan).Differences);

    [Fact]
    public void Identifiers_never_collide()
    {
        var sheet = new PinSheet(SamplePlans.Hostile);
        Assert.Equal(sheet.Uses.Count, sheet.Uses.Select(use => use.Identifier).Distinct(StringComparer.Ordinal).Count());
        Assert.All(sheet.Uses, use => Assert.Matches("^PIN_[A-Z0-9_]+$", use.Identifier));
    }

    [Fact]
    public void Sdkconfig_has_the_lines_the_plan_needs_and_no_more()
    {
        var plan = Plans.OfBoard("esp32-s3-devkitc-1-n16r8", "17 uart0 tx", "18 uart0 rx") with { Console = PlanConsole.Uart0, FlashMode = FlashMode.Qio, VddSpiMillivolts = 3300, Efuses = ["VDD_SPI_FORCE"] };
        var text = Text(plan, "sdkconfig");
        foreach (var line in new[] { "CONFIG_IDF_TARGET=\"esp32s3\"", "CONFIG_ESP_CONSOLE_UART_CUSTOM=y", "CONFIG_ESP_CONSOLE_UART_TX_GPIO=17", "CONFIG_ESP_CONSOLE_UART_RX_GPIO=18", "CONFIG_ESPTOOLPY_FLASHMODE_QIO=y", "CONFIG_ESPTOOLPY_FLASHSIZE_16MB=y", "CONFIG_SPIRAM=y", "CONFIG_SPIRAM_MODE_OCT=y" })
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        Assert.Contains("set_flash_voltage 3.3V", text, StringComparison.Ordinal);
        Assert.Contains("burn_efuse VDD_SPI_FORCE 1", text, StringComparison.Ordinal);
        Assert.Contains("CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG=y\n", Text(Plans.OfBoard("xiao-esp32c3"), "sdkconfig"), StringComparison.Ordinal);
        Assert.DoesNotContain("SPIRAM", Text(Plans.OfChip("esp32c3"), "sdkconfig"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_camera_is_one_component_of_ESPHome()
    {
        var plan = Plans.OfBoard(
            "esp32-cam", "32 camera pwdn", "0 camera xclk", "26 camera siod", "27 camera sioc", "35 camera y9", "34 camera y8", "39 camera y7", "36 camera y6", "21 camera y5", "19 camera y4", "18 camera y3", "5 camera y2", "25 camera vsync", "23 camera href", "22 camera pclk", "33 led");
        var text = Text(plan, "esphome");
        Assert.Contains("  data_pins: [GPIO5, GPIO18, GPIO19, GPIO21, GPIO36, GPIO39, GPIO34, GPIO35]\n", text, StringComparison.Ordinal);
        Assert.Contains("    pin:\n      number: GPIO33\n      inverted: true\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("substitutions", text, StringComparison.Ordinal);
    }

    private static string Text(PinPlan plan, string format, string? previous = null) => PinCode.Generate(plan, format, previous).Value.Text;
}
