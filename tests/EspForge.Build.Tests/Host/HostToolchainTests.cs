using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace EspForge.Build.Tests.Host;

/// <summary>Real builds with the machine's compiler. The agent is built once for all of them.</summary>
public sealed class HostToolchainTests(Workplace place) : IClassFixture<Workplace>
{
    private const string Main = """
        #include "espforge/app.h"
        #include "pins.h"
        #include "led.h"

        void ef_app_setup(ef_app *app) { led_set(app, PIN_LED); }

        void ef_app_loop(ef_app *app, int64_t now_ms)
        {
            (void)app;
            (void)now_ms;
        }
        """;

    private static readonly BuildRequest Lamp = new()
    {
        ProjectName = "Lamp (hall)",
        Version = "1.2.0-rc.1",
        Chip = "esp32c3",
        Files =
        [
            ProjectFile.FromText("src/main.c", Main),
            ProjectFile.FromText("lib/led/led.c", "#include \"led.h\"\nvoid led_set(ef_app *app, int pin) { ef_app_log(app, \"led on %d\", pin); }\n"),
            ProjectFile.FromText("lib/led/led.h", "#pragma once\n#include \"espforge/app.h\"\nvoid led_set(ef_app *app, int pin);\n"),
            ProjectFile.FromText("README.md", "A lamp."),
        ],
        GeneratedFiles = [ProjectFile.FromText("pins.h", "#pragma once\n#define PIN_LED 8\n")],
    };

    [Fact]
    public async Task It_finds_what_it_needs()
    {
        using var toolchain = new HostToolchain(new SandboxSelector(place.Wrapped), place.Wrapped);
        var status = await toolchain.ProbeAsync();
        Assert.True(status.IsSuccess, status.Fault?.Message);
        Assert.Matches(@"cmake 3\.\d+", status.Value.Versions);
    }

