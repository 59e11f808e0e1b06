using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using EspForge.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EspForge.Studio.Tests;

/// <summary>A real Studio: Kestrel on a free port of loopback, a folder of its own.</summary>
public sealed class StudioHost : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private static readonly string Cache = Path.Combine(Path.GetTempPath(), $"espforge-studio-tests-{Environment.UserName}");
    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private StudioHost(WebApplication app, string folder, bool ownsFolder)
    {
        _app = app;
        Folder = folder;
        _ownsFolder = ownsFolder;
        Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public string Folder { get; }

    public string Url { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<StudioHost> StartAsync(string? folder = null, params string[] settings) => StartAsync(folder, null, settings);

    /// <summary>A host with other services than its own, such as a toolchain.</summary>
    public static async Task<StudioHost> StartAsync(string? folder, Action<IServiceCollection>? services, params string[] settings)
    {
        var data = folder ?? Directory.CreateTempSubdirectory("espforge-studio-").FullName;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = data,
            EnvironmentName = "Production",
            Args =
            [
                "--urls", "http://127.0.0.1:0",
                "--Studio:DataDirectory", data,
                "--Studio:Builds:CacheDirectory", Cache,
                "--Studio:Accounts:AttemptsPerAddressPerMinute", "100000",
                "--Studio:Accounts:AttemptsPerAccountPerMinute", "100000",
                .. settings,
            ],
        });
        services?.Invoke(builder.Services);
        builder.AddStudio();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        await app.UseStudioAsync();
        await app.StartAsync();
        return new StudioHost(app, data, folder is null);
    }

    /// <summary>A client that has not signed in.</summary>
    public StudioClient Anonymous() => new(new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(Url) });

    /// <summary>Makes the first administrator.</summary>
    public async Task<StudioClient> BootstrapAsync(string email = "ada@example.com")
    {
        var client = Anonymous();
        var answer = await client.PostAsync("bootstrap", new { email, password = Password, displayName = "Ada" });
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return client.With(answer.Data.GetProperty("accessToken").GetString()!);
    }

    public async Task<StudioClient> SignInAsync(string email, string password = Password)
    {
        var client = Anonymous();
        var answer = await client.PostAsync("auth/login", new { email, password });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return client.With(answer.Data.GetProperty("accessToken").GetString()!);
    }

    /// <summary>Works on the database of the running host.</summary>
    public async Task<T> WithDatabaseAsync<T>(Func<StudioDbContext, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<StudioDbContext>());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)
{
    public JsonElement Data => Body.GetProperty("data");

    public string Code => Body.GetProperty("error").GetProperty("code").GetString()!;

    public string Message => Body.GetProperty("error").GetProperty("message").GetString()!;
}

/// <summary>Talks to <c>/api/v1</c>.</summary>
public sealed class StudioClient(HttpClient http)
{
    public HttpClient Http => http;

    public StudioClient With(string token)
    {
        var other = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = http.BaseAddress };
        other.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new StudioClient(other);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<Answer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body, string? cookie = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}");
        if (body is HttpContent content)
            request.Content = content;
        else if (body is byte[] bytes)
            request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        else if (body is not null)
            request.Content = JsonContent.Create(body, options: JsonSerializerOptions.Web);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, response.Headers);
    }

    /// <summary>A new project.</summary>
    public async Task<Guid> CreateProjectAsync(string template = "blink", string board = "esp32-c3-devkitc-02", string name = "Blinky")
    {
        var answer = await PostAsync("projects", new { name, board, template });
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer.Data.GetProperty("id").GetGuid();
    }

    /// <summary>Asks again until it holds, at most two minutes.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var answer = await GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            if (holds(answer.Data))
                return answer.Data;
            try
            {
                await Task.Delay(50, limit.Token);
            }
            catch (OperationCanceledException late)
            {
                throw new TimeoutException($"GET {path} never held; last: {answer.Data}", late);
            }
        }
    }
}

/// <summary>One host with a person of each role, for tests that do not get in each other's way.</summary>
public sealed class SharedStudio : IAsyncLifetime
{
    public StudioHost Host { get; private set; } = null!;

    public StudioClient Admin { get; private set; } = null!;

    public StudioClient Developer { get; private set; } = null!;

    public StudioClient Viewer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await StudioHost.StartAsync();
        Admin = await Host.BootstrapAsync();
        Developer = await AddAsync("dev@example.com", RolePermissions.Developer);
        Viewer = await AddAsync("viewer@example.com", RolePermissions.Viewer);
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    private async Task<StudioClient> AddAsync(string email, string role)
    {
        var answer = await Admin.PostAsync("users", new { email, password = StudioHost.Password, role });
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return await Host.SignInAsync(email);
    }
}

/// <summary>Tests of one shared host run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedStudioCollection : ICollectionFixture<SharedStudio>
{
    public const string Name = "studio";
}
