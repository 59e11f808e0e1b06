using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>An answer without data: 204, or a fault. A <see cref="Fault"/> converts to it.</summary>
public class ApiResult : IResult, IEndpointMetadataProvider
{
    internal ApiResult(Fault? fault, IReadOnlyList<ApiDetail>? details = null, TimeSpan? retryAfter = null, int? status = null)
    {
        Fault = fault;
        Details = details;
        RetryAfter = retryAfter;
        Status = status;
    }

    /// <summary>Why the request was refused, or <see langword="null"/>.</summary>
    public Fault? Fault { get; }

    /// <summary>What is wrong with which field.</summary>
    public IReadOnlyList<ApiDetail>? Details { get; }

    internal TimeSpan? RetryAfter { get; }

    internal int? Status { get; }

    /// <summary>Refuses.</summary>
    public static implicit operator ApiResult(Fault fault) => new(fault);

    /// <summary>Refuses, with details.</summary>
    public static implicit operator ApiResult(ApiRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new(refusal.Fault, refusal.Details, refusal.RetryAfter, refusal.Status);
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        return Fault is null ? WriteAsync(httpContext) : ApiResults.WriteFaultAsync(httpContext, Fault, Details, RetryAfter, Status);
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => ApiResults.Describe(builder, StatusCodes.Status204NoContent, null);

    private protected virtual Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}

/// <summary>An answer with data in the envelope, or a fault. A <see cref="Fault"/> and a <typeparamref name="T"/> convert to it.</summary>
/// <typeparam name="T">What is asked for.</typeparam>
public class ApiResult<T> : ApiResult, IEndpointMetadataProvider
{
    private readonly int _status;
    private readonly string? _location;

    internal ApiResult(T data, int status, string? location)
        : base(null)
    {
        Data = data;
        _status = status;
        _location = location;
    }

    internal ApiResult(Fault fault, IReadOnlyList<ApiDetail>? details, TimeSpan? retryAfter, int? status = null)
        : base(fault, details, retryAfter, status)
    {
    }

    /// <summary>The answer.</summary>
    public T? Data { get; }

    /// <summary>Refuses.</summary>
    public static implicit operator ApiResult<T>(Fault fault) => new(fault, null, null);

    /// <summary>Refuses, with details.</summary>
    public static implicit operator ApiResult<T>(ApiRefusal refusal) => new(refusal.Fault, refusal.Details, refusal.RetryAfter, refusal.Status);

    /// <summary>Answers 200.</summary>
    public static implicit operator ApiResult<T>(T data) => new(data, StatusCodes.Status200OK, null);

    /// <inheritdoc/>
    public static new void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var status = builder.Metadata.OfType<ApiStatus>().LastOrDefault()?.Status ?? StatusCodes.Status200OK;
        ApiResults.Describe(builder, status, typeof(ApiEnvelope<T>));
    }

    private protected override Task WriteAsync(HttpContext context)
    {
        if (_location is not null)
            context.Response.Headers.Location = _location;
        return ApiResults.WriteAsync(context, _status, new ApiEnvelope<T>(true, Data, null, ApiResults.Meta(context)));
    }
}

/// <summary>A refusal with details or a time to wait; converts to any <see cref="ApiResult{T}"/>.</summary>
/// <param name="Fault">Why.</param>
/// <param name="Details">What is wrong with which field.</param>
/// <param name="RetryAfter">How long to wait before the next try.</param>
/// <param name="Status">The HTTP status where it is not the code's usual one.</param>
public sealed record ApiRefusal(Fault Fault, IReadOnlyList<ApiDetail>? Details = null, TimeSpan? RetryAfter = null, int? Status = null);

/// <summary>Says which status an endpoint answers on success, for the OpenAPI document.</summary>
internal sealed record ApiStatus(int Status);

/// <summary>Makes the answers of the people's API.</summary>
public static class ApiResults
{
    /// <summary>The codes whose status their ending does not tell.</summary>
    private static readonly Dictionary<string, int> Statuses = new(StringComparer.Ordinal)
    {
        ["validation-error"] = 400,
        ["not-found"] = 404,
        ["method-not-allowed"] = 405,
        ["auth-invalid-token"] = 401,
        ["auth-expired-token"] = 401,
        ["auth-invalid-credentials"] = 401,
        ["forbidden"] = 403,
        ["forbidden-device-access"] = 403,
        ["setup-code-invalid"] = 403,
        ["last-administrator"] = 409,
        ["idempotency-conflict"] = 409,
        ["rate-limited"] = 429,
        ["too-large"] = 413,
        ["unsupported-media-type"] = 415,
        ["internal"] = 500,
        ["precondition-failed"] = 412,
        ["range-not-satisfiable"] = 416,
        ["image-empty"] = 400,
        ["image-not-kept"] = 507,
    };

