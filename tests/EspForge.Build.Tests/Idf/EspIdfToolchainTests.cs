using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Idf;

/// <summary>The driver of ESP-IDF against transcripts of it, through the real sandbox.</summary>
public sealed class EspIdfToolchainTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly PlayedTool _idf;
    private readonly Lines _lines = new();

    public EspIdfToolchainTests()
    {
        _place.Options.Sandbox = SandboxKind.Bubblewrap;
        _idf = new PlayedTool(Path.Combine(_place.Root, "idf"), "esp-idf");
        _place.Options.IdfDirectory = _idf.Directory;
        _place.Options.IdfToolsDirectory = Path.Combine(_place.Root, "espressif");
        Directory.CreateDirectory(Path.Combine(_place.Root, "espressif/tools"));
        foreach (var name in new[] { "idf.py", "idf_tools.py" })
            _idf.AddProgram($"tools/{name}", $"import os, sys\nhere = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + '/transcripts'\nos.execv('/bin/sh', ['sh', here + '/replay.sh', here, '{name}'] + sys.argv[1:])\n");
        _idf.AddProgram("tools/cmake/version.cmake", "set(IDF_VERSION_MAJOR 5)\nset(IDF_VERSION_MINOR 5)\nset(IDF_VERSION_PATCH 2)\n");
        Directory.CreateDirectory(Path.Combine(_idf.Directory, "components/esp_wifi/include"));
        _idf.On("idf_tools.py * export --format key-value", "export.txt").On("idf.py * set-target esp32c3", "set-target.txt").On("idf.py * build", "build-success.txt").On("idf.py * size --format json2 *", "size2.txt")
            .With("firmware.bin", EspImages.Create(5, "lamp", "2.0.0")).With("bootloader.bin", EspImages.WithoutDescriptor(5)).With("partitions.bin", EspImages.Partitions(0x1F0000, 0x1F0000)).With("otadata.bin", new byte[8192]);
    }

    internal static BuildRequest Lamp { get; } = new()
    {
        ProjectName = "lamp",
        Version = "2.0.0",
        Chip = "esp32c3",
        Toolchain = "esp-idf",
        Files =
        [
            ProjectFile.FromText("CMakeLists.txt", "cmake_minimum_required(VERSION 3.16)\ninclude($ENV{IDF_PATH}/tools/cmake/project.cmake)\nproject(lamp)\n"),
            ProjectFile.FromText("main/CMakeLists.txt", "idf_component_register(SRCS main.c)\n"),
            ProjectFile.FromText("main/main.c", "#include \"pins.h\"\nvoid app_main(void) {}\n"),
        ],
        GeneratedFiles = [ProjectFile.FromText("pins.h", "#define PIN_LED 8\n")],
    };

    public void Dispose()
    {
        Assert.Empty(_place.LeftInWork);
        _place.Dispose();
    }

    [Fact]
    public async Task It_is_found_with_its_version()
    {
        Assert.Equal("ESP-IDF 5.5.2", (await new EspIdfToolchain(_place.Wrapped).ProbeAsync()).Value.Versions);
        Assert.Empty(await new EspIdfToolchain(_place.Wrapped).FindMissingAsync());
    }

    [Fact]
    public async Task A_project_becomes_an_image_with_its_parts_and_memory()
    {
        var outcome = await BuildAsync();
        Assert.True(outcome.IsSuccess, outcome.Fault + "\n" + _lines.Text);
        Assert.Equal(("lamp", "2.0.0", "esp32c3"), (outcome.Image!.ProjectName, outcome.Image.Version, outcome.Image.Chip));
        Assert.Equal([("bootloader", 0L), ("partitions", 0x8000), ("otadata", 0x11000), ("firmware", 0x20000)], outcome.FlashParts.Select(part => (part.Name, part.OffsetBytes)));
        Assert.Equal(new BuildMemory(55_060, 321_296, outcome.Image.SizeBytes, 4 * 1024 * 1024, 0x1F0000), outcome.Memory);
        Assert.Equal(new BuildMessage("main/main.c", 9, 9, BuildSeverity.Warning, "unused variable 'x' [-Wunused-variable]"), Assert.Single(outcome.Messages));
    }

    [Fact]
    public async Task The_target_is_set_unless_the_project_brings_a_configuration_for_it()
    {
        await BuildAsync();
        Assert.Contains("Set Target to: esp32c3", _lines.Text, StringComparison.Ordinal);
        var lines = new Lines();
        await Builder().BuildAsync(Lamp with { Files = [.. Lamp.Files, ProjectFile.FromText("sdkconfig", "CONFIG_IDF_TARGET=\"esp32c3\"\n")] }, lines);
        Assert.DoesNotContain("Set Target", lines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_is_a_component_for_projects_that_name_it()
    {
        _idf.On("idf.py *EXTRA_COMPONENT_DIRS=/espforge/firmware/ports/esp-idf/espforge* build", "build-success.txt").On("idf.py * build", "build-killed.txt");
        Assert.Equal("build-failed", (await BuildAsync()).Fault?.Code);
        _idf.On("idf.py *EXTRA_COMPONENT_DIRS=/espforge/firmware/ports/esp-idf/espforge* build", "build-success.txt");
        var outcome = await BuildAsync(With("main/main.c", "#include \"espforge/app.h\"\n"));
        Assert.True(outcome.IsSuccess, outcome.Fault?.Message);
        Assert.Contains("ports/esp-idf/espforge/CMakeLists.txt", FirmwareSources.Paths);
        Assert.Contains("ports/esp-idf/espforge/src/ef_esp.c", FirmwareSources.Paths);
    }

    [Fact]
    public async Task A_compile_error_names_its_place()
    {
        _idf.On("idf.py * build", "build-compile-error.txt");
        var outcome = await BuildAsync();
        Assert.Equal(("build-failed", "main/main.c", 5, 3), (outcome.Fault?.Code, outcome.Messages[0].File, outcome.Messages[0].Line, outcome.Messages[0].Column));
    }

    [Fact]
    public async Task A_link_error_names_its_place()
    {
        _idf.On("idf.py * build", "build-link-error.txt");
        var outcome = await BuildAsync();
        Assert.Equal(new BuildMessage("main/main.c", 6, null, BuildSeverity.Error, "undefined reference to `missing'"), outcome.Messages[0]);
    }

    [Fact]
    public async Task A_program_larger_than_its_partition_is_an_error()
    {
        _idf.On("idf.py * build", "build-too-big.txt");
        Assert.Equal("The build failed: All app partitions are too small for binary lamp.bin size 0x201000", (await BuildAsync()).Fault?.Message);
    }

    [Fact]
    public async Task An_error_of_CMake_is_a_message()
    {
        _idf.On("idf.py * set-target esp32c3", "cmake-error.txt");
        var outcome = await BuildAsync();
        Assert.Contains("Failed to resolve component 'nosuch'", outcome.Fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_that_are_not_whole_are_told_with_the_command()
    {
        _idf.On("idf_tools.py *", "export-missing.txt");
        var outcome = await BuildAsync();
        Assert.Equal("toolchain-missing", outcome.Fault?.Code);
        Assert.Contains("install.sh", outcome.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_hangs_is_ended_at_the_time_limit()
    {
        _place.Options.TimeLimit = TimeSpan.FromSeconds(3);
        _idf.On("idf.py * build", "build-hang.txt");
        Assert.Equal("build-timeout", (await BuildAsync()).Fault?.Code);
    }

    [Fact]
    public async Task A_tool_that_is_killed_is_a_failure_with_its_exit_code()
    {
        _idf.On("idf.py * build", "build-killed.txt");
        var fault = (await BuildAsync()).Fault;
        Assert.Equal("build-failed", fault?.Code);
        Assert.Contains("137", fault!.Message, StringComparison.Ordinal);
        _idf.On("idf.py * build", "build-ninja-killed.txt");
        Assert.Contains("exit code 2", (await BuildAsync()).Fault?.Message, StringComparison.Ordinal);
        Assert.Contains("ninja failed with exit code -9", _lines.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sizes_are_asked_for_in_the_form_the_version_has()
    {
        _idf.On("idf.py * size --format json2 *", "size-legacy-only.txt").On("idf.py * size --format json *", "size.txt");
        Assert.Equal((55_060, 321_296, 178_180), ((await BuildAsync()).Memory is { } memory ? (memory.RamUsedBytes, memory.RamTotalBytes, memory.FlashUsedBytes) : default));
        _idf.On("idf.py * size *", "size-legacy-only.txt");
        var outcome = await BuildAsync(With("main/main.c", "int main;\n"));
        Assert.True(outcome.IsSuccess, outcome.Fault?.Message);
        Assert.Null(outcome.Memory!.RamUsedBytes);
        Assert.Contains("Sizes are not known", _lines.Text, StringComparison.Ordinal);
        Assert.Equal(["json"], IdfSizes.FormatsOf("5.2.7"));
        Assert.Equal(["json2", "json"], IdfSizes.FormatsOf("5.5.2"));
        Assert.Equal(["json2"], IdfSizes.FormatsOf("6.0.1"));
    }

    [Theory]
    [InlineData("""{"version": "1.1", "layout": [{"name": "DIRAM", "total": 341760, "used": 54087}, {"name": "DRAM", "total": 65536, "used": 100}, {"name": "IRAM", "total": 16384, "used": 16383}]}""", 54_187L, 407_296L, null)]
    [InlineData("""{"version": "1.2", "total_size": 206076, "layout": [{"name": "DIRAM", "total": 0, "used": 54087}]}""", 54_087L, null, 206_076L)]
    [InlineData("""{"used_dram": 11316, "dram_total": 180736, "used_diram": 0, "diram_total": 0, "total_size": 179208}""", 11_316L, 180_736L, 179_208L)]
    public void Sizes_are_read_in_both_forms(string json, long? ram, long? ramTotal, long? flash) => Assert.Equal(new IdfSizes(ram, ramTotal, flash), IdfSizes.Read(System.Text.Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"layout": {}}""")]
    [InlineData("""{"layout": [1, {"name": 5}]}""")]
    [InlineData("""{"layout": [{"name": "DRAM", "used": -1}]}""")]
    [InlineData("""{"total_size": NaN}""")]
    public void What_tells_no_sizes_is_none(string json) => Assert.Null(IdfSizes.Read(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task A_hundred_megabytes_of_output_are_cut_and_the_tool_killed()
    {
        _idf.On("idf.py * build", "build-flood.txt");
        Assert.Equal("build-limit", (await BuildAsync()).Fault?.Code);
    }

    [Fact]
    public async Task A_CMake_file_that_runs_programs_runs_them_inside()
    {
        var secret = Path.Combine(_place.Root, "secret.txt");
        await File.WriteAllTextAsync(secret, "do not read");
        _idf.On("idf.py * build", "build-execute-process.txt");
        await BuildAsync(With("CMakeLists.txt", $"execute_process(COMMAND sh -c \"echo attacking; cat {secret} /etc/passwd; echo x > {_place.Root}/pwned; echo x > /espforge/idf/tools/idf.py\")\n"));
        Assert.Contains("attacking", _lines.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("do not read", _lines.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", _lines.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_place.Root, "pwned")));
        Assert.Contains("replay.sh", await File.ReadAllTextAsync(Path.Combine(_idf.Directory, "tools/idf.py")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_generated_file_never_replaces_one_of_the_project()
    {
        var outcome = await BuildAsync(With("main/pins.h", "#define MINE\n"));
        Assert.Equal("build-invalid", outcome.Fault?.Code);
        Assert.Contains("main/pins.h", outcome.Fault!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    public async Task Flash_files_outside_of_the_build_are_refused(string path)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(_idf.Directory, "transcripts/flasher_args.json"));
        _idf.With("flasher_args.json", System.Text.Encoding.UTF8.GetBytes(text.Replace("\"bootloader/bootloader.bin\",", $"\"{path}\",", StringComparison.Ordinal)));
        Assert.Equal("image-malformed", (await BuildAsync()).Fault?.Code);
    }

    [Fact]
    public async Task Without_it_the_command_that_installs_it_is_told()
    {
        _place.Options.IdfDirectory = Path.Combine(_place.Root, "nowhere");
        var fault = (await BuildAsync()).Fault;
        Assert.Equal("toolchain-missing", fault?.Code);
        Assert.Contains("git clone", fault!.Message, StringComparison.Ordinal);
    }

    private static BuildRequest With(string path, string text) => Lamp with { Files = [.. Lamp.Files.Where(file => file.Path != path), ProjectFile.FromText(path, text)] };

    private FirmwareBuilder Builder() => new([new EspIdfToolchain(_place.Wrapped)], new SandboxSelector(_place.Wrapped), _place.Wrapped, new BuildCache(_place.Wrapped));

    private Task<BuildOutcome> BuildAsync(BuildRequest? request = null) => Builder().BuildAsync(request ?? Lamp, _lines);
}
