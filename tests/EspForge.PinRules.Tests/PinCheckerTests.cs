using EspForge.Boards;

namespace EspForge.PinRules.Tests;

public sealed class PinCheckerTests
{
    public static TheoryData<string> Boards => [.. BoardCatalog.Default.BoardIds];

    [Fact]
    public void Rule_ids_are_stable_and_in_order()
    {
        Assert.Equal(Enumerable.Range(1, 32).Select(number => $"PIN{number:000}"), PinRuleSet.Default.Select(rule => rule.Id));
        Assert.Equal(
            [
                "nonexistent", "not-bonded", "flash", "psram", "vdd-spi", "voltage-domain", "inputonly", "no-pull", "fixed-pull", "strapping", "console", "usb", "jtag",
                "duplicate", "shared-bus", "no-adc", "adc2-wifi", "adc2-unsupported", "no-touch", "no-dac", "board-owned", "not-rtc", "errata-36-39", "fixed-pins", "instances",
                "xtal-32k", "not-iomux", "ledc-timer", "rmt-memory", "power-up-glitch", "current", "not-rtc",
            ],
            PinRuleSet.Default.Select(rule => rule.Class));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void The_variants_of_the_chip_take_the_pins_that_the_board_reserves(string id)
    {
        var board = BoardCatalog.Default.FindBoard(id)!;
        var plan = new PinPlan { Chip = board.ChipId, Module = board.Module, Psram = board.PsramMode ?? PsramMode.None };
        var memory = MemoryPins.Read(plan, board.Chip, board: null);
        var reserved = board.ReservedGpios.ToLookup(entry => entry.Kind, entry => entry.Gpio);
        Assert.Equal(Mask(reserved[ReservationKind.Flash]), memory.Flash & Chips(board));
        Assert.Equal(Mask(reserved[ReservationKind.Psram]), memory.Psram);
        Assert.Equal(Mask(reserved[ReservationKind.VddSpi]), memory.VddSpi);
        Assert.Equal(0UL, Mask(reserved[ReservationKind.NotBonded]) & ~memory.NotBonded);
        Assert.Equal(0UL, memory.Taken & board.UsableGpios.Aggregate(0UL, (mask, gpio) => mask | 1UL << gpio));

        static ulong Mask(IEnumerable<int> gpios) => gpios.Aggregate(0UL, (mask, gpio) => mask | 1UL << gpio);
        static ulong Chips(Board board) => board.Chip.PinsWith(PinTraits.Exists);
    }

    [Fact]
    public void One_cause_is_one_finding()
    {
        // GPIO11 of an ESP32-C2 is VDD_SPI, not bonded out and could never drive; GPIO12 of a PICO is free of flash but a strap.
        Assert.Equal(["flash"], Classes(Plans.OfChip("esp32", "11 led")));
        Assert.Equal(["psram"], Classes(Plans.OfBoard("esp32-devkitc-v4-wrover", "16 adc")));
        Assert.Equal(["nonexistent"], Classes(Plans.OfChip("esp32", "24 adc")));
        Assert.Equal(["vdd-spi"], Classes(Plans.OfChip("esp32c3", "11 adc") with { Module = "ESP32-C3-WROOM-02" }));
        Assert.Equal(["flash"], Classes(Plans.OfBoard("esp32-devkitc-v4", "6 led", "6 button")));
    }

    [Fact]
    public void An_override_keeps_the_finding_with_its_reason()
    {
        var plan = Plans.OfBoard("esp32-devkitc-v4", "1 relay", "6 led") with
        {
            Overrides = [new PinOverride("console", [1, 3], "the relay may click at reset"), new PinOverride("PIN003", [6], "flash removed")],
        };
        var report = PinChecker.Check(plan);
        Assert.False(report.HasErrors);
        var console = Assert.Single(report.Findings, finding => finding.Class == "console");
        Assert.Equal((PinSeverity.Info, "the relay may click at reset"), (console.Severity, console.Overridden));
        Assert.Equal("flash removed", report.Findings.Single(finding => finding.Class == "flash").Overridden);
        Assert.Contains(PinChecker.Check(plan with { Overrides = [new PinOverride("console", [3], "other pin")] }).Findings, finding => finding.Class == "console" && finding.Overridden is null);
    }

    [Theory]
    [InlineData("34 touch irq")]
    [InlineData("19 touch cs")]
    [InlineData("23 adc mosi")]
    [InlineData("27 dac bck")]
    [InlineData("34 can int")]
    [InlineData("34 light-sensor")]
    [InlineData("36 hx711 dout")]
    [InlineData("13 battery-enable")]
    [InlineData("32 uart_enable")]
    public void A_part_named_like_a_peripheral_is_not_taken_for_it(string use) =>
        Assert.Empty(Plans.Errors(Plans.OfChip("esp32", use)));

    [Fact]
    public void Errors_come_first()
    {
        var severities = PinChecker.Check(Plans.OfBoard("esp32-devkitc-v4", "0 led", "1 relay", "6 led", "34 relay")).Findings.Select(finding => finding.Severity).ToList();
        Assert.Equal(severities.OrderByDescending(severity => severity), severities);
    }

    [Fact]
    public void Memory_at_1800_millivolts_turns_the_voltage_strap_round()
    {
        var plan = Plans.OfChip("esp32", "12 led") with { ExternalPull = new Dictionary<int, PinPull> { [12] = PinPull.Up } };
        Assert.Equal(PinSeverity.Warning, Strap(plan));
        Assert.Equal(PinSeverity.Info, Strap(plan with { VddSpiMillivolts = 1800 }));
        Assert.Equal(PinSeverity.Info, Strap(plan with { Efuses = ["XPD_SDIO_FORCE"] }));

        static PinSeverity Strap(PinPlan plan) => PinChecker.Check(plan).Findings.Single(finding => finding.Class == "strapping").Severity;
    }

    [Fact]
    public void A_strap_without_a_wrong_level_is_never_a_warning()
    {
        var plan = Plans.OfChip("esp32c5", "26 i2c0 sda") with { ExternalPull = new Dictionary<int, PinPull> { [26] = PinPull.Down } };
        Assert.Equal(PinSeverity.Info, PinChecker.Check(plan).Findings.Single(finding => finding.Class == "strapping").Severity);
    }

    [Fact]
    public void A_bare_ESP32_without_module_is_told_that_some_packages_differ_until_its_uses_rule_them_out()
    {
        var some = PinChecker.Check(Plans.OfChip("esp32", "9 led")).Findings[0];
        Assert.Equal(PinSeverity.Warning, some.Severity);
        Assert.Contains("name the module", some.Message, StringComparison.Ordinal);
        Assert.Equal(PinSeverity.Error, PinChecker.Check(Plans.OfChip("esp32", "6 led")).Findings[0].Severity);

        // What uses GPIO16 is none of the packages that leave GPIO9 free, and flash with four data lines needs it.
        Assert.Equal(PinSeverity.Error, PinChecker.Check(Plans.OfChip("esp32", "9 led", "16 relay") with { FlashMode = FlashMode.Qio }).Findings.Single(finding => finding.Class == "flash" && finding.Gpios.Contains(9)).Severity);
    }

    [Fact]
    public void A_board_built_without_its_PSRAM_is_a_warning_not_an_error()
    {
        var plan = Plans.OfBoard("esp32-cam", "16 pir") with { Psram = PsramMode.None };
        Assert.Equal(PinSeverity.Warning, PinChecker.Check(plan).Findings.Single(finding => finding.Class == "psram").Severity);
        Assert.Equal(PinSeverity.Error, PinChecker.Check(plan with { Module = "ESP32-WROVER-E" }).Findings.Single(finding => finding.Class == "psram").Severity);
    }

    [Fact]
    public void What_is_not_known_of_the_memory_is_said()
    {
        Assert.Equal(PinSeverity.Info, PinChecker.Check(Plans.OfChip("esp32s3", "35 led")).Findings.Single(finding => finding.Class == "psram").Severity);
        Assert.Equal(PinSeverity.Info, PinChecker.Check(Plans.OfChip("esp32", "16 led")).Findings.Single(finding => finding.Class == "psram").Severity);
        Assert.Empty(PinChecker.Check(Plans.OfChip("esp32s3", "35 led") with { Module = "ESP32-S3-WROOM-1-N8" }).Findings);
    }

    [Fact]
    public void A_users_rule_is_run_and_may_check_another_plan()
    {
        var report = PinChecker.Check(Plans.OfChip("esp32", "4 led", "6 relay"), rules: [.. PinRuleSet.Default, new NoRelays()]);
        Assert.Contains(report.Findings, finding => finding is { Rule: "ACME01", Class: "no-relays", Severity: PinSeverity.Error });
        Assert.Contains(report.Findings, finding => finding.Class == "flash");
        var json = """{ "chip": "esp32", "uses": [], "overrides": [ { "rule": "ACME01", "gpios": [6], "reason": "agreed" } ] }"""u8;
        Assert.False(PinPlanReader.Read(json).IsSuccess);
        Assert.True(PinPlanReader.Read(json, rules: [new NoRelays()]).IsSuccess);
    }

    [Fact]
    public void A_plan_for_hardware_that_is_not_in_the_catalog_is_misuse()
    {
        Assert.Throws<ArgumentException>(() => PinChecker.Check(new PinPlan { Board = "nope" }));
        Assert.Throws<ArgumentException>(() => PinChecker.Check(new PinPlan()));
        Assert.Throws<ArgumentException>(() => PinChecker.Check(new PinPlan { Chip = "esp32", Uses = [.. Enumerable.Repeat(new PinUse(4, "led"), 65)] }));
        Assert.Empty(PinChecker.Check(Plans.OfChip("esp32", "4 led")).Findings);
    }

    [Fact]
    public void A_check_without_findings_allocates_next_to_nothing()
    {
        var plan = Plans.OfChip("esp32s3", "4 led", "5 lamp", "6 button", "7 i2c0 sda", "8 i2c0 scl", "9 adc") with { Module = "ESP32-S3-WROOM-1-N8" };
        Assert.Empty(PinChecker.Check(plan).Findings);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            PinChecker.Check(plan);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 128);
    }

    private static IEnumerable<string> Classes(PinPlan plan) => PinChecker.Check(plan).Findings.Select(finding => finding.Class);

    private sealed class NoRelays : IPinRule
    {
        public string Id => "ACME01";

        public string Class => "no-relays";

        public void Check(PinCheck check)
        {
            foreach (var use in check.Plan.Uses)
            {
                if (use.Function == "relay" && PinChecker.Check(Plans.OfChip("esp32", "34 relay")).HasErrors)
                    check.Report(this, PinSeverity.Error, [use.Gpio], "no relays here", "house rule", use);
            }
        }
    }
}
