using System.Text.RegularExpressions;

namespace EspForge.Cli.Tests;

/// <summary>Every command line that the pages show is one that the tool understands.</summary>
public sealed partial class DocumentedCommandsTests
{
    [Theory]
    [InlineData("docs/ci.md", 9)]
    [InlineData("src/EspForge.Cli/README.md", 14)]
    public void Commands_in_the_pages_are_understood(string page, int least)
    {
        var lines = Command().Matches(File.ReadAllText(Path.Combine(Root(), page))).Select(match => match.Groups["line"].Value.Trim()).ToList();
        Assert.True(lines.Count >= least, $"{lines.Count} commands in {page}");
        Assert.All(lines, line =>
        {
            // What a shell would take away: quotes, redirections, remarks.
            var words = System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line.Split(" > ", 2)[0].Split(" # ", 2)[0]).ToArray();
            var parsed = CliRoot.Create().Parse(words);
            Assert.True(parsed.Errors.Count == 0, $"espforge {line}: {string.Join(' ', parsed.Errors.Select(error => error.Message))}");
        });
    }

    [GeneratedRegex(@"^\s*(?:- |run: |- run: )?espforge (?<line>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Command();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "EspForge.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
