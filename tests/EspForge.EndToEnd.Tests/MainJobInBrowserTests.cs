using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EspForge.EndToEnd.Tests;

/// <summary>The main job as a person does it, in the browser.</summary>
public class MainJobInBrowserTests
{
    private const int Devices = 20;

    [Fact]
    public async Task From_an_empty_host_to_a_fleet_that_takes_the_good_release_and_stops_the_bad_one()
    {
        await using var studio = await StudioProcess.StartAsync(withAdministrator: false);
        await using var browser = await Browser.OpenAsync(studio.Address);
        var page = browser.Page;

        await SetUpAsync(page);
        await browser.ShotAsync("dashboard-empty");
        await browser.CreateProjectAsync();
        await WrongPinAsync(browser);
        await BuildAsync(browser, "1.0.0");
        await ReleaseAsync(browser);
        await AddDevicesAsync(browser);

        await RollOutAsync(browser, "1.0.0");
        await Expect(page.GetByTestId("fleet-cell")).ToHaveCountAsync(Devices);
        await Expect(page.Locator("[data-testid=fleet-cell][data-state=confirmed]").First).ToBeVisibleAsync(Within(120));
        await browser.ShotAsync("rollout-early");
        await Expect(page.Locator("[data-testid=fleet-cell][data-state=confirmed]").Nth(9)).ToBeVisibleAsync(Within(120));
        await browser.ShotAsync("rollout");
        await Expect(page.GetByTestId("rollout-state")).ToHaveAttributeAsync("data-state", "completed", new() { Timeout = 180_000 });
        await Expect(page.Locator("[data-testid=fleet-cell][data-state=confirmed]")).ToHaveCountAsync(Devices);
        await browser.ShotAsync("rollout-completed");

        await BreakTheCodeAsync(page);
        await BuildAsync(browser, "1.1.0");
        await ReleaseAsync(browser);
        await RollOutAsync(browser, "1.1.0");
        await Expect(page.GetByTestId("rollout-state")).ToHaveAttributeAsync("data-state", "rolledBack", new() { Timeout = 120_000 });
        await Expect(page.Locator("[data-testid=fleet-cell][data-state=rolledBack]")).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-testid=fleet-cell][data-state=confirmed]")).ToHaveCountAsync(0);
        await Expect(page.GetByText("crashed").First).ToBeVisibleAsync();
        await browser.ShotAsync("rollout-rolled-back");

