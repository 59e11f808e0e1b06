using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EspForge.EndToEnd.Tests;

/// <summary>Files of a project by pointer and keys: moved, brought from the computer, searched before they are saved, deleted with their folder.</summary>
public class FileTreeInBrowserTests
{
    [Fact]
    public async Task Files_are_moved_added_searched_unsaved_and_deleted_with_their_folder()
    {
        await using var studio = await StudioProcess.StartAsync();
        var story = new Story(studio);
        await story.CreateProjectAsync(template: "empty");
        var project = $"projects/{story.ProjectId}";
        foreach (var path in (string[])["src/a.c", "src/deep/b.h", "lib/c.c"])
            await studio.Api.PutAsync($"{project}/files/{path}", new { content = "int zebra;\n" });
        await using var browser = await Browser.OpenAsync(studio.Address);
        var page = browser.Page;
        await browser.SignInAsync();
        await page.GotoAsync($"/{project}?file=lib/c.c");
        var editor = page.GetByTestId("code-editor");
        await Expect(editor).ToHaveAttributeAsync("data-path", "lib/c.c");
        ILocator Row(string path) => page.Locator($"[data-tree='{path}']");

        // By the pointer: a file onto a folder, onto a file beside which it is to be, and not a folder into itself.
        await Row("lib/c.c").DragToAsync(Row("src"));
        await Expect(Row("src/c.c")).ToBeVisibleAsync();
        await Expect(editor).ToHaveAttributeAsync("data-path", "src/c.c");
        await Row("src/c.c").HoverAsync();
        await page.Mouse.DownAsync();
        await Row("src/deep").HoverAsync();
        await Row("src/deep").HoverAsync();
        await Expect(Row("src/deep")).ToHaveAttributeAsync("data-drop", "");
        await browser.ShotAsync("tree-drag");
        await page.Mouse.UpAsync();
        await Expect(Row("src/deep/c.c")).ToBeVisibleAsync();
        await Row("src").DragToAsync(Row("src/deep"));
        await Row("src/deep").DragToAsync(Row("main.c"));
        await Expect(Row("deep/c.c")).ToBeVisibleAsync();
        await Row("deep").FocusAsync();
        await page.Keyboard.PressAsync("F2");
        await page.GetByRole(AriaRole.Dialog).GetByLabel("New path").FillAsync("src/inner");
        await page.Keyboard.PressAsync("Enter");
        await Expect(Row("src/inner/c.c")).ToBeVisibleAsync();

        // From the computer: text with an ending that projects have, nothing else.
        await Row("src").FocusAsync();
        await page.GetByLabel("Files from this computer", new() { Exact = true }).SetInputFilesAsync(
        [
            new FilePayload { Name = "extra.c", MimeType = "text/plain", Buffer = "int extra;\n"u8.ToArray() },
            new FilePayload { Name = "photo.png", MimeType = "image/png", Buffer = [0x89, 0x50, 0, 0] },
        ]);
        await Expect(Row("src/extra.c")).ToBeVisibleAsync();
        await Expect(page.GetByText("photo.png: A file ends in", new() { Exact = false })).ToBeVisibleAsync();
        await Expect(editor).ToHaveAttributeAsync("data-path", "src/extra.c");

        // What is typed is found before it is saved, and what it replaced is not.
        await editor.Locator(".view-lines").ClickAsync();
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.TypeAsync("int zebra_new;");
        await page.Keyboard.PressAsync("Control+Shift+F");
        await page.GetByLabel("Search for").FillAsync("zebra");
        var match = page.Locator("[data-testid=match][data-path='src/extra.c']");
        await Expect(match).ToContainTextAsync("int zebra_new;");
        await browser.ShotAsync("search-unsaved");
        await page.GetByLabel("Search for").FillAsync("z.bra_n[a-f]w");
        await page.GetByLabel("Regular expression").ClickAsync();
        await Expect(page.GetByTestId("match")).ToHaveCountAsync(1);
        await Expect(match).ToContainTextAsync("int zebra_new;");
        await page.GetByLabel("Search for").FillAsync("extra");
        await Expect(page.GetByText("Nothing found.")).ToBeVisibleAsync();

        // A folder goes at once, with what is open of it.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Files" }).ClickAsync();
        await Row("src").FocusAsync();
        await page.Keyboard.PressAsync("Delete");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("4 files");
        await Expect(dialog).ToContainTextAsync("not saved in 1 file");
        await browser.ShotAsync("folder-delete");
        await dialog.GetByRole(AriaRole.Textbox).FillAsync("src");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete 4 files" }).ClickAsync();
        await Expect(Row("src")).ToHaveCountAsync(0);
        await Expect(editor).ToHaveAttributeAsync("data-path", "main.c");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Open files" })).Not.ToContainTextAsync("extra.c");
        var kinds = (await studio.Api.GetAsync($"{project}/history?limit=6")).AsArray().Select(one => $"{one!["kind"]} {one["path"]}");
        Assert.Equal(["deleted src", "saved src/extra.c", "renamed src/inner", "renamed deep", "renamed src/deep/c.c", "renamed src/c.c"], kinds);
        Assert.Equal([], browser.Errors);
    }
}