    /// <summary>Where a code is in no table its ending decides; the first that fits.</summary>
    private static readonly (string Ending, int Status)[] Endings =
    [
        ("-not-found", 404), ("-unknown", 404), ("-exists", 409), ("-conflict", 409), ("-state", 409), ("-limit", 409), ("-done", 409),
        ("-empty", 409), ("-has-errors", 409), ("-in-use", 409), ("-locked", 403), ("-forbidden", 403), ("-unavailable", 503),
    ];

    /// <summary>
    /// Next to a body's type in an endpoint's metadata: the handler itself refuses other types, after authorization. Routing, which would do it before, then does not know who calls
    /// nor what is asked for.
    /// </summary>
    internal const string AnyType = "*/*";

    /// <summary>200 with data.</summary>
    public static ApiResult<T> Ok<T>(T data) => new(data, StatusCodes.Status200OK, null);

    /// <summary>201 with data; add <c>.Answers(201)</c> to the endpoint.</summary>
    public static ApiResult<T> Created<T>(string? location, T data) => new(data, StatusCodes.Status201Created, location);

    /// <summary>202 with data; add <c>.Answers(202)</c> to the endpoint.</summary>
    public static ApiResult<T> Accepted<T>(T data) => new(data, StatusCodes.Status202Accepted, null);

    /// <summary>204.</summary>
    public static ApiResult NoContent() => new(null);

    /// <summary>A refusal where an endpoint has no data type.</summary>
    public static ApiResult Problem(Fault fault, IReadOnlyList<ApiDetail>? details = null) => new(fault, details);

    /// <summary>The outcome's value as 200, or its fault.</summary>
    public static ApiResult<T> From<T>(Outcome<T> outcome)
        where T : notnull => outcome.TryGet(out var value, out var fault) ? Ok(value) : fault;

    /// <summary>400 <c>VALIDATION_ERROR</c> that names one field.</summary>
    public static ApiRefusal Invalid(string field, string message) => Invalid([new ApiDetail(field, message)]);

    /// <summary>400 <c>VALIDATION_ERROR</c> that names fields.</summary>
    public static ApiRefusal Invalid(IReadOnlyList<ApiDetail> details)
    {
        ArgumentNullException.ThrowIfNull(details);
        return new(new Fault("validation-error", details.Count == 1 ? details[0].Message : "The request is not valid; see the details."), details);
    }

    /// <summary>Says which status the endpoint answers on success (the document's, not the answer's): 201 or 202.</summary>
    public static TBuilder Answers<TBuilder>(this TBuilder builder, int status)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            var plain = endpoint.Metadata.OfType<ProducesResponseTypeMetadata>().FirstOrDefault(m => m.StatusCode is 200);
            if (plain is not null)
                endpoint.Metadata.Remove(plain);
            endpoint.Metadata.Add(new ApiStatus(status));
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(status, plain?.Type, ["application/json"]));
        });
        return builder;
    }

    /// <summary>The HTTP status of a fault's code.</summary>
    internal static int StatusOf(string code, EspForgeOptions? options)
    {
        if (options is not null && options.FaultStatuses.TryGetValue(code, out var chosen))
            return chosen;
        if (Statuses.TryGetValue(code, out var status))
            return status;
        foreach (var (ending, of) in Endings)
        {
            if (code.EndsWith(ending, StringComparison.Ordinal))
                return of;
        }

        return StatusCodes.Status400BadRequest;
    }

    internal static ApiMeta Meta(HttpContext context) => new(
        RequestId.Of(context), (context.RequestServices?.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow(), "v1");

    internal static Task WriteFaultAsync(HttpContext context, Fault fault, IReadOnlyList<ApiDetail>? details = null, TimeSpan? retryAfter = null, int? status = null)
    {
        var options = context.RequestServices?.GetService<IOptions<EspForgeOptions>>()?.Value;
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString(CultureInfo.InvariantCulture);
        var error = new ApiError(fault.Code.ToUpperInvariant().Replace('-', '_'), fault.Message, details);
        return WriteAsync(context, status ?? StatusOf(fault.Code, options), new ApiEnvelope<object>(false, null, error, Meta(context)));
    }

    internal static Task WriteAsync<T>(HttpContext context, int status, ApiEnvelope<T> envelope)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(envelope, ApiJson.Options, "application/json; charset=utf-8", context.RequestAborted);
    }

    internal static void Describe(EndpointBuilder builder, int status, Type? type)
    {
        builder.Metadata.Add(type is null ? new ProducesResponseTypeMetadata(status) : new ProducesResponseTypeMetadata(status, type, ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(400, typeof(ApiEnvelope<object>), ["application/json"]));
    }
}
