using System.Text;
using EspForge.Ota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace EspForge.AspNetCore;

/// <summary>The public keys that verify releases, for everyone (docs/protocol.md 2.5).</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder endpoints)
    {
        var keys = endpoints.MapGroup(ApiSurface.Keys.Value!).AllowAnonymous().ExcludeFromDescription();
        keys.MapMethods("keys.json", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, SigningKeyRing ring) => Answer(context, KeySet.ToJwks(ring.Trusted), KeySet.JwksMediaType));
        keys.MapMethods("keys.pem", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, SigningKeyRing ring) => Answer(context, Encoding.ASCII.GetBytes(KeySet.ToPem(ring.Trusted)), KeySet.PemMediaType));
    }

    private static FileContentHttpResult Answer(HttpContext context, byte[] document, string type)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Bytes(document, type);
    }
}
