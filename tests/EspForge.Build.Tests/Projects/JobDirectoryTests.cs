using System.Globalization;

namespace EspForge.Build.Tests.Projects;

public sealed class JobDirectoryTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Only_the_owner_may_enter_and_read()
    {
        using var job = JobDirectory.Create(_place.Options.WorkDirectory).Value;
        job.Write("project", [ProjectFile.FromText("a/b.c", "int x;")]);
        const UnixFileMode directory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(directory, File.GetUnixFileMode(_place.Options.WorkDirectory));
        Assert.Equal(directory, File.GetUnixFileMode(job.Path));
        Assert.Equal(directory, File.GetUnixFileMode(Path.Combine(job.Path, "project", "a")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(job.Path, "project", "a", "b.c")));
    }

    [Fact]
    public void It_is_gone_after_disposal_with_all_that_is_in_it()
    {
        var job = JobDirectory.Create(_place.Options.WorkDirectory).Value;
        job.Write("project", [ProjectFile.FromText("a/b.c", "int x;")]);
        job.Dispose();
        Assert.Empty(_place.LeftInWork);
        job.Dispose();
    }

    [Fact]
    public void A_link_in_it_is_removed_and_what_it_points_to_is_not()
    {
        var outside = Path.Combine(_place.Root, "outside.txt");
        File.WriteAllText(outside, "kept");
        var job = JobDirectory.Create(_place.Options.WorkDirectory).Value;
        Directory.CreateSymbolicLink(Path.Combine(job.Path, "link"), _place.Root);
        job.Dispose();
        Assert.Equal("kept", File.ReadAllText(outside));
    }

    [Fact]
    public void A_root_others_may_write_to_is_refused()
    {
        Directory.CreateDirectory(_place.Options.WorkDirectory);
        File.SetUnixFileMode(_place.Options.WorkDirectory, File.GetUnixFileMode(_place.Options.WorkDirectory) | UnixFileMode.OtherWrite);
        Assert.Equal("build-storage", JobDirectory.Create(_place.Options.WorkDirectory).Fault?.Code);
    }

    [Fact]
    public void What_a_process_that_is_gone_left_behind_is_swept_and_what_is_in_use_is_not()
    {
        using var mine = JobDirectory.Create(_place.Options.WorkDirectory).Value;
        var parts = Path.GetFileName(mine.Path).Split('-');
        // No process has this number; and this process, but begun at another time: the number was given out again.
        var dead = Directory.CreateDirectory(Path.Combine(_place.Options.WorkDirectory, "job-2147483646-1-00")).FullName;
        var reused = Directory.CreateDirectory(Path.Combine(_place.Options.WorkDirectory, string.Create(CultureInfo.InvariantCulture, $"job-{Environment.ProcessId}-1-00"))).FullName;
        var foreign = Directory.CreateDirectory(Path.Combine(_place.Options.WorkDirectory, "something-else")).FullName;
        Assert.Equal(4, parts.Length);
        Assert.Equal(2, JobDirectory.Sweep(_place.Options.WorkDirectory, TimeProvider.System));
        Assert.False(Directory.Exists(dead) || Directory.Exists(reused));
        Assert.True(Directory.Exists(mine.Path) && Directory.Exists(foreign));
    }

    [Fact]
    public void What_is_older_than_a_day_is_swept_whoever_made_it()
    {
        using var mine = JobDirectory.Create(_place.Options.WorkDirectory).Value;
        Assert.Equal(0, JobDirectory.Sweep(_place.Options.WorkDirectory, new Later(TimeSpan.FromHours(23))));
        Assert.Equal(1, JobDirectory.Sweep(_place.Options.WorkDirectory, new Later(TimeSpan.FromHours(25))));
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
