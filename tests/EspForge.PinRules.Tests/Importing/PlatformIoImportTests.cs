using EspForge.Boards;

namespace EspForge.PinRules.Tests.Importing;

public sealed class PlatformIoImportTests
{
    private const string Text = """
        ; build all
        [platformio]
        default_envs = cam

        [common]
        flags = -D PIN_RELAY=4

        [env]
        platform = espressif32
        framework = arduino

        [env:s3]
        board = esp32-s3-devkitc-1
        board_build.arduino.memory_type = qio_opi

        [env:cam]
        board = esp32cam
        build_flags =
            ${common.flags}
            -DLED_COUNT=8 -DCORE_DEBUG_LEVEL=5
            -D "TFT_CS=GPIO_NUM_15"  ; the display

        [env:other]
        extends = env:cam
        board = my-own-esp32-c6-board
        """;

    [Fact]
    public void The_default_environment_gives_board_and_pins()
    {
        var imported = PinImport.Read(Text, new PinImportOptions { FileName = "platformio.ini" }).Value;
        Assert.Equal(["s3", "cam", "other"], imported.Choices);
        Assert.Equal("esp32-cam", imported.Plan.Board);
        Assert.Equal(["4 relay", "15 display cs"], imported.Plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
    }

    [Fact]
    public void An_environment_can_be_chosen()
    {
        var s3 = Read("s3");
        Assert.Equal(("esp32-s3-devkitc-1", PsramMode.Octal), (s3.Plan.Board, s3.Plan.Psram));
        var other = Read("other");
        Assert.Equal((null, "esp32c6", 2), (other.Plan.Board, other.Plan.Chip, other.Plan.Uses.Count));
        Assert.Equal("import-environment-unknown", PinImport.Read(Text, new PinImportOptions { Format = "platformio", Environment = "nope" }).Fault!.Code);
    }

    [Fact]
    public void Settings_that_extend_each_other_end()
    {
        const string text = "[env:a]\nextends = env:b\nbuild_flags = ${env:b.build_flags} -D PIN_LED=2\n[env:b]\nextends = env:a\nbuild_flags = ${env:a.build_flags}\nboard = esp32dev\n";
        Assert.NotEmpty(PinImport.Read(text, new PinImportOptions { Format = "platformio" }).Value.Plan.Uses);
    }

    private static PinImported Read(string environment) => PinImport.Read(Text, new PinImportOptions { Format = "platformio", Environment = environment }).Value;
}
