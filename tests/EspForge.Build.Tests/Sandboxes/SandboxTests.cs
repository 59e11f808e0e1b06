using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EspForge.Build.Tests.Sandboxes;

public sealed class SandboxTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly string _job;

    public SandboxTests() => _job = Directory.CreateDirectory(Path.Combine(_place.Root, "job")).FullName;

    public static TheoryData<string> All => ["bubblewrap", "process"];

    public void Dispose() => _place.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_works_here_and_says_what_it_gives(string name)
    {
        var probed = await Sandbox(name).ProbeAsync();
        Assert.True(probed.IsSuccess, probed.Fault?.Message);
        Assert.Equal(name == "process", probed.Value.Contains("not isolated", StringComparison.Ordinal));
        Assert.Equal(name == "bubblewrap", Sandbox(name).IsIsolated);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Exit_code_and_both_outputs_come_back(string name)
    {
        var (exit, output, error) = await ShellAsync(name, "echo one; echo two >&2; echo three; exit 7");
        Assert.Equal(7, exit);
        Assert.Equal(["one", "three"], output);
        Assert.Equal(["two"], error);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Nothing_of_the_hosts_environment_is_inside(string name)
    {
        Environment.SetEnvironmentVariable("ESPFORGE_TEST_SECRET", "secret");
        var (_, output, _) = await ShellAsync(name, "/usr/bin/env");
        var names = output.Select(line => line.Split('=')[0]).Except(["PWD", "SHLVL", "_", "OLDPWD"], StringComparer.Ordinal);
        Assert.Equal(["HOME", "LC_ALL", "PATH", "TMPDIR"], names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Its_own_directory_can_be_written_to(string name)
    {
        var (exit, _, _) = await ShellAsync(name, "echo made > file.txt");
        Assert.Equal(0, exit);
        Assert.Equal("made\n", await File.ReadAllTextAsync(Path.Combine(_job, "file.txt")));
    }

    [Fact]
    public async Task Bubblewrap_keeps_the_files_of_the_machine_away()
    {
        var secret = Path.Combine(_place.Root, "secret.txt");
        await File.WriteAllTextAsync(secret, "do not read");
        foreach (var path in new[] { secret, "/etc/passwd", "/etc/hostname", "/root", "/home", "/var" })
        {
            var (exit, output, _) = await ShellAsync("bubblewrap", $"ls -d '{path}'; cat '{path}'");
            Assert.NotEqual(0, exit);
            Assert.Empty(output);
        }

        var plain = await ShellAsync("process", $"cat '{secret}'");
        Assert.Equal(["do not read"], plain.Output);
    }

    [Fact]
    public async Task Bubblewrap_lets_a_mounted_directory_be_read_and_not_written()
    {
        var library = Directory.CreateDirectory(Path.Combine(_place.Root, "library")).FullName;
        await File.WriteAllTextAsync(Path.Combine(library, "a.h"), "int a;");
        var view = new SandboxView(_job, [new SandboxMount(library, "library")]);
        var inside = Sandbox("bubblewrap").PathInside(view, Path.Combine(library, "a.h"));
        Assert.DoesNotContain(_place.Root, inside, StringComparison.Ordinal);
        var read = await RunAsync("bubblewrap", view, "/bin/sh", "-c", $"cat {inside}");
        Assert.Equal(["int a;"], read.Output);
        var write = await RunAsync("bubblewrap", view, "/bin/sh", "-c", $"echo changed > {inside}");
        Assert.NotEqual(0, write.Exit);
        Assert.Equal("int a;", await File.ReadAllTextAsync(Path.Combine(library, "a.h")));
        Assert.NotEqual(0, (await RunAsync("bubblewrap", view, "/bin/sh", "-c", "echo x > /usr/x")).Exit);
    }

    [Fact]
    public async Task Bubblewrap_has_no_network()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        string[] connect = ["/bin/bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected"];
        Assert.Equal(["connected"], (await RunAsync("process", new SandboxView(_job, []), connect)).Output);
        var isolated = await RunAsync("bubblewrap", new SandboxView(_job, []), connect);
        Assert.NotEqual(0, isolated.Exit);
        Assert.Empty(isolated.Output);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Memory_and_file_size_are_limited(string name)
    {
        var view = new SandboxView(_job, []) { Limits = new SandboxLimits(10, 64L * 1024 * 1024, 1024 * 1024) };
        Assert.NotEqual(0, (await RunAsync(name, view, "dd", "if=/dev/zero", "of=big", "bs=1M", "count=2")).Exit);
        Assert.True(new FileInfo(Path.Combine(_job, "big")).Length <= 1024 * 1024);
        Assert.NotEqual(0, (await RunAsync(name, view, "dd", "if=/dev/zero", "of=/dev/null", "bs=128M", "count=1")).Exit);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Cancelling_kills_all_that_was_started(string name)
    {
        using var cancel = new CancellationTokenSource();
        // A child in the background and one in front; the marker in their command lines finds them again.
        var marker = "0.0" + Random.Shared.Next(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture);
        var ready = new TaskCompletionSource();
        var running = Sandbox(name).RunAsync(new SandboxView(_job, []), new SandboxCommand("/bin/sh", ["-c", $"sleep 300 {marker} & sleep 300 {marker} & echo ready; wait"]), (_, _) => ready.TrySetResult(), cancel.Token);
        await ready.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        for (var i = 0; i < 100 && Processes(marker).Any(); i++)
            await Task.Delay(10);
        Assert.Empty(Processes(marker));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_token_cancelled_before_starts_nothing(string name)
    {
        var running = Sandbox(name).RunAsync(new SandboxView(_job, []), new SandboxCommand("/bin/sh", ["-c", "echo x > file.txt"]), (_, _) => { }, new CancellationToken(canceled: true));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Directory.GetFiles(_job));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_path_outside_the_view_has_no_name_inside(string name)
    {
        var view = new SandboxView(_job, []);
        Assert.Throws<ArgumentException>(() => Sandbox(name).PathInside(view, "/etc/passwd"));
        Assert.Throws<ArgumentException>(() => Sandbox(name).PathInside(view, _job + "-beside/file"));
        Assert.EndsWith("/a/b", Sandbox(name).PathInside(view, Path.Combine(_job, "a/b")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SandboxKind.Auto, "bubblewrap")]
    [InlineData(SandboxKind.Bubblewrap, "bubblewrap")]
    [InlineData(SandboxKind.Process, "process")]
    public async Task The_options_pick_the_sandbox(SandboxKind kind, string expected)
    {
        _place.Options.Sandbox = kind;
        var choice = (await new SandboxSelector(_place.Wrapped).SelectAsync()).Value;
        Assert.Equal(expected, choice.Sandbox.Name);
        Assert.NotEmpty(choice.Message);
    }

    private static IBuildSandbox Sandbox(string name) => name == "process" ? new ProcessSandbox() : new BubblewrapSandbox();

    private static IEnumerable<string> Processes(string marker) => Directory.EnumerateDirectories("/proc").Where(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(marker, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    });

    private Task<(int Exit, string[] Output, string[] Error)> ShellAsync(string name, string script) => RunAsync(name, new SandboxView(_job, []), "/bin/sh", "-c", script);

    private static async Task<(int Exit, string[] Output, string[] Error)> RunAsync(string name, SandboxView view, params string[] command)
    {
        var lines = new List<(BuildLineSource Source, string Text)>();
        var exit = await Sandbox(name).RunAsync(view, new SandboxCommand(command[0], command[1..]), (source, text) =>
        {
            lock (lines)
                lines.Add((source, text));
        });
        return (exit.Value, [.. lines.Where(line => line.Source == BuildLineSource.Output).Select(line => line.Text)], [.. lines.Where(line => line.Source == BuildLineSource.Error).Select(line => line.Text)]);
    }
}
