using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using EspForge.AspNetCore;
using EspForge.Boards;
using EspForge.Build;
using EspForge.PinRules;
using EspForge.Studio.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Language;

/// <summary>What the first frame says, before any message of the language server.</summary>
/// <param name="RootUri">The project's folder as the server sees it.</param>
/// <param name="Server">The server and its version.</param>
internal sealed record LanguageGreeting(string RootUri, string Server);

/// <summary>
/// Carries messages between an editor's socket and a language server, and writes what changes in the project (files that are saved, <c>pins.h</c> when the plan
/// changes) to where the server reads it. Ends when one side ends, when nothing comes from the editor for a while, or when whoever opened it no longer may.
/// </summary>
internal sealed class LanguageBridge(
    IServiceScopeFactory scopes, EspForgeEvents events, SocketRights rights, IHostApplicationLifetime lifetime, IOptions<LanguageOptions> options, TimeProvider time)
    : IDisposable
{
    private const string Version = "0.0.0";
    private static readonly TimeSpan RightsEvery = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private volatile bool _initialized;

    private (int Code, string Reason) Idle => (4408, $"Nothing came for {options.Value.IdleSeconds} seconds.");

    /// <summary>The project for a language server. A plan that cannot be read makes no <c>pins.h</c>.</summary>
    public static BuildRequest Request(ProjectRow project, BoardCatalog catalog) =>
        ProjectSources.Request(project, ProjectPlan.Parse(project.Plan, catalog).TryGet(out var plan, out _) ? plan : new PinPlan { Board = project.Board }, catalog, Version, null);

    public void Dispose() => _sending.Dispose();

    /// <summary>Runs until one side ends, then closes the socket with the reason.</summary>
    public async Task RunAsync(
        WebSocket socket, LanguageSession session, LanguageSeats.Seat seat, ApiCaller caller, Guid project, BuildRequest sources, string server, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping, seat.Replaced);
        using var idle = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.IdleSeconds), time);
        var changes = events.Subscribe(caller.Organization, end.Token);
        await SendAsync(socket, JsonSerializer.SerializeToUtf8Bytes(new { espforge = new LanguageGreeting(session.RootUri, server) }, ApiJson.Options), end.Token);
        Task<(int Code, string Reason)>[] running =
        [
            FromEditorAsync(socket, session, idle, end.Token), FromServerAsync(socket, session, end.Token), FollowAsync(session, changes, caller, project, sources, end.Token), WatchAsync(caller, end.Token),
        ];
        using var late = idle.Token.Register(() => end.Cancel());
        var first = await Task.WhenAny(running);
        var (code, reason) = await OutcomeAsync(first, idle.Token, seat.Replaced);
        await end.CancelAsync();
        await SocketClosing.CloseAsync(socket, code, reason, _sending, running[0]);
        foreach (var task in running)
            await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<(int Code, string Reason)> OutcomeAsync(Task<(int Code, string Reason)> first, CancellationToken idle, CancellationToken replaced)
    {
        try
        {
            return await first;
        }
        catch (OperationCanceledException)
        {
            return replaced.IsCancellationRequested ? (4409, "The project was opened in another place.") : idle.IsCancellationRequested ? Idle : (1001, "The host stops.");
        }
        catch (WebSocketException)
        {
            return (1001, "The connection was cut.");
        }
    }

    private async Task<(int Code, string Reason)> FromEditorAsync(WebSocket socket, LanguageSession session, CancellationTokenSource idle, CancellationToken cancel)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            // Not cancelled: that would cut the connection, and the other side would not hear why.
            var received = await socket.ReceiveAsync(message.GetMemory(4096), CancellationToken.None);
            if (cancel.IsCancellationRequested)
                return (1000, "Closed.");
            if (received.MessageType is WebSocketMessageType.Close)
                return (1000, "Closed.");
            if (received.MessageType is WebSocketMessageType.Binary)
                return (1003, "Messages are text.");
            message.Advance(received.Count);
            if (message.WrittenCount > LanguageSession.MaxMessageBytes)
                return (1009, "A message has at most 4 MiB.");
            if (!received.EndOfMessage)
                continue;
            if (Method(message.WrittenMemory) is not { } method)
                return (1007, "A message is one JSON-RPC object.");
            idle.CancelAfter(TimeSpan.FromSeconds(options.Value.IdleSeconds));
            if (!(await session.SendAsync(message.WrittenMemory.ToArray(), cancel)).TryGet(out _, out var fault))
                return (4410, fault.Message);
            if (method is "initialized")
                _initialized = true;
            message.ResetWrittenCount();
        }
    }

    private async Task<(int Code, string Reason)> FromServerAsync(WebSocket socket, LanguageSession session, CancellationToken cancel)
    {
        while (await session.ReadAsync(cancel) is { } message)
            await SendAsync(socket, message, cancel);
        return (4410, "The language server has ended.");
    }

    private async Task<(int Code, string Reason)> WatchAsync(ApiCaller caller, CancellationToken cancel)
    {
        do
        {
            await Task.Delay(RightsEvery, time, cancel);
        }
        while (await rights.StillHoldAsync(caller.User, cancel));
        return (4401, "Sign in again.");
    }

    /// <summary>Writes what others, or this editor by saving, change in the project.</summary>
    private async Task<(int Code, string Reason)> FollowAsync(
        LanguageSession session, IAsyncEnumerable<EspForgeChange> changes, ApiCaller caller, Guid project, BuildRequest known, CancellationToken cancel)
    {
        var id = project.ToString("D");
        await foreach (var change in changes.WithCancellation(cancel))
        {
            if (change.Kind is not "project" || (change.Id is not "*" && !string.Equals(change.Id, id, StringComparison.Ordinal)))
                continue;
            if (await LoadAsync(caller, project, cancel) is not { } now)
                return (4410, "The project is gone.");
            if (!string.Equals(now.Toolchain, known.Toolchain, StringComparison.Ordinal) || !string.Equals(now.Chip, known.Chip, StringComparison.Ordinal))
                return (4412, "The project is built in another way now. Connect again.");
            var files = Changed(known.Files, now.Files);
            var generated = Changed(known.GeneratedFiles, now.GeneratedFiles);
            var gone = known.Files.Select(file => file.Path).Except(now.Files.Select(file => file.Path), StringComparer.Ordinal).ToList();
            if (files.Count + generated.Count + gone.Count == 0)
                continue;
            if (!(await session.UpdateFilesAsync(files, generated, gone, cancel)).TryGet(out _, out var fault))
                return (4503, fault.Message);
            known = now;

            // The server looks again at what open files include when one is saved, whichever it is.
            if (_initialized)
            {
                await session.SendAsync(JsonSerializer.SerializeToUtf8Bytes(
                    new { jsonrpc = "2.0", method = "textDocument/didSave", @params = new { textDocument = new { uri = $"{session.RootUri}/pins.h" } } }), cancel);
            }
        }

        return (1001, "The host stops.");
    }

    private async Task<BuildRequest?> LoadAsync(ApiCaller caller, Guid id, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StudioDbContext>();
        var project = await db.Projects.AsNoTracking().Include(row => row.Files).SingleOrDefaultAsync(row => row.Id == id && row.Organization == caller.Organization, cancel);
        return project is null ? null : Request(project, await scope.ServiceProvider.GetRequiredService<OrganizationBoards>().ForAsync(caller.Organization, cancel));
    }

    private static List<Build.ProjectFile> Changed(IReadOnlyList<Build.ProjectFile> before, IReadOnlyList<Build.ProjectFile> after)
    {
        var known = before.ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal);
        return [.. after.Where(file => !known.TryGetValue(file.Path, out var content) || !content.Span.SequenceEqual(file.Content.Span))];
    }

    private async Task SendAsync(WebSocket socket, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The method of a message, empty for an answer; <see langword="null"/> when it is no object.</summary>
    private static string? Method(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
                return null;
            return document.RootElement.TryGetProperty("method", out var method) && method.ValueKind is JsonValueKind.String ? method.GetString() : "";
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
