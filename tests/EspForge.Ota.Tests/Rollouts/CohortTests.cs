using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Ota.Tests.Rollouts;

public sealed class CohortTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly Gate Any = new();

    private static IEnumerable<string> Devices(int count) => Enumerable.Range(0, count).Select(i => $"lamp-{i:000000}");

    private static StagePlan[] Plan(params int[] percents) => [.. percents.Select(p => new StagePlan(p, Any))];

    [Fact]
    public void The_rank_is_the_salted_hash_of_the_id()
    {
        var expected = Convert.ToHexStringLower(SHA256.HashData([.. Salt, .. Encoding.UTF8.GetBytes("lamp-1")]));
        Assert.Equal(expected, Cohort.Rank(Salt, "lamp-1"));
        Assert.Equal(32, Cohort.NewSalt().Length);
        Assert.NotEqual(Cohort.NewSalt(), Cohort.NewSalt());
    }

    [Theory]
    [InlineData(100, 5, 15, 30, 50)]
    [InlineData(1_000, 50, 150, 300, 500)]
    [InlineData(101, 6, 15, 30, 50)]
    [InlineData(10, 1, 1, 3, 5)]
    [InlineData(3, 1, 0, 1, 1)]
    [InlineData(2, 1, 0, 0, 1)]
    [InlineData(1, 1, 0, 0, 0)]
    public void Stages_have_exact_sizes(int devices, params int[] sizes)
    {
        var cohort = Cohort.Freeze(Devices(devices), Salt, RolloutPlan.Default).Value;
        Assert.Equal(sizes, cohort.Stages.Select(s => s.Size));
        Assert.Equal(devices, cohort.Count);
        Assert.Equal(new string('f', 64), cohort.Stages[^1].Threshold);
    }

    [Fact]
    public void Nobody_is_never_a_cohort() => Assert.Equal("cohort-empty", Cohort.Freeze([], Salt, RolloutPlan.Default).Fault?.Code);

    [Fact]
    public void A_plan_that_breaks_its_rules_is_refused() => Assert.Equal("rollout-invalid", Cohort.Freeze(Devices(3), Salt, Plan(50)).Fault?.Code);

    [Fact]
    public void A_device_that_came_twice_counts_once()
    {
        var cohort = Cohort.Freeze([.. Devices(50), .. Devices(50), "lamp-000007"], Salt, RolloutPlan.Default).Value;
        Assert.Equal(50, cohort.Count);
        Assert.Equal(Devices(50).Order(), cohort.Members().Select(m => m.DeviceId).Order());
    }

    [Fact]
    public void A_stage_that_gains_nobody_has_the_threshold_of_the_one_before()
    {
        var stages = Cohort.Freeze(Devices(2), Salt, RolloutPlan.Default).Value.Stages;
        Assert.Equal(stages[0].Threshold, stages[1].Threshold);
        Assert.Equal(stages[0].Threshold, stages[2].Threshold);
    }

    [Fact]
    public void Members_come_by_rank_and_each_is_where_its_hash_says()
    {
        var cohort = Cohort.Freeze(Devices(1_000), Salt, RolloutPlan.Default).Value;
        var members = cohort.Members().ToList();
        Assert.Equal(members.OrderBy(m => m.Hash, StringComparer.Ordinal), members);
        Assert.All(members, m =>
        {
            Assert.Equal(Cohort.Rank(Salt, m.DeviceId), m.Hash);
            Assert.Equal(m.Stage, Cohort.StageOf(m.Hash, cohort.Stages));
        });
    }

    [Fact]
    public void The_view_for_a_store_holds_the_same_members()
    {
        var cohort = Cohort.Freeze(Devices(57), Salt, RolloutPlan.Default).Value;
        var id = Guid.CreateVersion7();
        var view = cohort.ToMembers(id);
        Assert.Equal(cohort.Members(), view.Select(m => new CohortMember(m.DeviceId, m.Hash, m.Stage)));
        Assert.Equal(cohort.Members(), Enumerable.Range(0, view.Count).Select(i => new CohortMember(view[i].DeviceId, view[i].Hash, view[i].Stage)));
        Assert.All(view, m => Assert.True(m.RolloutId == id && m.State == OfferState.Waiting && m.OfferId is null));
        Assert.Throws<ArgumentOutOfRangeException>(() => view[57]);
    }

    [Fact]
    public void Another_salt_has_other_canaries()
    {
        var other = SHA256.HashData(Salt);
        var first = Canaries(Salt);
        var second = Canaries(other);
        Assert.True(first.Intersect(second).Count() < first.Count / 2);

        static HashSet<string> Canaries(byte[] salt) => [.. Cohort.Freeze(Devices(1_000), salt, RolloutPlan.Default).Value.Members().Where(m => m.Stage == 0).Select(m => m.DeviceId)];
    }

    [Fact]
    public void Nobody_moves_when_the_fleet_grows()
    {
        var gen = from before in Gen.Choose(1, 400) from late in Gen.Choose(0, 400) from salt in Gen.ArrayOf(Gen.Choose(0, 255), 32) select (before, late, salt: salt.Select(b => (byte)b).ToArray());
        Prop.ForAll(gen.ToArbitrary(), t =>
        {
            var cohort = Cohort.Freeze(Devices(t.before), t.salt, RolloutPlan.Default).Value;
            return cohort.Members().All(m => Cohort.StageOf(m.Hash, cohort.Stages) == m.Stage)
                && Devices(t.before + t.late).Skip(t.before).All(d => Cohort.StageOf(Cohort.Rank(t.salt, d), cohort.Stages) is >= 0 and < 4);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Sizes_add_up_and_follow_the_ceiling()
    {
        var gen = from count in Gen.Choose(1, 1_200) from cuts in Gen.ListOf(Gen.Choose(1, 99)) select (count, percents: cuts.Distinct().Order().Take(19).Append(100).ToArray());
        Prop.ForAll(gen.ToArbitrary(), t =>
        {
            var cohort = Cohort.Freeze(Devices(t.count), Salt, Plan(t.percents)).Value;
            var cumulative = 0;
            return cohort.Stages.All(s => (cumulative += s.Size) == (int)Math.Ceiling(s.Percent * (decimal)t.count / 100)) && cumulative == t.count && cohort.Stages[0].Size >= 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_streamed_fleet_is_the_same_cohort()
    {
        var streamed = (await Cohort.FreezeAsync(Stream(), Salt, RolloutPlan.Default)).Value;
        Assert.Equal(Cohort.Freeze(Devices(300), Salt, RolloutPlan.Default).Value.Members(), streamed.Members());

        static async IAsyncEnumerable<string> Stream()
        {
            foreach (var device in Devices(300))
            {
                await Task.Yield();
                yield return device;
            }
        }
    }

    [Fact]
    public void An_id_of_no_or_too_many_bytes_is_misuse()
    {
        Assert.Throws<ArgumentException>(() => Cohort.Rank(Salt, ""));
        Assert.Throws<ArgumentException>(() => Cohort.Rank(Salt, new string('x', 65)));
        Assert.Throws<ArgumentException>(() => Cohort.Freeze([""], Salt, RolloutPlan.Default));
        Assert.Equal(64, Cohort.Rank(Salt, new string('x', 64)).Length);
    }

    [Fact]
    public void A_fleet_larger_than_one_block_of_memory_is_ranked_too()
    {
        var cohort = Cohort.Freeze(Devices(120_000), Salt, RolloutPlan.Default).Value;
        Assert.Equal([6_000, 18_000, 36_000, 60_000], cohort.Stages.Select(s => s.Size));
        Assert.Equal(120_000, cohort.Members().Select(m => m.DeviceId).Distinct().Count());
    }
}
