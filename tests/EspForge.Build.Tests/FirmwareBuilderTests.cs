namespace EspForge.Build.Tests;

public sealed class FirmwareBuilderTests : IDisposable
{
    private static readonly BuildRequest Lamp = new() { ProjectName = "lamp", Version = "1.0.0", Chip = "esp32c3", Toolchain = "test", Files = [ProjectFile.FromText("src/main.c", "int x;")], GeneratedFiles = [ProjectFile.FromText("pins.h", "#define PIN_LED 8\n")] };

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_toolchain_finds_the_projects_files_and_the_generated_ones()
    {
        string? found = null;
        var outcome = await BuildAsync((job, _) =>
        {
            found = File.ReadAllText(Path.Combine(job.Directory, "project/src/main.c")) + File.ReadAllText(Path.Combine(job.Directory, "generated/pins.h"));
            return Task.FromResult<Outcome<BuiltImage>>(new Fault("build-failed", "No."));
        });
        Assert.Equal("int x;#define PIN_LED 8\n", found);
        Assert.Equal(("build-failed", "bubblewrap", true), (outcome.Fault?.Code, outcome.Sandbox, outcome.IsIsolated));
        Assert.Empty(_place.LeftInWork);
    }

    [Fact]
    public async Task The_log_says_which_sandbox_it_is()
    {
        var lines = new Lines();
        _place.Options.Sandbox = SandboxKind.Process;
        await BuildAsync((_, _) => Task.FromResult<Outcome<BuiltImage>>(new Fault("build-failed", "No.")), lines);
        Assert.Contains("not isolated", lines.Text, StringComparison.Ordinal);
        Assert.All(lines.All, line => Assert.Equal(BuildLineSource.Note, line.Source));
    }

    [Theory]
    [InlineData(SandboxKind.Bubblewrap)]
    [InlineData(SandboxKind.Process)]
    public async Task A_tool_that_does_not_end_is_killed_at_the_time_limit(SandboxKind kind)
    {
        _place.Options.Sandbox = kind;
        _place.Options.TimeLimit = TimeSpan.FromSeconds(1);
        var outcome = await BuildAsync(SleepAsync);
        Assert.Equal("build-timeout", outcome.Fault?.Code);
        Assert.Empty(_place.LeftInWork);
    }

    [Theory]
    [InlineData(SandboxKind.Bubblewrap)]
    [InlineData(SandboxKind.Process)]
    public async Task A_build_that_is_cancelled_says_so_and_leaves_nothing(SandboxKind kind)
    {
        _place.Options.Sandbox = kind;
        using var cancel = new CancellationTokenSource();
        var lines = new Lines { OnLine = line => { if (line.Text == "started") cancel.Cancel(); } };
        var outcome = await BuildAsync(SleepAsync, lines, cancel.Token);
        Assert.Equal("build-cancelled", outcome.Fault?.Code);
        Assert.Empty(_place.LeftInWork);
    }

    [Fact]
    public async Task A_request_that_is_wrong_reaches_no_toolchain()
    {
        var builder = Builder((_, _) => throw new InvalidOperationException("not reached"));
        var outcome = await builder.BuildAsync(Lamp with { Version = "one" });
        Assert.Equal("build-invalid", outcome.Fault?.Code);
        Assert.Equal("build-invalid", builder.Check(Lamp with { Version = "one" })?.Code);
        Assert.Null(builder.Check(Lamp));
        Assert.Empty(_place.LeftInWork);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_written_is_a_fault()
    {
        await File.WriteAllTextAsync(_place.Options.WorkDirectory, "a file where the directory should be");
        var outcome = await BuildAsync(SleepAsync);
        Assert.Equal("build-storage", outcome.Fault?.Code);
    }

    [Fact]
    public async Task A_defect_of_a_toolchain_is_thrown_and_leaves_nothing_either()
    {
        await Assert.ThrowsAsync<NotSupportedException>(() => BuildAsync((_, _) => throw new NotSupportedException()));
        Assert.Empty(_place.LeftInWork);
    }

    [Fact]
    public async Task What_an_earlier_host_left_is_swept()
    {
        Directory.CreateDirectory(Path.Combine(_place.Options.WorkDirectory, "job-2147483646-1-00/project"));
        File.SetUnixFileMode(_place.Options.WorkDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await BuildAsync((_, _) => Task.FromResult<Outcome<BuiltImage>>(new Fault("build-failed", "No.")));
        Assert.Empty(_place.LeftInWork);
    }

    [Fact]
    public async Task Output_without_end_is_cut_and_the_outcome_says_so()
    {
        _place.Options.MaxLogBytes = 4_096;
        var lines = new Lines();
        var outcome = await BuildAsync(async (job, cancellationToken) =>
        {
            await job.RunAsync(new SandboxCommand("/bin/sh", ["-c", "i=0; while [ $i -lt 5000 ]; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; i=$((i+1)); done"]), cancellationToken);
            return new Fault("build-failed", "No.");
        }, lines);
        Assert.True(outcome.IsLogTruncated);
        Assert.True(lines.Text.Length < 8_192);
    }

    [Fact]
    public void Options_that_cannot_be_used_are_refused_at_once()
    {
        _place.Options.TimeLimit = TimeSpan.Zero;
        Assert.Contains("TimeLimit", Assert.Throws<InvalidOperationException>(() => Builder(SleepAsync)).Message, StringComparison.Ordinal);
    }

    private static async Task<Outcome<BuiltImage>> SleepAsync(BuildJob job, CancellationToken cancellationToken)
    {
        await job.RunAsync(new SandboxCommand("/bin/sh", ["-c", "echo started; sleep 300"]), cancellationToken);
        return new Fault("build-failed", "It ended by itself.");
    }

    private FirmwareBuilder Builder(Func<BuildJob, CancellationToken, Task<Outcome<BuiltImage>>> build) => new([new Toolchain(build)], new SandboxSelector(_place.Wrapped), _place.Wrapped, new BuildCache(_place.Wrapped));

    private Task<BuildOutcome> BuildAsync(Func<BuildJob, CancellationToken, Task<Outcome<BuiltImage>>> build, Lines? lines = null, CancellationToken cancellationToken = default) =>
        Builder(build).BuildAsync(Lamp, lines, cancellationToken);

    private sealed class Toolchain(Func<BuildJob, CancellationToken, Task<Outcome<BuiltImage>>> build) : IToolchain
    {
        public string Name => "test";

        public string Title => "Test";

        public Task<Outcome<ToolchainStatus>> ProbeAsync(CancellationToken cancellationToken = default) => Task.FromResult<Outcome<ToolchainStatus>>(new ToolchainStatus(Name, "none", "none"));

        public Task<Outcome<BuiltImage>> BuildAsync(BuildJob job, CancellationToken cancellationToken = default) => build(job, cancellationToken);
    }
}
