using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>An environment of <c>platformio.ini</c>: board, memory, and one <c>-D</c> a use.</summary>
internal sealed class PlatformIoFragment : IPinGenerator
{
    public string Id => "platformio";

    public string Title => "PlatformIO environment";

    public string FileName => "platformio.ini";

    public string MediaType => "text/plain";

    public CommentStyle Comments => CommentStyle.Semicolon;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var text = new StringBuilder();
        text.Append("; ").Append(PinNames.Comment(sheet.Opening)).Append('\n');
        text.Append("[env:").Append(sheet.Board?.Id ?? sheet.Chip.Id).Append("]\n");
        text.Append("platform = espressif32\n");
        if (BoardOf(sheet) is { } board)
            text.Append("board = ").Append(board).Append('\n');
        else
            text.Append("; platform-espressif32 has no board for ").Append(PinNames.Comment(sheet.Chip.Name)).Append("; add one under boards/ with this name.\nboard = ").Append(sheet.Board?.Id ?? sheet.Chip.Id).Append('\n');
        text.Append("framework = ").Append(sheet.Board?.Platformio?.Frameworks is { Count: > 0 } known && !known.Contains("arduino", StringComparer.Ordinal) ? "espidf" : "arduino").Append('\n');
        if (sheet.Plan.FlashMode is { } flash and not FlashMode.Opi)
            text.Append("board_build.flash_mode = ").Append(PlanWords.Word(PlanWords.FlashModes, flash)).Append('\n');
        if (sheet.Plan.Module is null && sheet.Board?.FlashBytes >> 20 is { } megabytes and > 0)
            text.Append(CultureInfo.InvariantCulture, $"board_upload.flash_size = {megabytes}MB\n");
        if (sheet.Chip.Id is "esp32s3" && sheet.Psram is PsramMode.Octal or PsramMode.Quad)
        {
            var bus = sheet.Plan.FlashMode switch { FlashMode.Opi => "opi", FlashMode.Dio or FlashMode.Dout => "dio", _ => "qio" };
            text.Append("board_build.arduino.memory_type = ").Append(bus).Append(sheet.Psram == PsramMode.Octal ? "_opi\n" : "_qspi\n");
        }

        text.Append("build_flags =\n");
        if (sheet.Psram is not (null or PsramMode.None))
            text.Append("    -D BOARD_HAS_PSRAM\n");
        if (sheet.Console == PlanConsole.UsbSerialJtag)
            text.Append("    -D ARDUINO_USB_MODE=1\n    -D ARDUINO_USB_CDC_ON_BOOT=1\n");
        else if (sheet.Console == PlanConsole.UsbOtg)
            text.Append("    -D ARDUINO_USB_MODE=0\n    -D ARDUINO_USB_CDC_ON_BOOT=1\n");
        foreach (var use in sheet.Uses)
            text.Append(CultureInfo.InvariantCulture, $"    -D {use.Identifier}={use.Gpio}\n");
        regions.Write(text, "env");
        regions.WriteRest(text);
        return text.ToString();
    }

    /// <summary>The board's id in PlatformIO, or that of the plainest board with the same chip; null where the platform has none.</summary>
    internal static string? BoardOf(PinSheet sheet) => sheet.Board?.PlatformioBoard ?? sheet.Chip.Id switch
    {
        "esp32" => "esp32dev",
        "esp32s2" => "esp32-s2-saola-1",
        "esp32s3" => "esp32-s3-devkitc-1",
        "esp32c3" => "esp32-c3-devkitm-1",
        "esp32c6" => "esp32-c6-devkitc-1",
        _ => null,
    };
}
