using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace EspForge.Cli.Server;

/// <summary>What commands that talk to a server share: <c>--server</c>, <c>--json</c>, and how a refusal becomes an exit code.</summary>
internal sealed class StudioCommand
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };
    private readonly Option<string?> _server = new("--server") { Description = $"Address of Studio; else {StudioCredentials.ServerVariable}, else the one of 'espforge login'.", HelpName = "ADDRESS" };
    private readonly Option<bool> _json = new("--json") { Description = "Write the answer as JSON, the shapes of docs/api.md." };

    /// <summary>Makes of a command one that talks to a server.</summary>
    public static Command Create(Command command, Func<StudioCall, Task<int>> act)
    {
        var self = new StudioCommand();
        command.Options.Add(self._server);
        command.Options.Add(self._json);
        command.SetAction((parsed, cancel) => self.RunAsync(parsed, act, cancel));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<StudioCall, Task<int>> act, CancellationToken cancel)
    {
        var error = parsed.InvocationConfiguration.Error;
        if (!StudioCredentials.Find(parsed.GetValue(_server)).TryGet(out var credentials, out var fault))
        {
            error.WriteLine(fault.Message);
            return ExitCode.Unusable;
        }

        using var client = new StudioClient(credentials);
        try
        {
            return await act(new StudioCall(parsed, client, parsed.GetValue(_json), cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            error.WriteLine("Stopped.");
            return ExitCode.Unavailable;
        }
    }

    /// <summary>Writes JSON, indented, with a line's end.</summary>
    public static void Write(TextWriter output, JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
            value.WriteTo(writer);
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }
}

/// <summary>One call of a command that talks to a server.</summary>
internal sealed record StudioCall(ParseResult Parsed, StudioClient Client, bool AsJson, CancellationToken Cancel)
{
    public TextWriter Output => Parsed.InvocationConfiguration.Output;

    public TextWriter Error => Parsed.InvocationConfiguration.Error;

    /// <summary>Says the fault; the exit code for it.</summary>
    public int Refuse(Fault fault)
    {
        Error.WriteLine(fault.Message);
        return fault.Code switch
        {
            StudioClient.Unavailable => ExitCode.Unavailable,
            "server-invalid" or "not-signed-in" or "AUTH_INVALID_TOKEN" or "AUTH_EXPIRED_TOKEN" or "file-unreadable" => ExitCode.Unusable,
            _ => ExitCode.Wrong,
        };
    }

    /// <summary>Writes an answer: as JSON where that was asked for, else as the text.</summary>
    public int Show(JsonElement value, Action<TextWriter> text)
    {
        if (AsJson)
            StudioCommand.Write(Output, value);
        else
            text(Output);
        return ExitCode.Fine;
    }
}
