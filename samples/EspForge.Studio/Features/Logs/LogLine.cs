using System.Runtime.CompilerServices;
using EspForge.AspNetCore;
using EspForge.Build;

namespace EspForge.Studio.Logs;

/// <summary>One line of a build's or a virtual device's log.</summary>
/// <param name="Number">1 and up.</param>
/// <param name="Text">The line without its end.</param>
/// <param name="Stream"><c>out</c>, <c>err</c>, or <c>info</c> for what Studio itself says.</param>
public sealed record LogLine(int Number, string Text, string Stream)
{
    /// <summary>Longest line kept, in characters; the rest is cut.</summary>
    public const int MaxLength = 4000;

    /// <summary>The name of a stream of a build.</summary>
    internal static string StreamOf(BuildLineSource source) => source switch
    {
        BuildLineSource.Output => "out",
        BuildLineSource.Error => "err",
        _ => "info",
    };

    /// <summary>The text as it is kept: one line, of bounded length, without control characters that would move a terminal's cursor.</summary>
    public static string Clean(string text)
    {
        var cut = text.Length > MaxLength ? text[..MaxLength] + " [cut]" : text;
        return cut.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0
            ? cut
            : string.Concat(cut.Select(c => c is >= ' ' or '\t' ? c : c == '\u001b' ? '␛' : ' '));
    }
}

/// <summary>How a log ended.</summary>
/// <param name="State">The last state of what wrote it.</param>
public sealed record LogEnd(string State);

/// <summary>Turns log lines into server-sent events, and into text.</summary>
internal static class LogEvents
{
    /// <summary>Where a reader that was cut off goes on: the number in <c>Last-Event-ID</c>, or 0.</summary>
    public static int After(HttpRequest request) =>
        int.TryParse(request.Headers["Last-Event-ID"], System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0 ? number : 0;

    public static bool WantsText(HttpRequest request) =>
        request.GetTypedHeaders().Accept is { Count: > 0 } accept
        && accept[0].MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase);

    public static IResult Stream(IAsyncEnumerable<LogLine> lines, Func<Task<string>> endState, CancellationToken cancel) =>
        new EventStreamResult(Events(lines, endState, cancel));

    public static async Task<IResult> TextAsync(IAsyncEnumerable<LogLine> lines, CancellationToken cancel)
    {
        var text = new System.Text.StringBuilder();
        await foreach (var line in lines.WithCancellation(cancel))
            text.Append(line.Text).Append('\n');
        return TypedResults.Text(text.ToString(), "text/plain; charset=utf-8");
    }

    private static async IAsyncEnumerable<EventStreamItem> Events(
        IAsyncEnumerable<LogLine> lines, Func<Task<string>> endState, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var line in lines.WithCancellation(cancel))
            yield return new EventStreamItem("line", line, line.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        yield return new EventStreamItem("end", new LogEnd(await endState()));
    }
}
