using EspForge.Boards;

namespace EspForge.PinRules.Tests.Solving;

public sealed class PinSolverTests
{
    [Fact]
    public void What_the_issue_asks_for_is_placed_around_what_is_soldered()
    {
        var request = Of(
            "esp32-devkitc-v4", new PinNeed("i2c"), new PinNeed("uart") { Count = 2 }, new PinNeed("pwm") { Count = 4 }, new PinNeed("adc") { Wifi = true, Name = "battery" },
            new PinNeed("sdcard")) with
        { Plan = Plans.OfBoard("esp32-devkitc-v4", "13 relay") };
        var solution = PinSolver.Solve(request);
        Assert.True(solution.IsOptimal, solution.Conflict?.Message);
        Assert.False(PinChecker.Check(solution.Plan!).HasErrors);
        Assert.Contains(new PinUse(13, "relay"), solution.Plan!.Uses);
        Assert.Equal(["uart1", "uart1", "uart2", "uart2"], Functions(solution, "uart"));
        Assert.Equal(["ledc0", "ledc1", "ledc2", "ledc3"], Functions(solution, "pwm"));
        Assert.InRange(solution.Plan.Uses.Single(use => use.Function == "battery").Gpio, 32, 39);
        Assert.True(solution.Plan.Wifi);
        Assert.All(solution.Placements, placement => Assert.NotEmpty(placement.Why));
        Assert.Equal(solution.Plan.Uses.Count, solution.Plan.Uses.Select(use => use.Gpio).Distinct().Count());
    }

    [Fact]
    public void The_far_end_of_a_long_header_is_no_farther_than_another_header()
    {
        // Positions 3 and 40 of J1.
        var solution = PinSolver.Solve(Of("esp32-p4-function-ev-board", new PinNeed("output") { NearGpio = 7, Gpios = [45] }));
        Assert.Equal(PinCost.MaxLineDistance, solution.Cost.Neighbourhood);
    }

    [Fact]
    public void A_fast_bus_gets_the_direct_pins_and_a_slow_one_the_lowest()
    {
        var fast = PinSolver.Solve(Of("esp32-s3-devkitc-1", new PinNeed("spi") { SpeedHz = 80_000_000 }));
        Assert.Equal([("spi2", "sck", 12), ("spi2", "mosi", 11), ("spi2", "miso", 13)], fast.Plan!.Uses.Take(3).Select(use => (use.Function, use.Signal!, use.Gpio)));
        Assert.Contains("direct", fast.Placements[0].Why, StringComparison.Ordinal);
        var slow = PinSolver.Solve(Of("esp32-s3-devkitc-1", new PinNeed("spi")));
        Assert.True(slow.Cost < fast.Cost);

        // Reading at 30 MHz is better direct, but not at the price of a pin that has something against it.
        var esp32 = PinSolver.Solve(Of("esp32-devkitc-v4", new PinNeed("spi") { SpeedHz = 30_000_000 }));
        Assert.Equal(("spi3", 0), (esp32.Plan!.Uses[0].Function, esp32.Cost.Matrix));
    }

    [Fact]
    public void Devices_on_one_bus_share_its_lines()
    {
        var solution = PinSolver.Solve(Of("esp32-c3-devkitm-1", new PinNeed("spi") { Count = 2, Name = "radio" }, new PinNeed("sdcard")));
        Assert.Equal(["sck", "mosi", "miso", "cs1", "cs2", "cs"], solution.Plan!.Uses.Select(use => use.Signal));
        var more = PinSolver.Solve(new PinRequest { Plan = solution.Plan, Needs = [new PinNeed("spi") { Instance = 2, Name = "flash" }] });
        Assert.Equal("cs3", Assert.Single(more.Placements).Use.Signal);
    }

    [Fact]
    public void Only_what_must_move_is_moved()
    {
        var plan = Plans.OfBoard("esp32-devkitc-v4", "32 relay - out", "33 lamp - out", "34 button - in", "35 key - in", "36 door - in", "39 gate - in") with { Wifi = true };
        var solution = PinSolver.Solve(new PinRequest { Plan = plan, Locked = [32, 33, 34, 35, 36, 39], Needs = [new PinNeed("adc") { Count = 2 }] });
        Assert.True(solution.IsOptimal);
        Assert.Equal(2, solution.Cost.Moved);
        Assert.Equal(2, solution.Plan!.Uses.Take(6).Zip(plan.Uses).Count(pair => pair.First.Gpio != pair.Second.Gpio));
        Assert.False(PinChecker.Check(solution.Plan).HasErrors);
    }

    [Fact]
    public void Soldered_stays_and_wake_and_interrupts_go_with_the_wire()
    {
        var plan = Plans.OfBoard("esp32-c3-devkitm-1", "4 button - in") with { Wake = new Dictionary<string, IReadOnlyList<int>> { ["gpio"] = [4] }, Interrupts = [4] };
        var solution = PinSolver.Solve(new PinRequest
        {
            Plan = plan,
            Free = [4],
            Needs = [new PinNeed("i2c") { Soldered = new Dictionary<string, int> { ["sda"] = 4 } }, new PinNeed("wake") { Name = "pir" }],
        });
        Assert.Equal(4, solution.Plan!.Uses.Single(use => use.Signal == "sda").Gpio);
        var button = solution.Plan.Uses.Single(use => use.Function == "button").Gpio;
        var pir = solution.Plan.Uses.Single(use => use.Function == "pir").Gpio;
        Assert.Equal([button], solution.Plan.Interrupts);
        Assert.Equal(new[] { button, pir }.Order(), solution.Plan.Wake["gpio"]);
        Assert.False(PinChecker.Check(solution.Plan).HasErrors);
    }

