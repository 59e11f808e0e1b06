using System.Globalization;
using System.Text;

namespace EspForge.PinRules;

/// <summary>
/// A devicetree overlay for Zephyr: pin control and status of UART, I2C, SPI, LEDC, TWAI, I2S, motor PWM, pulse counter, RMT, SD host, Ethernet and camera
/// as far as the chip has macros for them, ADC and DAC channels, LEDs and keys with their aliases. Every other use is a <c>…-gpios</c> property of <c>/zephyr,user</c>.
/// </summary>
internal sealed class ZephyrOverlay : IPinGenerator
{
    public string Id => "zephyr";

    public string Title => "Zephyr devicetree overlay";

    public string FileName => "app.overlay";

    public string MediaType => "text/x-dts";

    public CommentStyle Comments => CommentStyle.C;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var nodes = new ZephyrNodes(sheet);
        var text = new StringBuilder();
        text.Append("/* ").Append(PinNames.Comment(sheet.Opening)).Append(" */\n");
        text.Append("#include <zephyr/dt-bindings/adc/adc.h>\n#include <zephyr/dt-bindings/gpio/gpio.h>\n#include <zephyr/dt-bindings/input/input-event-codes.h>\n");
        text.Append("#include <zephyr/dt-bindings/pinctrl/").Append(sheet.Chip.Id).Append("-pinctrl.h>\n\n/ {\n");
        if (nodes.Console is { } console)
            text.Append("\tchosen {\n\t\tzephyr,console = &").Append(console).Append(";\n\t\tzephyr,shell-uart = &").Append(console).Append(";\n\t};\n\n");
        Block(text, "aliases", nodes.Aliases);
        Block(text, "leds", nodes.Leds);
        Block(text, "buttons", nodes.Keys);
        Block(text, "zephyr,user", nodes.User);
        regions.Write(text, "root", "\t");
        text.Append("};\n");
        if (nodes.PinControl.Length > 0)
            text.Append("\n&pinctrl {\n").Append(nodes.PinControl).Append("};\n");
        text.Append(nodes.Peripherals).Append('\n');
        regions.Write(text, "nodes");
        regions.WriteRest(text);
        return text.ToString();
    }

    private static void Block(StringBuilder text, string name, StringBuilder body)
    {
        if (body.Length > 0)
            text.Append('\t').Append(name).Append(" {\n").Append(body).Append("\t};\n\n");
    }
}
