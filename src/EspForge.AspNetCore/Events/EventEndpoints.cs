using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EspForge.AspNetCore;

/// <summary><c>GET events</c>: what changed, as server-sent events.</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this RouteGroupBuilder api) =>
        api.MapGet("events", Listen).WithName("listenEvents").WithTags("events").Produces<EspForgeChange>(200, "text/event-stream").RequireAuthorization(Permissions.DevicesRead);

    private static EventStreamResult Listen(ApiCaller caller, EspForgeEvents events) => new EventStreamResult(ReadAsync(events, caller.Organization));

    private static async IAsyncEnumerable<EventStreamItem> ReadAsync(EspForgeEvents events, string organization, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var change in events.Subscribe(organization, cancel))
            yield return new EventStreamItem("change", change);
    }
}
