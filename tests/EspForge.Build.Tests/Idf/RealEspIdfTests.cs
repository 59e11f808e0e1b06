using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Idf;

/// <summary>The same driver on the real tool, where ESPFORGE_IDF names a directory of ESP-IDF and ESPFORGE_IDF_TOOLS one with its tools for esp32c3. A build takes minutes.</summary>
public sealed class RealEspIdfTests : IDisposable
{
    private readonly Workplace _place = new();
    private readonly Lines _lines = new();

    public RealEspIdfTests()
    {
        _place.Options.IdfDirectory = Environment.GetEnvironmentVariable("ESPFORGE_IDF");
        _place.Options.IdfToolsDirectory = Environment.GetEnvironmentVariable("ESPFORGE_IDF_TOOLS");
        _place.Options.TimeLimit = TimeSpan.FromMinutes(30);
        _place.Options.ProcessCpuSeconds = 1800;
    }

    // Two slots, and a warning to find.
    private static BuildRequest Lamp { get; } = EspIdfToolchainTests.Lamp with
    {
        Files =
        [
            .. EspIdfToolchainTests.Lamp.Files.Where(file => file.Path is not "main/main.c"),
            ProjectFile.FromText("main/main.c", "#include \"pins.h\"\nvoid app_main(void)\n{\n    int x = PIN_LED;\n}\n"),
            ProjectFile.FromText("sdkconfig.defaults", "CONFIG_PARTITION_TABLE_TWO_OTA=y\nCONFIG_ESPTOOLPY_FLASHSIZE_4MB=y\n"),
        ],
    };

    public void Dispose() => _place.Dispose();

    [VariableFact("ESPFORGE_IDF", "ESPFORGE_IDF_TOOLS")]
    public async Task A_project_becomes_an_image_with_its_parts_and_memory()
    {
        var outcome = await BuildAsync(Lamp);
        Assert.True(outcome.IsSuccess, outcome.Fault + "\n" + _lines.Text);
        Assert.Equal(("lamp", "2.0.0", "esp32c3"), (outcome.Image!.ProjectName, outcome.Image.Version, outcome.Image.Chip));
        var parts = outcome.FlashParts.Select(part => (part.Name, part.OffsetBytes)).ToList();
        Assert.Equal([("bootloader", 0L), ("partitions", 0x8000), ("firmware", 0x10000)], parts.Where(part => part.Name is not "otadata"));
        Assert.Equal(outcome.Image.SizeBytes, outcome.FlashParts[^1].Content.Length);
        Assert.True(outcome.Memory is { RamUsedBytes: > 0, RamTotalBytes: > 0, FlashUsedBytes: > 0, SlotBytes: > 0 }, outcome.Memory?.ToString());
        Assert.Contains(outcome.Messages, message => message is { File: "main/main.c", Line: 4, Severity: BuildSeverity.Warning });
    }

    [VariableFact("ESPFORGE_IDF", "ESPFORGE_IDF_TOOLS")]
    public async Task The_same_project_gives_the_same_bytes()
    {
        _place.Options.UseCache = false;
        var first = await BuildAsync(Lamp);
        var second = await BuildAsync(Lamp);
        Assert.True(first.IsSuccess, first.Fault + "\n" + _lines.Text);
        Assert.Equal(first.Image!.Sha256, second.Image?.Sha256);
    }

    [VariableFact("ESPFORGE_IDF", "ESPFORGE_IDF_TOOLS")]
    public async Task Errors_of_compiler_and_linker_have_their_places()
    {
        var broken = await BuildAsync(With("void app_main(void)\n{\n    nothing();\n    return 1\n}\n"));
        Assert.Contains(broken.Messages, message => message is { File: "main/main.c", Severity: BuildSeverity.Error } && message.Line is 3 or 4);
        var unlinked = await BuildAsync(With("void missing(void);\nvoid app_main(void)\n{\n    missing();\n}\n"));
        Assert.Equal("build-failed", unlinked.Fault?.Code);
        Assert.Contains(unlinked.Messages, message => message.File == "main/main.c" && message.Text.Contains("missing", StringComparison.Ordinal));
    }

    [VariableFact("ESPFORGE_IDF", "ESPFORGE_IDF_TOOLS")]
    public async Task The_agent_is_built_as_a_component_of_a_project_that_names_it()
    {
        var outcome = await BuildAsync(Lamp with
        {
            Files =
            [
                Lamp.Files[0], Lamp.Files[^1],
                ProjectFile.FromText("main/CMakeLists.txt", "idf_component_register(SRCS main.c PRIV_REQUIRES espforge WHOLE_ARCHIVE)\n"),
                ProjectFile.FromText("main/main.c", "#include \"espforge/app.h\"\nvoid app_main(void) {}\nvoid ef_app_setup(ef_app *app) { ef_app_log(app, \"up\"); }\nvoid ef_app_loop(ef_app *app, int64_t now_ms) { (void)app; (void)now_ms; }\n"),
            ],
        });
        Assert.True(outcome.IsSuccess, outcome.Fault + "\n" + _lines.Text);
    }

    private static BuildRequest With(string main) => Lamp with { Files = [.. Lamp.Files.Where(file => file.Path is not "main/main.c"), ProjectFile.FromText("main/main.c", main)] };

    private Task<BuildOutcome> BuildAsync(BuildRequest request) =>
        new FirmwareBuilder([new EspIdfToolchain(_place.Wrapped)], new SandboxSelector(_place.Wrapped), _place.Wrapped, new BuildCache(_place.Wrapped)).BuildAsync(request, _lines);
}
