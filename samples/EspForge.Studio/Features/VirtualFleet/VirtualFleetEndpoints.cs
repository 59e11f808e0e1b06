using EspForge.AspNetCore;
using EspForge.Boards;
using EspForge.Devices;
using EspForge.Studio.Accounts;
using EspForge.Studio.Logs;

namespace EspForge.Studio.VirtualFleet;

/// <summary>A virtual device as the API shows it.</summary>
/// <param name="HardwareId">Its hardware id.</param>
/// <param name="DeviceId">Its device id once it was claimed.</param>
/// <param name="Product">Its product.</param>
/// <param name="Chip">Chip id.</param>
/// <param name="Board">Board id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why, where there is something to say.</param>
/// <param name="StartedAt">When its process began last.</param>
public sealed record VirtualDeviceView(
    string HardwareId, string? DeviceId, string Product, string Chip, string Board, VirtualDeviceState State, string? Reason, DateTimeOffset? StartedAt);

/// <summary>The virtual devices of the organization.</summary>
/// <param name="Limit">Most virtual devices of this host.</param>
/// <param name="Running">How many run.</param>
/// <param name="Devices">All of them, oldest first.</param>
public sealed record VirtualFleetView(int Limit, int Running, IReadOnlyList<VirtualDeviceView> Devices);

/// <summary>Body of <c>POST virtual-devices</c>.</summary>
public sealed record AddVirtualDevicesRequest(int Count, string Product, string Board);

/// <summary><c>virtual-devices</c>: real agents as processes of this machine.</summary>
internal static class VirtualFleetEndpoints
{
    private static readonly Fault NotFound = new("virtual-device-not-found", "There is no such virtual device.");

    public static void MapVirtualFleet(this RouteGroupBuilder api)
    {
        var fleet = api.MapGroup("virtual-devices").WithTags("virtual-devices");
        fleet.MapGet("", List).WithName("listVirtualDevices").RequireAuthorization(Permissions.DevicesRead);
        fleet.MapPost("", Add).WithName("addVirtualDevices").RequireAuthorization(Permissions.FleetManage).Answers(StatusCodes.Status202Accepted);
        fleet.MapDelete("", RemoveAll).WithName("removeVirtualDevices").RequireAuthorization(Permissions.FleetManage);
        fleet.MapDelete("{hardwareId}", Remove).WithName("removeVirtualDevice").RequireAuthorization(Permissions.FleetManage);
        fleet.MapGet("{hardwareId}/log", ReadLog).WithName("readVirtualDeviceLog").RequireAuthorization(Permissions.DevicesRead)
            .Produces<LogLine>(StatusCodes.Status200OK, "text/event-stream");
    }

    private static ApiResult<VirtualFleetView> List(ApiCaller caller, VirtualDevices fleet) => Show(caller, fleet);

    private static async Task<ApiResult<VirtualFleetView>> Add(ApiBody<AddVirtualDevicesRequest> body, ApiCaller caller, OrganizationBoards boards, VirtualDevices fleet, CancellationToken cancel)
    {
        var (count, product, boardId) = body.Value;
        var problems = new List<ApiDetail>();
        if (count < 1)
            problems.Add(new ApiDetail("count", "At least one device is to be started."));
        if (DeviceFields.CheckProduct(product) is { } badProduct)
            problems.Add(new ApiDetail("product", badProduct));
        var board = (await boards.ForAsync(caller.Organization, cancel)).FindBoard(boardId);
        if (board is null)
            problems.Add(new ApiDetail("board", "There is no such board; GET boards lists them."));
        if (problems.Count > 0 || board is null)
            return ApiResults.Invalid(problems);
        if (count > fleet.Limit)
            return new Fault("fleet-limit", $"This host runs at most {fleet.Limit} virtual devices.");
        return (await fleet.AddAsync(caller, caller.UserId(), count, product, board.ChipId, board.Id, cancel)).TryGet(out _, out var fault)
            ? ApiResults.Accepted(Show(caller, fleet))
            : fault;
    }

    private static async Task<ApiResult> Remove(string hardwareId, ApiCaller caller, VirtualDevices fleet, CancellationToken cancel) =>
        await fleet.RemoveAsync(caller, hardwareId, cancel) == 0 ? NotFound : ApiResults.NoContent();

    private static async Task<ApiResult> RemoveAll(ApiCaller caller, VirtualDevices fleet, CancellationToken cancel)
    {
        await fleet.RemoveAsync(caller, null, cancel);
        return ApiResults.NoContent();
    }

    private static async Task<IResult> ReadLog(string hardwareId, HttpContext context, ApiCaller caller, VirtualDevices fleet, IHostApplicationLifetime lifetime)
    {
        if (fleet.Find(caller.Organization, hardwareId) is not { } device)
            return ApiResults.Problem(NotFound);
        if (LogEvents.WantsText(context.Request))
            return await LogEvents.TextAsync(device.Log.Snapshot().ToAsyncEnumerable(), context.RequestAborted);
        return LogEvents.Stream(
            device.Log.FollowAsync(LogEvents.After(context.Request), lifetime.ApplicationStopping),
            () => Task.FromResult(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(device.State.ToString())), context.RequestAborted);
    }

    private static VirtualFleetView Show(ApiCaller caller, VirtualDevices fleet)
    {
        var devices = fleet.List(caller.Organization);
        return new VirtualFleetView(fleet.Limit, devices.Count(device => device.State == VirtualDeviceState.Running),
            [.. devices.Select(device => new VirtualDeviceView(
                device.Row.HardwareId, device.Row.DeviceId, device.Row.Product, device.Row.Chip, device.Row.Board, device.State, device.Reason, device.StartedAt))]);
    }
}

/// <summary>Registers the fleet.</summary>
internal static class VirtualFleetServices
{
    public static void AddVirtualFleet(this IServiceCollection services, IConfigurationSection settings)
    {
        services.AddOptions<VirtualFleetOptions>().Bind(settings).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<VirtualDevices>();
        services.AddHostedService(provider => provider.GetRequiredService<VirtualDevices>());
    }
}
