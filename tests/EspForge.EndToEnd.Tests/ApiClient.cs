using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace EspForge.EndToEnd.Tests;

/// <summary>A failure as the API says it.</summary>
internal sealed record ApiFailure(int Status, string Code, string Message, JsonNode? Details);

/// <summary>The people's API as a script would use it: plain JSON, the envelope checked on every answer.</summary>
internal sealed class ApiClient(Uri address) : IDisposable
{
    public const string Email = "admin@example.com";
    public const string Password = "correct horse battery staple 7";

    private readonly HttpClient _http = new() { BaseAddress = new Uri(address, "api/v1/"), Timeout = TimeSpan.FromSeconds(100) };

    public HttpClient Http => _http;

    public async Task BootstrapAsync()
    {
        var session = await PostAsync("bootstrap", new { email = Email, password = Password, displayName = "Admin" });
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)session["accessToken"]!);
    }

    public async Task LoginAsync(string email = Email, string password = Password)
    {
        var session = await PostAsync("auth/login", new { email, password });
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)session["accessToken"]!);
    }

    public Task<JsonNode> GetAsync(string path) => DataAsync(HttpMethod.Get, path, null);

    public Task<JsonNode> PostAsync(string path, object? body = null) => DataAsync(HttpMethod.Post, path, body ?? new { });

    public Task<JsonNode> PutAsync(string path, object body) => DataAsync(HttpMethod.Put, path, body);

    public Task<JsonNode> PatchAsync(string path, object body) => DataAsync(HttpMethod.Patch, path, body);

    /// <summary>Expects the call to fail and returns how.</summary>
    public async Task<ApiFailure> FailsAsync(HttpMethod method, string path, object? body)
    {
        var (status, envelope) = await SendAsync(method, path, body);
        Assert.False((bool)envelope["success"]!, $"{method} {path} was expected to fail and answered {status}: {envelope}");
        Assert.Null(envelope["data"]);
        var error = envelope["error"]!;
        return new ApiFailure(status, (string)error["code"]!, (string)error["message"]!, error["details"]);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> DataAsync(HttpMethod method, string path, object? body)
    {
        var (status, envelope) = await SendAsync(method, path, body);
        Assert.True((bool)envelope["success"]!, $"{method} {path} answered {status}: {envelope}");
        return envelope["data"] ?? new JsonObject();
    }

    private async Task<(int Status, JsonNode Envelope)> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent.Create(body);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (response.StatusCode == System.Net.HttpStatusCode.NoContent) return (204, new JsonObject { ["success"] = true });
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var envelope = JsonNode.Parse(text)!;
        Assert.NotNull((string?)envelope["meta"]?["requestId"]);
        return ((int)response.StatusCode, envelope);
    }
}
