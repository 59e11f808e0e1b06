using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EspForge.PinRules;

/// <summary>The plan's file, for a log that points into it.</summary>
/// <param name="Uri">Its relative URI or path.</param>
/// <param name="Json">Its bytes, where the plan was read from them; null gives no lines.</param>
public sealed record PlanArtifact(string Uri, ReadOnlyMemory<byte>? Json = null);

/// <summary>The findings as SARIF 2.1.0, for code scanning. Accepted findings are suppressed results with their reason.</summary>
public sealed class SarifLog : IPinGenerator
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n" };

    private readonly PlanArtifact _artifact;

    /// <summary>A log about <c>plan.json</c> without lines.</summary>
    public SarifLog()
        : this(new PlanArtifact("plan.json"))
    {
    }

    /// <summary>A log about a file.</summary>
    public SarifLog(PlanArtifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        _artifact = artifact;
    }

    /// <inheritdoc/>
    public string Id => "sarif";

    /// <inheritdoc/>
    public string Title => "SARIF log of findings";

    /// <inheritdoc/>
    public string FileName => "pins.sarif";

    /// <inheritdoc/>
    public string MediaType => "application/sarif+json";

    /// <inheritdoc/>
    public CommentStyle? Comments => null;

    /// <inheritdoc/>
    public string Write(PinSheet sheet, UserRegions regions)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        return Write([(sheet, _artifact)]);
    }

    /// <summary>One log, with one run, about several plans.</summary>
    public static string Write(IReadOnlyList<(PinSheet Sheet, PlanArtifact Artifact)> plans)
    {
        ArgumentNullException.ThrowIfNull(plans);
        var rules = plans.SelectMany(plan => plan.Sheet.Report.Findings).Select(finding => (finding.Rule, finding.Class)).Distinct().OrderBy(rule => rule.Rule, StringComparer.Ordinal).ToList();
        var buffer = new ArrayBufferWriter<byte>();
        using (var log = new Utf8JsonWriter(buffer, Options))
        {
            log.WriteStartObject();
            log.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            log.WriteString("version", "2.1.0");
            log.WriteStartArray("runs");
            log.WriteStartObject();
            WriteTool(log, rules);
            log.WriteString("columnKind", "utf16CodeUnits");
            log.WriteStartArray("results");
            foreach (var (sheet, artifact) in plans)
            {
                var lines = artifact.Json is { } json ? PlanLines.Of(json.Span) : PlanLines.None;
                var uri = Uri(artifact.Uri);
                foreach (var finding in sheet.Report.Findings)
                    WriteResult(log, sheet, finding, rules.FindIndex(rule => string.Equals(rule.Rule, finding.Rule, StringComparison.Ordinal)), uri, lines);
            }

            log.WriteEndArray();
            log.WriteEndObject();
            log.WriteEndArray();
            log.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteTool(Utf8JsonWriter log, List<(string Rule, string Class)> rules)
    {
        log.WriteStartObject("tool");
        log.WriteStartObject("driver");
        log.WriteString("name", "espforge");
        log.WriteString("semanticVersion", typeof(SarifLog).Assembly.GetName().Version?.ToString(3) ?? "0.0.0");
        log.WriteStartArray("rules");
        foreach (var (rule, name) in rules)
        {
            log.WriteStartObject();
            log.WriteString("id", rule);
            log.WriteString("name", string.Concat(name.Split('-').Select(word => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..])));
            WriteMessage(log, "shortDescription", $"A pin finding of class {name}.");
            log.WriteEndObject();
        }

        log.WriteEndArray();
        log.WriteEndObject();
        log.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter log, PinSheet sheet, PinFinding finding, int ruleIndex, string uri, PlanLines lines)
    {
        log.WriteStartObject();
        log.WriteString("ruleId", finding.Rule);
        log.WriteNumber("ruleIndex", ruleIndex);
        log.WriteString("level", finding.Severity switch { PinSeverity.Error => "error", PinSeverity.Warning => "warning", _ => "note" });
        WriteMessage(log, "message", finding.Message);
        log.WriteStartArray("locations");
        var located = false;
        for (var i = 0; i < sheet.Plan.Uses.Count; i++)
        {
            if (!finding.Gpios.Contains(sheet.Plan.Uses[i].Gpio))
                continue;
            located = true;
            WriteLocation(log, uri, string.Create(CultureInfo.InvariantCulture, $"$.uses[{i}]"), lines.UseAt(i));
        }

        if (!located)
            WriteLocation(log, uri, "$", lines.Root);
        log.WriteEndArray();
        log.WriteStartObject("partialFingerprints");
        log.WriteString("espforgePinFinding/v1", $"{finding.Rule}:{string.Join(',', finding.Gpios.Select(gpio => gpio.ToString(CultureInfo.InvariantCulture)))}");
        log.WriteEndObject();
        if (finding.Overridden is { } reason)
        {
            log.WriteStartArray("suppressions");
            log.WriteStartObject();
            log.WriteString("kind", "inSource");
            log.WriteString("justification", reason);
            log.WriteEndObject();
            log.WriteEndArray();
        }

        log.WriteStartObject("properties");
        log.WriteString("class", finding.Class);
        log.WriteString("source", finding.Source);
        log.WriteEndObject();
        log.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter log, string uri, string path, (int Line, int Column)? place)
    {
        log.WriteStartObject();
        log.WriteStartObject("physicalLocation");
        log.WriteStartObject("artifactLocation");
        log.WriteString("uri", uri);
        log.WriteEndObject();
        if (place is { } start)
        {
            log.WriteStartObject("region");
            log.WriteNumber("startLine", start.Line);
            log.WriteNumber("startColumn", start.Column);
            log.WriteEndObject();
        }

        log.WriteEndObject();
        log.WriteStartArray("logicalLocations");
        log.WriteStartObject();
        log.WriteString("fullyQualifiedName", path);
        log.WriteString("kind", "member");
        log.WriteEndObject();
        log.WriteEndArray();
        log.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter log, string name, string text)
    {
        log.WriteStartObject(name);
        log.WriteString("text", text);
        log.WriteEndObject();
    }

    private static string Uri(string path) => string.Join('/', path.Split('/', '\\').Select(System.Uri.EscapeDataString));
}
