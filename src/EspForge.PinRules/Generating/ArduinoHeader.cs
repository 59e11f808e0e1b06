using System.Globalization;
using System.Text;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A header for Arduino: a <c>constexpr</c> a use, and <c>pinsBegin()</c> that sets directions, pulls and buses.</summary>
internal sealed class ArduinoHeader : IPinGenerator
{
    public string Id => "arduino";

    public string Title => "Arduino header with setup";

    public string FileName => "pins.h";

    public string MediaType => "text/x-c++";

    public CommentStyle Comments => CommentStyle.C;

    public string Write(PinSheet sheet, UserRegions regions)
    {
        var buses = PinBuses.Of(sheet);
        var width = sheet.Uses.Select(use => use.Identifier.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        text.Append("/* ").Append(PinNames.Comment(sheet.Opening)).Append(" */\n#pragma once\n\n#include <Arduino.h>\n");
        var i2c = buses.Where(bus => bus.Peripheral == PinPeripheral.I2c && bus.Index is >= 0 and <= 1 && bus.Has("sda", "scl")).ToList();
        var spi = buses.FirstOrDefault(bus => bus.Peripheral == PinPeripheral.Spi && bus.Has("sck") && (bus["miso"] ?? bus["mosi"]) is not null);
        if (i2c.Count > 0)
            text.Append("#include <Wire.h>\n");
        if (spi is not null)
            text.Append("#include <SPI.h>\n");
        text.Append('\n');
        foreach (var use in sheet.Uses)
        {
            text.Append("constexpr uint8_t ").Append(use.Identifier.PadRight(width)).Append(" = ");
            text.Append(use.Gpio.ToString(CultureInfo.InvariantCulture)).Append("; /* ").Append(PinNames.Comment(use.Remark)).Append(" */\n");
        }

        foreach (var (name, value) in sheet.Uses.SelectMany(use => use.Constants))
            text.Append(CultureInfo.InvariantCulture, $"constexpr uint32_t {name} = {value};\n");
        text.Append(sheet.Uses.Count > 0 ? "\n" : "");
        regions.Write(text, "pins");
        text.Append("\n/* Directions, pulls and buses as the plan has them. Call it first in setup(). */\ninline void pinsBegin() {\n");
        foreach (var use in sheet.Uses)
        {
            if (!IsPwm(use) && Mode(use) is { } mode)
                text.Append("  pinMode(").Append(use.Identifier).Append(", ").Append(mode).Append(");\n");
        }

        WritePwm(text, [.. sheet.Uses.Where(IsPwm)]);
        foreach (var bus in i2c)
        {
            var timed = bus["scl"]!.Use.FrequencyHz is not null ? bus["scl"] : bus["sda"]!.Use.FrequencyHz is not null ? bus["sda"] : null;
            text.Append("  Wire").Append(bus.Index == 1 ? "1" : "").Append(".begin(").Append(bus["sda"]!.Identifier).Append(", ").Append(bus["scl"]!.Identifier);
            text.Append(timed is null ? "" : ", " + timed.FrequencyName).Append(");\n");
        }

        if (spi is not null)
            text.Append("  SPI.begin(").Append(spi["sck"]!.Identifier).Append(", ").Append(Pin(spi["miso"])).Append(", ").Append(Pin(spi["mosi"])).Append(", ").Append(Pin(spi["cs"])).Append(");\n");
        foreach (var bus in buses.Where(bus => bus.Peripheral == PinPeripheral.Uart && bus.Index >= 1 && bus.Index < sheet.Chip.Peripherals.Uart && (bus["tx"] ?? bus["rx"]) is not null))
            text.Append(CultureInfo.InvariantCulture, $"  Serial{bus.Index}.begin(115200, SERIAL_8N1, {Pin(bus["rx"])}, {Pin(bus["tx"])});\n");
        regions.Write(text, "begin", "  ");
        text.Append("}\n");
        regions.WriteRest(text);
        return text.ToString();
    }

    // A PWM output whose frequency the plan says.
    private static bool IsPwm(NamedUse use) => use.Use.FrequencyHz is not null && PinFunction.Read(use.Use).Peripheral == PinPeripheral.Ledc;

    // Version 3 of the core finds the channels itself.
    private static void WritePwm(StringBuilder text, List<NamedUse> uses)
    {
        if (uses.Count == 0)
            return;
        text.Append("#if defined(ESP_ARDUINO_VERSION_MAJOR) && ESP_ARDUINO_VERSION_MAJOR >= 3\n");
        foreach (var use in uses)
            text.Append("  ledcAttach(").Append(use.Identifier).Append(", ").Append(use.FrequencyName).Append(", ").Append(Bits(use)).Append(");\n");
        text.Append("#else\n");
        var taken = uses.Select(use => PinFunction.Read(use.Use).Index).Where(index => index >= 0).ToHashSet();
        foreach (var use in uses)
        {
            var channel = PinFunction.Read(use.Use).Index;
            for (var free = 0; channel < 0; free++)
                channel = taken.Add(free) ? free : -1;
            text.Append(CultureInfo.InvariantCulture, $"  ledcSetup({channel}, {use.FrequencyName}, {Bits(use)});\n  ledcAttachPin({use.Identifier}, {channel});\n");
        }

        text.Append("#endif\n");
    }

    // Where the plan says no resolution: eight bits, or what the 40 MHz that every chip's timers reach allow.
    private static string Bits(NamedUse use)
    {
        if (use.Use.ResolutionBits is not null)
            return "RESOLUTION_BITS_" + use.Identifier["PIN_".Length..];
        var bits = 8;
        while (bits > 1 && (long)use.Use.FrequencyHz!.Value << bits > 40_000_000)
            bits--;
        return bits.ToString(CultureInfo.InvariantCulture);
    }

    private static string Pin(NamedUse? use) => use?.Identifier ?? "-1";

    // What a library sets up itself is left to it: a part on a bus line, a peripheral.
    private static string? Mode(NamedUse use)
    {
        var function = PinFunction.Read(use.Use);
        if (function.Peripheral is not (PinPeripheral.Part or PinPeripheral.Ledc) || function.Line is not (BusLine.None or BusLine.Reset or BusLine.Enable or BusLine.Interrupt))
            return null;
        return use.Direction switch
        {
            PinDirection.Out => "OUTPUT",
            PinDirection.In => use.Use.Pull switch
            {
                PinPull.Up => "INPUT_PULLUP",
                PinPull.Down => "INPUT_PULLDOWN",
                _ => "INPUT",
            },
            _ => null,
        };
    }
}
