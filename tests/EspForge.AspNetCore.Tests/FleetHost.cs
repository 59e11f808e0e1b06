using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using EspForge.EntityFrameworkCore;
using EspForge.Ota;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore.Tests;

/// <summary>A host on a real port with a database and files of its own. Its clock stands still until a test moves it; rollouts are looked at when a test says so.</summary>
internal sealed class FleetHost : IAsyncDisposable
{
    public const string Product = "lamp";
    public const string Chip = "esp32c3";

    private readonly string _folder;
    private readonly bool _ownsFolder;
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private FleetHost(string folder, bool ownsFolder, WebApplication app, StandingClock clock)
    {
        (_folder, _ownsFolder, _app, Clock) = (folder, ownsFolder, app, clock);
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _client = new HttpClient { BaseAddress = new Uri(Address) };
    }

    public string Address { get; }

    public string Folder => _folder;

    public StandingClock Clock { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<FleetHost> StartAsync(string? folder = null, StandingClock? clock = null, Action<IServiceCollection>? services = null)
    {
        var owns = folder is null;
        folder ??= Directory.CreateTempSubdirectory("espforge-host-").FullName;
        clock ??= new StandingClock();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddAuthentication(Person.Scheme).AddScheme<AuthenticationSchemeOptions, Person>(Person.Scheme, null);
        builder.Services.AddEspForge(options =>
        {
            options.DataDirectory = folder;
            options.RolloutInterval = TimeSpan.FromHours(1);
            options.MaxImageBytes = 1_048_576;
            options.RequestsPerDevicePerMinute = 100_000;
        });
        builder.Services.AddEspForgeSqlite(Path.Combine(folder, "fleet.db"));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<EspForgeDbContext>().Database.MigrateAsync();
        app.MapEspForge();
        app.MapEspForgeApi();
        await app.StartAsync();
        return new FleetHost(folder, owns, app, clock);
    }

    /// <summary>Looks at the running rollouts once, as the worker does at each interval.</summary>
    public Task<int> LookAsync() => Worker().LookAsync(CancellationToken.None);

    public RolloutWorker Worker() => ActivatorUtilities.CreateInstance<RolloutWorker>(Services);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string bearer, HttpContent? content = null, Action<HttpRequestMessage>? set = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (bearer.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        set?.Invoke(request);
        return await _client.SendAsync(request);
    }

    /// <summary>The data of a people's endpoint; fails the test with the answer when it is a refusal.</summary>
    public async Task<JsonNode> DataAsync(HttpMethod method, string path, object? body = null, string person = Person.Admin)
    {
        using var answer = await SendAsync(method, "/api/v1/" + path, person, body is null ? null : JsonContent.Create(body));
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True((bool)json["success"]!, $"{method} {path}: {json}");
        return json["data"]!;
    }

    public Task<JsonNode> GetAsync(string path, string person = Person.Admin) => DataAsync(HttpMethod.Get, path, null, person);

    public Task<JsonNode> PostAsync(string path, object? body = null, string person = Person.Admin) => DataAsync(HttpMethod.Post, path, body ?? new { }, person);

    /// <summary>Status, code and the field named first of a refusal.</summary>
    public async Task<(int Status, string Code, string? Field)> RefusalAsync(HttpMethod method, string path, object? body = null, string person = Person.Admin)
    {
        var content = body switch
        {
            null => null,
            HttpContent raw => raw,
            _ => JsonContent.Create(body),
        };
        using var answer = await SendAsync(method, "/api/v1/" + path, person, content);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.False((bool)json["success"]!, json.ToString());
        Assert.Null(json["data"]);
        return ((int)answer.StatusCode, (string)json["error"]!["code"]!, (string?)json["error"]!["details"]?[0]?["field"]);
    }

    public static byte[] ImageBytes(string version, int payload = 4_096, string chip = Chip, string project = "lamp")
    {
        var elf = new byte[payload];
        "\u007fELF"u8.CopyTo(elf);
        for (var i = 4; i < elf.Length; i++)
            elf[i] = (byte)(i * 31 % 251);
        return HostImage.Pack(new HostImageHeader(project, version, chip, "x86_64", "0.1.0"), elf);
    }

    public async Task<JsonNode> UploadAsync(byte[] image, string person = Person.Admin, string? fileName = null)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/images" + (fileName is null ? "" : $"?fileName={Uri.EscapeDataString(fileName)}"), person, Octets(image));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!;
    }

