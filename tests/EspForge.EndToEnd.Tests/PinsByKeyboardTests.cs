using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EspForge.EndToEnd.Tests;

/// <summary>The pin page without a mouse: a board, six uses, no finding above a note, and the code in hand.</summary>
public class PinsByKeyboardTests
{
    private const int MostKeys = 60;

    [Fact]
    public async Task Board_six_uses_zero_findings_and_code_take_at_most_sixty_keys()
    {
        await using var studio = await StudioProcess.StartAsync();
        await using var browser = await Browser.OpenAsync(studio.Address);
        var page = browser.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"], new() { Origin = studio.Address.GetLeftPart(UriPartial.Authority) });
        await browser.SignInAsync();
        await page.GotoAsync("/pins");
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Search boards" })).ToBeFocusedAsync();
        await Expect(page.GetByRole(AriaRole.Option).First).ToBeVisibleAsync();

        var keys = new Keys(page);
        await keys.TypeAsync("c6");
        await Expect(page.GetByRole(AriaRole.Option).First).ToContainTextAsync("C6");
        await keys.PressAsync("Enter");
        await Expect(page.GetByLabel("Search functions")).ToBeFocusedAsync();
        foreach (var (typed, placed) in new[] { ("sda", "i2c0 sda"), ("scl", "i2c0 scl"), ("led", "led"), ("adc", "adc"), ("relay", "relay"), ("button", "button") })
        {
            await keys.TypeAsync(typed);
            await keys.PressAsync("Enter");
            await Expect(page.GetByText("choose a lit pin")).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("^On GPIO") })).ToBeVisibleAsync();
            await keys.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new($"^GPIO\\d+,.*, {placed}, ") })).ToBeVisibleAsync();
        }

        await Expect(page.GetByRole(AriaRole.Status, new() { NameRegex = new("^0 errors, 0 warnings") })).ToBeVisibleAsync();
        await keys.PressAsync("Control+Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true })).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(page.GetByText("pins.h is copied")).ToBeVisibleAsync();
        var code = await page.EvaluateAsync<string>("navigator.clipboard.readText()");
        Assert.Contains("PIN_I2C0_SDA", code, StringComparison.Ordinal);
        Assert.Equal(6, code.Split('\n').Count(line => line.StartsWith("#define PIN_", StringComparison.Ordinal)));
        Assert.True(keys.Count <= MostKeys, $"It took {keys.Count} keys; {MostKeys} are allowed.");
        Assert.Equal([], browser.Errors);
    }

    [Fact]
    public async Task At_320_pixels_nothing_scrolls_sideways_and_undo_brings_back()
    {
        await using var studio = await StudioProcess.StartAsync();
        await using var browser = await Browser.OpenAsync(studio.Address, 320, 568);
        var page = browser.Page;
        await browser.SignInAsync();
        await page.GotoAsync("/pins?board=esp32-devkitc-v4");
        var search = page.GetByLabel("Search functions");
        await search.FillAsync("a-part-with-a-name-of-more-than-forty-letters-altogether");
        await search.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("^On GPIO") })).ToBeVisibleAsync();
        await search.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Tab, new() { NameRegex = new("^Uses 1") })).ToBeVisibleAsync();
        foreach (var tab in (string[])["Boot", "Export", "Uses"])
        {
            await page.GetByRole(AriaRole.Tab, new() { NameRegex = new($"^{tab}") }).ClickAsync();
            Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth || document.getElementById('main').scrollWidth > document.getElementById('main').clientWidth"), $"{tab} scrolls sideways");
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Tab, new() { NameRegex = new("^Uses 0") })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Redo" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Tab, new() { NameRegex = new("^Uses 1") })).ToBeVisibleAsync();
        Assert.Equal([], browser.Errors);
    }

    /// <summary>Counts what a person would press; a chord is one.</summary>
    private sealed class Keys(IPage page)
    {
        public int Count { get; private set; }

        public async Task TypeAsync(string text)
        {
            Count += text.Length;
            await page.Keyboard.TypeAsync(text);
        }

        public Task PressAsync(string key)
        {
            Count++;
            return page.Keyboard.PressAsync(key);
        }
    }
}
