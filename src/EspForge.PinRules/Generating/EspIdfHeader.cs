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

        foreach (var (name, value) in sheet.Uses.SelectMany(use => use.Constants))
            text.Append(CultureInfo.InvariantCulture, $"#define {name.PadRight(width)} {value}\n");
        text.Append(sheet.Uses.Count > 0 ? "\n" : "");
        regions.Write(text, "pins");
        text.Append("\n/* Direction, pull and drive of the parts on plain GPIO. */\nstatic inline esp_err_t pins_configure(void)\n{\n    esp_err_t err = ESP_OK;\n");
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

        foreach (var use in sheet.Uses.Where(use => use.Use.DriveMilliamps is not null && sheet.Chip.FindPin(use.Gpio) is { InputOnly: false }))
            Step(text, $"gpio_set_drive_capability({use.Identifier}, GPIO_DRIVE_CAP_{Strength(use.Use.DriveMilliamps!.Value)})");
        regions.Write(text, "configure", "    ");
        text.Append("    return err;\n}\n");
        WriteHold(text, sheet);
        regions.WriteRest(text);
        return text.Append("\n#endif /* PINS_H */\n").ToString();
    }

    // The pads' four strengths are about 5, 10, 20 and 40 mA.
    private static int Strength(int milliamps) => milliamps switch { <= 5 => 0, <= 10 => 1, <= 20 => 2, _ => 3 };

    private static void WriteHold(StringBuilder text, PinSheet sheet)
    {
        var held = sheet.Uses.Where(use => use.Use.Hold == true && sheet.Chip.FindPin(use.Gpio) is not null).ToList();
        if (held.Count == 0)
            return;
        foreach (var (name, call, when) in new[] { ("pins_hold", "gpio_hold_en", "Holds the levels that have to last through deep sleep. Call it just before."), ("pins_release", "gpio_hold_dis", "Lets them go again. Call it after waking, once the pins are configured.") })
        {
            text.Append("\n/* ").Append(when).Append(" */\nstatic inline esp_err_t ").Append(name).Append("(void)\n{\n    esp_err_t err = ESP_OK;\n");
            foreach (var use in held.DistinctBy(use => use.Gpio))
                Step(text, $"{call}({use.Identifier})");
            text.Append("    return err;\n}\n");
        }
    }

    private static void Step(StringBuilder text, string call) =>
        text.Append("    if (err == ESP_OK) {\n        err = ").Append(call).Append(";\n    }\n");
}
