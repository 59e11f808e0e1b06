using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>Endpoints whose <c>Idempotency-Key</c> is not looked at.</summary>
public static class IdempotencyConventions
{
    /// <summary>The endpoint's answer carries a secret, which is not to be kept, or it changes nothing: its <c>Idempotency-Key</c> is not looked at.</summary>
    public static TBuilder WithoutIdempotencyKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(NoIdempotencyKey.Instance);
}

/// <summary>Metadata of such an endpoint.</summary>
internal sealed class NoIdempotencyKey
{
    public static NoIdempotencyKey Instance { get; } = new();
}

/// <summary>
/// <c>Idempotency-Key</c> on changes: the same key with the same request gets the answer that the first one got, and nothing is done a second time. Who asked is known when this runs,
/// and what they may do was checked, for the repeated request as for the first.
/// </summary>
internal sealed partial class IdempotentRequests(IServiceScopeFactory scopes, IOptions<EspForgeOptions> options, TimeProvider time, ILogger<IdempotentRequests> logger)
{
    public const string Header = "Idempotency-Key";
    public const string Replayed = "Idempotent-Replayed";

    private const int MaximumKeyChars = 128;
    private const int MaximumAnswerBytes = 1_048_576;
    private const long MaximumBytesPerActor = 67_108_864;

