using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Sandboxes;

/// <summary>What a hostile project tries, each by its name. Run with bubblewrap as root (each job a user of its own) and as a plain user.</summary>
public sealed class EscapeTests : IDisposable
{
    private const long MiB = 1024 * 1024;
    private const string Secret = "the secret of this machine";

    private readonly Workplace _place = new();
    private readonly string _job;
    private readonly string _secret;

    public EscapeTests()
    {
        _job = Directory.CreateDirectory(Path.Combine(_place.Root, "work", "job-1")).FullName;
        _secret = Path.Combine(_place.Root, "secret.txt");
        File.WriteAllText(_secret, Secret);
    }

    public static TheoryData<string> Bubblewraps => Executors.Bubblewraps;

    private SandboxView View => new(_job, []) { Limits = SandboxLimits.From(new BuildOptions()) with { Processes = 64, JobBytes = 32 * MiB, FileBytes = 16 * MiB } };

    public void Dispose() => _place.Dispose();

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task Reading_files_of_the_host_finds_nothing(string name)
    {
        foreach (var path in new[] { _secret, "/etc/passwd", "/etc/shadow", "/etc/hostname", "/root", "/home", "/var", "/run", "/srv", "/opt", "/boot", "/sys", AppContext.BaseDirectory })
        {
            var (_, output, _) = await TryAsync(name, $"ls -d '{path}'; cat '{path}'");
            Assert.Empty(output);
        }
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task Reading_another_projects_job_or_the_data_directory_finds_nothing(string name)
    {
        var other = Directory.CreateDirectory(Path.Combine(_place.Root, "work", "job-2", "project")).FullName;
        await File.WriteAllTextAsync(Path.Combine(other, "main.c"), Secret);
        var (_, output, _) = await TryAsync(name, $"cat '{other}/main.c' ../job-2/project/main.c /espforge/job-2/project/main.c; ls -a /espforge; grep -r 'secret of' /espforge /tmp /dev 2>/dev/null");
        Assert.Equal([".", "..", "job"], output);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task Secrets_of_the_environment_are_nowhere(string name)
    {
        Environment.SetEnvironmentVariable("ESPFORGE_ESCAPE_SECRET", "hunter2-in-the-environment");
        var (_, output, _) = await TryAsync(name, "env; cat /proc/*/environ /proc/1/cmdline | tr '\\0' '\\n'");
        Assert.DoesNotContain(output, line => line.Contains("hunter2", StringComparison.Ordinal));
        Assert.Contains("HOME=/tmp", output);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task A_server_of_the_host_cannot_be_reached(string name)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var connect = $"exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected";
        Assert.Equal(["connected"], (await new ProcessSandbox().CommandAsync(View, "/bin/bash", "-c", connect)).Output);
        var (exit, output, _) = await Sandbox(name).CommandAsync(View, "/bin/bash", "-c", connect);
        Assert.NotEqual(0, exit.Value);
        Assert.Empty(output);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task No_name_resolves_and_no_interface_is_there_but_its_own(string name)
    {
        var (_, output, _) = await TryAsync(name, "getent hosts example.com; getent hosts deb.debian.org; tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '; tail -n +2 /proc/net/route");
        Assert.Equal(["lo"], output);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task A_unix_socket_of_the_host_cannot_be_reached(string name)
    {
        var path = Path.Combine(_place.Root, "socket");
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        using var hidden = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var abstractName = $"\0espforge-{Guid.NewGuid():N}";
        hidden.Bind(new UnixDomainSocketEndPoint(abstractName));
        hidden.Listen();
        // An abstract name belongs to the network namespace: what is listed there is only the sandbox's own.
        var (_, output, _) = await TryAsync(name, $"ls '{path}'; tail -n +2 /proc/net/unix | grep espforge");
        Assert.Empty(output);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task A_fork_bomb_stays_small_and_ends(string name)
    {
        var marker = Runs.Marker();
        var running = Sandbox(name).RunAsync(View with { Limits = View.Limits with { CpuSeconds = 2 } }, new SandboxCommand("/bin/sh", ["-c", $"b() {{ sleep {marker} & b & b; }}; b; wait"]), (_, _) => { }, new CancellationTokenSource(TimeSpan.FromSeconds(3)).Token);
        var most = 0;
        while (!running.IsCompleted)
        {
            most = Math.Max(most, Runs.Processes(marker).Length);
            await Task.WhenAny(running, Task.Delay(50));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await running;
            throw new OperationCanceledException("It ended by itself, which is as good.");
        });
        Assert.InRange(most, 0, 96);
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task The_disk_cannot_be_filled_nor_memory_that_looks_like_a_disk(string name)
    {
        var view = View with { Limits = View.Limits with { JobBytes = 4096 * MiB, FileBytes = 4096 * MiB, JobMemoryBytes = 2048 * MiB } };
        var (exit, output, _) = await Sandbox(name).ShellAsync(view, "for d in / /dev /usr /espforge /proc; do head -c 1 /dev/zero > $d/x && echo wrote $d; done; for d in /dev/shm /tmp; do head -c 300000000 /dev/zero > $d/x && echo filled $d; done; exit 0");
        Assert.Equal(0, exit.Value);
        Assert.Empty(output);
        var (filled, _, _) = await Sandbox(name).ShellAsync(View, "i=0; while [ $i -lt 4000 ]; do head -c 4000000 /dev/zero > f$i; i=$((i+1)); sleep 0.02; done");
        Assert.Equal("build-limit", filled.Fault?.Code);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task A_link_out_of_the_job_leads_nowhere(string name)
    {
        var (_, output, _) = await TryAsync(name, $"ln -s '{_secret}' a; ln -s ../../secret.txt b; ln -s / c; cat a b c/etc/passwd 'c{_secret}'; echo changed > a; ln '{_secret}' d; ls");
        Assert.Equal(["a", "b", "c"], output);
        Assert.Equal(Secret, await File.ReadAllTextAsync(_secret));
        foreach (var path in new[] { "a", "b", "c/etc/passwd" })
            Assert.Equal("image-malformed", (await JobFiles.ReadAsync(_job, path, MiB, default)).Fault?.Code);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task Dots_in_file_names_lead_nowhere(string name)
    {
        var (_, output, _) = await TryAsync(name, $"cat ../secret.txt ../../secret.txt ../../../..{_secret}; mkdir -p 'x/..y' && echo fine > 'x/..y/...' && cat 'x/..y/...'; echo x > ../outside");
        Assert.Equal(["fine"], output);
        Assert.False(File.Exists(Path.Combine(_place.Root, "work", "outside")));
        Assert.Throws<ArgumentException>(() => JobFiles.Exists(_job, "../secret.txt"));
    }

    [Theory]
    [InlineData("ln -s /etc/passwd image")]
    [InlineData("mkfifo image")]
    [InlineData("mkdir image")]
    [InlineData("rmdir build; ln -s / build; cd /", "build/etc/passwd")]
    [InlineData("head -c 2000000 /dev/zero > image")]
    [InlineData("true")]
    public async Task What_stands_where_the_image_should_be_is_not_followed_opened_or_waited_for(string script, string path = "image")
    {
        Directory.CreateDirectory(Path.Combine(_job, "build"));
        await Sandbox("bubblewrap").ShellAsync(View, script);
        var read = await JobFiles.ReadAsync(_job, path, MiB, default).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("image-malformed", read.Fault?.Code);
        Assert.False(JobFiles.Exists(_job, path) && script != "head -c 2000000 /dev/zero > image");
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task A_device_cannot_be_made(string name)
    {
        var (_, output, _) = await TryAsync(name, "mknod disk b 8 0 && echo made; mknod memory c 1 1 && echo made; ls");
        Assert.Empty(output);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task An_archive_bomb_fills_no_more_than_the_job_may(string name)
    {
        // 4 GiB of nothing, packed twice.
        var (exit, _, _) = await Sandbox(name).ShellAsync(View, "head -c 4000000 /dev/zero | gzip -9 > small.gz; for i in $(seq 1000); do cat small.gz; done > bomb.gz; for i in $(seq 100); do gzip -dc bomb.gz > big$i; done");
        Assert.True(exit.Fault?.Code == "build-limit" || exit.Value != 0);
        Assert.True(DiskUse.Of(View).Bytes < 2048 * MiB);
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task Processes_of_the_host_cannot_be_seen_or_killed(string name)
    {
        using var victim = System.Diagnostics.Process.Start("/bin/sleep", Runs.Marker());
        var (_, output, _) = await TryAsync(name, $"ls -d /proc/{victim.Id}; kill -9 {victim.Id} {Environment.ProcessId} && echo killed; kill -9 -- -{victim.Id}; ls -d /proc/[0-9]* | wc -l");
        Assert.True(int.Parse(Assert.Single(output), CultureInfo.InvariantCulture) < 12);
        await TryAsync(name, "kill -9 -1");
        Assert.False(victim.HasExited);
        victim.Kill();
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task A_daemon_ends_with_the_build(string name)
    {
        var marker = Runs.Marker();
        await TryAsync(name, $"(setsid sh -c 'trap \"\" HUP TERM INT; sleep {marker} & setsid sleep {marker} & wait' >/dev/null 2>&1 </dev/null &) ; sleep 0.1");
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task The_package_cache_cannot_be_written_to(string name)
    {
        var cache = Directory.CreateDirectory(Path.Combine(_place.Root, "cache", "platforms")).FullName;
        await File.WriteAllTextAsync(Path.Combine(cache, "builder.py"), "print('good')");
        var view = View with { Mounts = [new SandboxMount(Path.Combine(_place.Root, "cache"), "packages")] };
        var (_, output, _) = await Sandbox(name).ShellAsync(view, "cd /espforge/packages && cat platforms/builder.py && echo; echo bad > platforms/builder.py; rm -rf platforms; mv platforms other; touch new; mount -o remount,rw /espforge/packages; echo bad >> platforms/builder.py; ls");
        Assert.Equal(["print('good')", "platforms"], output);
        Assert.Equal("print('good')", await File.ReadAllTextAsync(Path.Combine(cache, "builder.py")));
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task Proc_and_sys_give_no_way_out(string name)
    {
        var core = await File.ReadAllTextAsync("/proc/sys/kernel/core_pattern");
        var (_, output, _) = await TryAsync(name, """
            echo '|/bin/false' > /proc/sys/kernel/core_pattern && echo core
            echo c > /proc/sysrq-trigger && echo sysrq
            echo 1 > /proc/sys/vm/drop_caches && echo caches
            cat /proc/1/root/etc/passwd /proc/*/root/etc/passwd /proc/self/root/etc/passwd
            cat /proc/*/cwd/../secret.txt
            head -c 1 /proc/kcore && echo kcore
            head -c 1 /dev/mem && echo mem
            ls /sys /proc/device-tree
            """);
        Assert.Empty(output);
        Assert.Equal(core, await File.ReadAllTextAsync("/proc/sys/kernel/core_pattern"));
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task No_privilege_is_had_or_gained(string name)
    {
        var (_, output, _) = await TryAsync(name, """
            grep -E '^(CapEff|CapPrm|CapBnd|NoNewPrivs)' /proc/self/status | tr -d '\t'
            mount -t tmpfs none /tmp && echo mounted
            unshare -Urm sh -c 'mount -o remount,rw,bind /usr && touch /usr/espforge-was-here' && echo remounted
            chroot / true && echo chroot
            su -c true && echo su
            """);
        Assert.Equal(["CapBnd:0000000000000000", "CapEff:0000000000000000", "CapPrm:0000000000000000", "NoNewPrivs:1"], output.Order(StringComparer.Ordinal));
        Assert.False(File.Exists("/usr/espforge-was-here"));
    }

    [Theory]
    [MemberData(nameof(Bubblewraps))]
    public async Task A_directory_nobody_can_enter_or_name_is_removed_all_the_same(string name)
    {
        _place.Options.WorkDirectory = Path.Combine(_place.Root, "mine");
        var job = JobDirectory.Create(_place.Options.WorkDirectory).Value;
        Executors.Give(name, _place.Root, job.Path);
        if (name == Executors.AsUser)
            File.SetUnixFileMode(_place.Options.WorkDirectory, (UnixFileMode)Convert.ToInt32("711", 8));
        await Executors.Create(name).ShellAsync(new SandboxView(job.Path, []), "mkdir -p shut/in && touch shut/in/file && chmod 0 shut/in shut; i=0; while [ $i -lt 60 ]; do mkdir aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; cd a*; i=$((i+1)); done");
        job.Dispose();
        Assert.False(Directory.Exists(job.Path));
    }

    [Fact]
    public async Task A_CMake_file_that_runs_programs_runs_them_inside()
    {
        await File.WriteAllTextAsync(Path.Combine(_job, "CMakeLists.txt"), $"execute_process(COMMAND sh -c \"cat {_secret} /etc/passwd; echo pwned > {_place.Root}/pwned; env\" OUTPUT_VARIABLE said)\nmessage(NOTICE \"said: $${{said}}\")\n".Replace("$$", "$", StringComparison.Ordinal));
        var (_, output, error) = await TryAsync("bubblewrap", "cmake -P CMakeLists.txt");
        var all = string.Join('\n', output.Concat(error));
        Assert.Contains("said: ", all, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", all, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_place.Root, "pwned")));
    }

    [Theory]
    [InlineData("\e[2J\e[1;1Hclean", "clean")]
    [InlineData("\e]0;title of the window\aclean", "clean")]
    [InlineData("\e]8;;http://evil.example\e\\clean\e]8;;\e\\", "clean")]
    [InlineData("\eP1$qm\e\\clean", "clean")]
    [InlineData("\e(0\ecclean\e7", "clean")]
    [InlineData("if (admin) \u202e } \u2066else", "if (admin)  } else")]
    [InlineData("\u009b31mred\b\b\bclean", "31mredclean")]
    [InlineData("\e]52;c;ZXZpbA==", "")]
    public void Sequences_for_the_terminal_do_not_reach_the_log(string text, string expected)
    {
        var lines = new Lines();
        new BuildLog(lines, 10_000).Write(BuildLineSource.Output, text);
        Assert.Equal(expected, Assert.Single(lines.All).Text);
    }

    private Task<(Outcome<int> Exit, string[] Output, string[] Error)> TryAsync(string name, string script) => Sandbox(name).ShellAsync(View, script);

    private IBuildSandbox Sandbox(string name)
    {
        if (name == Executors.AsUser)
            File.SetUnixFileMode(Path.GetDirectoryName(_job)!, (UnixFileMode)Convert.ToInt32("711", 8));
        Executors.Give(name, _place.Root, _job);
        return Executors.Create(name);
    }
}
