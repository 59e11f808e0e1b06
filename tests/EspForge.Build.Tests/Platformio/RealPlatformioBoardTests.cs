using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Platformio;

/// <summary>What the real PlatformIO says of a board's memory and of the images to flash, read by the driver; needs what <see cref="RealPlatformioTests"/> needs.</summary>
public sealed class RealPlatformioBoardTests : IDisposable
{
    private const string Ini = "[env:small]\nplatform = smallchip\nboard = smallboard\n";
    private const string Code = "#include \"pins.h\"\nstatic char buffer[20000];\nstatic char numbers[3000] = {1};\nint main(int count, char **texts) { buffer[count] = texts[0][0]; numbers[count] = 2; return buffer[PIN_LED] + numbers[PIN_LED]; }\n";

    private readonly Workplace _place = new();
    private readonly Lines _lines = new();

    public RealPlatformioBoardTests()
    {
        _place.Options.PlatformioProgram = Environment.GetEnvironmentVariable("ESPFORGE_PLATFORMIO");
        if (Environment.GetEnvironmentVariable("ESPFORGE_PLATFORMIO_CORE") is { Length: > 0 } core)
            _place.Options.PlatformioDirectory = SmallPlatform.WriteCore(Path.Combine(_place.Root, "core"), core);
    }

    private static BuildRequest Project => PlayedPlatformio.Sensor with
    {
        Environment = "small",
        Files = [ProjectFile.FromText("platformio.ini", Ini), new ProjectFile("image.dat", EspImages.Create(0, "sensor", "1.2.0")), ProjectFile.FromText("src/main.c", Code)],
    };

    public void Dispose() => _place.Dispose();

    [VariableFact("ESPFORGE_PLATFORMIO", "ESPFORGE_PLATFORMIO_CORE")]
    public async Task Memory_and_parts_are_read_from_what_it_prints_and_tells()
    {
        var outcome = await BuildAsync(Project);
        Assert.True(outcome.IsSuccess, outcome.Fault + "\n" + _lines.Text);
        Assert.Contains(_lines.All, line => line.Text.StartsWith("RAM:   [=         ]   7.", StringComparison.Ordinal));
        var memory = outcome.Memory!;
        Assert.Equal((327_680, 1_310_720, 0x130000), (memory.RamTotalBytes, memory.FlashTotalBytes, memory.SlotBytes));
        Assert.InRange(memory.RamUsedBytes!.Value, 23_000, 30_000);
        Assert.InRange(memory.FlashUsedBytes!.Value, 3_000, 20_000);
        Assert.Equal([("bootloader", 0x1000L), ("partitions", 0x8000), ("boot_app0", 0xe000), ("firmware", 0x10000)], outcome.FlashParts.Select(part => (part.Name, part.OffsetBytes)));
        Assert.Equal([1, 2, 3, 4], outcome.FlashParts[2].Content.ToArray());
    }

    [VariableFact("ESPFORGE_PLATFORMIO", "ESPFORGE_PLATFORMIO_CORE")]
    public async Task A_program_that_is_too_big_is_an_error_with_both_sizes()
    {
        var outcome = await BuildAsync(With(Ini + "board_upload.maximum_size = 2000\n"));
        Assert.Equal("build-failed", outcome.Fault?.Code);
        var message = Assert.Single(outcome.Messages);
        Assert.Matches(@"^The program size \(\d+ bytes\) is greater than maximum allowed \(2000 bytes\)$", message.Text);
        Assert.Equal($"The build failed: {message.Text}", outcome.Fault!.Message);
        Assert.Equal(2_000, outcome.Memory?.FlashTotalBytes);
        Assert.True(outcome.Memory!.FlashUsedBytes > 2_000);
    }

    [VariableFact("ESPFORGE_PLATFORMIO", "ESPFORGE_PLATFORMIO_CORE")]
    public async Task Data_that_are_too_big_are_a_warning()
    {
        var outcome = await BuildAsync(With(Ini + "board_upload.maximum_ram_size = 10000\n"));
        Assert.True(outcome.IsSuccess, outcome.Fault + "\n" + _lines.Text);
        var message = Assert.Single(outcome.Messages);
        Assert.Equal(BuildSeverity.Warning, message.Severity);
        Assert.Matches(@"^The data size \(\d+ bytes\) is greater than maximum allowed \(10000 bytes\)$", message.Text);
        Assert.True(outcome.Memory!.RamUsedBytes > outcome.Memory.RamTotalBytes);
    }

    private static BuildRequest With(string ini) => Project with { Files = [.. Project.Files.Where(file => file.Path != "platformio.ini"), ProjectFile.FromText("platformio.ini", ini)] };

    private async Task<BuildOutcome> BuildAsync(BuildRequest request)
    {
        var outcome = await new FirmwareBuilder([new PlatformioToolchain(_place.Wrapped)], new SandboxSelector(_place.Wrapped), _place.Wrapped, new BuildCache(_place.Wrapped)).BuildAsync(request, _lines);
        if (Environment.GetEnvironmentVariable("ESPFORGE_SHOW_LOG") is { Length: > 0 })
            Console.WriteLine(string.Join('\n', _lines.All.Select(line => $"{line.Source} {line.Text}")));
        return outcome;
    }
}
