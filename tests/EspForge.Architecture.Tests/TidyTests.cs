using System.Text.RegularExpressions;

namespace EspForge.Architecture.Tests;

/// <summary>House rules that a reader would otherwise have to remember.</summary>
public partial class TidyTests
{
    private static readonly string[] SayNothing = ["Common", "Shared", "Utils", "Helpers", "Services", "Interfaces", "Managers", "Extensions"];

    [Fact]
    public void No_folder_has_a_name_that_says_nothing()
    {
        var offenders = from file in Repository.Files("src", "*").Concat(Repository.Files("samples", "*.cs"))
                        where Array.Exists(Repository.Segments(file), segment => SayNothing.Contains(segment, StringComparer.OrdinalIgnoreCase))
                        select file;
        Assert.Equal([], offenders);
    }

    [Fact]
    public void No_source_file_needs_a_table_of_contents()
    {
        var files = Repository.Files("src", "*.cs").Concat(Repository.Files("samples", "*.cs")).Concat(Repository.Files("samples", "*.tsx"))
            .Concat(Repository.Files("firmware", "*.c")).Concat(Repository.Files("tests", "*.cs"));
        Assert.Equal([], files.Select(file => (Lines: File.ReadLines(file).Count(), File: Path.GetRelativePath(Repository.Root, file))).Where(file => file.Lines > 500));
    }

    [Fact]
    public void The_agent_keeps_no_state_of_its_own_and_knows_no_operating_system()
    {
        var sources = Repository.Files(Path.Combine("firmware", "agent"), "*.c").Concat(Repository.Files(Path.Combine("firmware", "agent"), "*.h"));
        var offenders = from file in sources
                        from line in File.ReadLines(file)
                        where ForbiddenInclude().IsMatch(line) || line.Contains("ESP_PLATFORM", StringComparison.Ordinal) || MutableStatic().IsMatch(line) || Heap().IsMatch(line)
                        select $"{Path.GetFileName(file)}: {line.Trim()}";
        Assert.Empty(offenders);
    }

    [Fact]
    public void Time_is_a_parameter_in_the_packages()
    {
        var offenders = from file in Repository.Files("src", "*.cs")
                        from line in File.ReadLines(file)
                        where Clock().IsMatch(line)
                        select $"{Path.GetFileName(file)}: {line.Trim()}";
        Assert.Empty(offenders);
    }

    [Fact]
    public void Nothing_in_the_repository_names_the_machine_it_was_written_on()
    {
        var texts = new[] { "src", "samples", "tests", "docs", "firmware", "benchmarks", "eng" }.SelectMany(folder => Repository.Files(folder, "*"))
            .Where(file => Path.GetExtension(file) is ".cs" or ".c" or ".h" or ".md" or ".ts" or ".tsx" or ".json" or ".csproj" or ".cmake" or ".txt" or ".sh");
        Assert.Equal([], texts.Where(file => MachinePath().IsMatch(File.ReadAllText(file))).Select(file => Path.GetRelativePath(Repository.Root, file)));
    }

    [GeneratedRegex(@"^\s*#\s*include\s*<(unistd|sys/|pthread|fcntl|signal|time|stdlib|errno|curl|freertos|esp_)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ForbiddenInclude();

    // A static that is neither a function nor a constant.
    [GeneratedRegex(@"^\s*static\s+(?!const\b|inline\b|_Static)[^()]*(=|;)\s*[^()]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MutableStatic();

    [GeneratedRegex(@"\b(malloc|calloc|realloc|strdup)\s*\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heap();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Clock();

    [GeneratedRegex(@"(?<![\w.~/])/(work|home/\w+|root)/(main|wt|shared|\.)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MachinePath();
}
