namespace EspForge.PinRules.Tests;

public sealed class PinSuggesterTests
{
    [Fact]
    public void Pins_without_findings_come_first_and_taken_ones_not_at_all()
    {
        var plan = Plans.OfBoard("esp32-devkitc-v4", "21 i2c0 sda", "22 i2c0 scl", "4 led");
        var found = PinSuggester.Suggest(plan, new PinUse(6, "relay"), limit: 64);
        Assert.Null(found[0].Worst);
        Assert.DoesNotContain(found, suggestion => suggestion.Gpio is 21 or 22 or 4 or 6 or 34 or 35 or 36 or 39 or 9);
        Assert.Equal(found.OrderBy(suggestion => suggestion.Worst is null ? -1 : (int)suggestion.Worst.Value).Select(suggestion => suggestion.Gpio), found.Select(suggestion => suggestion.Gpio));
        Assert.Equal("16", found[0].Gpio.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.NotNull(found[0].Label);
    }

    [Fact]
    public void An_analog_use_gets_ADC1_before_ADC2()
    {
        var found = PinSuggester.Suggest(Plans.OfBoard("esp32-devkitc-v4") with { Wifi = true }, new PinUse(18, "adc"), limit: 64);
        Assert.Equal([32, 33, 34, 35, 36, 39], found.Select(suggestion => suggestion.Gpio).Order());
    }

    [Fact]
    public void A_use_of_the_plan_can_be_moved_off_its_own_pin()
    {
        var plan = Plans.OfBoard("esp32-c3-devkitm-1", "9 relay");
        var best = PinSuggester.Suggest(plan, plan.Uses[0], limit: 1);
        Assert.Equal(3, best.Single().Gpio);
    }

    [Fact]
    public void A_repair_never_trades_a_warning_for_another()
    {
        var finding = PinChecker.Check(Plans.OfBoard("esp32-cam", "1 relay", "4 pir")).Findings.Single(found => found.Class == "console");
        Assert.DoesNotContain(finding.Repairs, repair => repair.Change.Kind is PinChangeKind.Remove);
        foreach (var move in finding.Repairs.Where(repair => repair.Change.Kind == PinChangeKind.Move))
            Assert.DoesNotContain(PinChecker.Check(move.Apply(Plans.OfBoard("esp32-cam", "1 relay", "4 pir"))).Findings, found => found.Gpios.Contains(move.Change.To!.Value) && found.Severity >= PinSeverity.Warning);
    }

    [Fact]
    public void Nothing_is_suggested_where_nothing_fits() =>
        Assert.Empty(PinSuggester.Suggest(Plans.OfChip("esp32c3"), new PinUse(3, "dac0")));
}