    public async Task<JsonNode> ReleaseAsync(string version, string person = Person.Admin, int payload = 4_096)
    {
        var image = await UploadAsync(ImageBytes(version, payload), person);
        return await PostAsync("releases", new { imageSha256 = (string)image["sha256"]!, product = Product, notes = "Brighter." }, person);
    }

    public static ByteArrayContent Octets(byte[] bytes) => new(bytes) { Headers = { ContentType = new("application/octet-stream") } };

    public async Task<FleetDevice> DeviceAsync(string id, string person = Person.Admin)
    {
        var registered = await PostAsync("devices", new { deviceId = id, product = Product, chip = Chip }, person);
        return new FleetDevice(this, id, (string)registered["deviceKey"]!);
    }

    public async Task<List<FleetDevice>> DevicesAsync(int count, string prefix = "lamp", string person = Person.Admin)
    {
        var devices = new List<FleetDevice>();
        for (var i = 0; i < count; i++)
            devices.Add(await DeviceAsync($"{prefix}-{i:D3}", person));
        return devices;
    }

    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _client.Dispose();
        SqliteConnection.ClearAllPools();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsFolder)
            Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A device that speaks the protocol over the wire.</summary>
internal sealed record FleetDevice(FleetHost Host, string Id, string Key)
{
    public string Version { get; set; } = "1.0.0";

    public Task<HttpResponseMessage> AskAsync(string? query = null) => Host.SendAsync(HttpMethod.Get, "/device/v1/update" + (query ?? $"?version={Version}&slot=a"), Key);

    /// <summary>The offer's id, or <see langword="null"/> when there is nothing to do.</summary>
    public async Task<string?> OfferAsync()
    {
        using var answer = await AskAsync();
        if (answer.StatusCode == HttpStatusCode.NoContent)
            return null;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.GetValues("EspForge-Offer").Single();
    }

    public Task<HttpResponseMessage> ReportAsync(object report) => Host.SendAsync(HttpMethod.Post, "/device/v1/reports", Key, JsonContent.Create(report));

    public async Task ReportAsync(string offerId, string state, string? error = null)
    {
        using var answer = await ReportAsync(new { offerId, state, error });
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>Takes what is offered to its end.</summary>
    public async Task<bool> UpdateAsync(string version, string end = "confirmed", string? error = null)
    {
        if (await OfferAsync() is not { } offer)
            return false;
        foreach (var state in (string[])["downloading", "verifying", "applying", "rebooting", "confirming"])
            await ReportAsync(offer, state);
        if (end == "confirmed")
            Version = version;
        await ReportAsync(offer, end, error);
        return true;
    }
}

/// <summary>A clock that stands still until it is moved; timers run on real time.</summary>
internal sealed class StandingClock : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Move(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}

/// <summary>Tells people by a token that says who they are: <c>organization/role</c>.</summary>
internal sealed class Person(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Person";
    public const string Admin = "acme/admin";
    public const string Developer = "acme/developer";
    public const string Viewer = "acme/viewer";
    public const string Stranger = "other/admin";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (DeviceAuthentication.Bearer(Request)?.Split('/') is not [var organization, var role])
            return Task.FromResult(AuthenticateResult.NoResult());
        var identity = new ClaimsIdentity([new("sub", role), new("org", organization), new("role", role)], Scheme);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)));
    }
}
