using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Platformio;

/// <summary>PlatformIO 6.1.17, played, with the platform espressif32 installed.</summary>
internal sealed class PlayedPlatformio
{
    public const string BootApp0 = "packages/framework-arduinoespressif32/tools/partitions/boot_app0.bin";

    public PlayedPlatformio(Workplace place)
    {
        Tool = new PlayedTool(Path.Combine(place.Root, "pio"), "platformio");
        place.Options.PlatformioProgram = Tool.AddProgram("bin/pio", "#!/bin/sh\nexec sh \"$(dirname \"$0\")/../transcripts/replay.sh\" \"$(dirname \"$0\")/../transcripts\" \"$@\"\n");
        Core = place.Options.PlatformioDirectory = Path.Combine(place.Root, "core");
        Directory.CreateDirectory(Path.Combine(Core, "platforms/espressif32"));
        File.WriteAllText(Path.Combine(Core, "platforms/espressif32/.piopm"), """{"type": "platform", "name": "espressif32", "version": "6.13.0", "spec": {"owner": "platformio"}}""");
        Directory.CreateDirectory(Path.Combine(Core, Path.GetDirectoryName(BootApp0)!));
        File.WriteAllBytes(Path.Combine(Core, BootApp0), [1, 2, 3, 4]);
        File.WriteAllText(Path.Combine(Core, "packages/framework-arduinoespressif32/.piopm"), """{"type": "tool", "name": "framework-arduinoespressif32", "version": "3.20017.0"}""");
        Tool.On("--version", "version.txt").On("project config --json-output", "config-esp32dev.txt").On("run --environment esp32dev --jobs*", "run-success.txt")
            .On("project metadata --environment esp32dev --json-output", "metadata-esp32dev.txt")
            .With("firmware.bin", EspImages.Create(0, "arduino-lib-builder", "esp-idf: v4.4.7"))
            .With("bootloader.bin", EspImages.WithoutDescriptor(0))
            .With("partitions.bin", EspImages.Partitions(0x140000, 0x130000));
    }

    public PlayedTool Tool { get; }

    public string Core { get; }

    public static BuildRequest Sensor { get; } = new()
    {
        ProjectName = "sensor",
        Version = "1.2.0",
        Chip = "esp32",
        Toolchain = "platformio",
        Files =
        [
            ProjectFile.FromText("platformio.ini", "[platformio]\ndefault_envs = esp32dev\n[env:esp32dev]\nplatform = espressif32@^6.13.0\nboard = esp32dev\nframework = arduino\n"),
            ProjectFile.FromText("src/main.cpp", "#include <Arduino.h>\n#include \"pins.h\"\nvoid setup() {}\nvoid loop() { int unused; }\n"),
        ],
        GeneratedFiles = [ProjectFile.FromText("pins.h", "#define PIN_LED 2\n")],
    };
}
