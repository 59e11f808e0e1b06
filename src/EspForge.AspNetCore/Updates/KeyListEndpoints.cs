using System.Globalization;
using EspForge.Ota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.AspNetCore;

/// <summary>The key list devices are given (docs/protocol.md 6.6), and its rotation by an administrator (docs/api.md).</summary>
internal static class KeyListEndpoints
{
    private const string KeysHeader = "EspForge-Keys";

    /// <summary><c>GET /device/v1/keys?generation=N</c>.</summary>
    public static void MapDeviceKeys(this RouteGroupBuilder devices) => devices.MapGet("keys", Newest).RequireDevice();

    /// <summary><c>keys</c> and <c>keys/rotate</c>. The keys are the host's: whoever rotates them administers it.</summary>
    public static void MapKeyRing(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("keys").WithTags("keys").ExcludeFromDescription();
        keys.MapGet("", List).RequireAuthorization(Permissions.ReleasesRead);
        keys.MapPost("rotate", RotateAsync).RequireAuthorization(Permissions.UsersManage);
    }

    /// <summary>Says on an answer which generation there is, so that a device asks for the list before it judges a manifest.</summary>
    public static ValueTask<object?> AnnounceAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var generation = context.HttpContext.RequestServices.GetRequiredService<SigningKeyRing>().Generation;
        if (generation > 0)
            context.HttpContext.Response.Headers[KeysHeader] = generation.ToString(CultureInfo.InvariantCulture);
        return next(context);
    }

    private static IResult Newest(HttpContext context, SigningKeyRing ring, string? generation)
    {
        if (!long.TryParse(generation, NumberStyles.None, CultureInfo.InvariantCulture, out var has) || has > KeyList.MaximumGeneration)
            return DeviceProblem.Of(400, "validation", "'generation' is that of the keys the device has: 0 after a claim.", "generation");
        context.Response.Headers.CacheControl = "no-store";
        return ring.ListFor(has) is { } list ? TypedResults.Bytes(list, ReleaseEndpoints.Cose) : TypedResults.NoContent();
    }

    private static ApiResult<KeyRingView> List(SigningKeyRing ring) => View(ring);

    private static async Task<ApiResult<KeyRingView>> RotateAsync(
        ApiCaller caller, ApiBody<KeyRotationRequest> body, SigningKeyRing ring, IAuditLog audit, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        var request = body.Value;
        if (request.Retire is { Count: > SigningKeyRing.MaximumTrusted } || request.Retire?.Any(id => id is not { Length: 32 }) == true)
            return ApiResults.Invalid("retire", "'retire' holds up to four key ids of 32 hex digits.");

        // Written first: a rotation that cannot be audited does not happen, and one that fails is seen to have been tried.
        var subject = $"key:{ring.Active.KeyId}";
        var what = $"{(request.Create ? "a new key" : "no new key")}, retiring {(request.Retire is { Count: > 0 } ids ? string.Join(' ', ids) : "none")}";
        await audit.AppendAsync(caller.Organization, caller.Draft("key.rotate", subject, $"generation {ring.Generation + 1}: {what}"), cancel);
        if (!ring.Rotate(time.GetUtcNow(), request.Create, request.Retire).TryGet(out var rotation, out var fault))
        {
            await audit.AppendAsync(caller.Organization, caller.Draft("key.rotate-failed", subject, fault.Code), CancellationToken.None);
            return fault.Code.StartsWith("key-file", StringComparison.Ordinal) || fault.Code is "key-ring-malformed" ? fault with { Code = "keys-unavailable" } : fault;
        }

        events.Publish("release", caller.Organization, $"keys:{rotation.Generation}");
        return View(ring);
    }

    private static KeyRingView View(SigningKeyRing ring) => new(
        ring.Generation,
        [.. ring.Keys.Select(k => new KeyView(k.Key.KeyId, k.Key.Algorithm, k.State == KeyState.Retired ? "retired" : "trusted", string.Equals(k.Key.KeyId, ring.Active.KeyId, StringComparison.Ordinal)))]);
}

/// <summary>What is to be rotated.</summary>
/// <param name="Create">Whether a new key is to sign from now on.</param>
/// <param name="Retire">Ids of keys that are to verify nothing any more.</param>
internal sealed record KeyRotationRequest(bool Create = true, IReadOnlyList<string>? Retire = null);

/// <summary>The host's keys.</summary>
internal sealed record KeyRingView(long Generation, IReadOnlyList<KeyView> Keys);

/// <summary>One of them.</summary>
internal sealed record KeyView(string Kid, string Alg, string State, bool Active);
