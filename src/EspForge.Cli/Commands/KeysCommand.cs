using System.CommandLine;
using EspForge.Cli.Server;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge keys list</c>: the keys that sign a server's releases. Keys in files are <c>espforge key</c>.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Keys that sign a server's releases.") { List() };

    private static Command List() => StudioCommand.Create(new Command("list", "List them, the one that signs first."), async call =>
    {
        if (!(await call.Client.GetAsync("keys", call.Cancel)).TryGet(out var keys, out var fault))
            return call.Refuse(fault);
        return call.Show(keys, output => Fields.Table(output, ["KEY", "ALGORITHM", "STATE"], keys.GetProperty("keys").EnumerateArray().Select(key => (IReadOnlyList<string>)
            [key.Text("kid"), key.Text("alg"), key.Text("active") is "true" ? "signs" : key.Text("state")])));
    });
}
