using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Cli.Server;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge release create IMAGE --product P</c> and <c>release list</c>: releases of a server, signed there.</summary>
internal static class ReleaseServerCommands
{
    public static Command CreateCreate()
    {
        var image = new Argument<string>("IMAGE") { Description = "SHA-256 of an image on the server, or its file here." };
        var product = new Option<string>("--product") { Description = "What it is a release of.", Required = true };
        var notes = new Option<string?>("--notes") { Description = "What is new." };
        var minimum = new Option<string?>("--minimum-version") { Description = "Devices below this version do not take it.", HelpName = "VERSION" };
        var minimumAgent = new Option<string?>("--minimum-agent-version") { Description = "Devices whose agent is older do not take it.", HelpName = "VERSION" };
        var epoch = new Option<uint?>("--security-epoch") { Description = "From now on devices take nothing below this epoch.", HelpName = "NUMBER" };
        var days = new Option<int?>("--valid-days") { Description = "How long the manifest is good, in days.", HelpName = "DAYS" };
        var command = new Command("create", "Sign a release of an image on a server. Exit code: 0 signed, 1 refused, 2 not usable, 3 the server cannot be reached.") { image, product, notes, minimum, minimumAgent, epoch, days };
        return StudioCommand.Create(command, async call =>
        {
            if (!ServerLookup.ImageSha256(call.Parsed.GetRequiredValue(image)).TryGet(out var sha256, out var fault))
                return ReleaseFiles.Refuse(fault, call.Parsed.GetRequiredValue(image), call.Error);
            var body = new JsonObject { ["imageSha256"] = sha256, ["product"] = call.Parsed.GetRequiredValue(product) };
            Add(body, "notes", call.Parsed.GetValue(notes));
            Add(body, "minimumVersion", call.Parsed.GetValue(minimum));
            Add(body, "minimumAgentVersion", call.Parsed.GetValue(minimumAgent));
            if (call.Parsed.GetValue(epoch) is { } number)
                body["securityEpoch"] = number;
            if (call.Parsed.GetValue(days) is { } length)
                body["validDays"] = length;
            if (!(await call.Client.PostAsync("releases", body, call.Cancel)).TryGet(out var release, out fault))
                return call.Refuse(fault);
            return call.Show(release, output => output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Fields.Plain(release.Text("product"))} {release.Text("version")} for {release.Text("chip")}, sequence {release.Number("sequence")}\n{release.Text("id")}")));
        });
    }

    public static Command CreateList()
    {
        var product = new Option<string?>("--product") { Description = "Only of this product." };
        return StudioCommand.Create(new Command("list", "List a server's releases, newest first.") { product }, async call =>
        {
            var path = call.Parsed.GetValue(product) is { } named ? $"releases?product={Uri.EscapeDataString(named)}" : "releases";
            if (!(await call.Client.GetAsync(path, call.Cancel)).TryGet(out var list, out var fault))
                return call.Refuse(fault);
            return call.Show(list, output => Fields.Table(output, ["PRODUCT", "VERSION", "CHIP", "SEQUENCE", "CREATED", "ID"], Rows(list)));
        });
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(JsonElement list) => list.EnumerateArray().Select(release => (IReadOnlyList<string>)
        [release.Text("product"), release.Text("version"), release.Text("chip"), release.Text("sequence"), release.Text("createdAt"), release.Text("id")]);

    private static void Add(JsonObject body, string name, string? value)
    {
        if (value is not null)
            body[name] = value;
    }
}
