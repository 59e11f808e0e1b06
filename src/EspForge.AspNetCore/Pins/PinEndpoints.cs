using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Boards;
using EspForge.PinRules;
using EspForge.PinRules.Booting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EspForge.AspNetCore;

/// <summary>What a pin may do (docs/api.md). Nothing is kept: a plan comes, an answer goes. Boards are those that the caller's organization sees.</summary>
internal static class PinEndpoints
{
    internal const int MaxBytes = PinPlanReader.MaxBytes + 1_024;
    private const int MaxCandidates = 20;

    // What was generated last comes along with the plan, and each may be escaped.
    private const int MaxCodeBytes = 600_000;

    public static void MapPins(this RouteGroupBuilder api)
    {
        var pins = api.MapGroup("pins").WithTags("pins").RequireAuthorization(Permissions.PinsCheck).WithoutIdempotencyKey();
        pins.MapPost("check", CheckAsync).WithName("checkPins").Accepts<PinPlanDocument>("application/json", ApiResults.AnyType);
        pins.MapPost("suggest", SuggestAsync).WithName("suggestPins").Accepts<PinSuggestDocument>("application/json", ApiResults.AnyType);
        pins.MapPost("code", CodeAsync).WithName("pinCode").Accepts<PinPlanDocument>("application/json", ApiResults.AnyType);
        pins.MapGet("formats", Formats).WithName("listPinFormats");
        pins.MapPost("boot", BootAsync).WithName("playPinBoot").Accepts<PinPlanDocument>("application/json", ApiResults.AnyType);
        pins.MapPinPlanning();
    }

    private static async Task<ApiResult<PinReportView>> CheckAsync(HttpRequest request, ApiCaller caller, OrganizationBoards boards, CancellationToken cancel)
    {
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        var (plan, refusal) = await ReadPlanAsync(request, catalog, cancel);
        return plan is null ? refusal! : PinReportView.Of(plan, PinChecker.Check(plan, catalog));
    }

    private static async Task<ApiResult<BootView>> BootAsync(HttpRequest request, ApiCaller caller, OrganizationBoards boards, CancellationToken cancel)
    {
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        var (plan, refusal) = await ReadPlanAsync(request, catalog, cancel);
        return plan is null ? refusal! : BootView.Of(plan, BootTheatre.Play(plan, catalog));
    }

    private static ApiResult<IReadOnlyList<PinFormatView>> Formats() => ApiResults.Ok<IReadOnlyList<PinFormatView>>(
        [.. PinCode.Generators.Select(format => new PinFormatView(format.Id, format.Title, format.FileName, format.MediaType, format.Comments is not null))]);

    /// <summary>The plan itself, which gives pins.h; or with <c>?format=</c> another format, or an object that also brings the last text.</summary>
    private static async Task<ApiResult<PinCodeView>> CodeAsync(HttpRequest request, string? format, ApiCaller caller, OrganizationBoards boards, CancellationToken cancel)
    {
        var generator = PinCode.Find(string.IsNullOrEmpty(format) ? PinCode.Generators[0].Id : format);
        if (generator is null)
            return ApiResults.Invalid("format", $"'format' is one of {string.Join(", ", PinCode.Generators.Select(known => known.Id))}.");
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        var (bytes, refusal) = await PinBody.ReadAsync(request, MaxCodeBytes, "The plan", cancel);
        if (bytes is null)
            return refusal!;
        var previous = (string?)null;
        if (WithPrevious(bytes) is { } both)
        {
            if (!PinBody.Text(both, "previous", 500_000).TryGet(out var text, out var tooLong))
                return PinBody.Invalid(tooLong);
            previous = text;
            bytes = JsonSerializer.SerializeToUtf8Bytes(both["plan"]);
        }

        if (bytes.Length > MaxBytes)
            return new Fault("too-large", $"A plan is at most {PinPlanReader.MaxBytes} bytes.");
        if (!PinPlanReader.Read(bytes, catalog).TryGet(out var plan, out var fault))
            return PinBody.Invalid("plan-invalid", previous is null ? fault.Message : string.Concat("$.plan", fault.Message.AsSpan(1)));
        return PinCode.Generate(plan, generator, previous, catalog).TryGet(out var file, out var region)
            ? new PinCodeView(file.FileName, file.Text, generator.Id, file.MediaType)
            : PinBody.Invalid("plan-invalid", "$.previous " + region.Message);
    }

    private static async Task<ApiResult<SuggestionsView>> SuggestAsync(HttpRequest request, ApiCaller caller, OrganizationBoards boards, CancellationToken cancel)
    {
        var (body, refusal) = await PinBody.ReadObjectAsync(request, MaxBytes, ["plan", "use"], ["plan", "use"], cancel);
        if (body is null)
            return refusal!;
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        if (!PinBody.Plan(body, "plan", catalog).TryGet(out var plan, out var fault))
            return PinBody.Invalid(fault);
        if (!Use(plan, body["use"]!).TryGet(out var use, out var wrong))
            return PinBody.Invalid(wrong);

        var found = PinSuggester.Suggest(plan, use, catalog, MaxCandidates);
        return new SuggestionsView([.. found.Select(s => CandidateView.Of(plan, s))]);
    }

    /// <summary>The use by its index in the plan, or as an object whose GPIO may be left open.</summary>
    private static Outcome<PinUse> Use(PinPlan plan, JsonNode wanted)
    {
        if (wanted is JsonValue value && value.TryGetValue<int>(out var index) && index >= 0 && index < plan.Uses.Count)
            return plan.Uses[index];
        if (wanted is not JsonObject described)
            return new Fault("plan-invalid", "$.use is the index of a use of the plan, or a use.");
        var open = described["gpio"] is null;
        if (open)
            described.Remove("gpio");
        if (!PinPlanReader.ReadUse(JsonSerializer.SerializeToUtf8Bytes(described)).TryGet(out var use, out var fault))
            return new Fault("plan-invalid", string.Concat("$.use", fault.Message.AsSpan(1)));

        // A number that no chip has: nothing is kept from being suggested.
        return open ? use with { Gpio = Chip.MaxGpios } : use;
    }

    private static async Task<(PinPlan? Plan, ApiRefusal? Refusal)> ReadPlanAsync(HttpRequest request, BoardCatalog catalog, CancellationToken cancel)
    {
        var (bytes, refusal) = await PinBody.ReadAsync(request, MaxBytes, "A plan", cancel);
        if (bytes is null)
            return (null, refusal);
        return PinPlanReader.Read(bytes, catalog).TryGet(out var plan, out var fault) ? (plan, null) : (null, PinBody.Invalid(fault));
    }

    // A plan has no field of either name, so which of the two was sent is never in doubt.
    private static JsonObject? WithPrevious(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { MaxDepth = 12, AllowDuplicateProperties = false }) is JsonObject { Count: 2 } both
                && both["plan"] is JsonObject && both.ContainsKey("previous") ? both : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
