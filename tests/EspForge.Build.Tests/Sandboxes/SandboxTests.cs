using System.Text;
using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Sandboxes;

/// <summary>What every executor promises; run over each that works here. Which do not is told by the skipped tests at the end.</summary>
public sealed class SandboxTests : IDisposable
{
    private const long MiB = 1024 * 1024;

    private readonly Workplace _place = new();
    private readonly string _job;

    public SandboxTests() => _job = Directory.CreateDirectory(Path.Combine(_place.Root, "job")).FullName;

    public static TheoryData<string> All => Executors.Available;

    public static TheoryData<string> Isolating => Executors.Isolating;

    private SandboxView View => new(_job, []);

    public void Dispose() => _place.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_works_here_and_says_what_it_gives(string name)
    {
        var probed = await Sandbox(name).ProbeAsync();
        Assert.True(probed.IsSuccess, probed.Fault?.Message);
        Assert.Equal(name == "process", probed.Value.Contains("not isolated", StringComparison.Ordinal));
        Assert.Equal(name != "process", Sandbox(name).IsIsolated);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Exit_code_and_both_outputs_come_back(string name)
    {
        var (exit, output, error) = await Sandbox(name).ShellAsync(View, "echo one; echo two >&2; echo three; exit 7");
        Assert.Equal(7, exit.Value);
        Assert.Equal(["one", "three"], output);
        Assert.Equal(["two"], error);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Nothing_of_the_hosts_environment_is_inside(string name)
    {
        Environment.SetEnvironmentVariable("ESPFORGE_TEST_SECRET", "secret");
        var (_, output, _) = await Sandbox(name).ShellAsync(View, "/usr/bin/env");
        var names = output.Select(line => line.Split('=')[0]).Except(["PWD", "SHLVL", "_", "OLDPWD", "HOSTNAME", "container"], StringComparer.Ordinal);
        Assert.Equal(["HOME", "LC_ALL", "PATH", "TMPDIR"], names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_command_may_have_variables_and_a_place_of_its_own(string name)
    {
        Directory.CreateDirectory(Path.Combine(_job, "below"));
        var sandbox = Sandbox(name);
        var lines = new List<string>();
        var command = new SandboxCommand("/bin/sh", ["-c", "echo \"$A\"; pwd"]) { Environment = new Dictionary<string, string> { ["A"] = "a b; $(id)" }, WorkingDirectory = sandbox.PathInside(View, Path.Combine(_job, "below")) };
        await sandbox.RunAsync(View, command, (_, line) => lines.Add(line));
        Assert.Equal(["a b; $(id)", command.WorkingDirectory], lines);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Its_own_directory_can_be_written_to_and_is_read_by_the_host(string name)
    {
        await File.WriteAllTextAsync(Path.Combine(_job, "given.txt"), "given");
        File.SetUnixFileMode(Path.Combine(_job, "given.txt"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (exit, output, error) = await Sandbox(name).ShellAsync(View, "cat given.txt && mkdir a && echo made > a/file.txt && chmod 600 a/file.txt");
        Assert.True(exit.Value == 0, string.Join('\n', error));
        Assert.Equal(["given"], output);
        Assert.Equal("made\n", Encoding.UTF8.GetString((await JobFiles.ReadAsync(_job, "a/file.txt", 100, default)).Value));
        // And again, after the host wrote more.
        await File.WriteAllTextAsync(Path.Combine(_job, "a", "more.txt"), "more");
        Executors.Give(name, _place.Root, _job);
        Assert.Equal(["more"], (await Sandbox(name).ShellAsync(View, "cat a/more.txt && rm -r a")).Output);
    }

    [Theory]
    [MemberData(nameof(Isolating))]
    public async Task A_mounted_directory_can_be_read_and_not_written(string name)
    {
        var library = Directory.CreateDirectory(Path.Combine(_place.Root, "library")).FullName;
        await File.WriteAllTextAsync(Path.Combine(library, "a.h"), "int a;");
        var view = new SandboxView(_job, [new SandboxMount(library, "library")]);
        var inside = Sandbox(name).PathInside(view, Path.Combine(library, "a.h"));
        Assert.DoesNotContain(_place.Root, inside, StringComparison.Ordinal);
        Assert.Equal(["int a;"], (await Sandbox(name).ShellAsync(view, $"cat {inside}")).Output);
        Assert.NotEqual(0, (await Sandbox(name).ShellAsync(view, $"echo changed > {inside}")).Exit.Value);
        Assert.NotEqual(0, (await Sandbox(name).ShellAsync(view, $"rm {inside} || touch $(dirname {inside})/x || chmod 777 {inside}")).Exit.Value);
        Assert.Equal("int a;", await File.ReadAllTextAsync(Path.Combine(library, "a.h")));
        Assert.NotEqual(0, (await Sandbox(name).ShellAsync(view, "echo x > /usr/x")).Exit.Value);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Memory_and_file_size_of_a_process_are_limited(string name)
    {
        var view = View with { Limits = new SandboxLimits(10, 64 * MiB, MiB) };
        Assert.NotEqual(0, (await Sandbox(name).CommandAsync(view, "dd", "if=/dev/zero", "of=big", "bs=1M", "count=2")).Exit.Value);
        Assert.True(new FileInfo(Path.Combine(_job, "big")).Length <= MiB);
        Assert.NotEqual(0, (await Sandbox(name).CommandAsync(view, "dd", "if=/dev/zero", "of=/dev/null", "bs=128M", "count=1")).Exit.Value);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Memory_of_all_processes_together_is_limited(string name)
    {
        // Ten that hold 40 MiB each, none of them much by itself.
        var view = View with { Limits = SandboxLimits.From(new BuildOptions()) with { JobMemoryBytes = 160 * MiB } };
        const string Hold = "timeout 10 tail -c 41943040 /dev/zero";
        var (exit, _, _) = await Sandbox(name).ShellAsync(view, $"for i in 1 2 3 4 5 6 7 8 9 10; do {Hold} & p=\"$p $!\"; done; bad=0; for i in $p; do wait $i || bad=1; done; exit $bad");
        // Docker and podman tell it by the exit code alone.
        Assert.True(exit.Fault?.Code == "build-limit" || (name.Contains("container", StringComparison.Ordinal) && exit.Value != 0), exit.Fault?.Message ?? "It was not limited.");
    }

    [Theory]
    [MemberData(nameof(Isolating))]
    public async Task Processes_are_limited(string name)
    {
        var marker = Runs.Marker();
        var view = View with { Limits = SandboxLimits.From(new BuildOptions()) with { Processes = 48 } };
        var (_, output, _) = await Sandbox(name).ShellAsync(view, $"i=0; while [ $i -lt 200 ]; do sleep {marker} & i=$((i+1)); done; echo all");
        Assert.DoesNotContain("all", output);
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_job_that_fills_the_disk_is_killed_and_the_reason_told(string name)
    {
        var view = View with { Limits = SandboxLimits.From(new BuildOptions()) with { JobBytes = 16 * MiB, FileBytes = 4 * MiB } };
        var (exit, _, _) = await Sandbox(name).ShellAsync(view, "i=0; while [ $i -lt 4000 ]; do head -c 1000000 /dev/zero > f$i; i=$((i+1)); sleep 0.01; done");
        Assert.Equal("build-limit", exit.Fault?.Code);
        Assert.Contains("disk", exit.Fault!.Message, StringComparison.Ordinal);
        Assert.True(DiskUse.Of(view).Bytes < 1024 * MiB);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_job_that_makes_too_many_files_is_killed(string name)
    {
        var view = View with { Limits = SandboxLimits.From(new BuildOptions()) with { JobEntries = 1_000 } };
        var (exit, _, _) = await Sandbox(name).ShellAsync(view, "i=0; while [ $i -lt 1000000 ]; do : > f$i; i=$((i+1)); done");
        Assert.Equal("build-limit", exit.Fault?.Code);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_job_that_writes_output_without_end_is_killed(string name)
    {
        var view = View with { Limits = SandboxLimits.From(new BuildOptions()) with { OutputBytes = 4 * MiB } };
        var (exit, output, _) = await Sandbox(name).ShellAsync(view, "yes");
        Assert.Equal("build-limit", exit.Fault?.Code);
        Assert.Contains("output", exit.Fault!.Message, StringComparison.Ordinal);
        Assert.True(output.Length <= 2.1 * MiB);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Cancelling_kills_all_that_was_started(string name)
    {
        using var cancel = new CancellationTokenSource();
        // A child in the background and one in front; the marker in their command lines finds them again.
        var marker = Runs.Marker();
        var ready = new TaskCompletionSource();
        var running = Sandbox(name).RunAsync(View, new SandboxCommand("/bin/sh", ["-c", $"sleep {marker} & sleep {marker} & echo ready; wait"]), (_, _) => ready.TrySetResult(), cancel.Token);
        await ready.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
    }

    [Theory]
    [MemberData(nameof(Isolating))]
    public async Task What_a_command_leaves_behind_ends_with_it(string name)
    {
        var marker = Runs.Marker();
        var (exit, output, _) = await Sandbox(name).ShellAsync(View, $"setsid nohup sleep {marker} >/dev/null 2>&1 & sleep 0.2; echo left");
        Assert.Equal(0, exit.Value);
        Assert.Equal(["left"], output);
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_token_cancelled_before_starts_nothing(string name)
    {
        var running = Sandbox(name).RunAsync(View, new SandboxCommand("/bin/sh", ["-c", "echo x > file.txt"]), (_, _) => { }, new CancellationToken(canceled: true));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Directory.GetFiles(_job));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_started_process_can_be_talked_with_and_ends_when_disposed(string name)
    {
        var marker = Runs.Marker();
        var started = await Sandbox(name).StartAsync(View, new SandboxCommand("/bin/sh", ["-c", $"sleep {marker} & echo careful >&2; while read line; do echo \"you said $line\"; done; exit 3"]));
        await using var process = started.Value;
        await process.Input.WriteAsync("hello\n"u8.ToArray());
        await process.Input.FlushAsync();
        var buffer = new byte[64];
        var answer = Encoding.UTF8.GetString(buffer, 0, await process.Output.ReadAsync(buffer));
        Assert.Equal("you said hello\n", answer);
        Assert.False(process.Exited.IsCompleted);
        Assert.NotEmpty(Runs.Processes(marker));
        await process.DisposeAsync();
        Assert.True(process.Exited.IsCompleted);
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_started_process_tells_its_exit_code(string name)
    {
        await using var process = (await Sandbox(name).StartAsync(View, new SandboxCommand("/bin/sh", ["-c", "read line; exit 5"]))).Value;
        process.Input.Close();
        Assert.Equal(5, await process.Exited);
        Assert.Null(process.Fault);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_program_that_is_not_there_is_no_success(string name)
    {
        var (exit, _, _) = await Sandbox(name).CommandAsync(View, "no-such-program");
        Assert.True(!exit.TryGet(out var code, out _) || code != 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_path_outside_the_view_has_no_name_inside(string name)
    {
        Assert.Throws<ArgumentException>(() => Sandbox(name).PathInside(View, "/etc/passwd"));
        Assert.Throws<ArgumentException>(() => Sandbox(name).PathInside(View, _job + "-beside/file"));
        Assert.EndsWith("/a/b", Sandbox(name).PathInside(View, Path.Combine(_job, "a/b")), StringComparison.Ordinal);
    }

    [Fact]
    public void No_groups_and_no_bundles_are_left_behind()
    {
        foreach (var folder in new[] { "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids", "/sys/fs/cgroup" }.Where(Directory.Exists))
            Assert.True(Directory.GetDirectories(folder, "espforge-*").Length < 20, folder);
    }

    [ExecutorFact(Executors.AsUser)]
    public Task Bubblewrap_as_a_user_holds_the_contract_here() => It_works_here_and_says_what_it_gives(Executors.AsUser);

    [ExecutorFact("container (runc)")]
    public Task Runc_holds_the_contract_here() => It_works_here_and_says_what_it_gives("container (runc)");

    [ExecutorFact("container (docker)")]
    public Task Docker_holds_the_contract_here() => It_works_here_and_says_what_it_gives("container (docker)");

    [ExecutorFact("container (podman)")]
    public Task Podman_holds_the_contract_here() => It_works_here_and_says_what_it_gives("container (podman)");

    private IBuildSandbox Sandbox(string name)
    {
        Executors.Give(name, _place.Root, _job);
        return Executors.Create(name);
    }
}
