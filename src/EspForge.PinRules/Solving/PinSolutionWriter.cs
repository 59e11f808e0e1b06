using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EspForge.PinRules;

/// <summary>Writes a solution as JSON.</summary>
public static class PinSolutionWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes <paramref name="solution"/> as indented UTF-8.</summary>
    public static void Write(PinSolution solution, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(solution);
        ArgumentNullException.ThrowIfNull(output);
        using var json = new Utf8JsonWriter(output, Options);
        Write(solution, json);
    }

    /// <summary>Writes <paramref name="solution"/> as one JSON object.</summary>
    public static void Write(PinSolution solution, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(solution);
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        if (solution.Plan is { } plan)
        {
            json.WritePropertyName("plan");
            var bytes = new ArrayBufferWriter<byte>();
            PinPlanWriter.Write(plan, bytes);
            json.WriteRawValue(bytes.WrittenSpan);
        }
        else
        {
            json.WriteNull("plan");
        }

        WriteConflict(json, solution.Conflict);
        json.WriteStartArray("placements");
        foreach (var placement in solution.Placements)
            WritePlacement(json, placement);
        json.WriteEndArray();
        json.WriteBoolean("optimal", solution.IsOptimal);
        if (solution.Plan is not null)
        {
            WriteCost(json, "cost", solution.Cost);
            WriteCost(json, "bound", solution.Bound);
        }

        json.WriteStartObject("statistics");
        json.WriteNumber("nodes", solution.Nodes);
        json.WriteNumber("assignments", solution.Assignments);
        json.WriteEndObject();
        if (solution.Report is { } report)
        {
            json.WriteStartArray("findings");
            foreach (var finding in report.Findings)
                PinReportWriter.Write(finding, json);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes a cost as an object of its levels, first level first.</summary>
    public static void WriteCost(Utf8JsonWriter json, string name, PinCost cost)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject(name);
        json.WriteNumber("moved", cost.Moved);
        json.WriteNumber("risk", cost.Risk);
        json.WriteNumber("matrix", cost.Matrix);
        json.WriteNumber("neighbourhood", cost.Neighbourhood);
        json.WriteNumber("numbers", cost.Numbers);
        json.WriteEndObject();
    }

    private static void WriteConflict(Utf8JsonWriter json, PinConflict? conflict)
    {
        if (conflict is null)
        {
            json.WriteNull("conflict");
            return;
        }

        json.WriteStartObject("conflict");
        json.WriteString("kind", conflict.Kind switch { PinConflictKind.Pins => "pins", PinConflictKind.Instances => "instances", _ => "rule" });
        json.WriteStartArray("uses");
        foreach (var use in conflict.Uses)
            json.WriteStringValue(use);
        json.WriteEndArray();
        WriteNumbers(json, "needs", conflict.Needs);
        WriteNumbers(json, "gpios", conflict.Gpios);
        json.WriteString("message", conflict.Message);
        json.WriteEndObject();
    }

    private static void WritePlacement(Utf8JsonWriter json, PinPlacement placement)
    {
        json.WriteStartObject();
        json.WriteString("name", placement.Name);
        if (placement.Need is { } need)
            json.WriteNumber("need", need);
        else
            json.WriteNull("need");
        json.WriteNumber("item", placement.Item);
        json.WriteNumber("gpio", placement.Use.Gpio);
        json.WriteString("function", placement.Use.Function);
        json.WriteString("signal", placement.Use.Signal);
        if (placement.Before is { } before)
            json.WriteNumber("before", before);
        else
            json.WriteNull("before");
        WriteCost(json, "cost", placement.Cost);
        json.WriteString("why", placement.Why);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
