using System.CommandLine;
using System.Globalization;
using EspForge.Cli.Server;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge devices list|show</c>.</summary>
internal static class DevicesCommand
{
    public static Command Create() => new("devices", "Devices of a server.") { List(), Show() };

    private static Command List()
    {
        var product = new Option<string?>("--product") { Description = "Only of this product." };
        var search = new Option<string?>("--search") { Description = "Only with this in id or name." };
        var limit = new Option<int>("--limit") { Description = "Most to list: 1-500; the default is 100.", DefaultValueFactory = _ => 100 };
        return StudioCommand.Create(new Command("list", "List devices.") { product, search, limit }, async call =>
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"devices?limit={call.Parsed.GetValue(limit)}");
            if (call.Parsed.GetValue(product) is { } named)
                query += $"&product={Uri.EscapeDataString(named)}";
            if (call.Parsed.GetValue(search) is { } text)
                query += $"&search={Uri.EscapeDataString(text)}";
            if (!(await call.Client.GetAsync(query, call.Cancel)).TryGet(out var list, out var fault))
                return call.Refuse(fault);
            return call.Show(list, output => Fields.Table(output, ["DEVICE", "PRODUCT", "VERSION", "CHIP", "ONLINE", "SEEN", "UPDATE"], list.EnumerateArray().Select(device => (IReadOnlyList<string>)
            [
                device.Text("deviceId"), device.Text("product"), device.Text("version"), device.Text("chip"), device.Text("online") is "true" ? "yes" : "no", device.Text("lastSeenAt"),
                device.Member("offer") is { } offer ? $"{offer.Text("version")} {offer.Text("state")}" : "",
            ])));
        });
    }

    private static Command Show()
    {
        var id = new Argument<string>("DEVICE") { Description = "The device's id." };
        return StudioCommand.Create(new Command("show", "Show a device.") { id }, async call =>
        {
            if (!(await call.Client.GetAsync($"devices/{Uri.EscapeDataString(call.Parsed.GetRequiredValue(id))}", call.Cancel)).TryGet(out var device, out var fault))
                return call.Refuse(fault);
            return call.Show(device, output =>
            {
                foreach (var field in device.EnumerateObject().Where(field => field.Value.ValueKind is not (System.Text.Json.JsonValueKind.Null or System.Text.Json.JsonValueKind.Object or System.Text.Json.JsonValueKind.Array)))
                    output.WriteLine($"{field.Name,-16} {Fields.Plain(device.Text(field.Name))}");
            });
        });
    }
}
