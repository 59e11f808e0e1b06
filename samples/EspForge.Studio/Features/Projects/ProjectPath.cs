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

    /// <summary>Made from the pin plan at every build; each toolchain puts it where sources include it from.</summary>
    public const string Pins = "pins.h";

    /// <summary>What a project is exported with, so it is not a file of the project.</summary>
    public const string Description = "espforge.json";

    private static readonly string[] Endings =
    [
        ".c", ".h", ".cpp", ".hpp", ".cc", ".cxx", ".ino", ".S", ".s", ".ld", ".ini", ".cmake", ".txt", ".md", ".json", ".csv", ".yml", ".yaml", ".defaults", ".py",
    ];

    /// <summary>Where sources would shadow the header that is made from the pin plan, so these are not files of the project.</summary>
    private static readonly string[] Generated = [Pins, "include/pins.h", "main/pins.h"];

    /// <summary>The sentence that says what is wrong with the path, or <see langword="null"/>.</summary>
    public static string? Check(string path)
    {
        if (path.Length is 0 or > MaxLength)
            return $"A path has 1 to {MaxLength} characters.";
        var segments = path.Split('/');
        if (segments.Length > MaxSegments)
            return $"A path has at most {MaxSegments} parts.";
        var name = segments[^1];
        if (!Array.TrueForAll(name[0..Math.Min(1, name.Length)] is "." && Name().IsMatch(name) ? segments[..^1] : segments, segment => Segment().IsMatch(segment)))
            return "Each part of a path begins with a letter, a digit or _ and goes on with letters, digits and . _ - only; parts are joined by one '/'.";
        if (!Name().IsMatch(name) && !Array.Exists(Endings, ending => name.EndsWith(ending, StringComparison.Ordinal)))
            return $"A file ends in {string.Join(", ", Endings)}, or is CMakeLists.txt, Kconfig, Kconfig.projbuild, sdkconfig, sdkconfig.defaults, .gitignore or .clang-format.";
        if (Generated.Contains(path, StringComparer.OrdinalIgnoreCase))
            return "pins.h is made from the pin plan at every build; change the plan instead.";
        if (string.Equals(path, Description, StringComparison.OrdinalIgnoreCase))
            return "espforge.json is what an exported project is described with; give the file another name.";
        return null;
    }

    /// <summary>The sentence that says why no folder has this path, or <see langword="null"/>.</summary>
    public static string? CheckFolder(string path)
    {
        if (path.Length is 0 or > MaxLength)
            return $"A path has 1 to {MaxLength} characters.";
        var segments = path.Split('/');
        if (segments.Length >= MaxSegments)
            return $"Folders are at most {MaxSegments - 1} deep.";
        return Array.TrueForAll(segments, segment => Segment().IsMatch(segment))
            ? null
            : "Each part of a folder's path begins with a letter, a digit or _ and goes on with letters, digits and . _ - only; parts are joined by one '/'.";
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

    /// <summary>Names that need no ending.</summary>
    [GeneratedRegex("^(Kconfig(\\.projbuild)?|sdkconfig(\\.defaults(\\.[a-z0-9]+)?)?|\\.gitignore|\\.clang-format)\\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._-]*\\z", RegexOptions.None, 1000)]
    private static partial Regex Segment();
}
