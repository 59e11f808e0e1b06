using System.Buffers;
using System.Text.Json;

namespace EspForge.PinRules;

/// <summary>Writes a report as JSON: <c>{ "findings": [ … ] }</c>.</summary>
public static class PinReportWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <paramref name="report"/> as indented UTF-8.</summary>
    public static void Write(PinReport report, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        using var json = new Utf8JsonWriter(output, Options);
        Write(report, json);
    }

    /// <summary>Writes <paramref name="report"/> as one JSON object.</summary>
    public static void Write(PinReport report, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings)
            Write(finding, json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes one finding as a JSON object.</summary>
    public static void Write(PinFinding finding, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(finding);
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("rule", finding.Rule);
        json.WriteString("class", finding.Class);
        json.WriteString("severity", finding.Severity switch { PinSeverity.Error => "error", PinSeverity.Warning => "warning", _ => "info" });
        WriteGpios(json, finding.Gpios);
        json.WriteString("message", finding.Message);
        json.WriteString("source", finding.Source);
        json.WriteStartArray("repairs");
        foreach (var repair in finding.Repairs)
            WriteRepair(json, finding, repair);
        json.WriteEndArray();
        json.WriteString("overridden", finding.Overridden);
        json.WriteEndObject();
    }

    private static void WriteRepair(Utf8JsonWriter json, PinFinding finding, PinRepair repair)
    {
        json.WriteStartObject();
        json.WriteString("label", repair.Label);
        json.WriteString("kind", repair.Change.Kind switch
        {
            PinChangeKind.Move => "move",
            PinChangeKind.Remove => "remove",
            PinChangeKind.SetUse => "setUse",
            PinChangeKind.SetPlan => "setPlan",
            _ => "override",
        });
        WriteNumber(json, "use", finding.UseIndexOf(repair));
        WriteNumber(json, "gpio", repair.Change.To);
        json.WriteString("field", repair.Change.Field);
        json.WriteString("value", repair.Change.Value);
        WriteGpios(json, repair.Change.Gpios ?? []);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private static void WriteGpios(Utf8JsonWriter json, IReadOnlyList<int> gpios)
    {
        json.WriteStartArray("gpios");
        foreach (var gpio in gpios)
            json.WriteNumberValue(gpio);
        json.WriteEndArray();
    }
}
