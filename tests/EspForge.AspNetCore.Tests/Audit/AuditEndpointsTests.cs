using EspForge.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore.Tests.Audit;

/// <summary>docs/api.md, Audit.</summary>
public class AuditEndpointsTests
{
    [Fact]
    public async Task Entries_are_paged_filtered_named_and_verified()
    {
        await using var host = await FleetHost.StartAsync(services: s => s.AddSingleton<IActorNames>(new Names()));
        await host.DeviceAsync("lamp-01");
        await host.DeviceAsync("lamp-02", Person.Stranger);
        await host.DataAsync(HttpMethod.Patch, "devices/lamp-01", new { name = "Hall" }, Person.Developer);
        var entries = (await host.GetAsync("audit")).AsArray();
        Assert.Equal([3L, 1], entries.Select(e => (long)e!["sequence"]!));
        Assert.Equal(["sequence", "at", "actor", "actorName", "action", "subject", "detail", "hash"], entries[0]!.AsObject().Select(m => m.Key));
        Assert.Equal(("user:developer", "user:developer", "device.edit", "device:lamp-01"),
            ((string)entries[0]!["actor"]!, (string)entries[0]!["actorName"]!, (string)entries[0]!["action"]!, (string)entries[0]!["subject"]!));
        Assert.Equal("The administrator", (string)entries[1]!["actorName"]!);
        Assert.Equal([1L], (await host.GetAsync("audit?before=3")).AsArray().Select(e => (long)e!["sequence"]!));
        Assert.Equal([3L], (await host.GetAsync("audit?action=device.edit")).AsArray().Select(e => (long)e!["sequence"]!));
        Assert.Single((await host.GetAsync("audit?limit=1")).AsArray());
        var verified = await host.GetAsync("audit/verify");
        Assert.Equal((true, 3L, null), ((bool)verified["valid"]!, (long)verified["entries"]!, (long?)verified["brokenAt"]));
    }

    [Fact]
    public async Task A_change_in_the_table_is_found()
    {
        await using var host = await FleetHost.StartAsync();
        await host.DeviceAsync("lamp-01");
        await host.DeviceAsync("lamp-02");
        await using (var scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<EspForgeDbContext>().Database.ExecuteSqlRawAsync("UPDATE espforge_audit SET Actor = 'user:nobody' WHERE Sequence = 1");
        var verified = await host.GetAsync("audit/verify");
        Assert.Equal((false, 1L), ((bool)verified["valid"]!, (long?)verified["brokenAt"]));
    }

    private sealed class Names : IActorNames
    {
        public Task<IReadOnlyDictionary<string, string>> FindAsync(string organization, IReadOnlyCollection<string> actors, CancellationToken cancel = default) =>
            Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(StringComparer.Ordinal) { ["user:admin"] = "The administrator" });
    }
}
