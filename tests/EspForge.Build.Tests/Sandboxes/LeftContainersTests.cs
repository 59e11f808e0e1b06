using System.Diagnostics;
using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Sandboxes;

public sealed class LeftContainersTests : IDisposable
{
    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [ExecutorFact("container (runc)")]
    public async Task A_container_is_removed_by_the_next_start_once_its_host_is_gone_and_not_before()
    {
        var marker = Runs.Marker();
        var job = Directory.CreateDirectory(Path.Combine(_place.Root, "job")).FullName;
        using var host = Process.Start("/bin/sleep", ["300"]);
        string[] Bundles() => Directory.GetDirectories(Path.GetTempPath(), $"espforge-{HostProcess.Running(host.Id)!}-*");
        try
        {
            // Nobody disposes what is started: it is left, as by a host that was killed.
            var left = (await new ContainerSandbox("runc", "host-usr", HostProcess.Running(host.Id)!).StartAsync(new SandboxView(job, []), new SandboxCommand("sleep", [marker]))).Value;
            var bundle = Assert.Single(Bundles());
            await BeginsAsync(marker);
            Assert.True((await new ContainerSandbox("runc", "host-usr").ProbeAsync()).IsSuccess);
            Assert.NotEmpty(Runs.Processes(marker));
            Assert.True(Directory.Exists(bundle));

            host.Kill();
            await host.WaitForExitAsync();
            Assert.True((await new ContainerSandbox("runc", "host-usr").ProbeAsync()).IsSuccess);
            Assert.Empty(await Runs.AfterAMomentAsync(marker));
            Assert.False(Directory.Exists(bundle));
            await left.DisposeAsync();
        }
        finally
        {
            if (!host.HasExited)
                host.Kill();
        }
    }

    [ExecutorFact("container (runc)")]
    public async Task Nothing_is_left_of_a_container_that_ended_failed_was_cancelled_or_never_began()
    {
        using var other = Process.Start("/bin/sleep", ["300"]);
        var host = HostProcess.Running(other.Id)!;
        var sandbox = new ContainerSandbox("runc", "host-usr", host);
        var view = new SandboxView(Directory.CreateDirectory(Path.Combine(_place.Root, "job")).FullName, []);
        Assert.True((await sandbox.CommandAsync(view, "true")).Exit.IsSuccess);
        await sandbox.CommandAsync(view, "/nowhere/at/all");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sandbox.RunAsync(view, new SandboxCommand("true", []), (_, _) => { }, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sandbox.StartAsync(view, new SandboxCommand("true", []), cancelled.Token));
        using var soon = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sandbox.RunAsync(view, new SandboxCommand("/bin/sh", ["-c", "echo begun; sleep 300"]), (_, _) => soon.Cancel(), soon.Token));
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), $"espforge-{host}-*"));
        other.Kill();
    }

    [Fact]
    public async Task Of_docker_those_whose_host_is_gone_are_removed_by_name_and_no_others()
    {
        using var host = Process.Start("/bin/true");
        var ended = new HostProcess(HostProcess.Current.System, host.Id, 1);
        await host.WaitForExitAsync();
        var own = Name(HostProcess.Current);
        var gone = Name(ended);
        var elsewhere = Name(ended with { System = "00000000" });
        var calls = new List<string>();
        var removed = await LeftContainers.RemoveAsync("docker", arguments =>
        {
            calls.Add(string.Join(' ', arguments));
            return Task.FromResult<IReadOnlyList<string>>(arguments[0] is "ps" ? [own, gone, elsewhere, "espforge-database", "postgres", gone + ";rm"] : []);
        });
        Assert.Equal(1, removed);
        Assert.Equal(["ps --all --filter label=espforge.host --format {{.Names}}", $"rm --force {gone}"], calls);
    }

    [Fact]
    public async Task A_directory_of_runc_that_is_not_the_hosts_own_is_not_believed()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        var planted = LeftContainers.BundleOf(Name(new HostProcess(HostProcess.Current.System, 2_147_483_646, 1)));
        Directory.CreateDirectory(planted);
        try
        {
            SystemCalls.Give(planted, 65_534);
            var calls = 0;
            await LeftContainers.RemoveAsync("runc", arguments =>
            {
                if (arguments.Contains(LeftContainers.StateOf(planted), StringComparer.Ordinal))
                    calls++;
                return Task.FromResult<IReadOnlyList<string>>([]);
            });
            Assert.Equal(0, calls);
            Assert.True(Directory.Exists(planted));
            SystemCalls.Give(planted, 0);
            await LeftContainers.RemoveAsync("runc", _ => Task.FromResult<IReadOnlyList<string>>([]));
            Assert.False(Directory.Exists(planted));
        }
        finally
        {
            if (Directory.Exists(planted))
                Directory.Delete(planted);
        }
    }

    [Fact]
    public async Task A_process_is_gone_when_it_has_ended_or_its_number_belongs_to_another()
    {
        Assert.False(HostProcess.Current.IsGone);
        Assert.Equal(HostProcess.Current, HostProcess.Find(Name(HostProcess.Current)));
        Assert.True((HostProcess.Current with { StartTicks = 1 }).IsGone);
        Assert.False((HostProcess.Current with { StartTicks = 1, System = "00000000" }).IsGone);
        using var process = Process.Start("/bin/sleep", ["300"]);
        var running = HostProcess.Running(process.Id)!;
        Assert.False(running.IsGone);
        process.Kill();
        await process.WaitForExitAsync();
        Assert.True(running.IsGone);
        Assert.Null(HostProcess.Find("espforge-1-2-3"));
    }

    private static string Name(HostProcess host) => $"espforge-{host}-0123456789abcdef";

    private static async Task BeginsAsync(string marker)
    {
        // runc itself has the marker nowhere in its command line: what is found is the process inside.
        for (var i = 0; i < 500 && Runs.Processes(marker).Length == 0; i++)
            await Task.Delay(10);
        Assert.NotEmpty(Runs.Processes(marker));
    }
}
