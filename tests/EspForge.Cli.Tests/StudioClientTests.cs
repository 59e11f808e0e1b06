using System.Net;
using System.Net.Sockets;
using System.Text;
using EspForge.Cli.Server;

namespace EspForge.Cli.Tests;

/// <summary>What the client does when a server does not answer as wanted at once.</summary>
public sealed class StudioClientTests
{
    [Fact]
    public async Task An_upload_that_is_tried_again_is_the_same_request_byte_for_byte()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        using var server = new HttpListener();
        server.Prefixes.Add(address.AbsoluteUri);
        server.Start();
        var seen = new List<(string? Key, string? Type, string Body)>();
        var serving = Task.Run(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                var context = await server.GetContextAsync();
                using var body = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                seen.Add((context.Request.Headers["Idempotency-Key"], context.Request.ContentType, await body.ReadToEndAsync()));
                context.Response.StatusCode = i < 2 ? 503 : 201;
                await context.Response.OutputStream.WriteAsync("""{"success":true,"data":{"sha256":"00"},"error":null}"""u8.ToArray());
                context.Response.Close();
            }
        });
        using var client = new StudioClient(new StudioCredentials(address, "efk_test"));
        var sent = await client.UploadAsync("images", "lamp.efi", [0, 255, 13, 10], CancellationToken.None);
        await serving;
        Assert.Equal("00", sent.Value.Text("sha256"));
        Assert.Equal(3, seen.Count);
        Assert.Single(seen.Distinct());
        Assert.False(string.IsNullOrEmpty(seen[0].Key));
    }
}
