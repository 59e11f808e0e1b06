using EspForge.Boards;
using EspForge.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>Devices, for people (docs/api.md).</summary>
internal static class DeviceEndpoints
{
    public static void MapDevices(this RouteGroupBuilder api)
    {
        var devices = api.MapGroup("devices").WithTags("devices");
        devices.MapGet("", ListAsync).WithName("listDevices").RequireAuthorization(Permissions.DevicesRead);
        devices.MapGet("{id}", FindAsync).WithName("getDevice").RequireAuthorization(Permissions.DevicesRead);
        devices.MapGet("{id}/timeline", TimelineAsync).WithName("getDeviceTimeline").RequireAuthorization(Permissions.DevicesRead);
        devices.MapPost("", RegisterAsync).WithName("registerDevice").Answers(201).WithoutIdempotencyKey().RequireAuthorization(Permissions.DevicesManage);
        devices.MapPost("claim", ClaimAsync).WithName("claimDevice").Answers(201).RequireAuthorization(Permissions.DevicesManage);
        devices.MapPatch("{id}", ChangeAsync).WithName("changeDevice").RequireAuthorization(Permissions.DevicesManage);
        devices.MapDelete("{id}", RemoveAsync).WithName("deleteDevice").RequireAuthorization(Permissions.DevicesManage);
    }

    internal static Fault NotFound(string id) => new("device-not-found", id.Length <= 64 ? $"There is no device {id}." : "There is no such device.");

    private static async Task<ApiResult<IReadOnlyList<DeviceView>>> ListAsync(
        string? product, string? search, int? limit, ApiCaller caller, IDeviceStore store, DevicePresenter presenter, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit) is { } refusal)
            return refusal;
        if (search is { Length: > 100 })
            return ApiResults.Invalid("search", "'search' is at most 100 characters.");
        var found = await store.ListAsync(caller.Organization, string.IsNullOrEmpty(product) ? null : product, search, limit ?? ApiLimit.Default, cancel);
        return ApiResults.Ok(await presenter.ShowAsync(caller.Organization, found, cancel));
    }

    private static async Task<ApiResult<DeviceView>> FindAsync(string id, ApiCaller caller, IDeviceStore store, DevicePresenter presenter, CancellationToken cancel) =>
        await store.FindAsync(caller.Organization, id, cancel) is { } device ? await presenter.ShowAsync(device, cancel) : NotFound(id);

    private static async Task<ApiResult<IReadOnlyList<DeviceEventView>>> TimelineAsync(string id, int? limit, ApiCaller caller, IDeviceStore store, CancellationToken cancel)
    {
        if (ApiLimit.Check(limit) is { } refusal)
            return refusal;
        if (await store.FindAsync(caller.Organization, id, cancel) is null)
            return NotFound(id);
        var happened = await store.TimelineAsync(caller.Organization, id, limit ?? ApiLimit.Default, cancel);
        return ApiResults.Ok<IReadOnlyList<DeviceEventView>>([.. happened.Select(e => new DeviceEventView(e.At, e.Kind, e.Text, e.RolloutId))]);
    }

    private static async Task<ApiResult<RegisteredDeviceView>> RegisterAsync(
        ApiBody<RegisterDeviceRequest> body, ApiCaller caller, HttpContext context, IDeviceStore store, DevicePresenter presenter, CommandSecrets secrets,
        BoardCatalog catalog, EspForgeEvents events, TimeProvider time, CancellationToken cancel)
    {
        var asked = body.Value;
        var wrong = new List<ApiDetail>();
        Note(wrong, "deviceId", DeviceFields.CheckDeviceId(asked.DeviceId));
        Note(wrong, "product", DeviceFields.CheckProduct(asked.Product));
        Note(wrong, "chip", catalog.FindChip(asked.Chip) is null ? $"There is no such chip; these are known: {string.Join(", ", catalog.ChipIds)}." : null);
        Note(wrong, "board", asked.Board is null ? null : DeviceFields.CheckBoard(asked.Board));
        Check(wrong, asked.Name, asked.Group, asked.Tags);
        if (wrong.Count > 0)
            return ApiResults.Invalid(wrong);

        var key = DeviceKey.Generate();
        var secret = CommandSecret.Generate();
        var outcome = await store.AddAsync(
            new Device
            {
                DeviceId = asked.DeviceId,
                Organization = caller.Organization,
                Name = asked.Name ?? asked.DeviceId,
                Product = asked.Product,
                Chip = asked.Chip,
                Board = asked.Board,
                Group = string.IsNullOrEmpty(asked.Group) ? null : asked.Group,
                Tags = asked.Tags ?? [],
                CreatedAt = time.GetUtcNow(),
            },
            new DeviceCredentials(DeviceKey.Hash(key), secrets.Protect(secret)),
            caller.Draft("device.register", $"device:{asked.DeviceId}", $"Registered up front for product {asked.Product} on {asked.Chip}."),
            cancel);
        if (!outcome.TryGet(out var device, out var fault))
            return fault;
        Tell(events, caller, device.DeviceId);
        return ApiResults.Created(
            $"{context.Request.PathBase}{context.Request.Path.Value!.TrimEnd('/')}/{device.DeviceId}", new RegisteredDeviceView(await presenter.ShowAsync(device, cancel), key, CommandSecret.Encode(secret)));
    }

    private static async Task<ApiResult<DeviceView>> ClaimAsync(
        ApiBody<ClaimDeviceRequest> body, ApiCaller caller, HttpContext context, IClaimStore claims, DevicePresenter presenter, PairingCodeGuard guard,
        EspForgeEvents events, IOptions<EspForgeOptions> options, TimeProvider time, CancellationToken cancel)
    {
        var asked = body.Value;
        var wrong = new List<ApiDetail>();
        Note(wrong, "pairingCode", Claim.IsPairingCode(asked.PairingCode) ? null : "A pairing code is six digits.");
        Check(wrong, asked.Name, asked.Group, asked.Tags);
        if (wrong.Count > 0)
            return ApiResults.Invalid(wrong);

        var who = $"{caller.Organization}/{caller.Actor}";
        if (guard.TryBegin(who) is { } wait)
            return new ApiRefusal(new Fault("rate-limited", "Too many wrong codes. Wait, then check the code on the device."), RetryAfter: wait);
        var now = time.GetUtcNow();
        var outcome = await claims.ApproveAsync(
            caller.Organization, asked.PairingCode, new DeviceChange(asked.Name, asked.Group, asked.Tags), now + options.Value.ClaimLifetime, now,
            device => caller.Draft("device.claim", $"device:{device.DeviceId}", $"Claimed hardware {device.HardwareId} for product {device.Product} on {device.Chip}."), cancel);
        if (!outcome.TryGet(out var claimed, out var fault))
            return fault;
        guard.Right(who);
        Tell(events, caller, claimed.DeviceId);
        return ApiResults.Created(
            $"{context.Request.PathBase}{context.Request.Path.Value!.TrimEnd('/')[..^"/claim".Length]}/{claimed.DeviceId}", await presenter.ShowAsync(claimed, cancel));
    }

    private static async Task<ApiResult<DeviceView>> ChangeAsync(
        string id, ApiBody<ChangeDeviceRequest> body, ApiCaller caller, IDeviceStore store, DevicePresenter presenter, EspForgeEvents events, CancellationToken cancel)
    {
        var asked = body.Value;
        var wrong = new List<ApiDetail>();
        Check(wrong, asked.Name, asked.Group, asked.Tags);
        if (wrong.Count > 0)
            return ApiResults.Invalid(wrong);
        if (asked is { Name: null, Group: null, Tags: null })
            return await FindAsync(id, caller, store, presenter, cancel);
        var said = new List<string>();
        if (asked.Name is not null)
            said.Add($"name '{asked.Name}'");
        if (asked.Group is not null)
            said.Add(asked.Group.Length == 0 ? "no group" : $"group '{asked.Group}'");
        if (asked.Tags is not null)
            said.Add(asked.Tags.Count == 0 ? "no tags" : $"tags {string.Join(", ", asked.Tags)}");
        if (id.Length > 64)
            return NotFound(id);
        var outcome = await store.ChangeAsync(
            caller.Organization, id, new DeviceChange(asked.Name, asked.Group, asked.Tags), caller.Draft("device.edit", $"device:{id}", $"Set {string.Join("; ", said)}."), cancel);
        if (!outcome.TryGet(out var device, out var fault))
            return fault;
        Tell(events, caller, id);
        return await presenter.ShowAsync(device, cancel);
    }

    private static async Task<ApiResult> RemoveAsync(
        string id, ApiCaller caller, IDeviceStore store, DeviceDirectory directory, EspForgeEvents events, CancellationToken cancel)
    {
        if (id.Length > 64 || !await store.RemoveAsync(caller.Organization, id, caller.Draft("device.delete", $"device:{id}", "Its key was revoked and it was forgotten."), cancel))
            return NotFound(id);
        directory.Forget(id);
        Tell(events, caller, id);
        return ApiResults.NoContent();
    }

    private static void Check(List<ApiDetail> wrong, string? name, string? group, IReadOnlyList<string>? tags)
    {
        Note(wrong, "name", name is null ? null : DeviceFields.CheckName(name));
        Note(wrong, "group", string.IsNullOrEmpty(group) ? null : DeviceFields.CheckGroup(group));
        Note(wrong, "tags", tags is null ? null : DeviceFields.CheckTags(tags));
    }

    private static void Note(List<ApiDetail> wrong, string field, string? message)
    {
        if (message is not null)
            wrong.Add(new ApiDetail(field, message));
    }

    private static void Tell(EspForgeEvents events, ApiCaller caller, string deviceId)
    {
        events.Publish("device", caller.Organization, deviceId);
        events.Publish("audit", caller.Organization, "*");
    }
}

