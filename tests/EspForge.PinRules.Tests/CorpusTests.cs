using System.Globalization;
using System.Text;
using EspForge.Boards;
using Xunit.Abstractions;

namespace EspForge.PinRules.Tests;

/// <summary>The corpus: what shipped has no error and seldom a warning; what is known to go wrong is found with the right class.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    public static TheoryData<int> Mistakes => [.. Enumerable.Range(0, Corpus.Mistakes.Count)];

    [Theory]
    [InlineData(Spelling.Apart)]
    [InlineData(Spelling.Phrase)]
    [InlineData(Spelling.Joined)]
    [InlineData(Spelling.Capitals)]
    public void No_map_of_a_shipped_board_has_an_error_however_its_uses_are_spelled(Spelling spelling)
    {
        var wrong = Corpus.Boards.Select(entry => (entry.Name, Report: PinChecker.Check(Corpus.PlanOf(entry.Map, spelling)))).Where(entry => entry.Report.HasErrors).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Select(entry => $"{entry.Name}: {entry.Report.Findings[0]}")));
    }

    [Fact]
    public void At_most_a_fifth_of_the_shipped_maps_has_a_warning()
    {
        Assert.InRange(Corpus.Boards.Count, 900, 5000);
        Assert.InRange(Corpus.Boards.Select(entry => Corpus.Text(entry.Map, "family")).Distinct().Count(), 15, 100);
        Assert.Equal(BoardCatalog.Default.ChipIds.Order(StringComparer.Ordinal), Corpus.Boards.Select(entry => Corpus.Text(entry.Map, "chip")!).Distinct().Order(StringComparer.Ordinal));
        Assert.All(Corpus.Boards, entry => Assert.False(string.IsNullOrWhiteSpace(Corpus.Text(entry.Map, "source"))));
        var warned = Corpus.Boards.Where(entry => PinChecker.Check(Corpus.PlanOf(entry.Map, Spelling.Apart)).Warnings > 0).Select(entry => entry.Name).ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{warned.Count} of {Corpus.Boards.Count} maps have a warning ({100.0 * warned.Count / Corpus.Boards.Count:0.0} %): {string.Join(", ", warned)}"));
        Assert.True(warned.Count * 5 <= Corpus.Boards.Count, $"{warned.Count} of {Corpus.Boards.Count}");
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_documented_mistake_is_found_with_its_class(int index)
    {
        var (name, mistake) = Corpus.Mistakes[index];
        var read = PinPlanReader.Read(Encoding.UTF8.GetBytes(mistake.GetProperty("plan").GetRawText()));
        Assert.True(read.IsSuccess, read.Fault?.Message);
        var report = PinChecker.Check(read.Value);
        var wanted = Corpus.Text(mistake, "class");
        var gpio = mistake.GetProperty("gpio").GetInt32();
        var finding = report.Findings.FirstOrDefault(found => found.Class == wanted && found.Gpios.Contains(gpio));
        Assert.True(finding is not null, $"{name}: no {wanted} on GPIO{gpio} in\n{Plans.Show(report)}");
        Assert.True(finding.Severity.ToString().Equals(Corpus.Text(mistake, "severity"), StringComparison.OrdinalIgnoreCase), $"{name}: {finding}");
        Assert.NotEmpty(finding.Repairs);
        Assert.False(string.IsNullOrWhiteSpace(Corpus.Text(mistake, "source")));
    }

    [Theory]
    [InlineData(Spelling.Phrase)]
    [InlineData(Spelling.Joined)]
    [InlineData(Spelling.Capitals)]
    public void A_documented_mistake_is_found_however_its_uses_are_spelled(Spelling spelling)
    {
        var missed = new List<string>();
        foreach (var (name, mistake) in Corpus.Mistakes)
        {
            var plan = PinPlanReader.Read(Encoding.UTF8.GetBytes(mistake.GetProperty("plan").GetRawText())).Value;
            var report = PinChecker.Check(plan with { Uses = [.. plan.Uses.Select(use => Corpus.Spelled(use, spelling))] });
            if (!report.Findings.Any(finding => finding.Class == Corpus.Text(mistake, "class") && finding.Gpios.Contains(mistake.GetProperty("gpio").GetInt32())))
                missed.Add(name);
        }

        Assert.Empty(missed);
    }

    [Fact]
    public void Every_rule_has_a_documented_mistake()
    {
        Assert.InRange(Corpus.Mistakes.Count, 250, 1000);
        var covered = Corpus.Mistakes.Select(entry => Corpus.Text(entry.Mistake, "class")!).ToHashSet();
        Assert.All(PinRuleSet.Default, rule => Assert.Contains(rule.Class, covered));
    }
}
