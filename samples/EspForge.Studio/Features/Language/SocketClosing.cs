using System.Net.WebSockets;
using System.Text;

namespace EspForge.Studio.Language;

/// <summary>Closes sockets so that the other side hears why.</summary>
internal static class SocketClosing
{
    // A close frame's payload has 125 bytes, two of them for the code (RFC 6455, section 5.5).
    private const int MaxReasonBytes = 123;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends the close frame, and takes what still comes until the other side's.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="code">Why, as a number.</param>
    /// <param name="reason">Why, as a sentence; cut where it is too long.</param>
    /// <param name="sending">Held by who sends.</param>
    /// <param name="reading">Reads until the next frame has come: only one may.</param>
    public static async Task CloseAsync(WebSocket socket, int code, string reason, SemaphoreSlim? sending = null, Task? reading = null)
    {
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes)
            reason = reason[..^1];
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            if (sending is not null)
                await sending.WaitAsync(limit.Token);
            try
            {
                if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, limit.Token);
            }
            finally
            {
                sending?.Release();
            }

            if (reading is not null)
                await reading.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            limit.Token.ThrowIfCancellationRequested();
            var rest = new byte[4096];
            while (socket.State is WebSocketState.CloseSent && (await socket.ReceiveAsync(rest.AsMemory(), limit.Token)).MessageType is not WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            socket.Abort();
        }
    }
}
