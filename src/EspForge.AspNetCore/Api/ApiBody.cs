using System.Buffers;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>A body that was read or could not be.</summary>
internal interface IApiBody
{
    ApiRefusal? Refusal { get; }
}

/// <summary>Marks a body that may be left out: every member has a default.</summary>
internal interface IOptionalBody;

/// <summary>
/// The JSON body of a request: a parameter of an endpoint's handler. What cannot be read is refused before the handler runs: 415, 413, or 400 that names the member.
/// </summary>
/// <typeparam name="T">The body's type.</typeparam>
public sealed class ApiBody<T> : IApiBody, IEndpointParameterMetadataProvider
    where T : class
{
    private readonly T? _value;

    private ApiBody(T? value, ApiRefusal? refusal)
    {
        _value = value;
        Refusal = refusal;
    }

    /// <summary>What was sent.</summary>
    public T Value => _value ?? throw new InvalidOperationException("The body was refused; the handler is not to run.");

    /// <summary>Why it was refused.</summary>
    internal ApiRefusal? Refusal { get; }

    ApiRefusal? IApiBody.Refusal => Refusal;

    /// <summary>Reads the body.</summary>
    public static async ValueTask<ApiBody<T>?> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (typeof(T).IsAssignableTo(typeof(IOptionalBody)) && HasNone(context))
            return new(JsonSerializer.Deserialize<T>("{}", ApiJson.Options), null);
        if (!context.Request.HasJsonContentType())
            return Refuse("unsupported-media-type", "Send the body as application/json.");
        var most = context.RequestServices.GetRequiredService<IOptions<EspForgeOptions>>().Value.MaxRequestBytes;
        var bytes = await BoundedBody.ReadAsync(context.Request, most, context.RequestAborted);
        if (bytes is null)
            return Refuse("too-large", $"The body is larger than {most:N0} bytes.");
        if (bytes.Length == 0)
            return new(null, ApiResults.Invalid("", "A JSON body is required."));
        try
        {
            var value = JsonSerializer.Deserialize<T>(bytes, ApiJson.Options);
            return value is null ? new(null, ApiResults.Invalid("", "The body is null; an object is required.")) : new(value, null);
        }
        catch (JsonException error)
        {
            return new(null, ApiResults.Invalid(JsonFaults.Explain(error, typeof(T), ApiJson.Options)));
        }
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new AcceptsMetadata(["application/json", ApiResults.AnyType], typeof(T)));
    }

    private static bool HasNone(HttpContext context) =>
        context.Request.ContentLength == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    private static ApiBody<T> Refuse(string code, string message) => new(null, new ApiRefusal(new Fault(code, message)));
}

/// <summary>Answers for the handler when a body was refused.</summary>
internal static class ApiBodyFilter
{
    public static ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is IApiBody { Refusal: { } refusal })
                return ValueTask.FromResult<object?>((ApiResult)refusal);
        }

        return next(context);
    }
}

/// <summary>Reads a body up to a limit.</summary>
internal static class BoundedBody
{
    /// <summary>The whole body, or <see langword="null"/> when it is longer than <paramref name="most"/> bytes.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int most, CancellationToken cancel)
    {
        if (request.ContentLength > most)
            return null;
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 1024, 256, most + 1L));
        while (true)
        {
            var read = await request.Body.ReadAsync(buffer.GetMemory(256), cancel);
            if (read == 0)
                return buffer.WrittenSpan.ToArray();
            buffer.Advance(read);
            if (buffer.WrittenCount > most)
                return null;
        }
    }
}
