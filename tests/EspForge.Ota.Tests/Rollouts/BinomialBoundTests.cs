using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Ota.Tests.Rollouts;

public sealed class BinomialBoundTests
{
    [Theory]
    [InlineData(0, 5, 0.4507)]
    [InlineData(0, 29, 0.0981)]
    [InlineData(0, 59, 0.0495)]
    [InlineData(0, 149, 0.0199)]
    [InlineData(0, 299, 0.00997)]
    [InlineData(1, 10, 0.3942)]
    [InlineData(3, 60, 0.1242)]
    [InlineData(9, 10, 0.9949)]
    public void The_upper_bound_at_95_percent_is_the_one_of_the_tables(int failed, int ended, double expected) =>
        Assert.Equal(expected, BinomialBound.Upper(failed, ended, 0.95), expected < 0.01 ? 5 : 4);

    [Theory]
    [InlineData(1, 1, 0.05)]
    [InlineData(1, 10, 0.0051)]
    [InlineData(5, 5, 0.5493)]
    [InlineData(10, 20, 0.3020)]
    public void The_lower_bound_at_95_percent_is_the_one_of_the_tables(int failed, int ended, double expected) =>
        Assert.Equal(expected, BinomialBound.Lower(failed, ended, 0.95), 4);

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    public void Without_failures_it_is_the_closed_form(int ended)
    {
        var expected = -Math.Exp(Math.Log(0.05) / ended) + 1;
        Assert.Equal(1, BinomialBound.Upper(0, ended, 0.95) / expected, 6);
    }

    [Fact]
    public void The_tail_is_the_sum_of_its_terms()
    {
        for (var n = 1; n <= 40; n++)
            foreach (var p in new[] { 0.001, 0.05, 0.3, 0.5, 0.77, 0.99 })
            {
                double sum = 0, term = Math.Pow(1 - p, n);
                for (var k = 0; k < n; k++)
                {
                    sum += term;
                    Assert.Equal(sum, BinomialBound.AtMost(k, n, p), 1e-12);
                    term *= (n - k) / (k + 1d) * p / (1 - p);
                }
            }
    }

    [Fact]
    public void The_extremes_are_exact()
    {
        Assert.Equal(1, BinomialBound.Upper(0, 0, 0.95));
        Assert.Equal(0, BinomialBound.Lower(0, 0, 0.95));
        Assert.Equal(1, BinomialBound.Upper(7, 7, 0.95));
        Assert.Equal(0, BinomialBound.Lower(0, 7, 0.95));
        Assert.False(BinomialBound.IsProven(0, 1_000_000, 0, 0.95));
        Assert.True(BinomialBound.IsProven(0, 0, 1, 0.95));
    }

    [Fact]
    public void Bounds_enclose_the_share_and_move_the_right_way()
    {
        var gen = from ended in Gen.Choose(1, 3_000) from failed in Gen.Choose(0, ended) from confidence in Gen.Elements(0.5, 0.8, 0.95, 0.999) select (failed, ended, confidence);
        Prop.ForAll(gen.ToArbitrary(), t =>
        {
            var (failed, ended, confidence) = t;
            var share = failed / (double)ended;
            var (low, high) = (BinomialBound.Lower(failed, ended, confidence), BinomialBound.Upper(failed, ended, confidence));
            const double Rounding = 1e-9;
            return (low <= share + Rounding && share <= high + Rounding)
                || confidence <= 0.5
                ? high + Rounding >= BinomialBound.Upper(failed, ended + 1, confidence) // one more confirmation lowers it
                    && high <= BinomialBound.Upper(failed + 1, ended + 1, confidence) + Rounding // one more failure raises it
                    && low + Rounding >= BinomialBound.Lower(failed, ended + 1, confidence)
                    && low <= BinomialBound.Lower(failed + 1, ended + 1, confidence) + Rounding
                    && (failed == ended || Math.Abs(BinomialBound.AtMost(failed, ended, high) - (1 - confidence)) < 1e-6)
                : false;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_missing_confirmations_are_as_few_as_can_be()
    {
        Assert.Equal(59, BinomialBound.ConfirmationsUntilProven(0, 0, 0.05, 0.95, 1_000));
        Assert.Equal(58, BinomialBound.ConfirmationsUntilProven(0, 1, 0.05, 0.95, 1_000));
        Assert.Equal(0, BinomialBound.ConfirmationsUntilProven(0, 59, 0.05, 0.95, 1_000));
        Assert.Null(BinomialBound.ConfirmationsUntilProven(0, 0, 0.05, 0.95, 58));
        var gen = from failed in Gen.Choose(0, 20) from confirmed in Gen.Choose(0, 200) from rate in Gen.Elements(0.01, 0.05, 0.2) select (failed, confirmed, rate);
        Prop.ForAll(gen.ToArbitrary(), t =>
        {
            var ended = t.failed + t.confirmed;
            return BinomialBound.ConfirmationsUntilProven(t.failed, ended, t.rate, 0.95, 10_000) is { } more
                && BinomialBound.IsProven(t.failed, ended + more, t.rate, 0.95)
                && (more == 0 || !BinomialBound.IsProven(t.failed, ended + more - 1, t.rate, 0.95));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_large_fleet_is_no_harder() => Assert.InRange(BinomialBound.Upper(50_000, 1_000_000, 0.95), 0.0500, 0.0504);
}
