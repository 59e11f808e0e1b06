using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EspForge.Build.Tests.Platformio;
using EspForge.Build.Tests.Tools;

namespace EspForge.Build.Tests.Language;

/// <summary>A real clangd in the real sandbox.</summary>
public sealed class LanguageSessionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly BuildRequest Lamp = new()
    {
        ProjectName = "lamp",
        Version = "1.0.0",
        Chip = "esp32c3",
        Files =
        [
            ProjectFile.FromText("src/main.c", "#include \"espforge/app.h\"\n#include \"pins.h\"\n#include \"led.h\"\nvoid ef_app_setup(ef_app *app) { led_set(app, PIN_LED); }\n"),
            ProjectFile.FromText("lib/led.c", "#include \"led.h\"\nvoid led_set(ef_app *app, int pin) { (void)app; (void)pin; }\n"),
            ProjectFile.FromText("lib/led.h", "#pragma once\n#include \"espforge/app.h\"\n/** Turns the lamp on. */\nvoid led_set(ef_app *app, int pin);\n"),
        ],
        GeneratedFiles = [ProjectFile.FromText("pins.h", "#pragma once\n#define PIN_LED 8\n")],
    };

    private readonly Workplace _place = new();
    private int _id;

    public void Dispose()
    {
        Assert.Empty(_place.LeftInWork);
        _place.Dispose();
    }

    [ProgramFact("clangd")]
    public async Task A_whole_file_has_no_diagnostics_and_a_broken_one_has()
    {
        await using var session = await OpenAsync(Lamp);
        await InitializeAsync(session);
        Assert.Empty(await DiagnosticsAsync(session, "src/main.c", TextOf("src/main.c")));
        var broken = await DiagnosticsAsync(session, "src/main.c", TextOf("src/main.c").Replace("PIN_LED)", "PIN_LEDD", StringComparison.Ordinal), version: 2);
        Assert.Contains(broken, one => one!["range"]!["start"]!["line"]!.GetValue<int>() == 3);
    }

    [ProgramFact("clangd")]
    public async Task Completion_hover_and_definition_work_across_files()
    {
        await using var session = await OpenAsync(Lamp);
        await InitializeAsync(session);
        var text = TextOf("src/main.c");
        await DiagnosticsAsync(session, "src/main.c", text);
        var at = Position(3, text.Split('\n')[3].IndexOf("led_set", StringComparison.Ordinal) + 4);
        var completion = await AskAsync(session, "textDocument/completion", "src/main.c", at);
        Assert.Contains(completion!["items"]!.AsArray(), item => item!["label"]!.GetValue<string>().Contains("led_set", StringComparison.Ordinal));
        var hover = await AskAsync(session, "textDocument/hover", "src/main.c", at);
        Assert.Contains("Turns the lamp on", hover!.ToJsonString(), StringComparison.Ordinal);
        var definition = await AskAsync(session, "textDocument/definition", "src/main.c", at);
        Assert.StartsWith(session.RootUri + "/lib/led.", definition!.AsArray()[0]!["uri"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [ProgramFact("clangd")]
    public async Task A_generated_file_that_changes_is_seen()
    {
        await using var session = await OpenAsync(Lamp);
        await InitializeAsync(session);
        var text = TextOf("src/main.c").Replace("PIN_LED)", "PIN_NEW)", StringComparison.Ordinal);
        Assert.NotEmpty(await DiagnosticsAsync(session, "src/main.c", text));
        Assert.True((await session.UpdateFilesAsync([ProjectFile.FromText("lib/deep/new.h", "")], [ProjectFile.FromText("pins.h", "#pragma once\n#define PIN_LED 8\n#define PIN_NEW 9\n")], ["lib/led.c"])).IsSuccess);
        Assert.Empty(await DiagnosticsAsync(session, "src/main.c", text + "\n", version: 2));
        Assert.Equal("build-invalid", (await session.UpdateFilesAsync([ProjectFile.FromText("../x", "")], [])).Fault?.Code);
    }

    [ProgramFact("clangd")]
    public async Task A_project_sees_no_file_of_the_host_through_it()
    {
        var secret = Path.Combine(_place.Root, "secret.h");
        await File.WriteAllTextAsync(secret, "int the_secret_of_this_machine;\n");
        await using var session = await OpenAsync(Lamp with { Files = [.. Lamp.Files, ProjectFile.FromText(".clangd", "CompileFlags:\n  Add: [-include, /etc/passwd, -fplugin=/espforge/project/evil.so]\n")] });
        await InitializeAsync(session);
        var diagnostics = await DiagnosticsAsync(session, "src/main.c", $"#include \"{secret}\"\n#include \"/etc/passwd\"\nint x;\n");
        Assert.Equal(1, diagnostics.Count(one => one!.ToJsonString().Contains("file not found", StringComparison.Ordinal)));
        Assert.DoesNotContain("the_secret", diagnostics.ToJsonString(), StringComparison.Ordinal);
    }

    [ProgramFact("clangd")]
    public async Task Disposing_kills_the_server_and_removes_its_directory()
    {
        var session = await OpenAsync(Lamp);
        await InitializeAsync(session);
        var marker = Path.GetFileName(Assert.Single(_place.LeftInWork));
        Assert.NotEmpty(Runs.Processes(marker));
        await session.DisposeAsync();
        Assert.True(session.Ended.IsCompleted);
        Assert.Empty(await Runs.AfterAMomentAsync(marker));
        Assert.Null(await session.ReadAsync());
        await session.DisposeAsync();
    }

    [ProgramFact("clangd")]
    public async Task A_message_that_is_too_large_is_refused_and_the_session_goes_on()
    {
        await using var session = await OpenAsync(Lamp);
        Assert.Equal("message-too-large", (await session.SendAsync(new byte[LanguageSession.MaxMessageBytes + 1])).Fault?.Code);
        await InitializeAsync(session);
    }

    [ProgramFact("clangd")]
    public async Task A_server_that_ends_is_told()
    {
        await using var session = await OpenAsync(Lamp);
        await InitializeAsync(session);
        await SendAsync(session, new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 99, ["method"] = "shutdown" });
        await SendAsync(session, new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "exit" });
        while (await session.ReadAsync().WaitAsync(Patience) is not null)
        {
        }

        await session.Ended.WaitAsync(Patience);
    }

    [ProgramFact("clangd")]
    public async Task Projects_of_PlatformIO_have_it_even_where_PlatformIO_is_missing()
    {
        _place.Options.PlatformioProgram = Path.Combine(_place.Root, "nowhere/pio");
        await using var session = await OpenAsync(PlayedPlatformio.Sensor with { Files = [.. PlayedPlatformio.Sensor.Files.Take(1), ProjectFile.FromText("src/main.cpp", ""), ProjectFile.FromText("include/thing.h", "class Thing {};\n")] });
        await InitializeAsync(session);
        Assert.Empty(await DiagnosticsAsync(session, "src/main.cpp", "#include \"thing.h\"\n#include \"pins.h\"\nThing thing;\nint led = PIN_LED;\n"));
    }

    [Fact]
    public async Task A_request_that_is_wrong_opens_nothing()
    {
        var fault = (await Sessions().OpenAsync(Lamp with { Toolchain = "nosuch" })).Fault;
        Assert.Contains(fault?.Code, (string[])["build-invalid", "language-server-missing"]);
    }

    private static string TextOf(string path) => Encoding.UTF8.GetString(Lamp.Files.Single(file => file.Path == path).Content.Span);

    private static JsonObject Position(int line, int character) => new() { ["line"] = line, ["character"] = character };

    private static async Task SendAsync(LanguageSession session, JsonObject message) => Assert.True((await session.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()))).IsSuccess);

    private static async Task<JsonNode> UntilAsync(LanguageSession session, Func<JsonNode, bool> isIt)
    {
        while (true)
        {
            var bytes = await session.ReadAsync().WaitAsync(Patience);
            Assert.NotNull(bytes);
            var message = JsonSerializer.Deserialize<JsonNode>(bytes.Value.Span)!;
            if (isIt(message))
                return message;
        }
    }

    private LanguageSessions Sessions()
    {
        var sandboxes = new SandboxSelector(_place.Wrapped);
        return new LanguageSessions([new HostToolchain(sandboxes, _place.Wrapped), new PlatformioToolchain(_place.Wrapped), new EspIdfToolchain(_place.Wrapped)], sandboxes, _place.Wrapped);
    }

    private async Task<LanguageSession> OpenAsync(BuildRequest request) => (await Sessions().OpenAsync(request)).Value;

    private async Task<JsonNode?> AskAsync(LanguageSession session, string method, string path, JsonObject position)
    {
        var id = ++_id;
        await SendAsync(session, new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = id,
            ["method"] = method,
            ["params"] = new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = $"{session.RootUri}/{path}" }, ["position"] = position.DeepClone() },
        });
        return (await UntilAsync(session, message => message["id"]?.GetValueKind() == JsonValueKind.Number && message["id"]!.GetValue<int>() == id))["result"];
    }

    private async Task InitializeAsync(LanguageSession session)
    {
        var id = ++_id;
        await SendAsync(session, new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = "initialize", ["params"] = new JsonObject { ["processId"] = null, ["rootUri"] = session.RootUri, ["capabilities"] = new JsonObject() } });
        await UntilAsync(session, message => message["id"] is not null);
        await SendAsync(session, new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "initialized", ["params"] = new JsonObject() });
    }

    private static async Task<JsonArray> DiagnosticsAsync(LanguageSession session, string path, string text, int version = 1)
    {
        var document = new JsonObject { ["uri"] = $"{session.RootUri}/{path}", ["languageId"] = path.EndsWith(".c", StringComparison.Ordinal) ? "c" : "cpp", ["version"] = version };
        var parameters = new JsonObject { ["textDocument"] = document };
        if (version == 1)
            document["text"] = text;
        else
            parameters["contentChanges"] = new JsonArray(new JsonObject { ["text"] = text });
        await SendAsync(session, new JsonObject { ["jsonrpc"] = "2.0", ["method"] = version == 1 ? "textDocument/didOpen" : "textDocument/didChange", ["params"] = parameters });
        var message = await UntilAsync(session, one => one["method"]?.GetValue<string>() == "textDocument/publishDiagnostics" && one["params"]!["uri"]!.GetValue<string>().EndsWith(path, StringComparison.Ordinal)
            && (one["params"]!["version"] is not { } told || told.GetValue<int>() == version));
        return message["params"]!["diagnostics"]!.AsArray();
    }
}
