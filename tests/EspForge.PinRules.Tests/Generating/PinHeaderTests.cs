using System.Diagnostics;

namespace EspForge.PinRules.Tests;

public sealed class PinHeaderTests
{
    private static readonly PinPlan Plan = Plans.OfBoard(
        "esp32-devkitc-v4", "22 i2c0 scl", "21 i2c0 sda", "4 status-led", "5 spi2 cs", "17 spi2 cs", "18 3d-printer", "19 */evil\\ ??/", "23 übung");

    [Fact]
    public void It_reads_like_this()
    {
        Assert.Equal(
            """
            /* Pins of ESP32-DevKitC V4 (WROOM-32E) (board esp32-devkitc-v4). Generated from the pin plan by espforge; change the plan, not this file. */
            #ifndef PINS_H
            #define PINS_H

            #define PIN_RELAY    4   /* relay, on 4 */
            #define PIN_I2C0_SDA 21  /* i2c0 sda, on 21 */

            /* USER CODE BEGIN pins */
            /* USER CODE END pins */

            #endif /* PINS_H */

            """.ReplaceLineEndings("\n").Replace("ESP32-DevKitC V4 (WROOM-32E)", Board(), StringComparison.Ordinal).Replace("on 21", "on " + Label(21), StringComparison.Ordinal).Replace("on 4 ", "on " + Label(4) + " ", StringComparison.Ordinal),
            PinHeader.Generate(Plans.OfBoard("esp32-devkitc-v4", "21 i2c0 sda", "4 relay")));

        static string Board() => EspForge.Boards.BoardCatalog.Default.FindBoard("esp32-devkitc-v4")!.Name;
        static string Label(int gpio) => EspForge.Boards.BoardCatalog.Default.FindBoard("esp32-devkitc-v4")!.LabelOf(gpio)!;
    }

    [Fact]
    public void The_same_plan_gives_the_same_bytes_in_any_order()
    {
        Assert.Equal(PinHeader.Generate(Plan), PinHeader.Generate(Plan));
        Assert.Equal(PinHeader.Generate(Plan), PinHeader.Generate(Plan with { Uses = [.. Plan.Uses.Reverse()] }));
    }

    [Fact]
    public void Names_are_made_legal_and_told_apart()
    {
        var header = PinHeader.Generate(Plan);
        Assert.Contains("#define PIN_SPI2_CS ", header, StringComparison.Ordinal);
        Assert.Contains("#define PIN_SPI2_CS_2 ", header, StringComparison.Ordinal);
        Assert.Contains("#define PIN_3D_PRINTER ", header, StringComparison.Ordinal);
        Assert.Contains("#define PIN_EVIL_X ", header, StringComparison.Ordinal);
        Assert.DoesNotContain("*/evil", header, StringComparison.Ordinal);
    }

    [Fact]
    public void A_C_compiler_takes_it()
    {
        var folder = Directory.CreateTempSubdirectory("espforge-pins-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "pins.h"), PinHeader.Generate(Plan));
            File.WriteAllText(
                Path.Combine(folder.FullName, "main.c"),
                "#include \"pins.h\"\n#include \"pins.h\"\n_Static_assert(PIN_I2C0_SDA == 21 && PIN_SPI2_CS == 5 && PIN_SPI2_CS_2 == 17, \"pins\");\nint main(void) { return PIN_STATUS_LED - 4; }\n");
            var start = new ProcessStartInfo("gcc") { WorkingDirectory = folder.FullName, UseShellExecute = false, RedirectStandardError = true };
            foreach (var argument in new[] { "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wcomment", "main.c", "-o", "main" })
                start.ArgumentList.Add(argument);
            using var gcc = Process.Start(start)!;
            var errors = gcc.StandardError.ReadToEnd();
            gcc.WaitForExit();
            Assert.True(gcc.ExitCode == 0, errors);
            using var program = Process.Start(Path.Combine(folder.FullName, "main"))!;
            program.WaitForExit();
            Assert.Equal(0, program.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
