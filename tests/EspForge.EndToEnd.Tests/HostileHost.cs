using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EspForge.Ota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EspForge.EndToEnd.Tests;

/// <summary>
/// A host that speaks docs/protocol.md and lies where a test tells it to. It claims whoever asks, hands out <see cref="Manifest"/> and
/// <see cref="ImageBytes"/> as they are, and keeps every report.
/// </summary>
internal sealed class HostileHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonNode> _reports = new();
    private int _offers;

    private HostileHost(WebApplication app) => _app = app;

    public Es256SigningKey Key { get; } = Es256SigningKey.Create();

    public byte[]? Manifest { get; set; }

    public byte[] ImageBytes { get; set; } = [];

    /// <summary>Bytes of the first answer to an image request before the connection is cut; 0 = never.</summary>
    public int CutFirstDownloadAfter { get; set; }

    /// <summary>The Range header of every image request, in order; empty where there was none.</summary>
    public ConcurrentQueue<string> Ranges { get; } = new();

    public string Address => _app.Urls.First();

    public IReadOnlyList<JsonNode> Reports => [.. _reports];

    public static async Task<HostileHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var host = new HostileHost(app);
        host.Map();
        await app.StartAsync();
        return host;
    }

    /// <summary>A new offer of <paramref name="cose"/>: devices do not look twice at an offer they have answered.</summary>
    public void Offer(byte[] cose)
    {
        Interlocked.Increment(ref _offers);
        Manifest = cose;
    }

    public static ManifestPayload Payload(byte[] image, string version, long sequence) => new()
    {
        Sequence = sequence,
        Product = VirtualDevice.Product,
        Chip = VirtualDevice.Chip,
        Version = version,
        Image = new ManifestImage(ImageFormat.Host, image.Length, Convert.ToHexStringLower(SHA256.HashData(image)), ManifestImage.PathOf(Convert.ToHexStringLower(SHA256.HashData(image)))),
        IssuedAt = DateTimeOffset.UtcNow.AddMinutes(-1),
        ExpiresAt = DateTimeOffset.UtcNow.AddHours(1),
    };

    /// <summary>The terminal report of the newest offer.</summary>
    public async Task<JsonNode> EndAsync(Func<string> output)
    {
        JsonNode? end = null;
        await Wait.UntilAsync(TimeSpan.FromSeconds(60), "a terminal report", () =>
        {
            end = _reports.LastOrDefault(report => (string?)report["offerId"] == OfferId && (string?)report["state"] is "confirmed" or "failed" or "rolledBack" or "rejected" && (string?)report["offerId"] == OfferId);
            return Task.FromResult(end is not null);
        }, () => string.Join('\n', _reports.Select(report => report.ToJsonString())) + "\n" + output());
        return end!;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Key.Dispose();
    }

    private string OfferId => _offers.ToString("x32");

    private void Map()
    {
        var device = _app.MapGroup("/device/v1");
        device.MapPost("claims", () => Results.Json(new { claimId = new string('c', 32), pairingCode = "123456", pollToken = Text(32), expiresAt = DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeMilliseconds(), pollIntervalMs = 200 }, statusCode: 201));
        device.MapGet("claims/{id}", (string id) => Results.Json(new
        {
            state = "claimed",
            deviceId = "vd-hostile",
            deviceKey = "efk_" + Text(32),
            commandSecret = Text(32),
            trustedKeys = new[] { new { kid = Key.KeyId, alg = "ES256", publicKey = Base64Url(Point()) } },
            mqttUrl = (string?)null,
            webSocketUrl = (string?)null,
            topicRoot = "espforge/vd-hostile",
            serverTimeMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        }));
        device.MapPost("token", () => Results.Json(new { accessToken = "t" + Text(20), expiresInSeconds = 3600, serverTimeMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() }));
        device.MapGet("update", (HttpContext context) =>
        {
            if (Manifest is not { } manifest || _reports.Any(report => (string?)report["offerId"] == OfferId && (string?)report["state"] is "confirmed" or "failed" or "rolledBack" or "rejected" && (string?)report["offerId"] == OfferId)) return Results.NoContent();
            context.Response.Headers["EspForge-Offer"] = OfferId;
            return Results.Bytes(manifest, "application/cose");
        });
        device.MapGet("images/{sha256}", async (string sha256, HttpContext context) =>
        {
            Ranges.Enqueue(context.Request.Headers.Range.ToString());
            if (CutFirstDownloadAfter is > 0 and var cut)
            {
                CutFirstDownloadAfter = 0;
                context.Response.ContentLength = ImageBytes.Length;
                context.Response.Headers.ETag = $"\"{sha256}\"";
                await context.Response.Body.WriteAsync(ImageBytes.AsMemory(0, cut));
                await context.Response.Body.FlushAsync();
                // A reset throws away what the device has not read yet, so it comes only once the device has said that it got some.
                await Wait.UntilAsync(TimeSpan.FromSeconds(30), "the device reports progress", () => Task.FromResult(_reports.Any(report => (string?)report["offerId"] == OfferId && (int?)report["percent"] > 0)));
                context.Abort();
                return Results.Empty;
            }

            return Results.File(ImageBytes, "application/octet-stream", enableRangeProcessing: true, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{sha256}\""));
        });
        device.MapPost("reports", async (HttpRequest request) =>
        {
            _reports.Enqueue((await JsonNode.ParseAsync(request.Body))!);
            return Results.NoContent();
        });
        device.MapPost("telemetry", () => Results.NoContent());
    }

    // The uncompressed point ends the SubjectPublicKeyInfo of a P-256 key.
    private byte[] Point() => Key.PublicKey[^65..].ToArray();

    private static string Text(int bytes) => Base64Url(RandomNumberGenerator.GetBytes(bytes));

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
