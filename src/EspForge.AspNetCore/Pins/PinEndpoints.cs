using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Boards;
using EspForge.PinRules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EspForge.AspNetCore;

/// <summary>What a pin may do (docs/api.md). Nothing is kept: a plan comes, an answer goes.</summary>
internal static class PinEndpoints
{
    private const int MaxCandidates = 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 10, AllowDuplicateProperties = false };

    public static void MapPins(this RouteGroupBuilder api)
    {
        var pins = api.MapGroup("pins").WithTags("pins").RequireAuthorization(Permissions.PinsCheck).WithoutIdempotencyKey();
        pins.MapPost("check", CheckAsync).WithName("checkPins").Accepts<PinPlanDocument>("application/json", ApiResults.AnyType);
        pins.MapPost("suggest", SuggestAsync).WithName("suggestPins").Accepts<PinSuggestDocument>("application/json", ApiResults.AnyType);
        pins.MapPost("code", CodeAsync).WithName("pinCode").Accepts<PinPlanDocument>("application/json", ApiResults.AnyType);
    }

    private static async Task<ApiResult<PinReportView>> CheckAsync(HttpRequest request, BoardCatalog catalog, CancellationToken cancel)
    {
        var (plan, refusal) = await ReadPlanAsync(request, catalog, cancel);
        return plan is null ? refusal! : PinReportView.Of(plan, PinChecker.Check(plan, catalog));
    }

    private static async Task<ApiResult<PinCodeView>> CodeAsync(HttpRequest request, BoardCatalog catalog, CancellationToken cancel)
    {
        var (plan, refusal) = await ReadPlanAsync(request, catalog, cancel);
        return plan is null ? refusal! : new PinCodeView("pins.h", PinHeader.Generate(plan, catalog));
    }

    private static async Task<ApiResult<SuggestionsView>> SuggestAsync(HttpRequest request, BoardCatalog catalog, CancellationToken cancel)
    {
        var (bytes, refusal) = await ReadAsync(request, cancel);
        if (bytes is null)
            return refusal!;
        JsonObject? body;
        try
        {
            body = JsonNode.Parse(bytes, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException error)
        {
            return Invalid(error.LineNumber is null ? "$ is not valid JSON: a field is there twice." : $"$ is not valid JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.");
        }

        if (body is null || body.Any(member => member.Key is not ("plan" or "use")) || body["plan"] is not JsonObject sent || body["use"] is not { } wanted)
            return Invalid("$ is an object with the fields 'plan' and 'use', and no others.");
        if (!PinPlanReader.Read(JsonSerializer.SerializeToUtf8Bytes(sent), catalog).TryGet(out var plan, out var fault))
            return Invalid(string.Concat("$.plan", fault.Message.AsSpan(1)));
        if (!Use(plan, wanted, catalog).TryGet(out var use, out var wrong))
            return Invalid(wrong.Message);

        var found = PinSuggester.Suggest(plan, use, catalog, MaxCandidates);
        return new SuggestionsView([.. found.Select(s => new CandidateView(
            s.Gpio, s.Label, s.Worst switch { null => "none", PinSeverity.Info => "info", _ => "warning" }, [.. s.Findings.Select(f => FindingView.Of(plan, f))]))]);
    }

    /// <summary>The use by its index in the plan, or as an object whose GPIO may be left open.</summary>
    private static Outcome<PinUse> Use(PinPlan plan, JsonNode wanted, BoardCatalog catalog)
    {
        if (wanted is JsonValue value)
        {
            return value.TryGetValue<int>(out var index) && index >= 0 && index < plan.Uses.Count
                ? plan.Uses[index]
                : new Fault("plan-invalid", "$.use is the index of a use of the plan, or a use.");
        }

        if (wanted is not JsonObject described)
            return new Fault("plan-invalid", "$.use is the index of a use of the plan, or a use.");
        var open = described["gpio"] is null;
        var use = (JsonObject)described.DeepClone();
        if (open)
            use["gpio"] = 0;
        var alone = new JsonObject { ["chip"] = catalog.ChipIds[0], ["uses"] = new JsonArray(use) };
        if (!PinPlanReader.Read(JsonSerializer.SerializeToUtf8Bytes(alone), catalog).TryGet(out var read, out var fault))
            return new Fault("plan-invalid", fault.Message.Replace("$.uses[0]", "$.use", StringComparison.Ordinal));

        // A number that no chip has: nothing is kept from being suggested.
        return open ? read.Uses[0] with { Gpio = Chip.MaxGpios } : read.Uses[0];
    }

    private static async Task<(PinPlan? Plan, ApiRefusal? Refusal)> ReadPlanAsync(HttpRequest request, BoardCatalog catalog, CancellationToken cancel)
    {
        var (bytes, refusal) = await ReadAsync(request, cancel);
        if (bytes is null)
            return (null, refusal);
        return PinPlanReader.Read(bytes, catalog).TryGet(out var plan, out var fault) ? (plan, null) : (null, Invalid(fault.Message));
    }

    private static async Task<(byte[]? Bytes, ApiRefusal? Refusal)> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasJsonContentType())
            return (null, new ApiRefusal(new Fault("unsupported-media-type", "Send the plan as application/json.")));
        var most = PinPlanReader.MaxBytes + 1_024;
        if (await BoundedBody.ReadAsync(request, most, cancel) is not { } bytes)
            return (null, new ApiRefusal(new Fault("too-large", string.Create(CultureInfo.InvariantCulture, $"A plan is at most {PinPlanReader.MaxBytes:N0} bytes."))));
        if (bytes.Length == 0)
            return (null, Invalid("$ is empty: a JSON body is required."));
        return JsonFaults.HoldsHalfCharacters(bytes) ? (null, Invalid("$ holds a string that is not valid Unicode.")) : (bytes, null);
    }

    /// <summary>The reader's messages begin with the place.</summary>
    private static ApiRefusal Invalid(string message)
    {
        var end = message.IndexOf(' ', StringComparison.Ordinal);
        return new(new Fault("plan-invalid", message), [new ApiDetail(end > 0 ? message[..end] : "$", message)]);
    }
}
