using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>The version a program tells.</summary>
internal static partial class ToolVersion
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(20);

    /// <summary>The first number with dots in what <c>--version</c> prints, or <see langword="null"/> where the program does not run.</summary>
    public static async Task<string?> AskAsync(string program, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AskLimit);
        string? found = null;
        try
        {
            var ran = await ToolProcess.RunAsync(program, ["--version"], "/", (_, line) =>
            {
                if (Find(line) is { } version)
                    Interlocked.CompareExchange(ref found, version, null);
            }, limit.Token);
            return ran.TryGet(out var exit, out _) && exit == 0 ? found : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The first number with dots in a text.</summary>
    public static string? Find(string text) => Number().Match(text) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(@"[0-9]{1,6}\.[0-9]{1,6}(\.[0-9]{1,6})?", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
