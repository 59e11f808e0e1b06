using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EspForge.Studio.Projects;

/// <summary>A place where what was searched for stands.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1, in UTF-16 units.</param>
/// <param name="Length">In UTF-16 units; what goes past the end of the line is not counted.</param>
/// <param name="Text">The line, or the part of a long one around the match.</param>
public sealed record ProjectMatch(string Path, int Line, int Column, int Length, string Text);

/// <summary>What a search found.</summary>
/// <param name="Matches">By file and line.</param>
/// <param name="Truncated">Whether there are more.</param>
public sealed record ProjectMatches(IReadOnlyList<ProjectMatch> Matches, bool Truncated);

/// <summary>Searches the lines of files for a text or a regular expression, in time that grows with their length and no faster.</summary>
internal sealed partial class ProjectSearch
{
    public const int MaxMatches = 1000;
    public const int DefaultMatches = 200;
    private const int MaxQuery = 200;
    private const int MaxRepetitions = 1000;
    private const int ShownCharacters = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly Regex _regex;

    private ProjectSearch(Regex regex) => _regex = regex;

    public static bool TryParse(string query, bool matchCase, bool word, bool regex, [NotNullWhen(true)] out ProjectSearch? search, [NotNullWhen(false)] out string? problem)
    {
        search = null;
        problem = query.Length is 0 or > MaxQuery ? $"What is searched for has 1 to {MaxQuery} characters." : regex ? TooMuch(query) : null;
        if (problem is not null)
            return false;
        var pattern = regex ? query : Regex.Escape(query);
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (matchCase ? RegexOptions.None : RegexOptions.IgnoreCase);
        try
        {
            // No time limit of the engine's: with one it looks at a text in pieces and reports wrong places past 100,000 characters (.NET 10). Lines are short
            // steps, and the work on one grows with its length only.
            search = new ProjectSearch(new Regex(word ? $@"\b(?:{pattern})\b" : pattern, options, Regex.InfiniteMatchTimeout));
            return true;
        }
        catch (RegexParseException error)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"This is no regular expression: {Words().Replace(error.Error.ToString(), " $0").Trim().ToLowerInvariant()}, at character {error.Offset + 1}.");
        }
        catch (NotSupportedException)
        {
            problem = "The expression looks ahead or behind, or refers back; that is not searched for, because it can take for ever.";
        }

        return false;
    }

    /// <summary>The matches, or <see langword="null"/> when it took too long.</summary>
    public ProjectMatches? Find(IEnumerable<(string Path, string Content)> files, int limit)
    {
        using var late = new CancellationTokenSource(Patience);
        var found = new List<ProjectMatch>();
        foreach (var (path, content) in files)
        {
            var number = 0;
            foreach (var span in content.AsSpan().EnumerateLinesOf())
            {
                number++;
                if (late.IsCancellationRequested)
                    return null;
                foreach (var match in _regex.EnumerateMatches(span))
                {
                    if (match.Length == 0)
                        continue;
                    if (found.Count == limit)
                        return new ProjectMatches(found, true);
                    found.Add(new ProjectMatch(path, number, match.Index + 1, match.Length, Shown(span, match.Index)));
                }
            }
        }

        return new ProjectMatches(found, false);
    }

    private static string Shown(ReadOnlySpan<char> line, int index)
    {
        if (line.Length <= ShownCharacters)
            return line.ToString();
        var start = Math.Clamp(index - (ShownCharacters / 4), 0, line.Length - ShownCharacters);
        return line.Slice(start, ShownCharacters).ToString();
    }

    /// <summary>Counted repetitions are unrolled by the engine, and nested ones multiply.</summary>
    private static string? TooMuch(string query)
    {
        long product = 1;
        foreach (Match match in Repetition().Matches(query))
            product = Math.Min(product * Math.Max(1, long.Parse(match.Groups["most"].Value, CultureInfo.InvariantCulture)), int.MaxValue);
        return product > MaxRepetitions ? $"The expression repeats more than {MaxRepetitions} times." : null;
    }

    [GeneratedRegex(@"\{([0-9]{1,9},)?(?<most>[0-9]{1,9}),?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Repetition();

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.None, 1000)]
    private static partial Regex Words();
}

/// <summary>Lines as editors count them: ended by LF, CR LF or CR.</summary>
internal static class TextLines
{
    public static LineEnumerator EnumerateLinesOf(this ReadOnlySpan<char> text) => new(text);

    internal ref struct LineEnumerator(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;
        private bool _ended;

        public ReadOnlySpan<char> Current { get; private set; }

        public readonly LineEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_ended)
                return false;
            var end = _rest.IndexOfAny('\r', '\n');
            if (end < 0)
            {
                Current = _rest;
                _ended = true;
                return true;
            }

            Current = _rest[..end];
            _rest = _rest[(end + (_rest[end] == '\r' && end + 1 < _rest.Length && _rest[end + 1] == '\n' ? 2 : 1))..];
            return true;
        }
    }
}
