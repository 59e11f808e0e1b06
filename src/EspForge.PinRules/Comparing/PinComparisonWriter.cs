using System.Buffers;
using System.Text.Json;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Writes a comparison as JSON: <c>{ "same", "differences": [ { "kind", "sentence", … } ] }</c>. Fields that say nothing are left out.</summary>
public static class PinComparisonWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <paramref name="comparison"/> as indented UTF-8.</summary>
    public static void Write(PinComparison comparison, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(output);
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteBoolean("same", comparison.IsSame);
        json.WriteStartArray("differences");
        foreach (var difference in comparison.Differences)
            Write(json, difference);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PinDifference difference)
    {
        json.WriteStartObject();
        json.WriteString("kind", KindWord(difference.Kind));
        json.WriteString("sentence", difference.Sentence);
        if (difference.Field is not null)
        {
            json.WriteString("field", difference.Field);
            json.WriteString("from", difference.From);
            json.WriteString("to", difference.To);
        }

        WriteUse(json, "oldUse", difference.OldUse);
        WriteUse(json, "newUse", difference.NewUse);
        if (difference.Override is { } entry)
        {
            json.WriteString("rule", entry.Rule);
            json.WriteString("reason", entry.Reason);
            WriteGpios(json, entry.Gpios);
        }

        if (difference.Finding is { } finding)
        {
            json.WriteString("rule", finding.Rule);
            json.WriteString("class", finding.Class);
            json.WriteString("severity", PinSheet.SeverityWord(finding.Severity));
            WriteGpios(json, finding.Gpios);
        }

        json.WriteEndObject();
    }

    /// <summary>The kind as JSON and the command line have it: <c>moved</c>, <c>no-longer-accepted</c> …</summary>
    public static string KindWord(PinDifferenceKind kind) => kind switch
    {
        PinDifferenceKind.Hardware => "hardware",
        PinDifferenceKind.Moved => "moved",
        PinDifferenceKind.Added => "added",
        PinDifferenceKind.Removed => "removed",
        PinDifferenceKind.Changed => "changed",
        PinDifferenceKind.Accepted => "accepted",
        PinDifferenceKind.NoLongerAccepted => "no-longer-accepted",
        PinDifferenceKind.Appeared => "appeared",
        _ => "gone",
    };

    private static void WriteUse(Utf8JsonWriter json, string name, PinUse? use)
    {
        if (use is null)
            return;
        json.WriteStartObject(name);
        json.WriteNumber("gpio", use.Gpio);
        json.WriteString("function", use.Function);
        if (use.Signal is not null)
            json.WriteString("signal", use.Signal);
        if (use.Direction is { } direction)
            json.WriteString("direction", PlanWords.Word(PlanWords.Directions, direction));
        if (use.Pull is { } pull and not PinPull.UsbUp)
            json.WriteString("pull", PlanWords.Word(PlanWords.Pulls, pull));
        WriteNumber(json, "frequencyHz", use.FrequencyHz);
        WriteNumber(json, "resolutionBits", use.ResolutionBits);
        WriteNumber(json, "driveMilliamps", use.DriveMilliamps);
        WriteNumber(json, "rmtSymbols", use.RmtSymbols);
        if (use.Hold is { } hold)
            json.WriteBoolean("hold", hold);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
    }

    private static void WriteGpios(Utf8JsonWriter json, IReadOnlyList<int> gpios)
    {
        json.WriteStartArray("gpios");
        foreach (var gpio in gpios)
            json.WriteNumberValue(gpio);
        json.WriteEndArray();
    }
}
