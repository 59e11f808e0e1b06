using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EspForge.EndToEnd.Tests;

/// <summary>Code as a person writes it: with a language server that knows the agent, a compiler that says where, and a release at the end.</summary>
public class EditorInBrowserTests
{
    [Fact]
    public async Task Code_is_completed_broken_seen_at_its_line_fixed_built_and_released()
    {
        Assert.True(File.Exists("/usr/bin/clangd"), "clangd is one of the packages that ./test.sh installs.");
        await using var studio = await StudioProcess.StartAsync();
        await using var browser = await Browser.OpenAsync(studio.Address);
        var page = browser.Page;
        await browser.SignInAsync();
        await browser.CreateProjectAsync();
        await Expect(page.GetByTestId("language-state")).ToHaveAttributeAsync("data-state", "ready");

        // Completion knows the functions of the agent, from its headers.
        var editor = page.GetByTestId("code-editor");
        await editor.Locator(".view-lines").ClickAsync();
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("\nvoid say(ef_app *app);\nvoid say(ef_app *app)\n{\nef_app_lo", new() { Delay = 10 });
        await page.Keyboard.PressAsync("Control+Space");
        var suggestion = page.Locator(".suggest-widget.visible .monaco-list-row").Filter(new() { HasText = "ef_app_log" }).First;
        await Expect(suggestion).ToBeVisibleAsync();
        await browser.ShotAsync("editor-completion");
        await suggestion.ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("Shift+Home");
        await page.Keyboard.TypeAsync("ef_app_log(app, \"hello\");\n}", new() { Delay = 10 });
        await page.Keyboard.PressAsync("Control+End");
        await Expect(editor.Locator(".squiggly-error")).ToHaveCountAsync(0);

        // A mistake is seen while typing, before anything is saved or built.
        await page.Keyboard.TypeAsync("\nint broken = ;", new() { Delay = 10 });
        await Expect(editor.Locator(".squiggly-error").First).ToBeVisibleAsync();
        await browser.ShotAsync("editor-diagnostics");

        // The compiler sees it too, and its message leads to the line.
        await page.Keyboard.PressAsync("Control+S");
        await BuildAsync(page, "1.0.0", "failed");
        await page.GetByRole(AriaRole.Tab, new() { NameRegex = new("^Problems") }).ClickAsync();
        var problem = page.Locator("[data-testid=problem][data-severity=error]").Filter(new() { HasText = "main.c" }).First;
        await Expect(problem).ToContainTextAsync("expected");
        await Expect(problem).Not.ToContainTextAsync("../");
        await browser.ShotAsync("editor-build-failed");
        await page.Keyboard.PressAsync("Control+Home");
        await problem.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(editor.Locator(".view-line").Filter(new() { HasText = "broken" }).First).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("Shift+Home");
        await page.Keyboard.TypeAsync("int whole = 1;");
        await Expect(editor.Locator(".squiggly-error")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Control+S");
        await BuildAsync(page, "1.0.0", "succeeded");

        // The page of the build, and one click to a release.
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("Image") }).First.ClickAsync();
        await page.WaitForURLAsync("**/builds/*");
        await Expect(page.GetByTestId("build-state").First).ToHaveAttributeAsync("data-state", "succeeded");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("SHA-256");
        await browser.ShotAsync("build-page");
        await page.GetByRole(AriaRole.Button, new() { Name = "Release this" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Sign and release" }).ClickAsync();
        await page.WaitForURLAsync("**/releases/*");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("1.0.0");

        // What was saved on the way is there to be looked at and to be had back.
        var project = (await studio.Api.GetAsync("projects")).AsArray().Single()!;
        var saves = (await studio.Api.GetAsync($"projects/{project["id"]}/history?path=main.c")).AsArray();
        Assert.True(saves.Count(save => (string)save!["kind"]! is "saved") >= 2, saves.ToJsonString());
        Assert.Equal([], browser.Errors);
    }

    private static async Task BuildAsync(IPage page, string version, string state)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Build", Exact = true }).First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Version").FillAsync(version);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Build", Exact = true }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(page.Locator($"[data-testid=build-state][data-state={state}]").First).ToBeVisibleAsync(new() { Timeout = 180_000 });
    }
}
