using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace EspForge.PinRules;

/// <summary>Writes a plan as the JSON that <see cref="PinPlanReader"/> reads. Fields that say nothing are left out.</summary>
public static class PinPlanWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n" };

    /// <summary>Writes <paramref name="plan"/> as indented UTF-8.</summary>
    public static void Write(PinPlan plan, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(output);
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        WriteText(json, "board", plan.Board);
        WriteText(json, "chip", plan.Chip);
        WriteText(json, "module", plan.Module);
        WriteText(json, "flashMode", plan.FlashMode is { } flash ? PlanWords.Word(PlanWords.FlashModes, flash) : null);
        WriteText(json, "psram", plan.Psram is { } psram ? PlanWords.Word(PlanWords.PsramModes, psram) : null);
        if (plan.VddSpiMillivolts is { } millivolts)
            json.WriteNumber("vddSpiMillivolts", millivolts);
        if (plan.Efuses.Count > 0)
        {
            json.WriteStartArray("efuses");
            foreach (var efuse in plan.Efuses)
                json.WriteStringValue(efuse);
            json.WriteEndArray();
        }

        if (plan.Wifi is { } wifi)
            json.WriteBoolean("wifi", wifi);
        WriteText(json, "console", plan.Console is { } console ? PlanWords.Word(PlanWords.Consoles, console) : null);
        WriteExternalPull(json, plan);
        WriteWake(json, plan);
        if (plan.Interrupts.Count > 0)
            WriteGpios(json, "interrupts", plan.Interrupts);
        json.WriteStartArray("uses");
        foreach (var use in plan.Uses)
            WriteUse(json, use);
        json.WriteEndArray();
        WriteOverrides(json, plan);
        json.WriteEndObject();
    }

    /// <summary>The bytes of <see cref="Write"/>. Two plans that say the same have the same bytes.</summary>
    public static byte[] ToUtf8(PinPlan plan)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(plan, output);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteExternalPull(Utf8JsonWriter json, PinPlan plan)
    {
        if (plan.ExternalPull.Count == 0)
            return;
        json.WriteStartObject("externalPull");
        foreach (var (gpio, pull) in plan.ExternalPull.OrderBy(pair => pair.Key))
            json.WriteString(gpio.ToString(CultureInfo.InvariantCulture), PlanWords.Word(PlanWords.Pulls, pull));
        json.WriteEndObject();
    }

    private static void WriteWake(Utf8JsonWriter json, PinPlan plan)
    {
        if (plan.Wake.Count == 0)
            return;
        json.WriteStartObject("wake");
        foreach (var (source, gpios) in plan.Wake.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            WriteGpios(json, source, gpios);
        json.WriteEndObject();
    }

    private static void WriteUse(Utf8JsonWriter json, PinUse use)
    {
        json.WriteStartObject();
        json.WriteNumber("gpio", use.Gpio);
        json.WriteString("function", use.Function);
        WriteText(json, "signal", use.Signal);
        WriteText(json, "direction", use.Direction is { } direction ? PlanWords.Word(PlanWords.Directions, direction) : null);
        WriteText(json, "pull", use.Pull is { } pull ? PlanWords.Word(PlanWords.Pulls, pull) : null);
        WriteNumber(json, "frequencyHz", use.FrequencyHz);
        WriteNumber(json, "resolutionBits", use.ResolutionBits);
        WriteNumber(json, "driveMilliamps", use.DriveMilliamps);
        WriteNumber(json, "rmtSymbols", use.RmtSymbols);
        if (use.Hold is { } hold)
            json.WriteBoolean("hold", hold);
        json.WriteEndObject();
    }

    private static void WriteOverrides(Utf8JsonWriter json, PinPlan plan)
    {
        if (plan.Overrides.Count == 0)
            return;
        json.WriteStartArray("overrides");
        foreach (var entry in plan.Overrides)
        {
            json.WriteStartObject();
            json.WriteString("rule", entry.Rule);
            WriteGpios(json, "gpios", entry.Gpios);
            json.WriteString("reason", entry.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGpios(Utf8JsonWriter json, string name, IReadOnlyList<int> gpios)
    {
        json.WriteStartArray(name);
        foreach (var gpio in gpios)
            json.WriteNumberValue(gpio);
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