    [Fact]
    public async Task A_project_becomes_an_image_that_names_it()
    {
        var lines = new Lines();
        var outcome = await BuildAsync(Lamp, lines);
        Assert.True(outcome.IsSuccess, outcome.Fault + "\n" + lines.Text);
        var image = outcome.Image!;
        Assert.Equal(("Lamp (hall)", "1.2.0-rc.1", "esp32c3", "host"), (image.ProjectName, image.Version, image.Chip, image.Format));
        Assert.Equal("EFHI"u8.ToArray(), image.Content[..4].ToArray());
        Assert.Equal("\u007fELF"u8.ToArray(), image.Content.Slice(256, 4).ToArray());
        Assert.Equal(64, image.Sha256.Length);
        Assert.Equal(image.SizeBytes, image.OpenRead().Length);
        Assert.NotEmpty(image.AgentVersion);
        // What it says is what a release finds in it.
        var released = EspForge.Ota.ImageReader.Read(image.Content).Value;
        Assert.Equal((image.ProjectName, image.Version, image.Chip, image.SizeBytes, image.Sha256, image.AgentVersion), (released.Project, released.Version, released.Chip, released.SizeBytes, released.Sha256, released.AgentVersion));
        var memory = outcome.Memory!;
        Assert.Equal(new BuildMemory(memory.RamUsedBytes, null, image.SizeBytes, null, 8 * 1024 * 1024), memory);
        Assert.InRange(memory.RamUsedBytes!.Value, 1_000, 4_000_000);
        Assert.Equal(("bubblewrap", true), (outcome.Sandbox, outcome.IsIsolated));
        Assert.DoesNotContain(outcome.Messages, message => message.Severity == BuildSeverity.Error);
        Assert.DoesNotContain(place.Root, lines.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(place.Root, Encoding.Latin1.GetString(image.Content.Span), StringComparison.Ordinal);
        Assert.Empty(place.LeftInWork);
    }

    [Fact]
    public async Task The_same_inputs_give_the_same_bytes_in_either_sandbox()
    {
        var first = await BuildAsync(Lamp);
        var second = await BuildAsync(Lamp with { Files = [.. Lamp.Files.Reverse()] });
        var unsandboxed = await BuildAsync(Lamp, kind: SandboxKind.Process);
        Assert.NotNull(first.Image);
        Assert.Equal(first.Image.Sha256, second.Image?.Sha256);
        Assert.Equal(first.Image.Sha256, unsandboxed.Image?.Sha256);
        var other = await BuildAsync(Lamp with { Version = "1.2.0" });
        Assert.NotEqual(first.Image.Sha256, other.Image?.Sha256);
    }

    [Fact]
    public async Task The_same_inputs_give_the_same_bytes_in_two_directories_with_and_without_the_compiler_cache()
    {
        var dated = With("src/main.c", Main + "\nconst char *const ef_made = __DATE__ \" \" __TIME__ \" \" __FILE__;\n");
        var first = await BuildAsync(dated);
        using var elsewhere = new Workplace();
        var second = await FirmwareBuilder.CreateHost(new BuildOptions { WorkDirectory = Path.Combine(elsewhere.Root, "a/longer/place/for/work"), CacheDirectory = Path.Combine(elsewhere.Root, "kept"), UseCache = false }).BuildAsync(dated);
        Assert.True(first.IsSuccess, first.Fault?.Message);
        Assert.Equal(first.Image!.Sha256, second.Image?.Sha256);
        foreach (var pass in new[] { "cold", "warm" })
            Assert.True(first.Image.Sha256 == (await BuildAsync(dated with { CacheScope = "project-1" })).Image?.Sha256, pass);
        var later = await BuildAsync(dated with { SourceDate = new DateTimeOffset(2030, 5, 17, 0, 0, 0, TimeSpan.Zero) });
        Assert.NotEqual(first.Image.Sha256, later.Image?.Sha256);
    }

    [Fact]
    public async Task A_build_of_the_same_inputs_comes_from_the_cache_and_says_so()
    {
        using var elsewhere = new Workplace();
        elsewhere.Options.CacheDirectory = place.Options.CacheDirectory;
        var builder = FirmwareBuilder.CreateHost(elsewhere.Options);
        var request = With("lib/led/led.h", "#pragma once\n#include \"espforge/app.h\"\n#warning kept\nvoid led_set(ef_app *app, int pin);\n");
        var first = await builder.BuildAsync(request);
        var lines = new Lines();
        var second = await builder.BuildAsync(request, lines);
        Assert.Equal((false, true), (first.FromCache, second.FromCache));
        Assert.Equal((first.Image!.Sha256, first.CacheKey), (second.Image!.Sha256, second.CacheKey));
        Assert.Equal(first.Messages, second.Messages);
        Assert.Contains("from the cache", lines.Text, StringComparison.Ordinal);
        Assert.False((await builder.BuildAsync(request with { Version = "9.9.9" })).FromCache);
    }

    [Fact]
    public void A_project_without_a_C_file_is_refused() => Assert.Contains("no C file", FirmwareBuilder.CreateHost(place.Options).Check(Lamp with { Files = [ProjectFile.FromText("main.cpp", "")] })?.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(SandboxKind.Bubblewrap)]
    [InlineData(SandboxKind.Process)]
    public async Task A_compile_error_names_file_line_and_column_of_the_project(SandboxKind kind)
    {
        var lines = new Lines();
        var outcome = await BuildAsync(With("src/main.c", Main + "\nint broken( {\n"), lines, kind);
        Assert.Equal("build-failed", outcome.Fault?.Code);
        var error = Assert.Single(outcome.Messages, message => message.Severity == BuildSeverity.Error);
        Assert.Equal(("src/main.c", 12), (error.File, error.Line));
        Assert.NotNull(error.Column);
        Assert.Contains("src/main.c:12", outcome.Fault!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(place.Root, lines.Text, StringComparison.Ordinal);
        Assert.Empty(place.LeftInWork);
    }

    [Fact]
    public async Task A_warning_in_a_header_is_a_message_and_no_failure()
    {
        var outcome = await BuildAsync(With("lib/led/led.h", "#pragma once\n#include \"espforge/app.h\"\n#warning look here\nvoid led_set(ef_app *app, int pin);\n"));
        Assert.True(outcome.IsSuccess, outcome.Fault?.Message);
        var warning = Assert.Single(outcome.Messages, message => message.Severity == BuildSeverity.Warning);
        Assert.Equal(("lib/led/led.h", 3), (warning.File, warning.Line));
    }

    [Fact]
    public async Task A_message_about_a_generated_file_names_it_as_the_project_includes_it()
    {
        var outcome = await BuildAsync(Lamp with { GeneratedFiles = [ProjectFile.FromText("pins.h", "#error no plan\n")] });
        Assert.Equal(("pins.h", 1), (outcome.Messages[0].File, outcome.Messages[0].Line));
    }

    [Fact]
    public async Task A_link_error_names_the_file_that_calls()
    {
        var outcome = await BuildAsync(With("lib/led/led.c", "#include \"led.h\"\nvoid missing(void);\nvoid led_set(ef_app *app, int pin) { (void)app; (void)pin; missing(); }\n"));
        Assert.Equal("build-failed", outcome.Fault?.Code);
        var error = Assert.Single(outcome.Messages, message => message.Severity == BuildSeverity.Error);
        Assert.Equal("lib/led/led.c", error.File);
        Assert.Contains("missing", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_the_agent_wants_and_the_project_lacks_is_named()
    {
        var outcome = await BuildAsync(Lamp with { Files = [ProjectFile.FromText("main.c", "int nothing;\n")] });
        Assert.Equal("build-failed", outcome.Fault?.Code);
        Assert.Contains(outcome.Messages, message => message.Text.Contains("ef_app_setup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_project_cannot_compile_in_a_file_of_the_machine()
    {
        var secret = Path.Combine(place.Root, "secret.txt");
        await File.WriteAllTextAsync(secret, "the secret text of this machine");
        var source = $"__asm__(\".section .rodata\\n.global stolen\\nstolen: .incbin \\\"{secret}\\\"\\n.previous\");\n#include \"{secret}\"\n";
        var lines = new Lines();
        var outcome = await BuildAsync(With("src/main.c", Main + "\n" + source), lines);
        Assert.Equal("build-failed", outcome.Fault?.Code);
        Assert.DoesNotContain("the secret text", lines.Text, StringComparison.Ordinal);
        Assert.Contains(outcome.Messages, message => message.Text.Contains("No such file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compiling_without_end_is_ended_at_the_limit()
    {
        // Each macro doubles the one before: 2^40 tokens.
        var source = new StringBuilder("#define A0 x,\n");
        for (var i = 1; i <= 40; i++)
            source.Append("#define A").Append(i).Append(" A").Append(i - 1).Append(" A").Append(i - 1).Append('\n');
        source.Append("int many[] = { A40 };\n");
        await BuildAsync(Lamp);
        var outcome = await BuildAsync(With("src/endless.c", source.ToString()), limit: TimeSpan.FromSeconds(2));
        Assert.Equal("build-timeout", outcome.Fault?.Code);
        Assert.Empty(place.LeftInWork);
    }

    [Fact]
    public async Task A_real_build_can_be_cancelled_in_the_middle()
    {
        await BuildAsync(Lamp);
        using var cancel = new CancellationTokenSource();
        var lines = new Lines { OnLine = line => { if (line.Source == BuildLineSource.Output) cancel.Cancel(); } };
        var outcome = await Builder(SandboxKind.Auto, place.Options.TimeLimit).BuildAsync(Lamp, lines, cancel.Token);
        Assert.Equal("build-cancelled", outcome.Fault?.Code);
        Assert.Empty(place.LeftInWork);
    }

    [Fact]
    public async Task Virtual_devices_get_a_bootloader_and_a_factory_image_of_each_chip()
    {
        using var toolchain = new HostToolchain(new SandboxSelector(place.Wrapped), place.Wrapped);
        var prepared = await toolchain.PrepareAsync(["esp32c3", "esp32s3", "esp32c3"]);
        Assert.True(prepared.IsSuccess, prepared.Fault?.Message);
        var tools = prepared.Value;
        Assert.True((File.GetUnixFileMode(tools.BootloaderPath) & UnixFileMode.UserExecute) != UnixFileMode.None);
        Assert.Equal(["esp32c3", "esp32s3"], tools.Chips);
        var header = HostImage.Read(await File.ReadAllBytesAsync(tools.FactoryImagePath("esp32s3"))).Value;
        Assert.Equal(("factory", "esp32s3"), (header.Project, header.Chip));
        Assert.Throws<ArgumentException>(() => tools.FactoryImagePath("esp32"));
        var written = File.GetLastWriteTimeUtc(tools.BootloaderPath);
        Assert.Equal(written, File.GetLastWriteTimeUtc((await toolchain.PrepareAsync(["esp32c3"])).Value.BootloaderPath));
        Assert.Equal("build-invalid", (await toolchain.PrepareAsync(["../x"])).Fault?.Code);
        Assert.DoesNotContain(Directory.GetDirectories(place.Options.CacheDirectory), path => Path.GetFileName(path).StartsWith("job-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_lines_register_it()
    {
        var services = new ServiceCollection();
        services.AddEspForgeBuild(options =>
        {
            options.WorkDirectory = place.Options.WorkDirectory;
            options.CacheDirectory = place.Options.CacheDirectory;
        });
        await using var provider = services.BuildServiceProvider();
        Assert.True((await provider.GetRequiredService<FirmwareBuilder>().BuildAsync(Lamp)).IsSuccess);
        Assert.Contains(provider.GetRequiredService<HostToolchain>(), provider.GetServices<IToolchain>());
    }

    [Fact]
    public async Task An_image_with_any_byte_of_its_header_changed_is_malformed()
    {
        var image = (await BuildAsync(Lamp)).Image!.Content.ToArray();
        Assert.True(HostImage.Read(image).IsSuccess);
        foreach (var at in Enumerable.Range(0, HostImage.HeaderBytes).Append(image.Length - 1))
        {
            image[at] ^= 1;
            Assert.Equal("image-malformed", HostImage.Read(image).Fault?.Code);
            image[at] ^= 1;
        }

        foreach (var length in new[] { 0, 4, 255, 256, 257, image.Length - 1 })
            Assert.Equal("image-malformed", HostImage.Read(image.AsSpan(0, length)).Fault?.Code);
    }

    private static BuildRequest With(string path, string text) =>
        Lamp with { Files = [.. Lamp.Files.Where(file => file.Path != path), ProjectFile.FromText(path, text)] };

    private async Task<BuildOutcome> BuildAsync(BuildRequest request, Lines? lines = null, SandboxKind kind = SandboxKind.Auto, TimeSpan? limit = null) =>
        await Builder(kind, limit ?? place.Options.TimeLimit).BuildAsync(request, lines);

    private FirmwareBuilder Builder(SandboxKind kind, TimeSpan limit) => FirmwareBuilder.CreateHost(new BuildOptions
    {
        WorkDirectory = place.Options.WorkDirectory,
        CacheDirectory = place.Options.CacheDirectory,
        Sandbox = kind,
        TimeLimit = limit,
        UseCache = false,
    });
}
