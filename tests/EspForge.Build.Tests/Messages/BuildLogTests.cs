using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace EspForge.Build.Tests.Messages;

public class BuildLogTests
{
    [Fact]
    public void Paths_of_the_machine_are_written_as_paths_of_the_project()
    {
        var lines = new Lines();
        var log = new BuildLog(lines, 10_000);
        log.Hide("/tmp/job-1", ".");
        log.Hide("/tmp/job-1/project/", "");
        log.Write(BuildLineSource.Error, "/tmp/job-1/project/src/main.c:3:5: error: see /tmp/job-1/build");
        Assert.Equal("src/main.c:3:5: error: see ./build", Assert.Single(lines.All).Text);
        Assert.Equal("src/main.c", Assert.Single(log.Messages).File);
    }

    [Fact]
    public void Colours_and_control_characters_are_taken_out()
    {
        var lines = new Lines();
        new BuildLog(lines, 10_000).Write(BuildLineSource.Output, "\e[01;31m\e[Kerror\e[m\e[K:\a\tx\r\u009b");
        Assert.Equal("error:\tx", Assert.Single(lines.All).Text);
    }

    [Fact]
    public void A_log_that_is_too_long_ends_with_a_line_that_says_so()
    {
        var lines = new Lines();
        var log = new BuildLog(lines, 4_096);
        for (var i = 0; i < 100; i++)
            log.Write(BuildLineSource.Output, new string('x', 99));
        Assert.True(log.IsTruncated);
        Assert.Equal(41, lines.All.Count);
        Assert.Equal(BuildLineSource.Note, lines.All[^1].Source);
        Assert.Contains("4,096 bytes", lines.All[^1].Text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 41), lines.All.Select(line => line.Number));
    }

    [Fact]
    public void A_stream_is_cut_into_the_same_lines_however_it_arrives()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (texts, chunk) =>
        {
            var expected = texts.Select(text => text.Get.Replace('\n', ' ').Replace('\r', ' ').Replace('\ud800', ' ')).Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))).ToList();
            var got = new List<string>();
            var splitter = new LineSplitter(got.Add);
            var bytes = Encoding.UTF8.GetBytes(string.Concat(expected.Select(line => line + "\n")));
            foreach (var part in bytes.Chunk(chunk.Get))
                splitter.Add(part);
            splitter.Complete();
            return expected.SequenceEqual(got, StringComparer.Ordinal);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_line_without_end_is_cut_and_says_so()
    {
        var got = new List<string>();
        var splitter = new LineSplitter(got.Add, maxBytes: 10);
        for (var i = 0; i < 1000; i++)
            splitter.Add("abcdef"u8);
        splitter.Add("\nnext"u8);
        splitter.Complete();
        Assert.Equal(["abcdefabcd …", "next"], got);
    }
}
