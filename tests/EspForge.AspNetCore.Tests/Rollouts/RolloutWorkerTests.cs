using System.Text.Json.Nodes;
using EspForge.Ota;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Rollouts;

public sealed class RolloutWorkerTests
{
    [Fact]
    public async Task Two_workers_that_decide_at_once_change_once()
    {
        await using var host = await FleetHost.StartAsync();
        var devices = await host.DevicesAsync(8);
        var id = await StartAsync(host, [25, 50, 75, 100]);
        for (var stage = 0; stage < 4; stage++)
        {
            foreach (var device in devices)
                await device.UpdateAsync("1.1.0");
            host.Clock.Move(TimeSpan.FromMinutes(1));
            var changed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => host.Worker().LookAsync(CancellationToken.None))));
            Assert.Equal(1, changed.Sum());
        }

        var rollout = await host.GetAsync($"rollouts/{id}");
        Assert.Equal("completed", (string)rollout["state"]!);
        Assert.Equal(6, rollout["log"]!.AsArray().Count);
        Assert.True((bool)(await host.GetAsync("audit/verify"))["valid"]!);
    }

    [Fact]
    public async Task A_host_that_starts_again_goes_on_where_the_other_was()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-restart-").FullName;
        try
        {
            var clock = new StandingClock();
            var first = await FleetHost.StartAsync(folder, clock);
            var devices = await first.DevicesAsync(4);
            var id = await StartAsync(first, [25, 100]);
            foreach (var device in devices)
                await device.UpdateAsync("1.1.0");
            var begun = await first.GetAsync($"rollouts/{id}/members?limit=1");
            clock.Move(TimeSpan.FromMinutes(1));
            Assert.Equal(1, await first.LookAsync());
            var offered = (await devices.Find(device => device.Version == "1.0.0")!.OfferAsync())!;
            await first.StopAsync();

            await using var second = await FleetHost.StartAsync(folder, clock);
            devices = devices.ConvertAll(device => device with { Host = second });
            Assert.Equal(begun.ToJsonString(), (await second.GetAsync($"rollouts/{id}/members?limit=1")).ToJsonString());
            Assert.Equal(offered, await devices.Find(device => device.Version == "1.0.0")!.OfferAsync());
            foreach (var device in devices)
                await device.UpdateAsync("1.1.0");
            clock.Move(TimeSpan.FromMinutes(1));
            Assert.Equal(1, await second.LookAsync());
            var rollout = await second.GetAsync($"rollouts/{id}");
            Assert.Equal(("completed", 4), ((string)rollout["state"]!, (int)rollout["confirmed"]!));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Silent_devices_pause_the_rollout_with_the_reason()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DevicesAsync(4);
        var id = await StartAsync(host, [50, 100]);
        host.Clock.Move(TimeSpan.FromHours(1));
        Assert.Equal(1, await host.LookAsync());

        var rollout = await host.GetAsync($"rollouts/{id}");
        Assert.Equal("paused", (string)rollout["state"]!);
        Assert.Contains("silent", (string)rollout["reason"]!, StringComparison.Ordinal);
        Assert.Equal(2, (int)rollout["stages"]![0]!["health"]!["silent"]!);

        // A person's resume waits for them once more.
        Assert.Equal("running", (string)(await host.PostAsync($"rollouts/{id}/resume"))["state"]!);
        Assert.Equal(0, await host.LookAsync());
    }

    [Fact]
    public async Task A_rollout_that_cannot_be_counted_does_not_stop_the_others()
    {
        var broken = new BrokenCount();
        await using var host = await FleetHost.StartAsync(services: services =>
        {
            var original = services.Last(service => service.ServiceType == typeof(IRolloutStore));
            services.AddScoped<IRolloutStore>(provider =>
            {
                var store = (IRolloutStore)ActivatorUtilities.CreateInstance(provider, original.ImplementationType!);
                return new CountingStore(store, broken);
            });
        });
        var devices = await host.DevicesAsync(3);
        broken.Id = Guid.Parse(await StartAsync(host, [100], "1.1.0"));
        host.Clock.Move(TimeSpan.FromSeconds(1));
        var other = await StartAsync(host, [100], "1.2.0");
        foreach (var device in devices)
            await device.UpdateAsync("1.2.0");
        host.Clock.Move(TimeSpan.FromMinutes(1));

        broken.IsOn = true;
        Assert.Equal(1, await host.LookAsync());
        broken.IsOn = false;
        Assert.Equal("completed", (string)(await host.GetAsync($"rollouts/{other}"))["state"]!);
    }

    [Fact]
    public async Task The_hosts_own_worker_looks_by_itself()
    {
        await using var host = await FleetHost.StartAsync(services: services =>
            services.PostConfigure<EspForgeOptions>(options => options.RolloutInterval = TimeSpan.FromMilliseconds(100)));
        var device = await host.DeviceAsync("lamp-1");
        var id = await StartAsync(host, [100]);
        await device.UpdateAsync("1.1.0");
        host.Clock.Move(TimeSpan.FromMinutes(1));

        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((string)(await host.GetAsync($"rollouts/{id}"))["state"]! != "completed")
            await Task.Delay(50, end.Token);
    }

    private static async Task<string> StartAsync(FleetHost host, int[] percents, string version = "1.1.0")
    {
        var release = await host.ReleaseAsync(version);
        var stages = percents.Select(percent => new { percent, gate = new { soakSeconds = 60, silentAfterSeconds = 3_600 } });
        var rollout = await host.PostAsync("rollouts", new { releaseId = (string)release["id"]!, stages, start = true });
        return (string)rollout["id"]!;
    }

    private sealed class BrokenCount
    {
        public Guid Id { get; set; }

        public bool IsOn { get; set; }
    }

    private sealed class CountingStore(IRolloutStore store, BrokenCount broken) : IRolloutStore
    {
        public Task<RolloutHealth> CountAsync(Rollout rollout, DateTimeOffset now, CancellationToken cancel = default) =>
            broken.IsOn && rollout.Id == broken.Id ? throw new IOException("The disk is away.") : store.CountAsync(rollout, now, cancel);

        public Task<Rollout?> FindAsync(string organization, Guid id, CancellationToken cancel = default) => store.FindAsync(organization, id, cancel);

        public Task<IReadOnlyList<Rollout>> ListAsync(string organization, int limit, CancellationToken cancel = default) => store.ListAsync(organization, limit, cancel);

        public Task<IReadOnlyList<Rollout>> ListRunningAsync(CancellationToken cancel = default) => store.ListRunningAsync(cancel);

        public IAsyncEnumerable<string> MatchAsync(string organization, string product, string chip, RolloutFilter filter, CancellationToken cancel = default) =>
            store.MatchAsync(organization, product, chip, filter, cancel);

        public Task AddAsync(Rollout rollout, IReadOnlyList<RolloutMember> members, AuditDraft entry, CancellationToken cancel = default) => store.AddAsync(rollout, members, entry, cancel);

        public Task<bool> TryChangeAsync(Rollout changed, int seen, AuditDraft entry, CancellationToken cancel = default) => store.TryChangeAsync(changed, seen, entry, cancel);

        public Task<IReadOnlyList<RolloutMember>> MembersAsync(Guid rolloutId, int skip, int limit, CancellationToken cancel = default) => store.MembersAsync(rolloutId, skip, limit, cancel);

        public Task<RolloutMember?> OfferAsync(string organization, string deviceId, string runningVersion, string newOfferId, DateTimeOffset now, CancellationToken cancel = default) =>
            store.OfferAsync(organization, deviceId, runningVersion, newOfferId, now, cancel);

        public Task<ReportOutcome> ReportAsync(string deviceId, OfferReport report, DateTimeOffset now, CancellationToken cancel = default) => store.ReportAsync(deviceId, report, now, cancel);
    }
}
