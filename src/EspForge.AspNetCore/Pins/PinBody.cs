using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Boards;
using EspForge.PinRules;
using Microsoft.AspNetCore.Http;

namespace EspForge.AspNetCore;

/// <summary>Reads what the endpoints of pins and boards are sent: strictly, and with the place in the refusal.</summary>
internal static class PinBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 12, AllowDuplicateProperties = false };

    /// <summary>The body's bytes, or why not: 415, 413, 400.</summary>
    public static async Task<(byte[]? Bytes, ApiRefusal? Refusal)> ReadAsync(HttpRequest request, int most, string what, CancellationToken cancel)
    {
        if (!request.HasJsonContentType())
            return (null, new ApiRefusal(new Fault("unsupported-media-type", $"{what} is sent as application/json.")));
        if (await BoundedBody.ReadAsync(request, most, cancel) is not { } bytes)
            return (null, new ApiRefusal(new Fault("too-large", string.Create(CultureInfo.InvariantCulture, $"{what} is at most {most:N0} bytes."))));
        if (bytes.Length == 0)
            return (null, Invalid("plan-invalid", "$ is empty: a JSON body is required."));
        return JsonFaults.HoldsHalfCharacters(bytes) ? (null, Invalid("plan-invalid", "$ holds a string that is not valid Unicode.")) : (bytes, null);
    }

    /// <summary>The body as an object of no other fields than <paramref name="known"/>, all of <paramref name="required"/> among them.</summary>
    public static async Task<(JsonObject? Body, ApiRefusal? Refusal)> ReadObjectAsync(
        HttpRequest request, int most, IReadOnlyList<string> required, IReadOnlyList<string> known, CancellationToken cancel)
    {
        var (bytes, refusal) = await ReadAsync(request, most, "The request", cancel);
        if (bytes is null)
            return (null, refusal);
        JsonObject? body;
        try
        {
            body = JsonNode.Parse(bytes, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException error)
        {
            return (null, Invalid("plan-invalid", error.LineNumber is null
                ? "$ is not valid JSON: a field is there twice."
                : $"$ is not valid JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}."));
        }

        if (body is null)
            return (null, Invalid("plan-invalid", $"$ is an object with the fields {string.Join(", ", known)}."));
        foreach (var (name, _) in body)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
                return (null, Invalid("plan-invalid", $"$ has an unknown field; known are {string.Join(", ", known)}."));
        }

        foreach (var name in required)
        {
            if (body[name] is null)
                return (null, Invalid("plan-invalid", $"$.{name} is missing."));
        }

        return (body, null);
    }

    /// <summary>A plan in a field of a request.</summary>
    public static Outcome<PinPlan> Plan(JsonObject body, string field, BoardCatalog catalog)
    {
        if (body[field] is not JsonObject sent)
            return new Fault("plan-invalid", $"$.{field} is a plan: an object.");
        return PinPlanReader.Read(JsonSerializer.SerializeToUtf8Bytes(sent), catalog).TryGet(out var plan, out var fault)
            ? plan
            : new Fault("plan-invalid", string.Concat($"$.{field}", fault.Message.AsSpan(1)));
    }

    /// <summary>A text in a field that may be left out.</summary>
    public static Outcome<string> Text(JsonObject body, string field, int most) =>
        body[field] switch
        {
            null => "",
            JsonValue value when value.TryGetValue<string>(out var text) && text.Length <= most => text,
            _ => new Fault("plan-invalid", string.Create(CultureInfo.InvariantCulture, $"$.{field} is a text of at most {most:N0} characters.")),
        };

    /// <summary>400 with the place, which the readers' messages begin with.</summary>
    public static ApiRefusal Invalid(string code, string message)
    {
        var end = message.IndexOf(' ', StringComparison.Ordinal);
        return new(new Fault(code, message), [new ApiDetail(end > 0 && message[0] == '$' ? message[..end] : "$", message)]);
    }

    public static ApiRefusal Invalid(Fault fault) => Invalid("plan-invalid", fault.Message);
}
