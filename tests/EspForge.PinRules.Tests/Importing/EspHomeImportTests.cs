using EspForge.Boards;

namespace EspForge.PinRules.Tests.Importing;

public sealed class EspHomeImportTests
{
    [Fact]
    public void A_configuration_as_people_write_it()
    {
        const string text = """
            substitutions:
              name: "porch"
              relay_gpio: GPIO16   # top terminal
            esphome:
              name: ${name}
            esp32:
              board: esp32dev
              framework: { type: arduino }
            wifi:
              ssid: !secret wifi_ssid
              password: !secret wifi_password
            logger:
              hardware_uart: UART0
            i2c:
              sda: GPIO21
              scl: 22
              scan: true
            uart:
              - id: uart_gps
                tx_pin: 17
                rx_pin:
                  number: GPIO5
                  mode: INPUT_PULLUP
                baud_rate: 9600
            spi:
              clk_pin: GPIO18
              mosi_pin: GPIO23
              miso_pin: GPIO19
            switch:
              - platform: gpio
                name: "Porch light"
                pin: ${relay_gpio}
                on_turn_on:
                  then:
                    - logger.log: "on"
            binary_sensor:
              - platform: gpio
                id: door_button
                pin: {number: GPIO33, inverted: true, mode: {input: true, pullup: true}}
              - platform: gpio
                name: far
                pin:
                  pcf8574: hub
                  number: 3
            sensor:
              - platform: adc
                name: Battery
                pin: GPIO34
                filters:
                  - lambda: |-
                      # not a comment: { [
                      return x * 2.0;
              - platform: template
                lambda: !lambda |-
                  return 1;
            display:
              - platform: ili9xxx
                cs_pin: GPIO15
                dc_pin: GPIO2
                reset_pin: GPIO4
            """;
        var imported = PinImport.Read(text, new PinImportOptions { FileName = "porch.yaml" }).Value;
        Assert.Equal("esp32-devkitc-v4", imported.Plan.Board);
        Assert.Equal((true, PlanConsole.Uart0), (imported.Plan.Wifi, imported.Plan.Console));
        Assert.Equal(
            ["2 ili9xxx dc", "4 ili9xxx rst", "5 uart1 rx", "15 ili9xxx cs", "16 porch-light", "17 uart1 tx", "18 spi2 sck", "19 spi2 miso", "21 i2c0 sda", "22 i2c0 scl", "23 spi2 mosi", "33 door-button", "34 battery"],
            imported.Plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
        Assert.Equal(PinPull.Up, imported.Plan.Uses.Single(use => use.Gpio == 33).Pull);
        Assert.Equal(PinDirection.Out, imported.Plan.Uses.Single(use => use.Gpio == 16).Direction);
        Assert.Contains(imported.Notes, note => note.Message.Contains("expander pcf8574", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("esp32:\n  variant: esp32s3\n", "esp32s3")]
    [InlineData("esp32:\n  variant: ESP32-C3\n", "esp32c3")]
    [InlineData("esphome:\n  platform: ESP32\n  board: nodemcu-32s\n", "nodemcu-32s")]
    public void The_chip_or_board_is_read(string text, string id)
    {
        var plan = PinImport.Read(text, new PinImportOptions { Format = "esphome" }).Value.Plan;
        Assert.Equal(id, plan.Board ?? plan.Chip);
    }

    [Theory]
    [InlineData("esp32:\n\tboard: x\n", "Line 2")]
    [InlineData("a: [1, 2\nb: 3\n", "Line 2")]
    [InlineData("a:\n  b: 1\n c: 2\n", "Line 3")]
    [InlineData("a: *nobody\n", "Line 1")]
    [InlineData("i2c:\n  sda: !![pin] 4\n", "Line 2")]
    [InlineData("- a\n- b\n", "no mapping")]
    [InlineData("a: \"never closed\n", "Line 1")]
    public void What_is_not_YAML_is_refused_with_its_line(string text, string where)
    {
        var fault = PinImport.Read(text, new PinImportOptions { Format = "esphome" }).Fault!;
        Assert.Equal("import-malformed", fault.Code);
        Assert.Contains(where, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_merges_and_documents_are_read()
    {
        const string text = "esp32: {variant: esp32}\ndefaults: &d\n  platform: gpio\n  id: pump\nswitch:\n- <<: *d\n  pin: 4\n---\nswitch:\n- pin: 5\n";
        var use = Assert.Single(PinImport.Read(text, new PinImportOptions { Format = "esphome" }).Value.Plan.Uses);
        Assert.Equal((4, "pump"), (use.Gpio, use.Function));
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = string.Concat(Enumerable.Range(0, 200).Select(level => new string(' ', level) + "a:\n"));
        Assert.Contains("deeper than", PinImport.Read(deep, new PinImportOptions { Format = "esphome" }).Fault!.Message, StringComparison.Ordinal);
        Assert.Equal("import-malformed", PinImport.Read("a: " + new string('[', 5_000), new PinImportOptions { Format = "esphome" }).Fault!.Code);
    }

    [Fact]
    public void A_rotary_encoder_has_two_pins_that_are_read()
    {
        var plan = Read("esp32: {variant: esp32s3}\nsensor:\n- platform: rotary_encoder\n  id: dial\n  pin_a: GPIO16\n  pin_b: {number: GPIO18, mode: {input: true, pullup: true}}\n");
        Assert.Equal(["16 dial a In ", "18 dial b In Up"], plan.Uses.Select(use => $"{use.Gpio} {use.Name} {PinFunction.Read(use).Direction} {use.Pull}"));
    }

    [Theory]
    [InlineData("clk_mode: GPIO17_OUT", 17, PinDirection.Out)]
    [InlineData("clk_mode: GPIO0_IN", 0, PinDirection.In)]
    public void The_old_way_to_name_the_clock_of_the_PHY_is_read(string line, int gpio, PinDirection direction)
    {
        var plan = Read($"esp32: {{board: esp32dev}}\nethernet:\n  type: LAN8720\n  mdc_pin: 23\n  mdio_pin: 18\n  {line}\n");
        var clock = Assert.Single(plan.Uses, use => use.Signal is "ref_clk");
        Assert.Equal((gpio, "eth", direction), (clock.Gpio, clock.Function, clock.Direction));
    }

    [Fact]
    public void What_wakes_the_chip_is_no_second_use_of_its_pin()
    {
        const string buttons = "binary_sensor:\n- platform: gpio\n  id: left\n  pin: {number: GPIO2, allow_other_uses: true}\n";
        var plan = Read("esp32: {variant: esp32c6}\ndeep_sleep:\n  esp32_ext1_wakeup:\n    pins:\n    - number: GPIO2\n      allow_other_uses: true\n    - GPIO4\n    mode: ANY_HIGH\n" + buttons);
        Assert.Equal(["2 left"], plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
        Assert.Equal([2, 4], plan.Wake["ext1"]);
        Assert.Empty(plan.Overrides);
        Assert.False(PinChecker.Check(plan).HasErrors);
        Assert.Equal([4], Read("esp32: {variant: esp32}\ndeep_sleep: {wakeup_pin: GPIO4}\n" + buttons).Wake["ext0"]);
        Assert.Equal([4], Read("esp32: {variant: esp32c3}\ndeep_sleep: {wakeup_pin: GPIO4}\n" + buttons).Wake["gpio"]);
    }

    [Fact]
    public void A_pin_that_the_configuration_shares_on_purpose_is_an_override()
    {
        const string pin = "{number: 21, allow_other_uses: true}";
        var plan = Read($"esp32: {{variant: esp32}}\noutput:\n- {{platform: gpio, id: up, pin: {pin}}}\nbinary_sensor:\n- {{platform: gpio, id: bit1, pin: {pin}}}\n");
        Assert.Equal([21], Assert.Single(plan.Overrides).Gpios);
        Assert.False(PinChecker.Check(plan).HasErrors);
        Assert.Contains(PinChecker.Check(plan).Findings, finding => finding.Class is "duplicate" && finding.Overridden is not null);
    }

    [Theory]
    [InlineData("pins: {sdio: 4, clk: GPIO5}")]
    [InlineData("pins:\n  - {pin: 4, level: true}\n  - {pin: {number: GPIO5}}")]
    public void Pins_in_a_mapping_of_their_own_are_on_the_chip(string lines)
    {
        var imported = PinImport.Read($"esp32: {{variant: esp32}}\nradio:\n  {lines}\n", new PinImportOptions { Format = "esphome" }).Value;
        Assert.Equal([4, 5], imported.Plan.Uses.Select(use => use.Gpio));
        Assert.DoesNotContain(imported.Notes, note => note.Message.Contains("expander", StringComparison.Ordinal));
    }

    [Fact]
    public void An_expander_that_calls_its_number_pin_is_still_an_expander()
    {
        var imported = PinImport.Read("esp32: {variant: esp32s3}\nbinary_sensor:\n- platform: gpio\n  id: up\n  pin:\n    satellite1:\n    port: INPUT_A\n    pin: 2\n", new PinImportOptions { Format = "esphome" }).Value;
        Assert.Empty(imported.Plan.Uses);
        Assert.Contains(imported.Notes, note => note.Message.Contains("expander satellite1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("esp32", "logger: {baud_rate: 0}", "uart0")]
    [InlineData("esp32", "logger:", "uart3")]
    [InlineData("esp32s3", "logger:", "uart0")]
    public void The_last_UART_is_the_one_the_console_leaves(string chip, string logger, string wanted)
    {
        var plan = Read($"esp32: {{variant: {chip}}}\n{logger}\nuart:\n- {{id: a, tx_pin: 4}}\n- {{id: b, tx_pin: 5}}\n- {{id: c, tx_pin: 18}}\n");
        Assert.Equal(["uart1", "uart2", wanted], plan.Uses.Select(use => use.Function));
        Assert.Equal(wanted is "uart3", PinChecker.Check(plan).Findings.Any(finding => finding.Class is "instances"));
    }

    private static PinPlan Read(string text) => PinImport.Read(text, new PinImportOptions { Format = "esphome" }).Value.Plan;
}
