using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>
/// A configuration of ESPHome: chip, memory, console, then a component for each use that ESPHome has one for. Pins of parts that need a driver of their
/// own (a LoRa chip, a display) are substitutions to refer to.
/// </summary>
internal sealed class EspHomeYaml : IPinGenerator
{
    public string Id => "esphome";

    public string Title => "ESPHome configuration";

    public string FileName => "pins.yaml";

    public string MediaType => "application/yaml";

    public CommentStyle Comments => CommentStyle.Hash;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var components = new EspHomeComponents(sheet);
        var text = new StringBuilder();
        text.Append("# ").Append(PinNames.Comment(sheet.Opening)).Append('\n');
        foreach (var use in components.OnConsole)
            text.Append("# The console has ").Append(PinNames.Comment(use.Use.Name)).Append(CultureInfo.InvariantCulture, $" on GPIO{use.Gpio}.\n");
        if (components.Rest.Count > 0)
        {
            text.Append("substitutions:\n");
            foreach (var use in components.Rest)
                text.Append(CultureInfo.InvariantCulture, $"  {PinNames.Lower(use.Identifier)}: GPIO{use.Gpio}\n");
            text.Append('\n');
        }

        var board = sheet.Board?.PlatformioBoard;
        text.Append("esphome:\n  name: ").Append(Name(sheet)).Append("\n\nesp32:\n  variant: ").Append(sheet.Chip.Id.ToUpperInvariant()).Append('\n');
        if (board is not null)
            text.Append("  board: ").Append(board).Append('\n');
        if (sheet.Plan.Module is null && sheet.Board?.FlashBytes >> 20 is { } megabytes and (2 or 4 or 8 or 16 or 32))
            text.Append(CultureInfo.InvariantCulture, $"  flash_size: {megabytes}MB\n");
        text.Append("  framework:\n    type: esp-idf\n\nlogger:\n");
        text.Append(sheet.Console switch
        {
            PlanConsole.UsbSerialJtag => "  hardware_uart: USB_SERIAL_JTAG\n",
            PlanConsole.UsbOtg => "  hardware_uart: USB_CDC\n",
            PlanConsole.None => "  baud_rate: 0\n",
            _ => "  hardware_uart: UART0\n",
        });
        if (sheet.Chip.Peripherals.Psram && sheet.Psram is { } psram and not PsramMode.None)
            text.Append("\npsram:\n  mode: ").Append(PlanWords.Word(PlanWords.PsramModes, psram)).Append('\n');
        foreach (var (domain, body) in components.Sections)
            text.Append('\n').Append(domain).Append(":\n").Append(body);
        text.Append('\n');
        regions.Write(text, "config");
        regions.WriteRest(text);
        return text.ToString();
    }

    // ESPHome takes at most 31 characters.
    private static string Name(PinSheet sheet)
    {
        var name = (sheet.Board?.Id ?? sheet.Chip.Id) is { Length: > 31 } id ? id[..31].TrimEnd('-') : sheet.Board?.Id ?? sheet.Chip.Id;
        return name;
    }
}
