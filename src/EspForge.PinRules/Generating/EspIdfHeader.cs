using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A header for ESP-IDF: <c>gpio_num_t</c> constants, and <c>pins_configure()</c> for the parts on plain GPIO. Peripheral drivers set up their own pins.</summary>
internal sealed class EspIdfHeader : IPinGenerator
{
    public string Id => "esp-idf";

    public string Title => "ESP-IDF header";

    public string FileName => "pins.h";

    public string MediaType => "text/x-c";

    public CommentStyle Comments => CommentStyle.C;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var width = sheet.Uses.Select(use => use.Identifier.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        text.Append("/* ").Append(PinNames.Comment(sheet.Opening)).Append(" */\n");
        text.Append("#ifndef PINS_H\n#define PINS_H\n\n#include \"driver/gpio.h\"\n#include \"esp_err.h\"\n\n");
        foreach (var use in sheet.Uses)
        {
            var gpio = use.Gpio.ToString(CultureInfo.InvariantCulture);
            var value = sheet.Chip.FindPin(use.Gpio) is null ? $"((gpio_num_t){gpio})" : $"GPIO_NUM_{gpio}";
            text.Append("#define ").Append(use.Identifier.PadRight(width)).Append(' ').Append(value.PadRight(11));
            text.Append(" /* ").Append(PinNames.Comment(use.Remark)).Append(" */\n");
        }

        text.Append(sheet.Uses.Count > 0 ? "\n" : "");
        regions.Write(text, "pins");
        text.Append("\n/* Direction and pull of the parts on plain GPIO. */\nstatic inline esp_err_t pins_configure(void)\n{\n    esp_err_t err = ESP_OK;\n");
        foreach (var use in sheet.Uses.Where(use => PinFunction.Read(use.Use).Peripheral == PinPeripheral.Part && sheet.Chip.FindPin(use.Gpio) is not null))
        {
            var mode = use.Direction switch
            {
                PinDirection.In => "GPIO_MODE_INPUT",
                PinDirection.Out => "GPIO_MODE_OUTPUT",
                PinDirection.Io => "GPIO_MODE_INPUT_OUTPUT_OD",
                _ => null,
            };
            if (mode is null || PinFunction.Read(use.Use).Line is not (BusLine.None or BusLine.Reset or BusLine.Enable or BusLine.Interrupt or BusLine.OneWire))
                continue;
            Step(text, $"gpio_set_direction({use.Identifier}, {mode})");
            if (use.Use.Pull is { } pull && sheet.Chip.FindPin(use.Gpio) is { InputOnly: false })
                Step(text, $"gpio_set_pull_mode({use.Identifier}, {(pull switch { PinPull.Up => "GPIO_PULLUP_ONLY", PinPull.Down => "GPIO_PULLDOWN_ONLY", _ => "GPIO_FLOATING" })})");
        }

        regions.Write(text, "configure", "    ");
        text.Append("    return err;\n}\n");
        regions.WriteRest(text);
        return text.Append("\n#endif /* PINS_H */\n").ToString();
    }

    private static void Step(StringBuilder text, string call) =>
        text.Append("    if (err == ESP_OK) {\n        err = ").Append(call).Append(";\n    }\n");
}
