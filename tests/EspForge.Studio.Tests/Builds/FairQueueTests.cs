using EspForge.Studio.Builds;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Studio.Tests.Builds;

public sealed class FairQueueTests
{
    /// <summary>What happens to a queue: somebody adds, the next is taken, or one that waits is removed.</summary>
    private sealed record Step(int Kind, int User, int Which)
    {
        public bool Adds => Kind < 5;

        public bool Takes => Kind is >= 5 and < 8;
    }

    private static readonly Arbitrary<Step[]> Steps = Gen.Choose(0, 9)
        .SelectMany(kind => Gen.Choose(0, 4).SelectMany(user => Gen.Choose(0, 1000).Select(which => new Step(kind, user, which)))).ArrayOf().ToArbitrary();

    [Fact]
    public void Whatever_happens_each_line_keeps_its_order_and_nothing_is_lost_or_taken_twice() => Prop.ForAll(Steps, steps =>
    {
        var queue = new FairQueue<Guid>(int.MaxValue, int.MaxValue, int.MaxValue);
        var waiting = Enumerable.Range(0, 5).Select(_ => new List<Guid>()).ToArray();
        foreach (var step in steps)
        {
            if (step.Adds)
            {
                var id = Guid.NewGuid();
                Assert.Null(queue.Add(id, "org", $"user{step.User}", id));
                waiting[step.User].Add(id);
            }
            else if (step.Takes)
            {
                var any = queue.TryTake(out var taken);
                Assert.Equal(waiting.Any(line => line.Count > 0), any);
                if (any)
                {
                    var line = Assert.Single(waiting, line => line.Contains(taken));
                    Assert.Equal(line[0], taken);
                    line.RemoveAt(0);
                }
            }
            else
            {
                var all = waiting.SelectMany(line => line).ToList();
                var id = all.Count == 0 ? Guid.NewGuid() : all[step.Which % all.Count];
                Assert.Equal(all.Count > 0, queue.Remove(id));
                Assert.False(queue.Remove(id));
                Assert.Null(queue.PositionOf(id));
                foreach (var line in waiting)
                    line.Remove(id);
            }

            Assert.Equal(waiting.Sum(line => line.Count), queue.Count);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_position_is_how_many_are_taken_until_then() => Prop.ForAll(Steps, steps =>
    {
        var queue = new FairQueue<Guid>(int.MaxValue, int.MaxValue, int.MaxValue);
        var ids = new List<Guid>();
        foreach (var step in steps)
        {
            if (step.Adds)
            {
                ids.Add(Guid.NewGuid());
                queue.Add(ids[^1], "org", $"user{step.User}", ids[^1]);
            }
            else if (step.Takes)
            {
                queue.TryTake(out _);
            }
            else if (ids.Count > 0)
            {
                queue.Remove(ids[step.Which % ids.Count]);
            }
        }

        var said = ids.Select(id => (id, Position: queue.PositionOf(id))).Where(one => one.Position is not null).ToDictionary(one => one.id, one => one.Position!.Value);
        Assert.Equal(queue.Count, said.Count);
        for (var position = 1; queue.TryTake(out var taken); position++)
            Assert.Equal(position, said[taken]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Between_two_of_one_user_everybody_who_waits_has_a_turn() => Prop.ForAll(Steps, steps =>
    {
        var queue = new FairQueue<int>(int.MaxValue, int.MaxValue, int.MaxValue);
        var waiting = new int[5];

        // How often each user was served since this one waits without having been served.
        var passed = Enumerable.Range(0, 5).Select(_ => new int[5]).ToArray();
        foreach (var step in steps)
        {
            if (!step.Takes)
            {
                queue.Add(Guid.NewGuid(), "org", $"user{step.User}", step.User);
                if (waiting[step.User]++ == 0)
                    passed[step.User] = new int[5];
                continue;
            }

            if (!queue.TryTake(out var user))
                continue;
            waiting[user]--;
            passed[user] = new int[5];
            for (var other = 0; other < 5; other++)
            {
                if (other != user && waiting[other] > 0)
                    Assert.True(++passed[other][user] <= 1, $"user {user} was served twice while user {other} waited");
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Who_asks_for_a_hundred_holds_up_nobody_who_asks_for_one()
    {
        var queue = new FairQueue<string>(100, 1000, 1000);
        for (var i = 0; i < 100; i++)
            queue.Add(Guid.NewGuid(), "org", "greedy", $"greedy {i}");
        var id = Guid.NewGuid();
        queue.Add(id, "org", "modest", "modest");
        Assert.Equal(2, queue.PositionOf(id));
        Assert.True(queue.TryTake(out var first) && queue.TryTake(out var second) && (first, second) == ("greedy 0", "modest"));
    }

    [Fact]
    public void No_more_wait_than_may_of_a_user_of_an_organization_and_in_all()
    {
        var queue = new FairQueue<int>(2, 3, 4);
        var first = Guid.NewGuid();
        Assert.Null(queue.Add(first, "a", "ann", 1));
        Assert.Null(queue.Add(Guid.NewGuid(), "a", "ann", 2));
        Assert.Equal(FairQueueRefusal.User, queue.Add(Guid.NewGuid(), "a", "ann", 3));
        Assert.Null(queue.Add(Guid.NewGuid(), "a", "bob", 4));
        Assert.Equal(FairQueueRefusal.Organization, queue.Add(Guid.NewGuid(), "a", "bob", 5));
        Assert.Null(queue.Add(Guid.NewGuid(), "b", "ann", 6));
        Assert.Equal(FairQueueRefusal.Full, queue.Add(Guid.NewGuid(), "b", "ann", 7));
        Assert.True(queue.Remove(first));
        Assert.Null(queue.Add(Guid.NewGuid(), "a", "ann", 8));
        Assert.Equal(4, queue.Count);
    }

    [Fact]
    public void An_id_waits_once()
    {
        var queue = new FairQueue<int>(9, 9, 9);
        var id = Guid.NewGuid();
        queue.Add(id, "a", "ann", 1);
        Assert.Throws<ArgumentException>(() => queue.Add(id, "a", "bob", 2));
        Assert.Equal(1, queue.Count);
    }
}
