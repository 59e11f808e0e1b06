using EspForge.Ota;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace EspForge.AspNetCore;

/// <summary>The bytes of images and their detached signatures (docs/protocol.md 2.2), for devices and people of an organization that holds them.</summary>
internal static class DeviceImageEndpoints
{
    private const string Bytes = "application/octet-stream";

    // The address names the content: what it answers once it answers for ever.
    private const string Immutable = "private, max-age=31536000, immutable";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapDeviceImages(this RouteGroupBuilder devices)
    {
        devices.MapMethods("images/{sha256:length(64)}", Methods, ContentAsync).AllowAnonymous();
        devices.MapMethods("images/{sha256:length(64)}.sig", Methods, SignatureAsync).AllowAnonymous();
    }

    private static async Task<IResult> ContentAsync(HttpContext context, IImageStore images, IImageContent content, RateLimits limits, string sha256, CancellationToken cancel)
    {
        var (organization, refusal) = await AdmitAsync(context, limits);
        if (organization is null)
            return refusal!;
        if (!ManifestImage.IsSha256(sha256) || await images.FindAsync(organization, sha256, cancel) is null || content.OpenRead(sha256) is not { } stream)
            return NotFound();

        ImageRanges.Tidy(context.Request, sha256);
        context.Response.Headers.CacheControl = Immutable;
        return TypedResults.Stream(stream, Bytes, entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: true);
    }

    private static async Task<IResult> SignatureAsync(HttpContext context, IReleaseStore releases, SigningKeyRing keys, RateLimits limits, string sha256, CancellationToken cancel)
    {
        var (organization, refusal) = await AdmitAsync(context, limits);
        if (organization is null)
            return refusal!;
        if (!ManifestImage.IsSha256(sha256) || await releases.FindByImageAsync(organization, sha256, cancel) is not { } release)
            return NotFound();

        // OpenSSL reads the first key of the published file alone: a release from before a rotation is signed by it, too.
        var hash = Convert.FromHexString(sha256);
        var signature = keys.Trusted[0].VerifyHashDer(hash, release.ImageSignature) ? release.ImageSignature : keys.Active.SignHashDer(hash);
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Bytes(signature, Bytes);
    }

    // A device's credential is tried first; a person comes with what the host's own authentication made of theirs.
    private static async Task<(string? Organization, IResult? Refusal)> AdmitAsync(HttpContext context, RateLimits limits)
    {
        var device = await context.AuthenticateAsync(DeviceAuthentication.Scheme);
        if (device is { Succeeded: true, Principal: { } principal })
        {
            context.User = principal;
            if (limits.Devices.TryTake(context) is { } wait)
                return (null, DeviceProblem.Of(429, RateLimits.Fault.Code, RateLimits.Fault.Message, retryAfter: wait));
            return (DeviceCaller.Of(principal)!.Organization, null);
        }

        if (PermissionHandler.Has(context.User, Permissions.ImagesRead))
            return ((await ApiCaller.BindAsync(context))!.Organization, null);
        return (null, TypedResults.Challenge(properties: null, [DeviceAuthentication.Scheme]));
    }

    private static IResult NotFound() => DeviceProblem.Of(404, "image-not-found", "There is no such image here.");
}
