using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EspForge.AspNetCore;

/// <summary>One server-sent event.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Data">Sent as JSON.</param>
/// <param name="Id">What a reader that was cut off sends as <c>Last-Event-ID</c>.</param>
public sealed record EventStreamItem(string Event, object Data, string? Id = null);

/// <summary>
/// An answer of server-sent events, until there are no more, the reader goes or the host stops. While there is nothing to say, a comment every 15 seconds keeps proxies from taking the
/// connection for a dead one.
/// </summary>
/// <param name="items">The events; not read before the answer is given.</param>
public sealed class EventStreamResult(IAsyncEnumerable<EventStreamItem> items) : IResult
{
    internal static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        var time = httpContext.RequestServices.GetRequiredService<TimeProvider>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        var reading = items.GetAsyncEnumerator(end.Token);
        var next = reading.MoveNextAsync().AsTask();
        try
        {
            await WriteAsync(response, ": connected\n\n", end.Token);
            while (true)
            {
                while (!await CompletesAsync(next, time, end.Token))
                    await WriteAsync(response, ": alive\n\n", end.Token);
                if (!await next)
                    return;
                await WriteAsync(response, Text(reading.Current), end.Token);
                next = reading.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The page was closed or the host stops: the stream ends.
        }
        finally
        {
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await reading.DisposeAsync();
        }
    }

    private static string Text(EventStreamItem item) =>
        $"event: {item.Event}\ndata: {JsonSerializer.Serialize(item.Data, ApiJson.Options)}\n{(item.Id is null ? "" : $"id: {item.Id}\n")}\n";

    /// <summary>Waits at most until the next comment is due; whether the task ended.</summary>
    private static async Task<bool> CompletesAsync(Task task, TimeProvider time, CancellationToken cancel)
    {
        if (task.IsCompleted)
            return true;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var first = await Task.WhenAny(task, Task.Delay(KeepAlive, time, waiting.Token));
        await waiting.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return ReferenceEquals(first, task);
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancel)
    {
        await response.WriteAsync(text, cancel);
        await response.Body.FlushAsync(cancel);
    }
}
