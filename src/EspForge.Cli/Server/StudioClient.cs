using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EspForge.Cli.Server;

/// <summary>
/// The API of a Studio (docs/api.md). What the server refuses is a fault with the server's sentence; what may pass (no connection, 429, 502–504) is tried again
/// a few times, changes with an <c>Idempotency-Key</c>, so that nothing happens twice.
/// </summary>
internal sealed class StudioClient : IDisposable
{
    /// <summary>Code of the fault of a server that cannot be reached or failed.</summary>
    public const string Unavailable = "server-unavailable";

    private const int Attempts = 5;
    private const int MaxAnswerBytes = 32 * 1024 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public StudioClient(StudioCredentials credentials, TimeProvider? time = null)
        : this(credentials.Server, time) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credentials.Key);

    /// <summary>A client without a key.</summary>
    public StudioClient(Uri server, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;

        // A redirect could take the key elsewhere.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = new Uri(server, "api/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("espforge", typeof(StudioClient).Assembly.GetName().Version?.ToString(3)));
    }

    /// <summary>Longest a request but a followed log may take.</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromMinutes(2);

    public Task<Outcome<JsonElement>> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, () => null, cancel);

    public Task<Outcome<JsonElement>> PostAsync(string path, JsonObject? body, CancellationToken cancel)
    {
        var text = (body ?? []).ToJsonString();
        return SendAsync(HttpMethod.Post, path, () => new StringContent(text, Encoding.UTF8, "application/json"), cancel);
    }

    /// <summary>Sends a file as <c>multipart/form-data</c>, part <c>file</c>.</summary>
    public Task<Outcome<JsonElement>> UploadAsync(string path, string fileName, byte[] content, CancellationToken cancel)
    {
        // One boundary for every attempt: with the same key the server expects the same body, byte for byte.
        var boundary = Guid.NewGuid().ToString("N");
        return SendAsync(
            HttpMethod.Post, path, () =>
            {
                var part = new ByteArrayContent(content);
                part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                return new MultipartFormDataContent(boundary) { { part, "file", fileName } };
            }, cancel);
    }

    /// <summary>Reads bytes.</summary>
    public async Task<Outcome<byte[]>> DownloadAsync(string path, CancellationToken cancel)
    {
        var (answer, fault) = await ExchangeAsync(HttpMethod.Get, path, () => null, cancel);
        using (answer)
        {
            if (answer is null)
                return fault!;
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(cancel) : await RefusalAsync(answer, cancel);
        }
    }

    /// <summary>
    /// Follows a log of server-sent events to its <c>end</c>: each <c>line</c> once, also when the connection was lost between two of them. The outcome is the data of
    /// the <c>end</c> event.
    /// </summary>
    public async Task<Outcome<JsonElement>> FollowAsync(string path, Action<JsonElement> line, CancellationToken cancel)
    {
        string? last = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Accept.ParseAdd("text/event-stream");
                if (last is not null)
                    request.Headers.Add("Last-Event-ID", last);
                using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
                if (!answer.IsSuccessStatusCode)
                    return await RefusalAsync(answer, cancel);
                await using var stream = await answer.Content.ReadAsStreamAsync(cancel);
                await foreach (var item in SseParser.Create(stream, (_, data) => JsonElement.Parse(data)).EnumerateAsync(cancel))
                {
                    attempt = 0;
                    last = item.EventId ?? last;
                    if (item.EventType is "end")
                        return item.Data;
                    if (item.EventType is "line")
                        line(item.Data);
                }
            }
            catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
            {
                // Lost on the way: on from the last line that came.
            }

            await Task.Delay(Wait(attempt, null), _time, cancel);
        }

        return new Fault(Unavailable, $"The connection to {_http.BaseAddress!.Authority} was lost, and trying again did not help.");
    }

    public void Dispose() => _http.Dispose();

    private async Task<Outcome<JsonElement>> SendAsync(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancel)
    {
        var (answer, fault) = await ExchangeAsync(method, path, content, cancel);
        using (answer)
        {
            if (answer is null)
                return fault!;
            if (!answer.IsSuccessStatusCode)
                return await RefusalAsync(answer, cancel);
            if (answer.StatusCode is HttpStatusCode.NoContent)
                return JsonElement.Parse("{}");
            try
            {
                var envelope = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(cancel));
                return envelope.GetProperty("data");
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                return NoStudio();
            }
        }
    }

    private async Task<(HttpResponseMessage? Answer, Fault? Fault)> ExchangeAsync(HttpMethod method, string path, Func<HttpContent?> content, CancellationToken cancel)
    {
        var key = method == HttpMethod.Get ? null : Guid.NewGuid().ToString("N");
        var why = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            TimeSpan? wanted = null;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(RequestLimit);
            try
            {
                using var request = new HttpRequestMessage(method, path) { Content = content() };
                if (key is not null)
                    request.Headers.Add("Idempotency-Key", key);
                var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
                if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout) || attempt == Attempts - 1)
                    return (answer, null);
                wanted = answer.Headers.RetryAfter?.Delta;
                if (wanted > LongestWait)
                    return (answer, null);
                answer.Dispose();
            }
            catch (HttpRequestException error)
            {
                why = error.InnerException?.Message ?? error.Message;
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                why = string.Create(CultureInfo.InvariantCulture, $"no answer within {RequestLimit.TotalSeconds:0} seconds");
            }

            if (attempt < Attempts - 1)
                await Task.Delay(Wait(attempt, wanted), _time, cancel);
        }

        return (null, new Fault(Unavailable, $"{_http.BaseAddress!.Authority} cannot be reached: {why}."));
    }

    private static TimeSpan Wait(int attempt, TimeSpan? wanted) => wanted ?? TimeSpan.FromMilliseconds(200 * (1 << attempt) + Random.Shared.Next(100));

    private async Task<Fault> RefusalAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var status = (int)answer.StatusCode;
        try
        {
            var error = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(cancel)).GetProperty("error");
            var message = new StringBuilder(error.GetProperty("message").GetString());
            if (error.TryGetProperty("details", out var details) && details.ValueKind is JsonValueKind.Array)
            {
                foreach (var detail in details.EnumerateArray())
                    message.Append(CultureInfo.InvariantCulture, $"\n  {detail.GetProperty("field").GetString()}: {detail.GetProperty("message").GetString()}");
            }

            var code = error.GetProperty("code").GetString() ?? "";
            return new Fault(status >= 500 || status == 429 ? Unavailable : code, status == 401 ? $"{message} Run 'espforge login' again." : message.ToString());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return status >= 500 ? new Fault(Unavailable, $"{_http.BaseAddress!.Authority} answered {status}.") : NoStudio();
        }
    }

    private Fault NoStudio() => new("server-invalid", $"{_http.BaseAddress!.Authority} does not answer as EspForge does: is the address right?");
}
