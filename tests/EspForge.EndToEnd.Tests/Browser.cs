using Microsoft.Playwright;

namespace EspForge.EndToEnd.Tests;

/// <summary>The distribution's Chromium, headless. Every script error on a page and every failed request to the host fails the test at its end.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _errors = [];

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        Page = page;
        page.PageError += (_, error) => _errors.Add(error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 500) _errors.Add($"{response.Status} {response.Url}");
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Errors => _errors;

    public static async Task<Browser> OpenAsync(Uri address, int width = 1440, int height = 900, bool javaScript = true)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
        });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { BaseURL = address.ToString(), ViewportSize = new ViewportSize { Width = width, Height = height }, JavaScriptEnabled = javaScript, ReducedMotion = ReducedMotion.Reduce, ColorScheme = ColorScheme.Dark });
        page.SetDefaultTimeout(120_000);
        Assertions.SetDefaultExpectTimeout(90_000); // a machine may be busy; what does not come, does not come later either
        return new Browser(playwright, browser, page);
    }

    /// <summary>Signs the administrator in.</summary>
    public async Task SignInAsync()
    {
        await Page.GotoAsync("/");
        await Page.GetByLabel("Email").FillAsync(ApiClient.Email);
        await Page.GetByLabel("Password").FillAsync(ApiClient.Password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Navigation).First).ToBeVisibleAsync();
    }

    /// <summary>Makes the project "Garden lamp" from the template Blink, up to its editor.</summary>
    public async Task CreateProjectAsync()
    {
        await Page.GotoAsync("/projects");
        await Page.GetByRole(AriaRole.Button, new() { Name = "New project" }).First.ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("Garden lamp");
        await dialog.GetByRole(AriaRole.Combobox, new() { Name = "Boards" }).FillAsync("esp32-devkitc-v4");
        await dialog.GetByRole(AriaRole.Option).First.ClickAsync();
        await dialog.GetByText("Blink", new() { Exact = false }).First.ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create project" }).ClickAsync();
        await Assertions.Expect(Page.GetByTestId("code-editor")).ToBeVisibleAsync(new() { Timeout = 120_000 });
    }

    /// <summary>Where a text stands in the editor, in pixels of the page: its first letters' middle.</summary>
    public async Task<(float X, float Y)> PlaceInEditorAsync(string text)
    {
        await Assertions.Expect(Page.GetByTestId("code-editor").Locator(".view-lines")).ToContainTextAsync(text);
        var place = await Page.EvaluateAsync<float[]>(
            """
            text => {
              const lines = document.querySelector("[data-testid=code-editor] .view-lines");
              for (const walker = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT); walker.nextNode();) {
                const at = walker.currentNode.data.replace(/\u00a0/g, " ").indexOf(text);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walker.currentNode, at);
                range.setEnd(walker.currentNode, at + Math.min(4, text.length));
                const box = range.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
              }
              throw new Error(`No ${text} in the editor.`);
            }
            """, text);
        return (place[0], place[1]);
    }

    /// <summary>Keeps a picture where ESPFORGE_SHOTS says, if it does; the README's come from here.</summary>
    public async Task ShotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("ESPFORGE_SHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
