using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace EspForge.AspNetCore;

/// <summary><c>GET events</c>: what changed, as server-sent events.</summary>
internal static class EventEndpoints
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static void MapEvents(this RouteGroupBuilder api) =>
        api.MapGet("events", Listen).WithName("listenEvents").WithTags("events").Produces<EspForgeChange>(200, "text/event-stream").RequireAuthorization(Permissions.DevicesRead);

    private static async Task Listen(HttpContext context, ApiCaller caller, EspForgeEvents events, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var changes = events.Subscribe(caller.Organization, end.Token);
        using var writing = new SemaphoreSlim(1, 1);
        var alive = Task.CompletedTask;
        try
        {
            await context.Response.WriteAsync(": connected\n\n", end.Token);
            await context.Response.Body.FlushAsync(end.Token);
            alive = KeepAliveAsync(context, writing, time, end.Token);
            await foreach (var change in changes)
            {
                await writing.WaitAsync(end.Token);
                try
                {
                    await context.Response.WriteAsync($"event: change\ndata: {JsonSerializer.Serialize(change, ApiJson.Options)}\n\n", end.Token);
                    await context.Response.Body.FlushAsync(end.Token);
                }
                finally
                {
                    writing.Release();
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The page was closed or the host stops: the stream ends.
        }
        finally
        {
            await end.CancelAsync();
            await alive.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task KeepAliveAsync(HttpContext context, SemaphoreSlim writing, TimeProvider time, CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(KeepAlive, time, cancel);
            await writing.WaitAsync(cancel);
            try
            {
                await context.Response.WriteAsync(": alive\n\n", cancel);
                await context.Response.Body.FlushAsync(cancel);
            }
            finally
            {
                writing.Release();
            }
        }
    }
}
