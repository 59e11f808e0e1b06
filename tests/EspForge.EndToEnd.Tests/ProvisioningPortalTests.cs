using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EspForge.EndToEnd.Tests;

/// <summary>A device out of its box: a person gives it a network on its own page, and claims it. The page and what stands behind it are those of a chip;
/// only the radio is played.</summary>
public sealed class ProvisioningPortalTests(HostToolsFixture tools) : IClassFixture<HostToolsFixture>, IDisposable
{
    private readonly string _room = Path.GetTempFileName();

    [Fact]
    public async Task A_person_chooses_a_network_mistypes_its_password_joins_and_claims_the_device()
    {
        await File.WriteAllTextAsync(_room, "Workshop\t-48\tcorrect horse\nGuest\t-71\t\nNeighbour <2.4>\t-83\t12345678\n");
        await using var studio = await StudioProcess.StartAsync();
        await using var device = VirtualDevice.Start(tools, studio.Address.ToString(), "--radio", _room, "--portal", "0");
        await using var browser = await Browser.OpenAsync(new Uri(await device.SaysAsync("PORTAL")), width: 390, height: 844);
        var page = browser.Page;

        // What a phone asks to find out whether there is internet leads here.
        await page.GotoAsync("/generate_204");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(VirtualDevice.Product);
        await Expect(page.GetByRole(AriaRole.Radio)).ToHaveCountAsync(4);
        await Expect(page.GetByLabel("Neighbour <2.4>")).ToBeVisibleAsync();
        await browser.ShotAsync("portal-choose");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await browser.ShotAsync("portal-choose-light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });

        // A network that comes into reach later is there without a reload, and what was chosen stays chosen.
        await page.GetByLabel("Workshop").CheckAsync();
        await File.AppendAllTextAsync(_room, "Latecomer\t-60\t12345678\n");
        await Expect(page.GetByLabel("Latecomer")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(page.GetByLabel("Workshop")).ToBeCheckedAsync();

        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("wrong horse");
        await page.GetByRole(AriaRole.Button, new() { Name = "Join network" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("The password is wrong.", new() { Timeout = 20_000 });
        await Expect(page.GetByLabel("Password", new() { Exact = true })).ToHaveValueAsync("");
        await browser.ShotAsync("portal-wrong-password");

        await Expect(page.GetByLabel("Workshop")).ToBeCheckedAsync();
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("correct horse");
        await page.GetByRole(AriaRole.Button, new() { Name = "Join network" }).ClickAsync();
        var code = page.GetByLabel("Pairing code");
        await Expect(code).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[0-9]{6}$"), new() { Timeout = 30_000 });
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Join network" })).ToBeHiddenAsync();
        await browser.ShotAsync("portal-joined");

        await studio.Api.PostAsync("devices/claim", new { pairingCode = await code.InnerTextAsync(), name = "From the portal" });
        await device.SaysAsync("CLAIMED");
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("belongs to an account", new() { Timeout = 20_000 });
        await Expect(code).ToBeHiddenAsync();
        Assert.DoesNotContain("horse", device.Output, StringComparison.Ordinal);
        Assert.Equal([], browser.Errors);
    }

    [Fact]
    public async Task Without_JavaScript_the_page_does_the_same()
    {
        await File.WriteAllTextAsync(_room, "Workshop\t-48\tcorrect horse\n");
        await using var device = VirtualDevice.Start(tools, "http://127.0.0.1:9", "--radio", _room, "--portal", "0");
        await using var browser = await Browser.OpenAsync(new Uri(await device.SaysAsync("PORTAL")), width: 390, height: 844, javaScript: false);
        var page = browser.Page;
        await page.GotoAsync("/");
        await Wait.UntilAsync(TimeSpan.FromSeconds(20), "the scan is done", async () =>
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "Scan again" }).ClickAsync();
            return await page.GetByLabel("Workshop").CountAsync() == 1;
        });
        await page.GetByLabel("Another network").CheckAsync();
        await page.GetByLabel("Name of the network").FillAsync("Workshop");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("short");
        await page.GetByRole(AriaRole.Button, new() { Name = "Join network" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("8 to 63 characters");
        await page.GetByLabel("Workshop").CheckAsync();
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("correct horse");
        await page.GetByRole(AriaRole.Button, new() { Name = "Join network" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("The device is online", new() { Timeout = 20_000 });
        Assert.Equal([], browser.Errors);
    }

    public void Dispose() => File.Delete(_room);
}
