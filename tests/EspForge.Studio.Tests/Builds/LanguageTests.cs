using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using EspForge.Build;
using EspForge.Studio.Language;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.Studio.Tests.Builds;

/// <summary>The language server's socket, with the clangd of this machine; without one only what needs none is tested.</summary>
public sealed class LanguageTests
{
    private const string Broken = "#include \"espforge/app.h\"\n#include \"pins.h\"\nint led = PIN_NOTHING;\n";

    [Fact]
    public async Task The_server_says_what_is_wrong_and_knows_of_a_changed_plan()
    {
        await using var host = await StudioHost.StartAsync();
        var admin = await host.BootstrapAsync();
        var id = await admin.CreateProjectAsync("empty", "esp32-devkitc-v4");
        using var editor = await ConnectAsync(host, id, Token(admin));
        if (!(await LanguageSessions.ProbeAsync()).IsSuccess)
        {
            Assert.Equal(4404, await editor.CloseCodeAsync());
            return;
        }

        var greeting = (await editor.ReceiveAsync()).GetProperty("espforge");
        Assert.StartsWith("clangd ", greeting.GetProperty("server").GetString(), StringComparison.Ordinal);
        var root = greeting.GetProperty("rootUri").GetString()!;
        Assert.StartsWith("file:///", root, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Folder, root, StringComparison.Ordinal);

        await editor.SendAsync(new { jsonrpc = "2.0", id = 1, method = "initialize", @params = new { processId = (int?)null, rootUri = root, capabilities = new { } } });
        Assert.True((await editor.UntilAsync(message => message.TryGetProperty("id", out var number) && number.GetInt32() == 1)).TryGetProperty("result", out _));
        await editor.SendAsync(new { jsonrpc = "2.0", method = "initialized", @params = new { } });
        await editor.SendAsync(new { jsonrpc = "2.0", method = "textDocument/didOpen", @params = new { textDocument = new { uri = $"{root}/main.c", languageId = "c", version = 1, text = Broken } } });
        var wrong = await editor.UntilAsync(message => Diagnostics(message) is { Count: > 0 });
        Assert.Contains("PIN_NOTHING", Diagnostics(wrong)![0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, Diagnostics(wrong)![0].GetProperty("range").GetProperty("start").GetProperty("line").GetInt32());

        // The plan gets the pin; the header is made anew and the file that includes it is looked at again, without a change of its own.
        await admin.PatchAsync($"projects/{id}", new { plan = new { board = "esp32-devkitc-v4", uses = new[] { new { gpio = 23, function = "nothing" } } } });
        await editor.UntilAsync(message => Diagnostics(message) is { Count: 0 });

        await admin.PutAsync($"projects/{id}/files/more.h", new { content = "#define MORE 1\n" });
        await editor.SendAsync(new { jsonrpc = "2.0", method = "textDocument/didChange", @params = new { textDocument = new { uri = $"{root}/main.c", version = 2 }, contentChanges = new[] { new { text = "#include \"more.h\"\nint more = MORE;\n" } } } });
        await editor.UntilAsync(message => Diagnostics(message) is { Count: 0 });

        Assert.Equal(1, host.Services.GetRequiredService<LanguageSeats>().Count);
        await editor.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await UntilAsync(() => host.Services.GetRequiredService<LanguageSeats>().Count == 0);
        await UntilAsync(() => !Directory.EnumerateFileSystemEntries(Path.Combine(host.Folder, "work"), "job-*").Any());
    }

    [Fact]
    public async Task Sockets_are_for_those_who_may_and_no_more_than_may_be()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:Language:MaxSessions", "1");
        var admin = await host.BootstrapAsync();
        var id = await admin.CreateProjectAsync("empty");
        var other = await admin.CreateProjectAsync("empty", name: "Other");
        Assert.Equal((HttpStatusCode.UpgradeRequired, "UPGRADE_REQUIRED"), ((await admin.GetAsync($"projects/{id}/language")).Status, (await admin.GetAsync($"projects/{id}/language")).Code));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(host, id, null));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(host, id, "abc.def.ghi"));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(host, Guid.Empty, Token(admin)));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(host, id, Token(admin), "other.protocol"));
        var weak = (await admin.PostAsync("api-keys", new { name = "x", permissions = new[] { "images.read" } })).Data.GetProperty("key").GetString()!;
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(host, id, weak));
        using (var query = new ClientWebSocket())
        {
            query.Options.AddSubProtocol(LanguageEndpoints.SubProtocol);
            await Assert.ThrowsAsync<WebSocketException>(() => query.ConnectAsync(new Uri(host.Url.Replace("http", "ws", StringComparison.Ordinal) + $"/api/v1/projects/{id}/language?access_token={Token(admin)}"), CancellationToken.None));
        }

        if (!(await LanguageSessions.ProbeAsync()).IsSuccess)
            return;
        var key = (await admin.PostAsync("api-keys", new { name = "editor", permissions = new[] { "projects.read" } })).Data.GetProperty("key").GetString()!;
        using var first = await ConnectAsync(host, id, key);
        await first.ReceiveAsync();
        using var tooMany = await ConnectAsync(host, other, Token(admin));
        Assert.Equal(4429, await tooMany.CloseCodeAsync());

        // The same person, whether with a key or not: the newer place has it.
        using var second = await ConnectAsync(host, id, Token(admin));
        Assert.Equal(4409, await first.CloseCodeAsync());
        await second.ReceiveAsync();
        await admin.DeleteAsync($"projects/{id}");
        Assert.Equal(4410, await second.CloseCodeAsync());
    }

    [Fact]
    public async Task What_is_no_message_or_never_comes_ends_the_session()
    {
        await using var host = await StudioHost.StartAsync(null, "--Studio:Language:IdleSeconds", "1");
        if (!(await LanguageSessions.ProbeAsync()).IsSuccess)
            return;
        var admin = await host.BootstrapAsync();
        var id = await admin.CreateProjectAsync("empty");
        foreach (var (text, code) in new[] { ("{", 1007), ("[]", 1007), ("\"x\"", 1007), ("", 1007), ("{} {}", 1007) })
        {
            using var editor = await ConnectAsync(host, id, Token(admin));
            await editor.ReceiveAsync();
            await editor.Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);
            Assert.Equal(code, await editor.CloseCodeAsync());
        }

        using var binary = await ConnectAsync(host, id, Token(admin));
        await binary.ReceiveAsync();
        await binary.Socket.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
        Assert.Equal(1003, await binary.CloseCodeAsync());

        using var large = await ConnectAsync(host, id, Token(admin));
        await large.ReceiveAsync();
        for (var i = 0; i < 5; i++)
            await large.Socket.SendAsync(new byte[1024 * 1024], WebSocketMessageType.Text, false, CancellationToken.None);
        Assert.Equal(1009, await large.CloseCodeAsync());

        using var silent = await ConnectAsync(host, id, Token(admin));
        await silent.ReceiveAsync();
        Assert.Equal(4408, await silent.CloseCodeAsync());
        await UntilAsync(() => host.Services.GetRequiredService<LanguageSeats>().Count == 0);
    }

    private static string Token(StudioClient client) => client.Http.DefaultRequestHeaders.Authorization!.Parameter!;

    private static List<JsonElement>? Diagnostics(JsonElement message) =>
        message.TryGetProperty("method", out var method) && method.GetString() == "textDocument/publishDiagnostics" ? [.. message.GetProperty("params").GetProperty("diagnostics").EnumerateArray()] : null;

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < 400 && !holds(); i++)
            await Task.Delay(25);
        Assert.True(holds());
    }

    private static async Task<Editor> ConnectAsync(StudioHost host, Guid project, string? token, string protocol = LanguageEndpoints.SubProtocol)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        if (token is not null)
            socket.Options.AddSubProtocol($"bearer.{token}");
        await socket.ConnectAsync(new Uri(host.Url.Replace("http", "ws", StringComparison.Ordinal) + $"/api/v1/projects/{project}/language"), CancellationToken.None);
        Assert.Equal(LanguageEndpoints.SubProtocol, socket.SubProtocol);
        return new Editor(socket);
    }

    private sealed class Editor(ClientWebSocket socket) : IDisposable
    {
        public ClientWebSocket Socket => socket;

        public Task SendAsync(object message) => socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, CancellationToken.None);

        public async Task<JsonElement> ReceiveAsync()
        {
            var message = await ReadAsync();
            Assert.True(message is not null, $"{socket.CloseStatus} {socket.CloseStatusDescription}");
            return message.Value;
        }

        public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> holds)
        {
            while (true)
            {
                var message = await ReceiveAsync();
                if (holds(message))
                    return message;
            }
        }

        public async Task<int> CloseCodeAsync()
        {
            while (await ReadAsync() is not null)
            {
            }

            return (int)socket.CloseStatus!.Value;
        }

        public void Dispose() => socket.Dispose();

        private async Task<JsonElement?> ReadAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            using var bytes = new MemoryStream();
            var buffer = new byte[65_536];
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
                if (received.MessageType is WebSocketMessageType.Close)
                    return null;
                bytes.Write(buffer, 0, received.Count);
                if (!received.EndOfMessage)
                    continue;
                using var document = JsonDocument.Parse(bytes.ToArray());
                return document.RootElement.Clone();
            }
        }
    }
}
