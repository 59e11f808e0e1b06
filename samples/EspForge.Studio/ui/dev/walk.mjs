// The main job through the pages, against a real host with an empty data directory.
// node dev/walk.mjs BASE OUT [devices] [from: project, devices]
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [base = "http://127.0.0.1:5080", out = "walk", devices = "6", from = "project"] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", timeout: 180_000, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "dark" })).newPage();
page.setDefaultTimeout(180_000);
const say = (text) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
page.on("console", (message) => message.type() === "error" && say(`console: ${message.text().slice(0, 300)}`));
page.on("pageerror", (error) => say(`page error: ${error.message}`));
page.on("response", (response) => response.status() >= 400 && response.status() !== 401 && say(`${response.status()} ${response.request().method()} ${response.url()}`));
let number = 0;
const shot = (name) => page.screenshot({ path: `${out}/${String(++number).padStart(2, "0")}-${name}.png` });
const user = { email: "admin@lab.example", password: "seven quiet herons walk" };

try {
  await page.goto(base);
  await page.getByRole("heading", { name: /administrator|sign in/i }).waitFor();
  await page.getByLabel("Email").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await shot("first-visit");
  await page.getByRole("button", { name: /create the administrator|sign in/i }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
  await page.waitForTimeout(1000);
  await shot("empty-dashboard");

  if (from === "project") {
  say("project");
  await page.getByRole("link", { name: "Projects" }).first().click();
  await page.waitForTimeout(500);
  await shot("empty-projects");
  await page.getByRole("button", { name: "New project" }).first().click();
  await page.getByLabel("Name").fill("Greenhouse climate");
  await page.getByRole("combobox", { name: "Search boards" }).fill("devkitc v4");
  await page.getByRole("option", { name: /DevKitC V4.*WROOM/ }).first().click();
  await page.getByText("Climate sensor").click();
  await shot("new-project");
  await page.getByRole("button", { name: "Create project" }).click();
  await page.getByRole("tab", { name: /Pins/ }).click();
  await page.getByRole("button", { name: /^GPIO25/ }).waitFor();
  await page.waitForTimeout(1500);
  await shot("pins");

  say("pins: a relay on GPIO12, a button with a pull-up on GPIO34");
  await page.getByRole("button", { name: /^GPIO12/ }).click();
  await page.getByRole("combobox", { name: "Assign a function to GPIO12" }).selectOption("relay");
  await page.getByRole("button", { name: /^GPIO34/ }).click();
  await page.getByRole("combobox", { name: "Assign a function to GPIO34" }).selectOption("led");
  await page.getByTestId("finding").first().waitFor();
  await page.waitForTimeout(800);
  await shot("findings");
  say(`findings: ${(await page.getByTestId("finding").allTextContents()).map((text) => text.slice(0, 70)).join(" | ")}`);
  await page.locator('[data-testid="finding"][data-severity="error"]').first().getByRole("button", { name: /^Move/ }).first().click();
  await page.waitForTimeout(800);
  await page.getByRole("tab", { name: "pins.h" }).click();
  await page.waitForTimeout(600);
  await shot("repaired");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Redo" }).click();
  await page.getByRole("button", { name: "spi2 cs", exact: true }).hover();
  await page.waitForTimeout(1500);
  await shot("legal-pins");
  await page.getByRole("button", { name: "Save plan" }).click();
  await page.getByText("Pin plan saved").waitFor();

  say("code and build");
  await page.getByRole("tab", { name: "Code" }).click();
  await page.getByTestId("code-editor").waitFor();
  await page.waitForTimeout(3000);
  await shot("editor");
  await page.keyboard.press("Control+b");
  await page.getByRole("heading", { name: /Build Greenhouse/ }).waitFor();
  await shot("build-dialog");
  await page.getByRole("button", { name: "Build", exact: true }).last().click();
  await page.getByTestId("build-log").getByText("gcc").first().waitFor({ timeout: 120_000 }).catch(() => say("no compiler line in the log"));
  await shot("building");
  await page.locator('[data-testid="build-state"][data-state="succeeded"], [data-testid="build-state"][data-state="failed"]').waitFor({ timeout: 300_000 });
  say(`build: ${await page.getByTestId("build-state").first().textContent()}`);
  await page.waitForTimeout(500);
  await shot("built");
  await page.getByRole("link", { name: /Image/ }).click();
  await page.getByRole("button", { name: "Release this" }).waitFor();
  await shot("build-page");

  say("release");
  await page.getByRole("button", { name: "Release this" }).click();
  await page.getByLabel("Notes").fill("The first one.");
  await shot("release-dialog");
  await page.getByRole("button", { name: "Sign and release" }).click();
  await page.getByRole("link", { name: "Roll out", exact: true }).waitFor();
  await page.waitForTimeout(600);
  await shot("release");

  }
  say("virtual devices");
  await page.goto(`${base}/devices?dialog=virtual`);
  await page.getByLabel("Count", { exact: true }).fill(devices);
  await page.waitForTimeout(800);
  await page.getByRole("button", { name: /^Add/ }).last().click();
  await page.waitForTimeout(3000);
  await shot("virtual-starting");
  await page.waitForFunction((n) => [...document.querySelectorAll('section[aria-label="Virtual devices of this server"] li')].filter((li) => li.textContent.includes("running")).length >= n, Number(devices), { timeout: 300_000 });
  await shot("virtual-running");
  await page.getByRole("button", { name: "Close" }).first().click();
  await page.getByTestId("device-row").nth(Number(devices) - 1).waitFor();
  await page.waitForTimeout(1500);
  await shot("devices");

  say("rollout");
  await page.goto(`${base}/rollouts/new`);
  await page.getByRole("button", { name: "Quick try" }).click();
  await page.getByRole("button", { name: /^Start with \d/ }).waitFor();
  await page.waitForTimeout(1200);
  await shot("rollout-new");
  await page.getByRole("button", { name: /^Start with \d/ }).click();
  await page.getByTestId("stage-track").waitFor();
  for (let i = 0; i < 8; i++) {
    await page.waitForTimeout(6000);
    const states = await page.getByTestId("fleet-cell").evaluateAll((cells) => cells.map((cell) => cell.dataset.state).join(" "));
    say(`${await page.getByTestId("rollout-state").textContent()}: ${states}`);
    await shot("rollout");
    if ((await page.getByTestId("rollout-state").getAttribute("data-state")) === "completed") break;
  }
  await page.locator('[data-testid="rollout-state"][data-state="completed"]').waitFor({ timeout: 300_000 });
  await page.waitForTimeout(800);
  await shot("rollout-completed");
  say("device");
  await page.getByTestId("fleet-cell").first().click();
  await page.getByRole("heading", { name: "Telemetry" }).waitFor();
  await page.waitForTimeout(4000);
  await shot("device");
  await page.goto(`${base}/audit`);
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await page.getByText("The chain is whole").waitFor();
  await shot("audit");
  await page.goto(base);
  await page.waitForTimeout(1500);
  await shot("dashboard");
  say("done");
} catch (error) {
  say(`failed: ${error.message}`);
  await shot("failed");
} finally {
  await browser.close();
}
