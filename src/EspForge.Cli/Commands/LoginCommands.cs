using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Cli.Server;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge login</c> and <c>logout</c>. Keys and passwords come over standard input or a prompt, never over the command line, which other users of the machine can read.</summary>
internal static class LoginCommands
{
    private const int MaxSecret = 1_024;

    // What publishing takes, and no more: no users, no keys, no deletion of devices.
    private static readonly string[] Wanted =
    [
        "boards.read", "pins.check", "projects.read", "builds.read", "builds.run", "images.read", "images.upload", "releases.read", "releases.create", "rollouts.read", "rollouts.manage", "devices.read",
    ];

    public static Command CreateLogin()
    {
        var server = new Option<string?>("--server") { Description = $"Address of Studio, such as https://studio.example.com; else {StudioCredentials.ServerVariable}.", HelpName = "ADDRESS" };
        var email = new Option<string?>("--email") { Description = "Sign in with a password and make an API key for this machine. Without it an API key is asked for." };
        var days = new Option<int>("--days") { Description = "How long the key that is made is good, in days: 1-365; the default is 90.", DefaultValueFactory = _ => 90 };
        var command = new Command("login", "Keep an API key for a server. Exit code: 0 kept, 1 refused, 2 not usable, 3 the server cannot be reached.") { server, email, days };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 365)
                result.AddError("--days is 1-365.");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var named = parsed.GetValue(server) ?? Environment.GetEnvironmentVariable(StudioCredentials.ServerVariable);
            if (string.IsNullOrEmpty(named))
                return Refuse(error, new Fault("server-invalid", "Which server? --server ADDRESS."));
            if (!StudioCredentials.Address(named).TryGet(out var address, out var fault))
                return Refuse(error, fault);
            var account = parsed.GetValue(email);
            if (!Secret(error, account is null ? "API key: " : "Password: ").TryGet(out var secret, out fault))
                return Refuse(error, fault);
            var found = account is null ? secret : await MakeKeyAsync(address, account, secret, parsed.GetValue(days), cancel);
            if (!found.TryGet(out var key, out fault))
                return Refuse(error, fault);
            var credentials = new StudioCredentials(address, key);
            using var client = new StudioClient(credentials);
            if (!(await client.GetAsync("auth/me", cancel)).TryGet(out var me, out fault) || (fault = credentials.Keep()) is not null)
                return Refuse(error, fault);
            output.WriteLine($"Signed in to {address} for {Fields.Plain(me.Text("email"))}. The key is in {StudioCredentials.FilePath}.");
            return ExitCode.Fine;
        });
        return command;
    }

    public static Command CreateLogout()
    {
        var command = new Command("logout", "Forget the API key that 'login' kept. It stays good until it is revoked in Studio.");
        command.SetAction(parsed =>
        {
            if (!StudioCredentials.Forget().TryGet(out var there, out var fault))
                return Refuse(parsed.InvocationConfiguration.Error, fault);
            parsed.InvocationConfiguration.Output.WriteLine(there ? $"{StudioCredentials.FilePath} is deleted." : "Nobody was signed in.");
            return ExitCode.Fine;
        });
        return command;
    }

    private static async Task<Outcome<string>> MakeKeyAsync(Uri address, string email, string password, int days, CancellationToken cancel)
    {
        using var open = new StudioClient(address);
        if (!(await open.PostAsync("auth/login", new JsonObject { ["email"] = email, ["password"] = password }, cancel)).TryGet(out var session, out var fault))
            return fault;
        using var signedIn = new StudioClient(new StudioCredentials(address, session.Text("accessToken")));
        var may = session.Member("user")?.Member("permissions")?.EnumerateArray().Select(one => one.GetString()).ToHashSet(StringComparer.Ordinal) ?? [];
        var body = new JsonObject
        {
            ["name"] = $"espforge on {Environment.MachineName}",
            ["permissions"] = new JsonArray([.. Wanted.Where(may.Contains).Select(one => JsonValue.Create(one))]),
            ["expiresAt"] = TimeProvider.System.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        var made = await signedIn.PostAsync("api-keys", body, cancel);
        await signedIn.PostAsync("auth/logout", new JsonObject { ["refreshToken"] = session.Text("refreshToken") }, cancel);
        return made.TryGet(out var key, out fault) ? key.Text("key") : fault;
    }

    private static int Refuse(TextWriter error, Fault fault)
    {
        error.WriteLine(fault.Message);
        return fault.Code switch
        {
            StudioClient.Unavailable => ExitCode.Unavailable,
            "server-invalid" or "credentials-failed" or "secret-missing" => ExitCode.Unusable,
            _ => ExitCode.Wrong,
        };
    }

    private static Outcome<string> Secret(TextWriter error, string prompt)
    {
        string? text;
        if (Console.IsInputRedirected)
        {
            text = Console.In.ReadLine();
        }
        else
        {
            error.Write(prompt);
            var typed = new StringBuilder();
            for (var key = Console.ReadKey(intercept: true); key.Key is not ConsoleKey.Enter && typed.Length <= MaxSecret; key = Console.ReadKey(intercept: true))
            {
                if (key.Key is ConsoleKey.Backspace)
                    typed.Length = Math.Max(0, typed.Length - 1);
                else if (!char.IsControl(key.KeyChar))
                    typed.Append(key.KeyChar);
            }

            error.WriteLine();
            text = typed.ToString();
        }

        text = text?.Trim();
        return text is { Length: > 0 and <= MaxSecret } ? text : new Fault("secret-missing", "Nothing was given on standard input.");
    }
}
