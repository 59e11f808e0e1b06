using EspForge.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>What devices measure (docs/protocol.md 2.4), and what people see of it.</summary>
internal static class TelemetryEndpoints
{
    public static void MapDeviceTelemetry(this RouteGroupBuilder devices) => devices.MapPost("telemetry", ReceiveAsync).RequireDevice();

    public static void MapTelemetry(this RouteGroupBuilder api) =>
        api.MapGet("devices/{id}/telemetry", ListAsync).WithName("listTelemetry").WithTags("devices").RequireAuthorization(Permissions.DevicesRead);

    private static async Task<IResult> ReceiveAsync(
        HttpContext context, DeviceCaller device, ITelemetryStore store, EspForgeEvents events, IOptions<EspForgeOptions> options, TimeProvider time, CancellationToken cancel)
    {
        var (batch, problem) = await DeviceBody.ReadAsync<TelemetryBatch>(context.Request, options.Value.MaxTelemetryBytes, cancel);
        if (batch is null)
            return problem!;
        var now = time.GetUtcNow();
        if (batch.Check(now) is var (field, message))
            return DeviceProblem.Of(400, "validation", message, field);
        await store.AddAsync(device.Organization, device.DeviceId, new DeviceSighting(batch.Version!, batch.Slot!, batch.AgentVersion, batch.Hardware), batch.ToSamples(now), now, cancel);
        events.Publish("device", device.Organization, device.DeviceId);
        return TypedResults.NoContent();
    }

    private static async Task<ApiResult<IReadOnlyList<TelemetryView>>> ListAsync(
        string id, DateTimeOffset? from, DateTimeOffset? to, int? limit, ApiCaller caller, IDeviceStore devices, ITelemetryStore store, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit, 5_000) is { } refusal)
            return refusal;
        if (from > to)
            return ApiResults.Invalid("from", "'from' lies after 'to'.");
        if (await devices.FindAsync(caller.Organization, id, cancel) is null)
            return DeviceEndpoints.NotFound(id);
        var samples = await store.ListAsync(caller.Organization, id, from, to, limit ?? 500, cancel);
        return ApiResults.Ok<IReadOnlyList<TelemetryView>>(
            [.. samples.Select(s => new TelemetryView(s.At, s.Version, s.UptimeMs, s.FreeHeapBytes, s.RssiDbm, s.Values ?? new Dictionary<string, double>(StringComparer.Ordinal)))]);
    }
}

/// <summary>A sample, for people.</summary>
internal sealed record TelemetryView(DateTimeOffset At, string Version, long UptimeMs, long FreeHeapBytes, int? RssiDbm, IReadOnlyDictionary<string, double> Values);
