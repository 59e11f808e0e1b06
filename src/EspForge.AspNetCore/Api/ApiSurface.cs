using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Logging;

namespace EspForge.AspNetCore;

/// <summary>Which paths are ours: filled by the Map calls, read by <see cref="ApiSurfaceMiddleware"/>.</summary>
internal sealed class ApiSurface
{
    private PathString[] _prefixes = [];

    public static PathString Devices { get; } = new("/device/v1");

    public static PathString Keys { get; } = new("/.well-known/espforge");

    public bool ServesDevices { get; set; }

    public void Add(string prefix) => _prefixes = [.. _prefixes, new PathString(prefix)];

    public bool IsForPeople(PathString path) => _prefixes.Any(p => path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase));

    public bool IsForDevices(PathString path) =>
        ServesDevices && (path.StartsWithSegments(Devices, StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments(Keys, StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// Sees to it that every failure under our paths has our shape, whoever refused the request: an envelope for people, a problem document for devices.
/// Runs before the host's own pipeline and leaves every other path alone.
/// </summary>
internal sealed partial class ApiSurfaceMiddleware(RequestDelegate next, ApiSurface surface, ILogger<ApiSurfaceMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var people = surface.IsForPeople(context.Request.Path);
        if (!people && !surface.IsForDevices(context.Request.Path))
        {
            await next(context);
            return;
        }

        context.Response.Headers[RequestId.Header] = RequestId.Of(context);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            Clear(context);
            context.Response.StatusCode = error.StatusCode;
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            Log.Unhandled(logger, error, context.Request.Method, context.Request.Path, RequestId.Of(context));
            Clear(context);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        var status = context.Response.StatusCode;
        if (status < 400 || context.Response.HasStarted)
            return;
        if (status is 416)
        {
            // What could not be cut is described as if it had been; only its length is still true, and that is in Content-Range.
            context.Response.ContentType = null;
            context.Response.ContentLength = null;
            context.Response.Headers.ETag = default;
        }

        if (context.Response.ContentType is not null || context.Response.ContentLength is > 0)
            return;
        var (fault, details) = Explain(context, status);
        if (people)
            await ApiResults.WriteFaultAsync(context, fault, details, status: status);
        else
            await DeviceProblem.WriteAsync(context, status, status == 400 ? fault with { Code = "validation" } : fault, details?[0].Field);
    }

    private static void Clear(HttpContext context)
    {
        var id = RequestId.Of(context);
        context.Response.Clear();
        context.Response.Headers[RequestId.Header] = id;
        context.Response.Headers.XContentTypeOptions = "nosniff";
    }

    private static (Fault Fault, IReadOnlyList<ApiDetail>? Details) Explain(HttpContext context, int status)
    {
        switch (status)
        {
            case 400:
                var bad = BadParameters(context);
                return (new Fault("validation-error", bad.Count > 0 ? bad[0].Message : "The request cannot be read."), bad.Count > 0 ? bad : null);
            case 401:
                return context.Response.Headers.WWWAuthenticate.ToString().Contains("expired", StringComparison.OrdinalIgnoreCase)
                    ? (new Fault("auth-expired-token", "The token has expired. Get a new one."), null)
                    : (new Fault("auth-invalid-token", context.Request.Headers.Authorization.Count == 0
                        ? "A token is required: `Authorization: Bearer …`."
                        : "The token is not valid, or no longer. Sign in again, or get a new one."), null);
            case 403:
                return (new Fault("forbidden", "You may not do this here."), null);
            case 404:
                return (new Fault("not-found", "There is nothing at this address."), null);
            case 405:
                var allow = context.Response.Headers.Allow.ToString();
                return (new Fault("method-not-allowed", allow.Length == 0 ? "This method is not answered here." : $"This method is not answered here; these are: {allow}."), null);
            case 412:
                return (new Fault("precondition-failed", "What is here is not what If-Match or If-Unmodified-Since asks for. Read it again."), null);
            case 416:
                return (new Fault("range-not-satisfiable", "The range begins past the end; Content-Range says how long it is."), null);
            case 413:
                return (new Fault("too-large", "The body is too large."), null);
            case 415:
                return (new Fault("unsupported-media-type", $"The body is to be sent as {Accepted(context)}."), null);
            case 429:
                return (new Fault("rate-limited", "Too many requests. Wait, then try again."), null);
            case >= 500:
                return (new Fault("internal", $"Something went wrong here. Its log names this request: {RequestId.Of(context)}."), null);
            default:
                return (new Fault("refused", string.Create(CultureInfo.InvariantCulture, $"The request was refused with status {status}.")), null);
        }
    }

    private static string Accepted(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { ContentTypes: { Count: > 0 } types } ? string.Join(" or ", types) : MediaTypeNames.Application.Json;

    /// <summary>Which query or route values are not of the type their parameter has.</summary>
    private static List<ApiDetail> BadParameters(HttpContext context)
    {
        var bad = new List<ApiDetail>();
        foreach (var binding in context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            var type = Nullable.GetUnderlyingType(binding.ParameterInfo.ParameterType) ?? binding.ParameterInfo.ParameterType;
            var sent = context.Request.RouteValues.TryGetValue(binding.Name, out var route) ? route?.ToString() : context.Request.Query[binding.Name].ToString();
            var expected = type switch
            {
                _ when string.IsNullOrEmpty(sent) && !binding.IsOptional && binding.HasTryParse => "is required",
                _ when string.IsNullOrEmpty(sent) => null,
                _ when type == typeof(int) => int.TryParse(sent, CultureInfo.InvariantCulture, out _) ? null : "must be a whole number",
                _ when type == typeof(long) => long.TryParse(sent, CultureInfo.InvariantCulture, out _) ? null : "must be a whole number",
                _ when type == typeof(Guid) => Guid.TryParse(sent, out _) ? null : "must be an id (UUID)",
                _ when type == typeof(bool) => bool.TryParse(sent, out _) ? null : "must be true or false",
                _ when type == typeof(DateTimeOffset) => DateTimeOffset.TryParse(sent, CultureInfo.InvariantCulture, out _) ? null : "must be a time (ISO 8601)",
                _ => null,
            };
            if (expected is not null)
                bad.Add(new ApiDetail(binding.Name, $"'{binding.Name}' {expected}."));
        }

        return bad;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed (request {RequestId})")]
        public static partial void Unhandled(ILogger logger, Exception error, string method, string path, string requestId);
    }
}

/// <summary>Puts the middleware before everything the host adds.</summary>
internal sealed class ApiSurfaceStartup : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<ApiSurfaceMiddleware>();
        next(app);
    };
}
