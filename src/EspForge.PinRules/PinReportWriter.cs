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
            WriteFinding(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, PinFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("rule", finding.Rule);
        json.WriteString("class", finding.Class);
        json.WriteString("severity", finding.Severity switch { PinSeverity.Error => "error", PinSeverity.Warning => "warning", _ => "info" });
        WriteGpios(json, finding.Gpios);
        json.WriteString("message", finding.Message);
        json.WriteString("source", finding.Source);
        if (finding.Overridden is { } reason)
            json.WriteString("overridden", reason);
        json.WriteStartArray("repairs");
        foreach (var repair in finding.Repairs)
        {
            json.WriteStartObject();
            json.WriteString("label", repair.Label);
            json.WriteStartObject("change");
            WriteChange(json, repair.Change);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteChange(Utf8JsonWriter json, PinChange change)
    {
        json.WriteString("kind", change.Kind switch
        {
            PinChangeKind.Move => "move",
            PinChangeKind.Remove => "remove",
            PinChangeKind.SetUse => "setUse",
            PinChangeKind.SetPlan => "setPlan",
            _ => "override",
        });
        if (change.Use is { } use)
        {
            json.WriteString("function", use.Function);
            if (use.Signal is not null)
                json.WriteString("signal", use.Signal);
            json.WriteNumber("gpio", use.Gpio);
        }

        if (change.To is { } to)
            json.WriteNumber("to", to);
        if (change.Kind == PinChangeKind.Override)
        {
            json.WriteString("rule", change.Field);
            WriteGpios(json, change.Gpios ?? []);
            json.WriteString("reason", change.Value);
        }
        else if (change.Field is not null)
        {
            json.WriteString("field", change.Field);
            json.WriteString("value", change.Value);
        }
    }

    private static void WriteGpios(Utf8JsonWriter json, IReadOnlyList<int> gpios)
    {
        json.WriteStartArray("gpios");
        foreach (var gpio in gpios)
            json.WriteNumberValue(gpio);
        json.WriteEndArray();
    }
}
