using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EspForge.EndToEnd.Tests;

/// <summary>The editor and its language server on the real host: what a name is, where it is defined, and what happens when the server or the host goes.</summary>
public class EditorLanguageTests
{
    private const string Main =
        """
        #include "espforge/app.h"
        #include "led.h"

        void ef_app_setup(ef_app *app)
        {
            ef_app_log(app, "level %d", led_level(50));
        }

        void ef_app_loop(ef_app *app, int64_t now_ms)
        {
            (void)app;
            (void)now_ms;
        }

        """;

    private const string Source =
        """
        #include "led.h"

        /* Of 255. */
        int led_level(int percent)
        {
            return percent * 255 / 100;
        }

        """;

    [Fact]
    public async Task A_name_says_what_it_is_leads_to_its_file_and_what_was_lost_comes_back_by_itself()
    {
        Assert.True(File.Exists("/usr/bin/clangd"), "clangd is one of the packages that ./test.sh installs.");
        await using var studio = await StudioProcess.StartAsync();
        var id = await MakeAsync(studio);
        await using var browser = await Browser.OpenAsync(studio.Address);
        var page = browser.Page;
        var sockets = 0;
        page.WebSocket += (_, socket) => sockets += socket.Url.EndsWith("/language", StringComparison.Ordinal) ? 1 : 0;
        await browser.SignInAsync();
        await page.GotoAsync($"/projects/{id}?file=main.c");
        var editor = page.GetByTestId("code-editor");
        var state = page.GetByTestId("language-state");
        await Expect(state).ToHaveAttributeAsync("data-state", "ready");

        // What it is.
        var (x, y) = await browser.PlaceInEditorAsync("led_level");
        await page.Mouse.MoveAsync(x, y);
        var hover = page.Locator(".monaco-hover:visible");
        await Expect(hover).ToContainTextAsync("int percent");
        await browser.ShotAsync("editor-hover");

        // Where it is: in a file that nobody has opened yet, at its line.
        await page.Mouse.ClickAsync(x, y);
        await page.Keyboard.PressAsync("F12");
        await Expect(editor).ToHaveAttributeAsync("data-path", "led.c");
        await Expect(page.GetByTitle("Line and column")).ToHaveTextAsync("4:5");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Open files" })).ToContainTextAsync("led.c");

        // The server ends, and another takes its place without a word from anybody.
        var before = sockets;
        Assert.True(studio.KillDescendants("clangd") > 0);
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("int broken = ;", new() { Delay = 10 });
        await Expect(editor.Locator(".squiggly-error").First).ToBeVisibleAsync();
        await Expect(state).ToHaveAttributeAsync("data-state", "ready");
        Assert.Equal(before + 1, sockets);

        // The host is cut off, and when it is back it takes no token from before.
        await studio.KillAsync();
        await Expect(state).ToHaveAttributeAsync("data-state", "lost");
        await browser.ShotAsync("editor-lost");
        await page.Keyboard.PressAsync("Shift+Home");
        await page.Keyboard.TypeAsync("int whole = 1;", new() { Delay = 10 });
        File.Delete(Path.Combine(studio.DataDirectory, "keys", "access-token.key"));
        await studio.StartAgainAsync();
        await Expect(state).ToHaveAttributeAsync("data-state", "ready");
        await Expect(editor.Locator(".squiggly-error")).ToHaveCountAsync(0);
        await page.Keyboard.TypeAsync("\nint again = ;", new() { Delay = 10 });
        await Expect(editor.Locator(".squiggly-error").First).ToBeVisibleAsync();
        Assert.Equal([], browser.Errors);
    }

    [Fact]
    public async Task A_token_that_has_ended_is_renewed_before_the_socket_is_asked_for_again()
    {
        await using var studio = await StudioProcess.StartAsync();
        var id = await MakeAsync(studio);
        await using var browser = await Browser.OpenAsync(studio.Address);
        var page = browser.Page;
        var asked = new List<string>();
        IWebSocketRoute? open = null;
        await page.Clock.InstallAsync();
        await page.RouteWebSocketAsync("**/language", socket =>
        {
            asked.Add("socket");
            open = socket;
            socket.ConnectToServer();
        });
        page.Request += (_, request) =>
        {
            if (request.Url.EndsWith("auth/refresh", StringComparison.Ordinal)) asked.Add("refresh");
        };
        await browser.SignInAsync();
        await page.GotoAsync($"/projects/{id}?file=main.c");
        var state = page.GetByTestId("language-state");
        await Expect(state).ToHaveAttributeAsync("data-state", "ready");

        // A quarter of an hour and more: the token is good no longer, and only the clock says so.
        await page.Clock.FastForwardAsync("16:00");
        asked.Clear();
        await open!.CloseAsync(new() { Code = 4410, Reason = "The language server has ended." });
        await Wait.UntilAsync(TimeSpan.FromSeconds(60), "the socket is asked for again", () => Task.FromResult(asked.Contains("socket")));
        await Expect(state).ToHaveAttributeAsync("data-state", "ready");
        Assert.Equal(["refresh", "socket"], asked);
    }

    [Fact]
    public async Task Without_a_language_server_the_editor_says_so_and_edits_all_the_same()
    {
        await using var studio = await StudioProcess.StartAsync();
        var id = await MakeAsync(studio);
        await using var browser = await Browser.OpenAsync(studio.Address);
        var page = browser.Page;

        // What a host without clangd answers (docs/api.md, Language server).
        await page.RouteWebSocketAsync("**/language", socket => _ = socket.CloseAsync(new() { Code = 4404, Reason = "clangd is not installed. On Debian or Ubuntu: apt-get install clangd" }));
        await browser.SignInAsync();
        await page.GotoAsync($"/projects/{id}?file=main.c");
        var state = page.GetByTestId("language-state");
        await Expect(state).ToHaveAttributeAsync("data-state", "missing");
        await Expect(state).ToContainTextAsync("clangd not installed");
        await Expect(state.GetByRole(AriaRole.Button)).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("apt-get install clangd"));
        await page.GetByTestId("code-editor").Locator(".view-lines").ClickAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("int typed;");
        await page.Keyboard.PressAsync("Control+S");
        await Wait.UntilAsync(TimeSpan.FromSeconds(60), "the file is saved", async () => ((string)(await studio.Api.GetAsync($"projects/{id}/files/main.c"))["content"]!).EndsWith("int typed;", StringComparison.Ordinal));
        await Expect(state).ToHaveAttributeAsync("data-state", "missing");
        Assert.Equal([], browser.Errors);
    }

    private static async Task<string> MakeAsync(StudioProcess studio)
    {
        var story = new Story(studio);
        await story.CreateProjectAsync(template: "empty");
        foreach (var (path, content) in new[] { ("main.c", Main), ("led.h", "#pragma once\n\nint led_level(int percent);\n"), ("led.c", Source) })
            await studio.Api.PutAsync($"projects/{story.ProjectId}/files/{path}", new { content });
        return story.ProjectId;
    }
}
