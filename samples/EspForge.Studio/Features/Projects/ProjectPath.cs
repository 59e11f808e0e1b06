using System.Text.RegularExpressions;

namespace EspForge.Studio.Projects;

/// <summary>
/// What a file of a project may be called. Paths become names on a disk where a compiler runs, so the rule is what is allowed, not what is forbidden:
/// plain segments, a known ending, no way up or out.
/// </summary>
internal static partial class ProjectPath
{
    public const int MaxLength = 120;
    public const int MaxSegments = 6;

    /// <summary>Made from the pin plan at every build, so it is not a file of the project.</summary>
    public const string Generated = "pins.h";

    private static readonly string[] Endings = [".c", ".h", ".md", ".txt", ".json"];

    /// <summary>The sentence that says what is wrong with the path, or <see langword="null"/>.</summary>
    public static string? Check(string path)
    {
        if (path.Length is 0 or > MaxLength)
            return $"A path has 1 to {MaxLength} characters.";
        var segments = path.Split('/');
        if (segments.Length > MaxSegments)
            return $"A path has at most {MaxSegments} parts.";
        if (!Array.TrueForAll(segments, segment => Segment().IsMatch(segment)))
            return "Each part of a path begins with a letter, a digit or _ and goes on with letters, digits and . _ - only; parts are joined by one '/'.";
        if (!Array.Exists(Endings, ending => path.EndsWith(ending, StringComparison.Ordinal)))
            return $"A file ends in {string.Join(", ", Endings)}.";
        if (string.Equals(path, Generated, StringComparison.OrdinalIgnoreCase))
            return "pins.h is made from the pin plan at every build; change the plan instead.";
        return null;
    }

    /// <summary>The sentence that says which of the files is in the way of a new one, or <see langword="null"/>.</summary>
    public static string? Collides(string path, IEnumerable<string> others)
    {
        foreach (var other in others)
        {
            if (string.Equals(other, path, StringComparison.Ordinal))
                continue;
            if (string.Equals(other, path, StringComparison.OrdinalIgnoreCase))
                return $"'{other}' differs from it in upper and lower case only.";
            if (other.StartsWith(path + "/", StringComparison.OrdinalIgnoreCase) || path.StartsWith(other + "/", StringComparison.OrdinalIgnoreCase))
                return $"'{other}' needs the same name for a file and a folder.";
        }

        return null;
    }

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._-]*\\z", RegexOptions.None, 1000)]
    private static partial Regex Segment();
}
