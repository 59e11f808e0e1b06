using EspForge.Devices;
using EspForge.Ota;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EspForge.AspNetCore;

/// <summary><c>rollouts</c>: staged releases, for people.</summary>
internal static class RolloutEndpoints
{
    private const int MaximumReasonChars = 500;
    private const int LogEntries = 500;
    private const int MostMembers = 10_000;

    public static void MapRollouts(this RouteGroupBuilder api)
    {
        var rollouts = api.MapGroup("rollouts").WithTags("rollouts");
        rollouts.MapGet("", ListAsync).WithName("listRollouts").RequireAuthorization(Permissions.RolloutsRead);
        rollouts.MapPost("", CreateAsync).WithName("createRollout").Answers(201).RequireAuthorization(Permissions.RolloutsManage);
        rollouts.MapPost("preview", PreviewAsync).WithName("previewRollout").WithoutIdempotencyKey().RequireAuthorization(Permissions.RolloutsManage);
        rollouts.MapGet("{id:guid}", FindAsync).WithName("getRollout").RequireAuthorization(Permissions.RolloutsRead);
        rollouts.MapGet("{id:guid}/members", MembersAsync).WithName("listRolloutMembers").RequireAuthorization(Permissions.RolloutsRead);
        rollouts.MapPost("{id:guid}/start", StartAsync).WithName("startRollout").RequireAuthorization(Permissions.RolloutsManage);
        rollouts.MapPost("{id:guid}/pause", PauseAsync).WithName("pauseRollout").RequireAuthorization(Permissions.RolloutsManage);
        rollouts.MapPost("{id:guid}/resume", ResumeAsync).WithName("resumeRollout").RequireAuthorization(Permissions.RolloutsManage);
        rollouts.MapPost("{id:guid}/cancel", CancelAsync).WithName("cancelRollout").RequireAuthorization(Permissions.RolloutsManage);
        rollouts.MapPost("{id:guid}/rollback", RollBackAsync).WithName("rollBackRollout").RequireAuthorization(Permissions.RolloutsManage);
    }

    private static async Task<ApiResult<IReadOnlyList<RolloutSummaryView>>> ListAsync(
        ApiCaller caller, IRolloutStore rollouts, TimeProvider time, int? limit, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit) is { } refusal)
            return refusal;
        var views = new List<RolloutSummaryView>();
        foreach (var rollout in await rollouts.ListAsync(caller.Organization, limit ?? ApiLimit.Default, cancel))
            views.Add(RolloutSummaryView.Of(rollout, await rollouts.CountAsync(rollout, time.GetUtcNow(), cancel)));
        return ApiResults.Ok<IReadOnlyList<RolloutSummaryView>>(views);
    }

    private static async Task<ApiResult<RolloutView>> FindAsync(
        Guid id, ApiCaller caller, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel) =>
        await rollouts.FindAsync(caller.Organization, id, cancel) is { } rollout ? await ShowAsync(rollout, rollouts, audit, time, cancel) : RolloutDesk.NotFound;

    private static async Task<ApiResult<IReadOnlyList<RolloutMemberView>>> MembersAsync(
        Guid id, ApiCaller caller, IRolloutStore rollouts, int? skip, int? limit, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit, MostMembers) is { } refusal)
            return refusal;
        if (skip is < 0)
            return ApiResults.Invalid("skip", "'skip' must be 0 or more.");
        if (await rollouts.FindAsync(caller.Organization, id, cancel) is null)
            return RolloutDesk.NotFound;
        var members = await rollouts.MembersAsync(id, skip ?? 0, limit ?? ApiLimit.Default, cancel);
        return ApiResults.Ok<IReadOnlyList<RolloutMemberView>>([.. members.Select(RolloutMemberView.Of)]);
    }

    private static async Task<ApiResult<RolloutPreviewView>> PreviewAsync(ApiBody<RolloutRequest> body, ApiCaller caller, RolloutDesk desk, CancellationToken cancel)
    {
        var (plan, filter, refusal) = body.Value.Read();
        return refusal is not null ? refusal : ApiResults.From(await desk.PreviewAsync(caller.Organization, body.Value, plan, filter, cancel));
    }

    private static async Task<ApiResult<RolloutView>> CreateAsync(
        HttpContext context, ApiBody<RolloutRequest> body, ApiCaller caller, RolloutDesk desk, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel)
    {
        var (plan, filter, refusal) = body.Value.Read();
        if (refusal is not null)
            return refusal;
        var created = await desk.CreateAsync(caller, body.Value, plan, filter, cancel);
        return created.TryGet(out var rollout, out var fault)
            ? ApiResults.Created($"{context.Request.PathBase}{context.Request.Path}/{rollout.Id}", await ShowAsync(rollout, rollouts, audit, time, cancel))
            : fault;
    }

    private static Task<ApiResult<RolloutView>> StartAsync(
        Guid id, ApiBody<RolloutChangeRequest> body, ApiCaller caller, RolloutDesk desk, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel) =>
        ChangeAsync(body.Value.Reason, reason => desk.StartAsync(caller, id, reason, cancel), rollouts, audit, time, cancel);

    private static Task<ApiResult<RolloutView>> PauseAsync(
        Guid id, ApiBody<RolloutChangeRequest> body, ApiCaller caller, RolloutDesk desk, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel) =>
        ChangeAsync(body.Value.Reason, reason => desk.PauseAsync(caller, id, reason, cancel), rollouts, audit, time, cancel);

    private static Task<ApiResult<RolloutView>> ResumeAsync(
        Guid id, ApiBody<RolloutChangeRequest> body, ApiCaller caller, RolloutDesk desk, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel) =>
        ChangeAsync(body.Value.Reason, reason => desk.ResumeAsync(caller, id, reason, cancel), rollouts, audit, time, cancel);

    private static Task<ApiResult<RolloutView>> CancelAsync(
        Guid id, ApiBody<RolloutChangeRequest> body, ApiCaller caller, RolloutDesk desk, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel) =>
        ChangeAsync(body.Value.Reason, reason => desk.CancelAsync(caller, id, reason, cancel), rollouts, audit, time, cancel);

    private static Task<ApiResult<RolloutView>> RollBackAsync(
        Guid id, ApiBody<RolloutRollbackRequest> body, ApiCaller caller, RolloutDesk desk, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel) =>
        ChangeAsync(body.Value.Reason, reason => desk.RollBackAsync(caller, id, reason, body.Value.ReturnToReleaseId, cancel), rollouts, audit, time, cancel);

    private static async Task<ApiResult<RolloutView>> ChangeAsync(
        string? reason, Func<string?, Task<Outcome<Rollout>>> change, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel)
    {
        if (reason is { Length: > MaximumReasonChars })
            return ApiResults.Invalid("reason", "A reason has at most 500 characters.");
        if (!DeviceFields.IsText(reason))
            return ApiResults.Invalid("reason", "A reason is text: it holds no control characters but line breaks and tabs.");
        var outcome = await change(string.IsNullOrWhiteSpace(reason) ? null : reason.Trim());
        return outcome.TryGet(out var rollout, out var fault) ? await ShowAsync(rollout, rollouts, audit, time, cancel) : fault;
    }

    private static async Task<RolloutView> ShowAsync(Rollout rollout, IRolloutStore rollouts, IAuditLog audit, TimeProvider time, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var health = await rollouts.CountAsync(rollout, now, cancel);
        return RolloutView.Of(rollout, health, now, await audit.ListOfAsync(rollout.Organization, RolloutDesk.Subject(rollout.Id), LogEntries, cancel));
    }
}
