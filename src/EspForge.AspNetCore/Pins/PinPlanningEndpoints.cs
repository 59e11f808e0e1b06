using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Boards;
using EspForge.PinRules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>Plans made from requests, other boards and other files (docs/api.md). A search that takes too long is given up, and says so.</summary>
internal static class PinPlanningEndpoints
{
    // Four bytes of UTF-8 a character and room for escapes of line breaks and quotes.
    private const int MaxImportBytes = 1_000_000;
    private const int MaxText = 128;

    public static void MapPinPlanning(this RouteGroupBuilder pins)
    {
        pins.MapPost("solve", SolveAsync).WithName("solvePins").Accepts<PinRequestDocument>("application/json", ApiResults.AnyType);
        pins.MapPost("port", PortAsync).WithName("portPins").Accepts<PinPortDocument>("application/json", ApiResults.AnyType);
        pins.MapPost("diff", DiffAsync).WithName("diffPins").Accepts<PinDiffDocument>("application/json", ApiResults.AnyType);
        pins.MapPost("import", ImportAsync).WithName("importPins").Accepts<PinImportDocument>("application/json", ApiResults.AnyType);
    }

    private static async Task<ApiResult<SolutionView>> SolveAsync(HttpRequest request, ApiCaller caller, OrganizationBoards boards, IOptions<EspForgeOptions> options, CancellationToken cancel)
    {
        var (bytes, refusal) = await PinBody.ReadAsync(request, PinEndpoints.MaxBytes, "A request", cancel);
        if (bytes is null)
            return refusal!;
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        if (!PinRequestReader.Read(bytes, catalog).TryGet(out var wanted, out var fault))
            return PinBody.Invalid(fault);
        return await BoundedAsync(stop => ApiResults.Ok(SolutionView.Of(PinSolver.Solve(wanted, catalog, stop))), options.Value.PinSearchTimeLimit, cancel);
    }

    private static async Task<ApiResult<PortView>> PortAsync(HttpRequest request, ApiCaller caller, OrganizationBoards boards, IOptions<EspForgeOptions> options, CancellationToken cancel)
    {
        var (body, refusal) = await PinBody.ReadObjectAsync(request, PinEndpoints.MaxBytes, ["plan", "board"], ["plan", "board"], cancel);
        if (body is null)
            return refusal!;
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        if (!PinBody.Plan(body, "plan", catalog).TryGet(out var plan, out var fault))
            return PinBody.Invalid(fault);
        if (!PinBody.Text(body, "board", MaxText).TryGet(out var to, out var wrong))
            return PinBody.Invalid(wrong);
        if (catalog.FindBoard(to) is null)
            return PinBody.Invalid("plan-invalid", "$.board names no board; GET boards lists them.");
        return await BoundedAsync<PortView>(
            stop => PinPorter.Port(plan, to, catalog, stop).TryGet(out var port, out var refused) ? PortView.Of(port) : PinBody.Invalid("plan-invalid", $"$.plan {refused.Message}"), options.Value.PinSearchTimeLimit, cancel);
    }

    private static async Task<ApiResult<PlanDiffView>> DiffAsync(HttpRequest request, ApiCaller caller, OrganizationBoards boards, CancellationToken cancel)
    {
        var (body, refusal) = await PinBody.ReadObjectAsync(request, 2 * PinEndpoints.MaxBytes, ["before", "after"], ["before", "after"], cancel);
        if (body is null)
            return refusal!;
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        if (!PinBody.Plan(body, "before", catalog).TryGet(out var before, out var fault) || !PinBody.Plan(body, "after", catalog).TryGet(out var after, out fault))
            return PinBody.Invalid(fault);
        return PlanDiffView.Of(PinDiff.Compare(before, after, catalog));
    }

    private static async Task<ApiResult<ImportView>> ImportAsync(HttpRequest request, ApiCaller caller, OrganizationBoards boards, CancellationToken cancel)
    {
        var (body, refusal) = await PinBody.ReadObjectAsync(
            request, MaxImportBytes, ["text"], ["text", "fileName", "format", "board", "chip", "model", "environment", "defines"], cancel);
        if (body is null)
            return refusal!;
        if (!PinBody.Text(body, "text", PinImport.MaxText).TryGet(out var text, out var fault))
            return PinBody.Invalid(fault);
        var said = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var field in (string[])["fileName", "format", "board", "chip", "model", "environment"])
        {
            if (!PinBody.Text(body, field, MaxText).TryGet(out var value, out fault))
                return PinBody.Invalid(fault);
            said[field] = value.Length == 0 ? null : value;
        }

        if (!Defines(body["defines"]).TryGet(out var defines, out fault))
            return PinBody.Invalid(fault);
        var catalog = await boards.ForAsync(caller.Organization, cancel);
        var options = new PinImportOptions
        {
            FileName = said["fileName"],
            Format = said["format"],
            Board = said["board"],
            Chip = said["chip"],
            Model = said["model"],
            Environment = said["environment"],
            Defines = defines,
        };
        if (!PinImport.Read(text, options, catalog).TryGet(out var read, out var unread))
            return PinBody.Invalid("plan-invalid", $"{Field(unread.Code)} {unread.Message}");
        return ImportView.Of(read, PinChecker.Check(read.Plan, catalog));
    }

    private static string Field(string code) => code switch
    {
        "import-format-unknown" => "$.format",
        "import-board-unknown" => "$.board",
        "import-model-unknown" => "$.model",
        "import-environment-unknown" => "$.environment",
        _ => "$.text",
    };

    private static Outcome<string[]> Defines(JsonNode? sent)
    {
        if (sent is null)
            return Array.Empty<string>();
        return sent is JsonArray { Count: <= 64 } list && list.All(one => one is JsonValue value && value.TryGetValue<string>(out var name) && name.Length is > 0 and <= MaxText)
            ? list.Select(one => one!.GetValue<string>()).ToArray()
            : new Fault("plan-invalid", $"$.defines is a list of at most 64 names of 1–{MaxText} characters.");
    }

    /// <summary>Off the request's thread, and only as long as somebody waits and it is worth waiting.</summary>
    private static async Task<ApiResult<T>> BoundedAsync<T>(Func<CancellationToken, ApiResult<T>> search, TimeSpan limit, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(limit);
        try
        {
            return await Task.Run(() => search(stop.Token), stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Fault("solve-limit", $"No answer was found within {limit.TotalSeconds:0.###} seconds. Ask for less at once, or name pins with 'gpios'.");
        }
    }
}