        await page.GotoAsync("/devices");
        await Expect(page.GetByTestId("device-row")).ToHaveCountAsync(Devices);
        await Expect(page.Locator("[data-testid=device-row][data-version='1.0.0'][data-online=true]")).ToHaveCountAsync(Devices, new() { Timeout = 60_000 });
        await browser.ShotAsync("devices");
        await page.GetByTestId("device-row").First.GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByTestId("device-row")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("device-version")).ToContainTextAsync("1.0.0");
        await Expect(page.Locator(".recharts-surface").First).ToBeVisibleAsync(Within(120));
        await browser.ShotAsync("device");
        await page.GotoAsync("/audit");
        await Expect(page.GetByRole(AriaRole.Table).GetByText("rollout.create").First).ToBeVisibleAsync();
        await browser.ShotAsync("audit");
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("1.0.0");
        await browser.ShotAsync("dashboard");
        Assert.Equal([], browser.Errors);
    }

    private static async Task SetUpAsync(IPage page)
    {
        await page.GotoAsync("/");
        await page.GetByLabel("Email").FillAsync(ApiClient.Email);
        await page.GetByLabel("Password").FillAsync(ApiClient.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the administrator" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Navigation).First).ToBeVisibleAsync();
    }

    private static async Task WrongPinAsync(Browser browser)
    {
        var page = browser.Page;
        await browser.ShotAsync("project");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Pins" }).ClickAsync();
        var uses = page.GetByRole(AriaRole.Table, new() { Name = "Uses" });
        await uses.GetByLabel("GPIO of led").First.SelectOptionAsync("34");
        var finding = page.Locator("[data-testid=finding][data-severity=error]").First;
        await Expect(finding).ToContainTextAsync("GPIO34");
        await browser.ShotAsync("pins");
        await SavePlanAsync(page);

        // What it says to do does away with it.
        await finding.GetByRole(AriaRole.Button, new() { NameRegex = new("^Move led to GPIO\\d+") }).ClickAsync();
        await Expect(page.Locator("[data-testid=finding][data-severity=error]")).ToHaveCountAsync(0);
        await SavePlanAsync(page);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Code" }).ClickAsync();
    }

    private static async Task SavePlanAsync(IPage page)
    {
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save plan" });
        await save.ClickAsync();
        await Expect(page.GetByText("Pin plan saved").First).ToBeVisibleAsync();
        await Expect(save).ToBeDisabledAsync();
    }

    private static async Task BuildAsync(Browser browser, string version)
    {
        var page = browser.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Build", Exact = true }).First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Version").FillAsync(version);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Build", Exact = true }).ClickAsync();
        await Expect(page.Locator("[data-testid=build-state][data-state=running], [data-testid=build-state][data-state=succeeded]").First).ToBeVisibleAsync(Within(120));
        await Expect(page.Locator("[data-testid=build-state][data-state=succeeded]").First).ToBeVisibleAsync(Within(180));
        await browser.ShotAsync($"build-{version}");
    }

    private static async Task ReleaseAsync(Browser browser)
    {
        var page = browser.Page;
        await page.GotoAsync("/builds");
        await page.GetByRole(AriaRole.Row).Nth(1).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Release this" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Sign and release" }).ClickAsync();
        await page.WaitForURLAsync("**/releases/*");
        await Expect(page.GetByText("sequence", new() { Exact = false }).First).ToBeVisibleAsync();
        await browser.ShotAsync("release");
    }

    private static async Task AddDevicesAsync(Browser browser)
    {
        var page = browser.Page;
        await page.GotoAsync("/devices");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add virtual devices" }).First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Count").FillAsync(Devices.ToString());
        await dialog.GetByRole(AriaRole.Button, new() { Name = $"Add {Devices}" }).ClickAsync();
        await Expect(page.Locator("[data-testid=device-row][data-online=true]")).ToHaveCountAsync(Devices, new() { Timeout = 240_000 });
        await browser.ShotAsync("virtual-devices");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).First.ClickAsync();
    }

    private static async Task RollOutAsync(Browser browser, string version)
    {
        var page = browser.Page;
        await page.GotoAsync("/releases");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = version }).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByText("Roll out", new() { Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Quick try" }).ClickAsync();
        var start = page.GetByRole(AriaRole.Button, new() { Name = "Start with 1 device" });
        await Expect(start).ToBeEnabledAsync();
        await browser.ShotAsync("rollout-new");
        await start.ClickAsync();
        await Expect(page.GetByTestId("stage-track")).ToBeVisibleAsync();
    }

    private static async Task BreakTheCodeAsync(IPage page)
    {
        await page.GotoAsync("/projects");
        await page.GetByRole(AriaRole.Link, new() { Name = "Garden lamp" }).First.ClickAsync();
        var editor = page.GetByTestId("code-editor");
        await Expect(editor).ToBeVisibleAsync(Within(120));
        await editor.Locator(".view-lines").ClickAsync();
        await page.Keyboard.PressAsync("Control+A");
        await page.Keyboard.InsertTextAsync("#include <stdlib.h>\n#include \"espforge/app.h\"\nvoid ef_app_setup(ef_app *app) { ef_app_log(app, \"about to crash\"); abort(); }\nvoid ef_app_loop(ef_app *app, int64_t now_ms) { (void)app; (void)now_ms; }\n");
        await page.Keyboard.PressAsync("Control+S");
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Save \\d") })).ToHaveCountAsync(0);
    }

    private static LocatorAssertionsToBeVisibleOptions Within(int seconds) => new() { Timeout = seconds * 1000 };
}