    // What is sent as a file may be as long as an image.
    private static readonly string[] Files = ["application/octet-stream", "multipart/form-data", "application/zip"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // The body may hold a password: its plain hash could be compared with guesses by who reads the database.
    private readonly Lazy<byte[]> _fingerprintKey = new(() => SecretFile.ReadOrCreate(Path.Combine(options.Value.KeyDirectory, "idempotency.key")));

    private IdempotencyLimits Limits => new(options.Value.IdempotencyRetention, Patience, options.Value.IdempotencyKeysPerAccount, MaximumBytesPerActor);

    /// <summary>Wraps the endpoints of the group, those that a host adds to it included.</summary>
    public static void AddTo(IEndpointConventionBuilder group) => group.Add(endpoint =>
    {
        if (endpoint.RequestDelegate is not { } next)
            return;
        endpoint.RequestDelegate = context => Applies(context)
            ? context.RequestServices.GetRequiredService<IdempotentRequests>().RunAsync(context, next)
            : next(context);
    });

    private static bool Applies(HttpContext context) =>
        context.Request.Headers.ContainsKey(Header)
        && (HttpMethods.IsPost(context.Request.Method) || HttpMethods.IsPut(context.Request.Method) || HttpMethods.IsPatch(context.Request.Method) || HttpMethods.IsDelete(context.Request.Method))
        && context.GetEndpoint()?.Metadata.GetMetadata<NoIdempotencyKey>() is null
        && context.RequestServices.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IIdempotencyStore));

    private async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var sent = request.Headers[Header];
        if (sent.Count != 1 || sent[0] is not { Length: >= 1 and <= MaximumKeyChars } name || !name.All(c => c is > ' ' and < '\x7f'))
        {
            const string what = "An idempotency key is 1–128 printable ASCII characters without spaces, sent once.";
            await ApiResults.WriteFaultAsync(context, new Fault("validation-error", what), [new ApiDetail(Header, what)]);
            return;
        }

        if (await FingerprintAsync(request, context.RequestAborted) is not { } fingerprint)
        {
            // It is longer than any body may be; the endpoint says so.
            await next(context);
            return;
        }

        var caller = ApiCaller.Of(context.User, options.Value);
        var key = new IdempotencyKey(caller.Organization, caller.Actor, $"{request.Method} {request.PathBase}{request.Path}", name);
        var outcome = await StoreAsync(store => store.BeginAsync(key, fingerprint, time.GetUtcNow(), Limits, context.RequestAborted));
        if (outcome.Verdict is IdempotencyVerdict.Begun)
            await BeginAsync(context, next, key);
        else if (outcome is { Verdict: IdempotencyVerdict.Answered, Answer: { Body: { } body } answer })
            await ReplayAsync(context, answer, body);
        else
            await RefuseAsync(context, outcome.Verdict);
    }

    /// <summary>Carries the request out, to its end even if nobody waits for the answer any more: that is when it will be asked for again.</summary>
    private async Task BeginAsync(HttpContext context, RequestDelegate next, IdempotencyKey key)
    {
        var waits = context.RequestAborted;
        var body = context.Response.Body;
        using var said = new MemoryStream();
        context.RequestAborted = CancellationToken.None;
        context.Response.Body = said;
        try
        {
            await next(context);
        }
        catch
        {
            await StoreAsync(async store =>
            {
                await store.AbandonAsync(key);
                return true;
            });
            throw;
        }
        finally
        {
            context.Response.Body = body;
            context.RequestAborted = waits;
        }

        await KeepAsync(context.Response, said, key);
        if (said.Length == 0 || waits.IsCancellationRequested)
            return;
        context.Response.ContentLength = said.Length;
        said.Position = 0;
        await said.CopyToAsync(body, waits);
    }

    private async Task KeepAsync(HttpResponse response, MemoryStream said, IdempotencyKey key)
    {
        try
        {
            await StoreAsync(async store =>
            {
                // What was refused before it began, and what may go well the next time, may be sent again.
                if (response.StatusCode is >= 500 or 400 or 401 or 403 or 408 or 413 or 415 or 429)
                    await store.AbandonAsync(key);
                else
                    await store.CompleteAsync(key, new IdempotentAnswer(response.StatusCode, response.ContentType, response.Headers.Location, said.Length <= MaximumAnswerBytes ? said.ToArray() : null), Limits);
                return true;
            });
        }
        catch (Exception error)
        {
            // The change is made and the caller is to hear of it; a repeated request will hear that the first was cut off.
            Log.NotKept(logger, error, RequestId.Of(response.HttpContext));
        }
    }

    private static async Task ReplayAsync(HttpContext context, IdempotentAnswer answer, byte[] body)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.Headers[Replayed] = "true";
        response.Headers.CacheControl = "no-store";
        if (answer.Location is not null)
            response.Headers.Location = answer.Location;
        if (body.Length == 0)
            return;
        response.ContentType = answer.ContentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, IdempotencyVerdict verdict) => verdict switch
    {
        IdempotencyVerdict.Full => ApiResults.WriteFaultAsync(
            context, new Fault("rate-limited", "This account has as many idempotency keys as are kept. Wait until old ones are forgotten, or send none."), retryAfter: TimeSpan.FromHours(1)),
        IdempotencyVerdict.Busy => ApiResults.WriteFaultAsync(
            context, new Fault("idempotency-conflict", "The first request with this idempotency key is still being carried out. Ask again in a moment."), retryAfter: TimeSpan.FromSeconds(1)),
        IdempotencyVerdict.Cut => ApiResults.WriteFaultAsync(
            context, new Fault("idempotency-conflict", "The first request with this idempotency key was cut off, and how far it came is not known. Look, then use a new key.")),
        IdempotencyVerdict.Answered => ApiResults.WriteFaultAsync(
            context, new Fault("idempotency-conflict", "The request with this idempotency key was carried out; its answer was too long to keep. Read what it changed.")),
        _ => ApiResults.WriteFaultAsync(
            context, new Fault("idempotency-conflict", "This idempotency key was used for a request with another body. Use a new key for a new request.")),
    };

    /// <summary>HMAC-SHA-256 over query and body, which can be read again afterwards; <see langword="null"/> when the body is longer than any may be.</summary>
    private async Task<byte[]?> FingerprintAsync(HttpRequest request, CancellationToken cancel)
    {
        var isFile = Array.Exists(Files, type => request.ContentType?.StartsWith(type, StringComparison.OrdinalIgnoreCase) is true);
        var most = isFile ? options.Value.MaxImageBytes : options.Value.MaxRequestBytes;
        if (request.ContentLength > most)
            return null;
        if (isFile && request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _fingerprintKey.Value);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.QueryString.Value}\n{request.ContentType}\n"));
        var buffer = new byte[16_384];
        long length = 0;
        int read;
        while (length <= most && (read = await request.Body.ReadAsync(buffer, cancel)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
        }

        request.Body.Position = 0;
        return length > most ? null : hash.GetHashAndReset();
    }

    // A scope of its own: what the endpoint left in its database context is not to be saved with the key.
    private async Task<T> StoreAsync<T>(Func<IIdempotencyStore, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<IIdempotencyStore>());
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The answer to request {RequestId} could not be kept for its idempotency key")]
        public static partial void NotKept(ILogger logger, Exception error, string requestId);
    }
}
