using EspForge.Boards;
using EspForge.Devices;
using EspForge.Ota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>How a device is adopted (docs/protocol.md 1.1 and 1.2).</summary>
internal static class DeviceClaimEndpoints
{
    private const int MaxBodyBytes = 4_096;

    public static void MapDeviceClaims(this RouteGroupBuilder devices)
    {
        devices.MapPost("claims", BeginAsync).Limit(limits => limits.Claims);
        devices.MapGet("claims/{claimId}", PollAsync).Limit(limits => limits.Unproven);
    }

    private static async Task<IResult> BeginAsync(HttpContext context, IClaimStore claims, BoardCatalog catalog, IOptions<EspForgeOptions> options, TimeProvider time, CancellationToken cancel)
    {
        var (request, problem) = await DeviceBody.ReadAsync<ClaimRequest>(context.Request, MaxBodyBytes, cancel);
        if (request is null)
            return problem!;
        if (request.Check() is var (field, message))
            return DeviceProblem.Of(400, "validation", message, field);
        if (catalog.FindChip(request.Chip) is null)
            return DeviceProblem.Of(400, "validation", $"There is no such chip; these are known: {string.Join(", ", catalog.ChipIds)}.", "chip");

        var now = time.GetUtcNow();
        var outcome = await claims.OpenAsync(request, now + options.Value.ClaimLifetime, now, options.Value.MaxOpenClaims, cancel);
        if (!outcome.TryGet(out var claim, out var fault))
            return DeviceProblem.Of(429, fault.Code, fault.Message, retryAfter: TimeSpan.FromMinutes(1));
        return TypedResults.Json(
            new ClaimBegun(claim.ClaimId, claim.PairingCode, claim.PollToken, claim.ExpiresAt.ToUnixTimeMilliseconds(), (int)options.Value.ClaimPollInterval.TotalMilliseconds),
            DeviceJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> PollAsync(
        string claimId, HttpContext context, IClaimStore claims, SigningKeyRing keys, CommandSecrets secrets, DeviceDirectory directory,
        EspForgeEvents events, IOptions<EspForgeOptions> options, TimeProvider time, CancellationToken cancel)
    {
        if (DeviceAuthentication.Bearer(context.Request) is not { } token)
            return Unknown();
        var deviceKey = DeviceKey.Generate();
        var secret = CommandSecret.Generate();
        var delivery = await claims.PollAsync(
            claimId, Claim.HashToken(token), time.GetUtcNow(), _ => new DeviceCredentials(DeviceKey.Hash(deviceKey), secrets.Protect(secret)), cancel);
        switch (delivery.Poll)
        {
            case ClaimPoll.Unknown:
                return Unknown();
            case ClaimPoll.Gone:
                return DeviceProblem.Of(410, "claim-gone", "The claim expired, was withdrawn or was delivered already. Claim anew.");
            case ClaimPoll.Pending:
                return TypedResults.Json(new ClaimPending("pending", (int)options.Value.ClaimPollInterval.TotalMilliseconds), DeviceJson.Options, statusCode: StatusCodes.Status202Accepted);
            default:
                var deviceId = delivery.DeviceId!;
                directory.Forget(deviceId);
                events.Publish("device", delivery.Organization!, deviceId);
                context.Response.Headers.CacheControl = "no-store";
                return TypedResults.Json(
                    new ClaimDelivered(
                        "claimed", deviceId, deviceKey, CommandSecret.Encode(secret), [.. keys.Trusted.Select(k => new TrustedKeyView(k.KeyId, k.Algorithm, k.DeviceKeyBase64Url))], keys.Generation,
                        MqttUrl: null, WebSocketUrl: null, options.Value.TopicRoot.Replace("{deviceId}", deviceId, StringComparison.Ordinal), time.GetUtcNow().ToUnixTimeMilliseconds()),
                    DeviceJson.Options);
        }
    }

    private static IResult Unknown() => DeviceProblem.Of(404, "claim-unknown", "There is no such claim, or its poll token is another.");

    private sealed record ClaimBegun(string ClaimId, string PairingCode, string PollToken, long ExpiresAt, int PollIntervalMs);

    private sealed record ClaimPending(string State, int PollIntervalMs);

    private sealed record TrustedKeyView(string Kid, string Alg, string PublicKey);

    private sealed record ClaimDelivered(
        string State, string DeviceId, string DeviceKey, string CommandSecret, IReadOnlyList<TrustedKeyView> TrustedKeys, long KeysGeneration, string? MqttUrl, string? WebSocketUrl, string TopicRoot, long ServerTimeMs);
}
