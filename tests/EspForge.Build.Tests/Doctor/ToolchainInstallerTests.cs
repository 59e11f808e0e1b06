using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Doctor;

/// <summary>The installer with programs that are played: it runs what its recipe says, and nothing after a step that did not end well.</summary>
public sealed class ToolchainInstallerTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly Workplace _place = new();
    private readonly Lines _lines = new();

    public ToolchainInstallerTests() => _place.Options.AllowInstall = true;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Steps_run_in_order_and_their_lines_come_while_they_run()
    {
        // The second step waits for a file that is made only when a line of the same step has arrived.
        var seen = At("seen");
        var log = new Lines { OnLine = line => { if (line.Text == "waiting") File.WriteAllText(seen, ""); } };
        using var installer = Installer(
            Step("first", "echo one; echo problem >&2"),
            Step("second", $"echo waiting; while [ ! -e {seen} ]; do sleep 0.01; done; echo went on"));
        Assert.True((await installer.InstallAsync("thing", log)).Value);
        Assert.Equal([At("first"), At("second")], log.All.Where(line => line.Source == BuildLineSource.Note).Select(line => line.Text).SkipLast(1));
        Assert.Equal(["one", "waiting", "went on"], log.All.Where(line => line.Source == BuildLineSource.Output).Select(line => line.Text));
        Assert.Equal(["problem"], log.All.Where(line => line.Source == BuildLineSource.Error).Select(line => line.Text));
        Assert.Equal("Installed.", log.All[^1].Text);
    }

    [Fact]
    public async Task A_step_that_fails_is_the_last_and_its_last_words_are_told()
    {
        using var installer = Installer(Step("fetch", "echo trying; echo 'ERROR: no such host' >&2; echo >&2; exit 3"), Step("next", $"touch {At("went-on")}"));
        var fault = (await installer.InstallAsync("thing", _lines)).Fault;
        Assert.Equal("install-failed", fault?.Code);
        Assert.Equal($"'{At("fetch")}' ended with exit code 3: ERROR: no such host", fault!.Message);
        Assert.Equal(["trying"], _lines.All.Where(line => line.Source == BuildLineSource.Output).Select(line => line.Text));
        Assert.False(File.Exists(At("went-on")));
    }

    [Fact]
    public async Task A_step_that_fails_without_a_word_is_told_by_its_exit_code()
    {
        using var installer = Installer(Step("fetch", "printf '10%%\\r50%%\\r100%% read\\n'; exit 3"));
        Assert.Contains("exit code 3; the log says more", (await installer.InstallAsync("thing", _lines)).Fault?.Message, StringComparison.Ordinal);
        Assert.Equal("100% read", _lines.All[^1].Text);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told()
    {
        using var installer = Installer(new InstallStep(At("nowhere"), []));
        Assert.Equal($"{At("nowhere")} is not installed.", (await installer.InstallAsync("thing")).Fault?.Message);
    }

    [Fact]
    public async Task A_step_whose_result_is_there_is_left_out()
    {
        File.WriteAllText(At("there"), "");
        using var installer = Installer(Step("make", $"touch {At("made-again")}") with { SkipIfExists = At("there") }, Step("next", "echo next"));
        Assert.True((await installer.InstallAsync("thing", _lines)).IsSuccess);
        Assert.False(File.Exists(At("made-again")));
        Assert.Contains($"{At("there")} is there already.", _lines.Text, StringComparison.Ordinal);
        Assert.Contains("next", _lines.All.Select(line => line.Text));
    }

    [Fact]
    public async Task A_mark_is_written_only_when_a_step_ended_well()
    {
        var step = Step("fill", $"touch {At("partly")}; test -e {At("network")}") with { SkipIfExists = At("whole"), Marks = At("whole") };
        using var installer = Installer(step);
        Assert.False((await installer.InstallAsync("thing")).IsSuccess);
        Assert.False(File.Exists(At("whole")));
        File.WriteAllText(At("network"), "");
        Assert.True((await installer.InstallAsync("thing")).IsSuccess);
        Assert.True(File.Exists(At("whole")));
        Assert.True((await installer.InstallAsync("thing", _lines)).IsSuccess);
        Assert.Contains("is there already", _lines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_appears_whole_or_not_at_all()
    {
        var made = At("clone");
        var step = Step("clone-it", $"mkdir \"$1\" && echo begun > \"$1/file\" && test -e {At("network")} && echo whole > \"$1/file\"", made) with { SkipIfExists = Path.Combine(made, "file"), Makes = made };
        using var installer = Installer(step);
        Assert.False((await installer.InstallAsync("thing", _lines)).IsSuccess);
        Assert.False(Directory.Exists(made));
        Assert.Contains($"{At("clone-it")} {made}", _lines.All[0].Text, StringComparison.Ordinal);
        // Neither what was left of the attempt nor a directory that is not whole is in the way of the next.
        Directory.CreateDirectory(made);
        File.WriteAllText(At("network"), "");
        Assert.True((await installer.InstallAsync("thing")).IsSuccess);
        Assert.Equal("whole\n", await File.ReadAllTextAsync(Path.Combine(made, "file")));
        Assert.Equal(["clone"], Directory.GetDirectories(_place.Root).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_repair_runs_only_where_something_was_left_undone()
    {
        Directory.CreateDirectory(At("updates"));
        using var installer = Installer(Step("repair", "echo repaired") with { OnlyIfFilled = At("updates") }, Step("next", "echo next"));
        Assert.True((await installer.InstallAsync("thing", _lines)).IsSuccess);
        Assert.DoesNotContain("repair", _lines.Text, StringComparison.Ordinal);
        File.WriteAllText(At("updates/0001"), "");
        Assert.True((await installer.InstallAsync("thing", _lines)).IsSuccess);
        Assert.Contains("repaired", _lines.All.Select(line => line.Text));
        Assert.Equal(At("next"), installer.CommandOf("thing"));
    }

    [Fact]
    public async Task Cancelling_kills_the_command_with_all_it_started_and_runs_nothing_more()
    {
        var marker = Runs.Marker();
        using var cancel = new CancellationTokenSource();
        var log = new Lines { OnLine = line => { if (line.Text == "running") cancel.Cancel(); } };
        using var installer = Installer(Step("fetch", $"sleep {marker} & (sleep {marker}; touch {At("went-on")}) & echo running; wait"), Step("next", $"touch {At("went-on")}"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installer.InstallAsync("thing", log, cancel.Token));
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
        Assert.False(File.Exists(At("went-on")));
        Assert.DoesNotContain("Installed.", log.Text, StringComparison.Ordinal);
        // And the next can begin.
        Assert.False((await installer.InstallAsync("nothing")).IsSuccess);
    }

    [Fact]
    public async Task Two_installations_run_one_after_the_other()
    {
        using var installer = Installer(Step("only-one", $"mkdir {At("lock")} || exit 9; echo working; sleep 0.2; rmdir {At("lock")}"));
        var second = new Lines();
        Task<Outcome<bool>>? waiting = null;
        var first = new Lines { OnLine = line => { if (line.Text == "working") waiting = installer.InstallAsync("thing", second); } };
        Assert.True((await installer.InstallAsync("thing", first)).IsSuccess);
        Assert.True((await waiting!).IsSuccess);
        Assert.StartsWith("Something else is being installed", second.All[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_waits_can_be_cancelled_without_the_other()
    {
        using var installer = Installer(Step("wait", $"echo working; while [ ! -e {At("go")} ]; do sleep 0.01; done"));
        using var cancel = new CancellationTokenSource();
        var working = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = installer.InstallAsync("thing", new Lines { OnLine = line => { if (line.Text == "working") working.SetResult(); } });
        await working.Task;
        var second = installer.InstallAsync("thing", null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        File.WriteAllText(At("go"), "");
        Assert.True((await first).IsSuccess);
    }

    [Fact]
    public async Task A_log_that_is_too_long_is_cut_and_the_end_is_told_all_the_same()
    {
        _place.Options.MaxLogBytes = 4_096;
        using var installer = Installer(Step("talk", "yes 'the same line again' | head -n 20000"));
        Assert.True((await installer.InstallAsync("thing", _lines)).IsSuccess);
        Assert.True(_lines.Text.Length < 8_192);
        Assert.Contains(_lines.All, line => line.Text.Contains("is left out", StringComparison.Ordinal));
        Assert.Equal("Installed.", _lines.All[^1].Text);
    }

    [Fact]
    public async Task A_step_that_does_not_end_is_ended()
    {
        var marker = Runs.Marker();
        using var installer = new ToolchainInstaller(_place.Wrapped, _ => new InstallRecipe([Step("hang", $"sleep {marker}")]), TimeSpan.FromMilliseconds(300));
        var fault = (await installer.InstallAsync("thing", _lines)).Fault;
        Assert.Equal("install-failed", fault?.Code);
        Assert.Contains("did not end within 0.005 minutes", fault!.Message, StringComparison.Ordinal);
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
    }

    [Fact]
    public async Task Nothing_runs_where_the_host_does_not_allow_it_or_it_would_be_of_no_use()
    {
        using var useless = new ToolchainInstaller(_place.Wrapped, _ => new InstallRecipe([Step("do", $"touch {At("ran")}")]) { Obstacle = "It would not be found." }, Long);
        var fault = (await useless.InstallAsync("thing")).Fault;
        Assert.Equal(("install-not-allowed", $"It would not be found. Run: {At("do")}"), (fault?.Code, fault?.Message));
        Assert.False(useless.CanInstall("thing"));
        _place.Options.AllowInstall = false;
        using var installer = Installer(Step("do", $"touch {At("ran")}"));
        Assert.Equal("install-not-allowed", (await installer.InstallAsync("thing")).Fault?.Code);
        Assert.False(installer.CanInstall("thing"));
        Assert.False(File.Exists(At("ran")));
    }

    [Fact]
    public async Task Commands_have_the_variables_of_their_step_and_of_the_hosts_own_only_those_on_the_list()
    {
        Environment.SetEnvironmentVariable("ESPFORGE_TEST_SECRET", "secret");
        using var installer = Installer(Step("env", "/usr/bin/env") with { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PLATFORMIO_CORE_DIR"] = "/core" } });
        await installer.InstallAsync("thing", _lines);
        var names = _lines.All.Where(line => line.Source == BuildLineSource.Output).Select(line => line.Text.Split('=')[0]).ToList();
        Assert.Contains("PLATFORMIO_CORE_DIR", names);
        Assert.Contains("DEBIAN_FRONTEND", names);
        Assert.Contains("HOME", names);
        Assert.DoesNotContain("ESPFORGE_TEST_SECRET", names);
        Assert.StartsWith("PLATFORMIO_CORE_DIR=/core ", installer.CommandOf("thing"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("platformio")]
    [InlineData("esp-idf")]
    public void A_setting_that_names_what_is_not_there_is_in_the_way(string id)
    {
        _place.Options.PlatformioProgram = At("nowhere/bin/pio");
        _place.Options.IdfDirectory = At("nowhere");
        Assert.Contains("Take the setting away", InstallRecipe.Find(id, _place.Options)!.Obstacle, StringComparison.Ordinal);
        using var installer = new ToolchainInstaller(_place.Wrapped);
        Assert.False(installer.CanInstall(id));
    }

    [Theory]
    [InlineData("platformio")]
    [InlineData("esp-idf")]
    public void Whatever_a_recipe_takes_for_done_is_there_only_at_the_end(string id)
    {
        foreach (var step in InstallRecipe.Find(id, _place.Options)!.Steps.Where(step => step.SkipIfExists is not null))
            Assert.True(step.Makes is { } made ? step.SkipIfExists!.StartsWith(made + "/", StringComparison.Ordinal) : InstallRecipe.Find(id, _place.Options)!.Steps.Any(other => other.Marks == step.SkipIfExists), step.InWords);
    }

    /// <summary>Changes the machine: runs as root where ESPFORGE_INSTALL names what to install, and says what it saw.</summary>
    [VariableFact("ESPFORGE_INSTALL")]
    public async Task What_is_asked_for_is_installed_on_this_machine_or_fails_with_a_sentence()
    {
        var id = Environment.GetEnvironmentVariable("ESPFORGE_INSTALL")!;
        using var installer = new ToolchainInstaller(_place.Wrapped);
        var sandboxes = new SandboxSelector(_place.Wrapped);
        var doctor = new ToolchainDoctor([new HostToolchain(sandboxes, _place.Wrapped), new PlatformioToolchain(_place.Wrapped), new EspIdfToolchain(_place.Wrapped)], sandboxes, _place.Wrapped, installer);
        var before = (await doctor.ExamineAsync()).Single(report => report.Id == id);
        Assert.True(before.CanInstall, before.ToString());
        var log = new Lines { OnLine = line => Console.WriteLine($"{line.Source,-6} {line.Text}") };
        var installed = await installer.InstallAsync(id, log);
        var after = (await doctor.ExamineAsync()).Single(report => report.Id == id);
        Console.WriteLine($"{before}\n{after}\n{installed.Fault}");
        Assert.Equal(installed.IsSuccess, after.IsReady);
        Assert.True(installed.IsSuccess || installed.Fault!.Message.Contains("ended with exit code", StringComparison.Ordinal), installed.Fault?.Message);
    }

    private string At(string name) => Path.Combine(_place.Root, name);

    private InstallStep Step(string name, string script, params string[] arguments)
    {
        File.WriteAllText(At(name), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new InstallStep(At(name), arguments);
    }

    private ToolchainInstaller Installer(params InstallStep[] steps) => new(_place.Wrapped, id => id == "thing" ? new InstallRecipe(steps) : null, Long);
}
