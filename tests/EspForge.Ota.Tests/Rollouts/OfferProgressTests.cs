using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Ota.Tests.Rollouts;

public sealed class OfferProgressTests
{
    private static readonly OfferState[] All = Enum.GetValues<OfferState>();

    [Fact]
    public void A_state_never_goes_backwards_and_the_first_terminal_one_stays()
    {
        Prop.ForAll(Gen.ListOf(Gen.Elements(All)).ToArbitrary(), reports =>
        {
            var state = OfferState.Waiting;
            foreach (var report in reports)
            {
                var (next, changed) = OfferProgress.Next(state, report);
                if (OfferProgress.IsTerminal(state) && (changed || next != state)) return false;
                if (changed != (next != state) || next < state) return false;
                if (OfferProgress.Next(next, report).Changed) return false; // the same one twice
                state = next;
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(OfferState.Waiting)]
    [InlineData(OfferState.Cancelled)]
    [InlineData((OfferState)99)]
    public void What_only_the_host_may_say_is_ignored(OfferState reported) => Assert.Equal((OfferState.Offered, false), OfferProgress.Next(OfferState.Offered, reported));

    [Fact]
    public void A_device_may_skip_states() => Assert.Equal((OfferState.Confirmed, true), OfferProgress.Next(OfferState.Offered, OfferState.Confirmed));

    [Fact]
    public void Progress_grows_within_a_state()
    {
        Assert.Equal((OfferState.Downloading, 40, true), OfferProgress.Next(OfferState.Downloading, 20, OfferState.Downloading, 40));
        Assert.Equal((OfferState.Downloading, 20, false), OfferProgress.Next(OfferState.Downloading, 20, OfferState.Downloading, 10));
        Assert.Equal((OfferState.Downloading, 20, false), OfferProgress.Next(OfferState.Downloading, 20, OfferState.Downloading, 20));
        Assert.Equal((OfferState.Verifying, (int?)null, true), OfferProgress.Next(OfferState.Downloading, 100, OfferState.Verifying, null));
        Assert.Equal((OfferState.Downloading, 100, true), OfferProgress.Next(OfferState.Offered, null, OfferState.Downloading, 250));
        Assert.Equal((OfferState.Failed, 40, false), OfferProgress.Next(OfferState.Failed, 40, OfferState.Failed, 90));
    }

    [Fact]
    public void A_member_takes_what_a_report_changes()
    {
        var member = new RolloutMember { RolloutId = Guid.Empty, DeviceId = "d-1", Hash = "", Stage = 0, State = OfferState.Downloading, OfferId = "o1", Percent = 60 };
        var now = RolloutSamples.Start;
        var failed = OfferProgress.Next(member, new OfferReport("o1", OfferState.Failed, null, "image-hash-mismatch", new string('x', 300)), now)!;
        Assert.Equal((OfferState.Failed, "image-hash-mismatch", 256, now), (failed.State, failed.Error, failed.Detail!.Length, failed.ChangedAt));
        Assert.Null(OfferProgress.Next(failed, new OfferReport("o1", OfferState.Confirmed, null, null, null), now));
        Assert.Null(OfferProgress.Next(member, new OfferReport("o2", OfferState.Failed, null, null, null), now));
        Assert.Null(OfferProgress.Next(member, new OfferReport("o1", OfferState.Offered, null, null, null), now));
    }
}
