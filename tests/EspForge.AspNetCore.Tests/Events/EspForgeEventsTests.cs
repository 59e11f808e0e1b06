using System.Net.Http.Headers;

namespace EspForge.AspNetCore.Tests.Events;

public class EspForgeEventsTests
{
    [Fact]
    public async Task A_subscriber_hears_of_its_organization_alone()
    {
        var events = new EspForgeEvents(TimeProvider.System);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var mine = events.Subscribe("acme", end.Token);
        events.Publish("device", "rival", "lamp-09");
        events.Publish("device", "acme", "lamp-01");
        await foreach (var change in mine)
        {
            Assert.Equal(new EspForgeChange("device", "lamp-01"), change);
            break;
        }

        Assert.Equal(0, events.Subscribers);
    }

    [Fact]
    public async Task The_same_change_is_told_once_while_nobody_reads()
    {
        var events = new EspForgeEvents(TimeProvider.System);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var mine = events.Subscribe("acme", end.Token);
        for (var i = 0; i < 1_000; i++)
            events.Publish("device", "acme", "lamp-01");
        events.Publish("rollout", "acme", "end");
        Assert.Equal([new("device", "lamp-01"), new("rollout", "end")], await TakeUntilEndAsync(mine));
    }

    [Fact]
    public async Task A_subscriber_that_lags_hears_that_many_changed_and_memory_stays_bounded()
    {
        var events = new EspForgeEvents(TimeProvider.System);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var mine = events.Subscribe("acme", end.Token);
        events.Publish("release", "acme", "r1");
        for (var i = 0; i < 5_000; i++)
            events.Publish("device", "acme", $"lamp-{i}");
        events.Publish("rollout", "acme", "end");
        var heard = await TakeUntilEndAsync(mine);
        Assert.Contains(new EspForgeChange("release", "r1"), heard);
        Assert.Contains(new EspForgeChange("device", "*"), heard);
        Assert.True(heard.Count <= EspForgeEvents.MaxPending + 2);
    }

    [Fact]
    public async Task A_page_that_listens_hears_of_a_change_and_its_leaving_is_noticed()
    {
        await using var host = await FleetHost.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(host.Address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Person.Viewer);
        var events = (EspForgeEvents)host.Services.GetService(typeof(EspForgeEvents))!;
        using (var answer = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
            Assert.StartsWith(":", await reader.ReadLineAsync(), StringComparison.Ordinal);
            await reader.ReadLineAsync();
            await host.DeviceAsync("lamp-01");
            Assert.Equal("event: change", await reader.ReadLineAsync());
            Assert.Equal("""data: {"kind":"device","id":"lamp-01"}""", await reader.ReadLineAsync());
        }

        for (var i = 0; i < 500 && events.Subscribers > 0; i++)
            await Task.Delay(10);
        Assert.Equal(0, events.Subscribers);
    }

    [Fact]
    public async Task A_stopping_host_ends_the_streams()
    {
        await using var host = await FleetHost.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(host.Address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Person.Viewer);
        using var answer = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await reader.ReadLineAsync();
        var stopping = host.StopAsync();
        await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await stopping;
    }

    private static async Task<List<EspForgeChange>> TakeUntilEndAsync(IAsyncEnumerable<EspForgeChange> changes)
    {
        var heard = new List<EspForgeChange>();
        await foreach (var change in changes)
        {
            heard.Add(change);
            if (change.Id == "end")
                break;
        }

        return heard;
    }
}
