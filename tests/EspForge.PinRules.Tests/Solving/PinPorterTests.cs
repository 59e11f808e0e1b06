using EspForge.Boards;

namespace EspForge.PinRules.Tests.Solving;

public sealed class PinPorterTests
{
    private static readonly PinPlan Station = Plans.OfBoard(
        "esp32-devkitc-v4", "21 i2c0 sda", "22 i2c0 scl", "16 uart2 rx", "17 uart2 tx", "25 dac1", "34 adc", "4 touch0", "23 relay - out", "13 button - in up") with
    {
        Wifi = true,
        Wake = new Dictionary<string, IReadOnlyList<int>> { ["ext0"] = [13] },
    };

    [Fact]
    public void What_the_other_chip_lacks_is_lost_and_said()
    {
        var port = PinPorter.Port(Station, "esp32-c3-devkitm-1").Value;
        Assert.False(port.IsComplete);
        Assert.Equal(["touch0", "dac1"], port.Changes.Where(change => change.Kind == PinPortChangeKind.Lost).Select(change => change.Use!.Function));
        Assert.Contains(port.Changes, change => change.Kind == PinPortChangeKind.Lost && change.Message.Contains("has no DAC", StringComparison.Ordinal));
        Assert.Contains(port.Changes, change => change is { Kind: PinPortChangeKind.Instance } && change.Message.Contains("no uart2", StringComparison.Ordinal));
        Assert.Contains(port.Changes, change => change.Message.Contains("no wake source ext0", StringComparison.Ordinal));
        Assert.Equal(7, port.Plan.Uses.Count);
        Assert.False(PinChecker.Check(port.Plan).HasErrors);
        Assert.Equal("esp32-c3-devkitm-1", port.Plan.Board);
        Assert.Equal([port.Plan.Uses.Single(use => use.Function == "button").Gpio], port.Plan.Wake["gpio"]);
    }

    [Fact]
    public void On_a_board_of_the_same_chip_the_pins_stay()
    {
        var port = PinPorter.Port(Station, "esp32-pico-kit-1").Value;
        Assert.True(port.IsComplete);
        Assert.Equal(0, port.Solution.Cost.Moved);

        // GPIO16, 17 and 23 are on no header of this board.
        var exposed = BoardCatalog.Default.FindBoard("esp32-pico-kit-1")!.ExposedGpios;
        Assert.Equal(Station.Uses.Where(use => exposed.Contains(use.Gpio)), port.Plan.Uses.Where((_, index) => exposed.Contains(Station.Uses[index].Gpio)));
        Assert.All(port.Plan.Uses, use => Assert.Contains(use.Gpio, exposed));
    }

    [Fact]
    public void The_PSRAM_of_the_other_module_moves_what_was_on_its_pins()
    {
        var port = PinPorter.Port(Station, "esp32-devkitc-v4-wrover").Value;
        Assert.True(port.IsComplete);
        Assert.Equal(Station.Uses.Where(use => use.Function != "uart2"), port.Plan.Uses.Where(use => use.Function != "uart2"));
        Assert.DoesNotContain(port.Plan.Uses, use => use.Gpio is 16 or 17);
        Assert.All(port.Changes.Where(change => change.Kind == PinPortChangeKind.Moved), change => Assert.Equal("uart2", change.Use!.Function));
    }

    [Fact]
    public void Labels_are_kept_between_boards_of_one_shape()
    {
        var plan = Plans.OfBoard("xiao-esp32c3", "6 i2c0 sda", "7 i2c0 scl", "2 adc");
        var port = PinPorter.Port(plan, "xiao-esp32s3").Value;
        var (from, to) = (BoardCatalog.Default.FindBoard("xiao-esp32c3")!, BoardCatalog.Default.FindBoard("xiao-esp32s3")!);
        Assert.Equal(plan.Uses.Select(use => from.LabelOf(use.Gpio)), port.Plan.Uses.Select(use => to.LabelOf(use.Gpio)));
    }

    [Fact]
    public void A_ported_plan_has_no_error_and_no_use_vanishes_unsaid()
    {
        var plan = Station with { Uses = [.. Station.Uses, new PinUse(18, "spi3", "sck"), new PinUse(19, "spi3", "miso"), new PinUse(23, "spi3", "mosi"), new PinUse(5, "display", "cs"), new PinUse(2, "led")] };
        foreach (var board in BoardCatalog.Default.BoardIds)
        {
            var port = PinPorter.Port(plan, board).Value;
            Assert.False(PinChecker.Check(port.Plan).HasErrors, board);
            var lost = port.Changes.Count(change => change.Kind == PinPortChangeKind.Lost);
            Assert.True(port.Plan.Uses.Count + lost <= plan.Uses.Count && (lost > 0 || port.Plan.Uses.Count == plan.Uses.Count), board);
            Assert.True(port.Solution.IsOptimal, board);
        }
    }

    [Fact]
    public void An_unknown_board_is_a_fault() => Assert.Equal("board-unknown", PinPorter.Port(Station, "nope").Fault!.Code);
}
