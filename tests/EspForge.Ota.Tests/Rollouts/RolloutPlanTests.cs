namespace EspForge.Ota.Tests.Rollouts;

public sealed class RolloutPlanTests
{
    [Fact]
    public void The_default_plan_is_valid() => Assert.Null(RolloutPlan.Check("lamp 1.2.0", RolloutFilter.Everything, RolloutPlan.Default));

    [Theory]
    [InlineData("stages:")]
    [InlineData("stages[0].percent:", 0, 100)]
    [InlineData("stages[0].percent:", 101)]
    [InlineData("stages[1].percent:", 20, 20, 100)]
    [InlineData("stages[1].percent:", 50, 20, 100)]
    [InlineData("stages[1].percent:", 5, 99)]
    public void Percents_rise_to_100(string field, params int[] percents)
    {
        var fault = RolloutPlan.Check([.. percents.Select(p => new StagePlan(p, new Gate()))]);
        Assert.Equal("rollout-invalid", fault?.Code);
        Assert.StartsWith(field, fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Twenty_stages_are_the_most()
    {
        Assert.Null(RolloutPlan.Check([.. Enumerable.Range(81, 20).Select(p => new StagePlan(p, new Gate()))]));
        Assert.NotNull(RolloutPlan.Check([.. Enumerable.Range(80, 21).Select(p => new StagePlan(p, new Gate()))]));
    }

    public static TheoryData<string, Gate> BadGates() => new()
    {
        { "soak", new Gate { Soak = TimeSpan.FromTicks(-1) } },
        { "soak", new Gate { Soak = TimeSpan.FromDays(31) } },
        { "minimumReports", new Gate { MinimumReports = 0 } },
        { "minimumReports", new Gate { MinimumReports = 1_000_001 } },
        { "maximumFailureRate", new Gate { MaximumFailureRate = -0.01 } },
        { "maximumFailureRate", new Gate { MaximumFailureRate = double.NaN } },
        { "confidence", new Gate { Confidence = 0.49 } },
        { "confidence", new Gate { Confidence = 1 } },
        { "silentAfter", new Gate { SilentAfter = TimeSpan.FromSeconds(9) } },
        { "silentAfter", new Gate { SilentAfter = TimeSpan.FromDays(31) } },
        { "maximumSilentShare", new Gate { MaximumSilentShare = 1.01 } },
        { "maximumSilentShare", new Gate { MaximumSilentShare = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(BadGates))]
    public void Gates_keep_their_ranges(string field, Gate gate)
    {
        var fault = RolloutPlan.Check([new StagePlan(50, new Gate()), new StagePlan(100, gate)]);
        Assert.Equal("rollout-invalid", fault?.Code);
        Assert.StartsWith($"stages[1].gate.{field}:", fault!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public void A_rollout_has_a_name(string name) => Assert.StartsWith("name:", RolloutPlan.Check(name, RolloutFilter.Everything, RolloutPlan.Default)!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_tag_is_not_empty() =>
        Assert.StartsWith("filter.tags[1]:", RolloutPlan.Check("x", new RolloutFilter(["a", " "], null, null, null), RolloutPlan.Default)!.Message, StringComparison.Ordinal);
}