    [Fact]
    public void The_lines_of_a_block_are_on_one_header_where_that_costs_nothing_more()
    {
        var board = BoardCatalog.Default.FindBoard("esp32-s3-devkitc-1")!;
        var solution = PinSolver.Solve(Of(board.Id, new PinNeed("i2s"), new PinNeed("i2c") { Count = 2 }, new PinNeed("uart") { Count = 2 }, new PinNeed("spi")));
        foreach (var block in solution.Plan!.Uses.GroupBy(use => use.Function))
            Assert.Contains(board.Headers, header => block.All(use => header.Pins.Any(pin => pin.Gpio == use.Gpio)));
    }

    [Theory]
    [InlineData("esp32-devkitc-v4", "adc", 7, "7 analog uses (adc 1, adc 2, adc 3, adc 4, adc 5, adc 6, adc 7) but only 6 ADC1 pins are free on {0}: GPIO32, GPIO33, GPIO34, GPIO35, GPIO36, GPIO39.")]
    [InlineData("esp32-devkitc-v4", "uart", 3, "3 UARTs are wanted (uart 1, uart 2, uart 3) but only 2 are free on ESP32, which has 3: uart1, uart2 (uart0 is the console or taken).")]
    [InlineData("esp32-c3-devkitm-1", "pwm", 7, "7 LED PWM channels are wanted (pwm 1, pwm 2, pwm 3, pwm 4, pwm 5, pwm 6, pwm 7) but only 6 are free on ESP32-C3, which has 6.")]
    [InlineData("esp32-c3-devkitm-1", "dac", 1, "dac has no DAC pin on {0}.")]
    [InlineData("esp8684-devkitm-1", "twai", 1, "twai needs a CAN controller, and ESP32-C2 has none.")]
    public void What_cannot_be_had_is_said_with_numbers(string board, string kind, int count, string message)
    {
        var solution = PinSolver.Solve(new PinRequest { Plan = new PinPlan { Board = board, Wifi = true }, Needs = [new PinNeed(kind) { Count = count }, new PinNeed("output")] });
        Assert.Null(solution.Plan);
        Assert.False(solution.IsOptimal);
        Assert.StartsWith(message.Replace("{0}", BoardCatalog.Default.FindBoard(board)!.Name), solution.Conflict!.Message, StringComparison.Ordinal);
        Assert.Equal(count, solution.Conflict.Uses.Count);
        Assert.Equal([0], solution.Conflict.Needs);
    }

    [Fact]
    public void A_clash_names_what_has_taken_the_pins()
    {
        var plan = Plans.OfBoard("esp32-devkitc-v4", "32 relay", "33 lamp", "34 button", "35 key") with { Wifi = true };
        var conflict = PinSolver.Solve(new PinRequest { Plan = plan, Needs = [new PinNeed("adc") { Name = "a" }, new PinNeed("adc") { Name = "b" }, new PinNeed("adc") { Name = "c" }] }).Conflict!;
        Assert.StartsWith("3 analog uses (a, b, c) but only 2 ADC1 pins are free on ", conflict.Message, StringComparison.Ordinal);
        Assert.EndsWith(": GPIO36, GPIO39. Taken already: GPIO32 by relay, GPIO33 by lamp, GPIO34 by button, GPIO35 by key.", conflict.Message, StringComparison.Ordinal);
        Assert.Equal([36, 39], conflict.Gpios);
    }

    [Fact]
    public void A_plan_that_is_wrong_where_it_stays_is_refused_with_the_rule()
    {
        var solution = PinSolver.Solve(new PinRequest { Plan = Plans.OfBoard("esp32-devkitc-v4", "6 relay"), Needs = [new PinNeed("output")] });
        Assert.Equal(PinConflictKind.Rule, solution.Conflict!.Kind);
        Assert.Contains("flash", solution.Conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_needs_for_one_controller_clash()
    {
        var conflict = PinSolver.Solve(Of("esp32-devkitc-v4", new PinNeed("uart") { Instance = 1, Name = "gps" }, new PinNeed("uart") { Instance = 1, Name = "modem" })).Conflict!;
        Assert.Equal(PinConflictKind.Instances, conflict.Kind);
        Assert.Equal(["gps", "modem"], conflict.Uses);
    }

    [Fact]
    public void A_search_can_be_called_off()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => PinSolver.Solve(Of("esp32-devkitc-v4", new PinNeed("i2c")), null, source.Token));
    }

    [Fact]
    public void Nothing_asked_is_nothing_placed()
    {
        var solution = PinSolver.Solve(Of("esp32-devkitc-v4"));
        Assert.True(solution.IsOptimal);
        Assert.Empty(solution.Plan!.Uses);
    }

    [Fact]
    public void Alternatives_come_with_what_they_cost_against_now()
    {
        var plan = Plans.OfBoard("esp32-devkitc-v4", "12 relay", "21 i2c0 sda", "22 i2c0 scl");
        var found = PinSuggester.Suggest(plan, plan.Uses[0]);
        Assert.Equal(found.OrderBy(suggestion => suggestion.Cost).Select(suggestion => suggestion.Gpio), found.Select(suggestion => suggestion.Gpio));
        Assert.All(found, suggestion => Assert.NotNull(suggestion.Now));
        Assert.Contains("risk -", found[0].Reason, StringComparison.Ordinal);
        var scl = PinSuggester.Suggest(plan, plan.Uses[2], limit: 1).Single();
        Assert.Equal(0, scl.Cost.Neighbourhood);
    }

    private static PinRequest Of(string board, params PinNeed[] needs) => new() { Plan = new PinPlan { Board = board }, Needs = needs };

    private static IEnumerable<string> Functions(PinSolution solution, string kind) =>
        solution.Placements.Where(placement => placement.Name.StartsWith(kind, StringComparison.Ordinal)).Select(placement => placement.Use.Function);
}
