using System.Security.Cryptography;
using EspForge.Devices;
using EspForge.Ota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EspForge.AspNetCore;

/// <summary>What devices ask and say about updates (docs/protocol.md 2.1 and 2.3).</summary>
internal static class UpdateEndpoints
{
    private const string OfferHeader = "EspForge-Offer";
    private const int MostReportBytes = 4_096;

    private static readonly Dictionary<string, OfferState> States = Enum.GetValues<OfferState>().Where(OfferProgress.IsReportable)
        .ToDictionary(state => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(state.ToString()), StringComparer.Ordinal);

    public static void MapUpdates(this RouteGroupBuilder devices)
    {
        devices.MapGet("update", AskAsync).RequireDevice().AddEndpointFilter(KeyListEndpoints.AnnounceAsync);
        devices.MapPost("reports", ReportAsync).RequireDevice();
    }

    private static async Task<IResult> AskAsync(
        HttpContext context,
        DeviceCaller device,
        IDeviceStore devices,
        IRolloutStore rollouts,
        IReleaseStore releases,
        EspForgeEvents events,
        TimeProvider time,
        string? version,
        string? slot,
        CancellationToken cancel)
    {
        if (!SemVersion.IsValid(version))
            return DeviceProblem.Of(400, "validation", "'version' is the running version: SemVer 2.0, at most 31 bytes.", "version");
        if (DeviceFields.CheckSlot(slot) is { } wrong)
            return DeviceProblem.Of(400, "validation", wrong, "slot");

        var now = RolloutDesk.Whole(time.GetUtcNow());
        await devices.SeenAsync(device.Organization, device.DeviceId, new DeviceSighting(version!, slot!), now, cancel);
        events.Publish("device", device.Organization, device.DeviceId);

        context.Response.Headers.CacheControl = "no-store";
        var offerId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        if (await rollouts.OfferAsync(device.Organization, device.DeviceId, version!, offerId, now, cancel) is not { } offer)
            return TypedResults.NoContent();
        if (string.Equals(offer.OfferId, offerId, StringComparison.Ordinal))
            events.Publish("rollout", device.Organization, offer.RolloutId.ToString());

        // An open offer may outlive its manifest; the device would only refuse it.
        if (await rollouts.FindAsync(device.Organization, offer.RolloutId, cancel) is not { } rollout
            || await releases.FindAsync(device.Organization, rollout.ReleaseId, cancel) is not { } release
            || release.Manifest.ExpiresAt <= now)
        {
            return TypedResults.NoContent();
        }

        context.Response.Headers[OfferHeader] = offer.OfferId;
        return TypedResults.Bytes(release.Manifest.Cose, ReleaseEndpoints.Cose);
    }

    private static async Task<IResult> ReportAsync(
        HttpContext context, DeviceCaller device, IRolloutStore rollouts, IDeviceOffers offers, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        var (report, problem) = await DeviceBody.ReadAsync<Report>(context.Request, MostReportBytes, cancel);
        if (report is null)
            return problem!;
        if (report.Check() is var (field, message))
            return DeviceProblem.Of(400, "validation", message, field);

        var said = new OfferReport(report.OfferId!, States[report.State!], report.Percent, Empty(report.Error), Empty(report.Detail));
        switch (await rollouts.ReportAsync(device.DeviceId, said, RolloutDesk.Whole(time.GetUtcNow()), cancel))
        {
            case ReportOutcome.UnknownOffer:
                return DeviceProblem.Of(404, "offer-unknown", "This is no offer of this device.");
            case ReportOutcome.Recorded:
                events.Publish("device", device.Organization, device.DeviceId);
                if ((await offers.CurrentAsync(device.Organization, [device.DeviceId], cancel)).TryGetValue(device.DeviceId, out var current))
                    events.Publish("rollout", device.Organization, current.RolloutId.ToString());
                break;
        }

        return TypedResults.NoContent();
    }

    private static string? Empty(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private sealed record Report(string? OfferId = null, string? State = null, int? Percent = null, string? Error = null, string? Detail = null)
    {
        public (string Field, string Message)? Check() => this switch
        {
            { OfferId: not { Length: 32 } } => ("offerId", "'offerId' is the offer's 32 hex digits."),
            _ when !OfferId.All(char.IsAsciiHexDigitLower) => ("offerId", "'offerId' is the offer's 32 hex digits."),
            _ when State is null || !States.ContainsKey(State) => ("state", $"'state' is one of {string.Join(' ', States.Keys)}."),
            { Percent: < 0 or > 100 } => ("percent", "'percent' is 0–100."),
            { Error.Length: > 64 } => ("error", "'error' is a code of at most 64 characters."),
            _ when Error?.All(c => c is > ' ' and < '\x7f') is false => ("error", "'error' is a code: printable ASCII without spaces."),
            { Detail.Length: > 256 } => ("detail", "'detail' has at most 256 characters."),
            _ when !DeviceFields.IsText(Detail) => ("detail", "'detail' is text: it holds no control characters."),
            _ => null,
        };
    }
}