/// <summary>Shows devices to people, with where they stand with their offers.</summary>
internal sealed class DevicePresenter(IServiceProvider services, IOptions<EspForgeOptions> options, TimeProvider time)
{
    public async Task<DeviceView> ShowAsync(Device device, CancellationToken cancel) => (await ShowAsync(device.Organization, [device], cancel))[0];

    public async Task<IReadOnlyList<DeviceView>> ShowAsync(string organization, IReadOnlyList<Device> devices, CancellationToken cancel)
    {
        // A host may keep devices and no rollouts; then there are no offers to show.
        var offers = devices.Count > 0 && services.GetService<IDeviceOffers>() is { } kept
            ? await kept.CurrentAsync(organization, [.. devices.Select(d => d.DeviceId)], cancel)
            : new Dictionary<string, DeviceOffer>(StringComparer.Ordinal);
        var fits = devices.Count > 0 && services.GetService<IDevicePlans>() is { } plans
            ? DeviceFit.Of(devices, await plans.ForAsync(organization, [.. devices.Select(d => d.Product).Distinct(StringComparer.Ordinal)], cancel))
            : new Dictionary<string, DeviceFitView>(StringComparer.Ordinal);
        var now = time.GetUtcNow();
        return [.. devices.Select(d => DeviceView.Of(d, offers.GetValueOrDefault(d.DeviceId), fits.GetValueOrDefault(d.DeviceId), now, options.Value.OfflineAfter))];
    }
}
