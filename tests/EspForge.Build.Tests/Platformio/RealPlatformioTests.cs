using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Platformio;

/// <summary>
/// The same driver on the real tool, where ESPFORGE_PLATFORMIO names its program (in a directory "bin") and ESPFORGE_PLATFORMIO_CORE a core directory with
/// the platform "native" and SCons. A script of the project makes an ESP image of the program, as native has none.
/// </summary>
public sealed class RealPlatformioTests : IDisposable
{
    private const string Ini = "[env:native]\nplatform = native\nextra_scripts = post:image.py\n\n[env:other]\nplatform = espressif32\nboard = esp32dev\nframework = arduino\n";

    private const string Script = """
        import os, shutil
        Import("env")
        def make(source, target, env):
            shutil.copy("image.dat", os.path.join(env.subst("$BUILD_DIR"), "program.bin"))
            shutil.copy("image.dat", os.path.join(env.subst("$BUILD_DIR"), "bootloader.bin"))
        env.AddPostAction("$BUILD_DIR/${PROGNAME}", make)
        env.Append(FLASH_EXTRA_IMAGES=[("0x1000", os.path.join(env.subst("$BUILD_DIR"), "bootloader.bin"))])
        env["INTEGRATION_EXTRA_DATA"] = {"application_offset": "0x10000"}
        """;

    private readonly Workplace _place = new();
    private readonly Lines _lines = new();

    public RealPlatformioTests()
    {
        _place.Options.PlatformioProgram = Environment.GetEnvironmentVariable("ESPFORGE_PLATFORMIO");
        _place.Options.PlatformioDirectory = Environment.GetEnvironmentVariable("ESPFORGE_PLATFORMIO_CORE");
    }

    private static BuildRequest Project => PlayedPlatformio.Sensor with
    {
        Environment = "native",
        Files =
        [
            ProjectFile.FromText("platformio.ini", Ini), ProjectFile.FromText("image.py", Script), new ProjectFile("image.dat", EspImages.Create(0, "sensor", "1.2.0")),
            ProjectFile.FromText("src/main.c", "#include \"pins.h\"\nint main(void) { return PIN_LED; }\n"),
        ],
    };

    public void Dispose() => _place.Dispose();

    [VariableFact("ESPFORGE_PLATFORMIO", "ESPFORGE_PLATFORMIO_CORE")]
    public async Task A_project_is_built_offline_with_packages_it_cannot_write_to()
    {
        var outcome = await BuildAsync(Project);
        Assert.True(outcome.IsSuccess, outcome.Fault + "\n" + _lines.Text);
        Assert.Equal("sensor", outcome.Image!.ProjectName);
        Assert.Equal([("bootloader", 0x1000L), ("firmware", 0x10000)], outcome.FlashParts.Select(part => (part.Name, part.OffsetBytes)));
    }

    [VariableFact("ESPFORGE_PLATFORMIO", "ESPFORGE_PLATFORMIO_CORE")]
    public async Task Errors_of_compiler_linker_and_ini_have_their_places()
    {
        var broken = await BuildAsync(With("src/main.c", "int main(void) { return nothing; }\n"));
        Assert.Equal(("src/main.c", 1), (broken.Messages[0].File, broken.Messages[0].Line));
        var unlinked = await BuildAsync(With("src/main.c", "int missing(void);\nint main(void) { return missing(); }\n"));
        Assert.Contains(unlinked.Messages, message => message.File == "src/main.c" && message.Text.Contains("missing", StringComparison.Ordinal));
        var ini = await BuildAsync(With("platformio.ini", "platform = native\n"));
        Assert.Equal(("build-failed", "platformio.ini", 1), (ini.Fault?.Code, ini.Messages[0].File, ini.Messages[0].Line));
    }

    [VariableFact("ESPFORGE_PLATFORMIO", "ESPFORGE_PLATFORMIO_CORE")]
    public async Task A_platform_that_is_not_there_is_told_at_once()
    {
        var outcome = await BuildAsync(Project with { Environment = "other" });
        Assert.Equal("toolchain-missing", outcome.Fault?.Code);
        Assert.True(outcome.Duration < TimeSpan.FromSeconds(40));
    }

    [VariableFact("ESPFORGE_PLATFORMIO", "ESPFORGE_PLATFORMIO_CORE")]
    public async Task A_library_that_is_not_there_is_told_at_once()
    {
        var outcome = await BuildAsync(With("platformio.ini", Ini.Replace("platform = native\n", "platform = native\nlib_deps = bblanchon/ArduinoJson@^7\n", StringComparison.Ordinal)));
        Assert.Equal("build-failed", outcome.Fault?.Code);
        Assert.Contains("lib/", outcome.Fault!.Message, StringComparison.Ordinal);
        Assert.True(outcome.Duration < TimeSpan.FromSeconds(40));
    }

    [VariableFact("ESPFORGE_PLATFORMIO", "ESPFORGE_PLATFORMIO_CORE")]
    public async Task An_extra_script_that_runs_a_shell_runs_it_inside()
    {
        var secret = Path.Combine(_place.Root, "secret.txt");
        await File.WriteAllTextAsync(secret, "do not read");
        var outcome = await BuildAsync(With("image.py", $"import os\nos.system('echo attacking; cat {secret} /etc/passwd; echo x > {_place.Root}/pwned; touch /espforge/packages/pwned')\n"));
        Assert.Contains("attacking", _lines.Text, StringComparison.Ordinal);
        Assert.False(outcome.IsSuccess);
        Assert.DoesNotContain("do not read", _lines.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", _lines.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_place.Root, "pwned")) || File.Exists(Path.Combine(_place.Options.PlatformioDirectory!, "pwned")));
    }

    private static BuildRequest With(string path, string text) => Project with { Files = [.. Project.Files.Where(file => file.Path != path), ProjectFile.FromText(path, text)] };

    private Task<BuildOutcome> BuildAsync(BuildRequest request) =>
        new FirmwareBuilder([new PlatformioToolchain(_place.Wrapped)], new SandboxSelector(_place.Wrapped), _place.Wrapped, new BuildCache(_place.Wrapped)).BuildAsync(request, _lines);
}
