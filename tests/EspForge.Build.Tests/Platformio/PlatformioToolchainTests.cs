using System.Text;
using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Platformio;

/// <summary>The driver of PlatformIO against transcripts of it, through the real sandbox.</summary>
public sealed class PlatformioToolchainTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly PlayedPlatformio _pio;
    private readonly Lines _lines = new();

    public PlatformioToolchainTests()
    {
        _place.Options.Sandbox = SandboxKind.Bubblewrap;
        _pio = new PlayedPlatformio(_place);
    }

    public void Dispose()
    {
        Assert.Empty(_place.LeftInWork);
        _place.Dispose();
    }

    [Fact]
    public async Task It_is_found_with_its_version_and_platforms()
    {
        var status = (await new PlatformioToolchain(_place.Wrapped).ProbeAsync()).Value;
        Assert.Equal("PlatformIO 6.1.17, espressif32 6.13.0", status.Versions);
        Assert.Contains("framework-arduinoespressif32 3.20017.0", status.Identity, StringComparison.Ordinal);
        Assert.Empty(await new PlatformioToolchain(_place.Wrapped).FindMissingAsync());
    }

    [Fact]
    public async Task A_project_becomes_an_image_with_its_parts_and_memory()
    {
        var outcome = await BuildAsync();
        Assert.True(outcome.IsSuccess, outcome.Fault + "\n" + _lines.Text);
        Assert.Equal(("esp", "sensor", "1.2.0", "esp32"), (outcome.Image!.Format, outcome.Image.ProjectName, outcome.Image.Version, outcome.Image.Chip));
        Assert.True(EspImage.Read(outcome.Image.Content.Span).IsSuccess);
        Assert.Equal([("bootloader", 0x1000L), ("partitions", 0x8000), ("boot_app0", 0xe000), ("firmware", 0x10000)], outcome.FlashParts.Select(part => (part.Name, part.OffsetBytes)));
        Assert.Equal([1, 2, 3, 4], outcome.FlashParts[2].Content.ToArray());
        Assert.Equal(outcome.Image.Sha256, outcome.FlashParts[3].Sha256);
        Assert.Equal(new BuildMemory(49_844, 327_680, 546_321, 1_310_720, 0x130000), outcome.Memory);
        Assert.Equal(new BuildMessage("src/main.cpp", 7, 7, BuildSeverity.Warning, "unused variable 'unused' [-Wunused-variable]"), Assert.Single(outcome.Messages));
        Assert.Equal(("bubblewrap", "platformio", false), (outcome.Sandbox, outcome.Toolchain, outcome.FromCache));
        Assert.Contains(_lines.All, line => line.Text.StartsWith("PLATFORM: Espressif 32", StringComparison.Ordinal) && line.Source == BuildLineSource.Output);
        Assert.DoesNotContain(_place.Root, _lines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_comes_while_the_tool_runs()
    {
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-hang.txt");
        using var cancel = new CancellationTokenSource();
        var lines = new Lines { OnLine = line => { if (line.Text.StartsWith("Processing", StringComparison.Ordinal)) cancel.Cancel(); } };
        Assert.Equal("build-cancelled", (await Builder().BuildAsync(PlayedPlatformio.Sensor, lines, cancel.Token)).Fault?.Code);
    }

    [Fact]
    public async Task A_compile_error_names_its_place()
    {
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-compile-error.txt");
        var outcome = await BuildAsync();
        Assert.Equal("build-failed", outcome.Fault?.Code);
        Assert.Equal(new BuildMessage("src/main.cpp", 3, 16, BuildSeverity.Error, "'undeclared' was not declared in this scope"), outcome.Messages[0]);
        Assert.Contains("src/main.cpp:3", outcome.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_error_names_the_file_that_calls()
    {
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-link-error.txt");
        var outcome = await BuildAsync();
        Assert.Equal(new BuildMessage("src/main.cpp", null, null, BuildSeverity.Error, "undefined reference to `missing()'"), outcome.Messages[0]);
    }

    [Fact]
    public async Task A_program_that_is_too_big_is_an_error_with_both_sizes()
    {
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-too-big.txt");
        var outcome = await BuildAsync();
        Assert.Equal("The build failed: The program size (2191524 bytes) is greater than maximum allowed (1310720 bytes)", outcome.Fault?.Message);
        Assert.Equal(BuildSeverity.Error, Assert.Single(outcome.Messages).Severity);
        Assert.Equal(new BuildMemory(23_064, 327_680, 2_191_524, 1_310_720, null), outcome.Memory);
    }

    [Fact]
    public async Task A_platform_that_is_not_installed_is_told_at_once_with_the_command()
    {
        _pio.Tool.On("project config --json-output", "config-other-platform.txt").On("run*", "run-hang.txt");
        var outcome = await BuildAsync();
        Assert.Equal("toolchain-missing", outcome.Fault?.Code);
        Assert.Contains("pkg install --global --platform 'ststm32'", outcome.Fault!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run-missing-tool.txt", "toolchain-missing", "--tool 'platformio/toolchain-xtensa-esp32@8.4.0+2021r2-patch5'")]
    [InlineData("run-missing-library.txt", "build-failed", "adafruit/DHT sensor library")]
    public async Task What_it_begins_to_fetch_is_told_without_waiting_a_minute(string transcript, string code, string says)
    {
        _pio.Tool.On("run --environment esp32dev --jobs*", transcript);
        _place.Options.TimeLimit = TimeSpan.FromSeconds(40);
        var outcome = await BuildAsync();
        Assert.Equal(code, outcome.Fault?.Code);
        Assert.Contains(says, outcome.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_ini_file_is_an_error_at_its_line()
    {
        _pio.Tool.On("project config --json-output", "config-bad-ini.txt");
        var outcome = await BuildAsync();
        Assert.Equal("build-failed", outcome.Fault?.Code);
        var message = Assert.Single(outcome.Messages);
        Assert.Equal(("platformio.ini", 1), (message.File, message.Line));
        Assert.Contains("no section headers", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_board_that_is_not_known_is_an_error_of_the_ini_file()
    {
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-unknown-board.txt");
        var outcome = await BuildAsync();
        Assert.Equal(new BuildMessage("platformio.ini", null, null, BuildSeverity.Error, "Unknown board ID 'esp99'"), Assert.Single(outcome.Messages));
    }

    [Fact]
    public async Task An_environment_that_is_not_there_is_refused_with_those_that_are()
    {
        var outcome = await BuildAsync(PlayedPlatformio.Sensor with { Environment = "nope" });
        Assert.Equal("build-invalid", outcome.Fault?.Code);
        Assert.Contains("esp32dev, c3", outcome.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_hangs_is_ended_at_the_time_limit()
    {
        _place.Options.TimeLimit = TimeSpan.FromSeconds(3);
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-hang.txt");
        Assert.Equal("build-timeout", (await BuildAsync()).Fault?.Code);
    }

    [Fact]
    public async Task A_tool_that_is_killed_is_a_failure_with_its_exit_code()
    {
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-killed.txt");
        var fault = (await BuildAsync()).Fault;
        Assert.Equal("build-failed", fault?.Code);
        Assert.Contains("137", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_megabytes_of_output_are_cut_and_the_tool_killed()
    {
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-flood.txt");
        var outcome = await BuildAsync();
        Assert.Equal("build-limit", outcome.Fault?.Code);
        Assert.True(outcome.IsLogTruncated);
        Assert.True(_lines.Text.Length < 5_000_000);
    }

    [Fact]
    public async Task An_extra_script_that_runs_a_shell_runs_it_inside()
    {
        var secret = Path.Combine(_place.Root, "secret.txt");
        await File.WriteAllTextAsync(secret, "do not read");
        _pio.Tool.On("run --environment esp32dev --jobs*", "run-extra-script.txt");
        var script = $"echo attacking; cat {secret} /etc/passwd; echo pwned > {_place.Root}/pwned; echo pwned > /espforge/packages/platforms/espressif32/.piopm; echo pwned > /espforge/platformio/bin/pio; ls /espforge\n";
        var outcome = await BuildAsync(PlayedPlatformio.Sensor with { Files = [.. PlayedPlatformio.Sensor.Files, ProjectFile.FromText("attack.sh", script)] });
        Assert.Equal("build-failed", outcome.Fault?.Code);
        Assert.Contains("attacking", _lines.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("do not read", _lines.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", _lines.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_place.Root, "pwned")));
        Assert.Contains("6.13.0", await File.ReadAllTextAsync(Path.Combine(_pio.Core, "platforms/espressif32/.piopm")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata-etc-passwd.txt")]
    [InlineData("metadata-espforge-job----job-secret.txt")]
    [InlineData("metadata-espforge-packages-------etc-passwd.txt")]
    public async Task Metadata_that_name_a_file_of_the_host_are_refused(string transcript)
    {
        _pio.Tool.On("project metadata*", transcript);
        var outcome = await BuildAsync();
        Assert.Equal("image-malformed", outcome.Fault?.Code);
        Assert.Empty(outcome.FlashParts);
    }

    [Fact]
    public async Task An_image_for_another_chip_is_refused()
    {
        _pio.Tool.With("firmware.bin", EspImages.Create(5, "sensor", "1.2.0"));
        var outcome = await BuildAsync();
        Assert.Equal("image-malformed", outcome.Fault?.Code);
        Assert.Contains("esp32c3", outcome.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dependencies_are_fetched_only_where_the_host_allows_it()
    {
        _pio.Tool.On("pkg install*", "pkg-install.txt");
        var asks = PlayedPlatformio.Sensor with { FetchDependencies = true };
        Assert.Equal("dependencies-not-allowed", (await BuildAsync(asks)).Fault?.Code);
        _place.Options.AllowDependencyNetwork = true;
        var allowed = await BuildAsync(asks);
        Assert.True(allowed.IsSuccess, allowed.Fault?.Message);
        Assert.Contains("has been installed", _lines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_without_an_ini_file_is_refused_before_anything_runs()
    {
        var request = PlayedPlatformio.Sensor with { Files = [ProjectFile.FromText("src/main.cpp", "")] };
        Assert.Contains("platformio.ini", Builder().Check(request)?.Message, StringComparison.Ordinal);
        Assert.Equal("build-invalid", (await BuildAsync(request)).Fault?.Code);
    }

    [Fact]
    public async Task Without_the_program_it_says_how_to_install_it()
    {
        _place.Options.PlatformioProgram = Path.Combine(_place.Root, "nowhere/bin/pio");
        var fault = (await BuildAsync()).Fault;
        Assert.Equal("toolchain-missing", fault?.Code);
        Assert.Contains("pip install platformio", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_second_build_of_the_same_inputs_comes_from_the_cache_with_all_that_came_with_it()
    {
        _place.Options.UseCache = true;
        var first = await BuildAsync();
        _pio.Tool.On("run*", "run-hang.txt");
        var second = await BuildAsync();
        Assert.True(second.FromCache);
        Assert.Equal((first.Image!.Sha256, first.Memory, first.CacheKey), (second.Image!.Sha256, second.Memory, second.CacheKey));
        Assert.Equal(first.Messages, second.Messages);
        Assert.Equal(first.FlashParts.Select(part => (part.Name, part.OffsetBytes, part.Sha256)), second.FlashParts.Select(part => (part.Name, part.OffsetBytes, part.Sha256)));
        // Another version of a package is another build.
        await File.WriteAllTextAsync(Path.Combine(_pio.Core, "packages/framework-arduinoespressif32/.piopm"), """{"type": "tool", "name": "framework-arduinoespressif32", "version": "3.20018.0"}""");
        _pio.Tool.On("run*", "run-success.txt");
        Assert.False((await BuildAsync()).FromCache);
    }

    [Fact]
    public async Task Compile_commands_are_those_the_tool_made_without_what_loads_code()
    {
        _pio.Tool.On("run --environment esp32dev --target compiledb", "compiledb.txt").With("compile_commands.json", Encoding.UTF8.GetBytes("""
            [{"command": "/x/xtensa-esp32-elf-g++ -o .pio/build/esp32dev/src/main.cpp.o -c -std=gnu++11 -fplugin=/espforge/job/project/evil.so -Xclang -load -Xclang evil.so -DARDUINO=10812 -DNAME=\"a b\" -Isrc -Iinclude -isystem /espforge/packages/x src/main.cpp", "directory": "/espforge/job/project", "file": "src/main.cpp"},
             {"command": "cc -c x.c", "directory": "/etc", "file": "x.c"}]
            """));
        var job = JobDirectory.Create(_place.Options.WorkDirectory).Value;
        using (job)
        {
            job.Write(BuildJob.ProjectFolder, PlayedPlatformio.Sensor.Files);
            job.Write(BuildJob.GeneratedFolder, PlayedPlatformio.Sensor.GeneratedFiles);
            var commands = (await new PlatformioToolchain(_place.Wrapped).GetCompileCommandsAsync(new BuildJob(PlayedPlatformio.Sensor, job.Path, new BubblewrapSandbox(), new BuildLog(null, 10_000), _place.Options))).Value;
            var command = Assert.Single(commands);
            Assert.Equal("/espforge/job/project/src/main.cpp", command.File);
            Assert.Equal(["c++", "-std=gnu++11", "-DARDUINO=10812", "-DNAME=a b", "-I/espforge/job/project/src", "-I/espforge/job/project/include", "-isystem", "/espforge/packages/x"], command.Arguments);
        }
    }

    private FirmwareBuilder Builder() => new([new PlatformioToolchain(_place.Wrapped)], new SandboxSelector(_place.Wrapped), _place.Wrapped, new BuildCache(_place.Wrapped));

    private Task<BuildOutcome> BuildAsync(BuildRequest? request = null) => Builder().BuildAsync(request ?? PlayedPlatformio.Sensor, _lines);
}
