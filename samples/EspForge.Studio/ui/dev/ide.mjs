// The code tab by keyboard and mouse, against the mock host or a real one: what works is said, what does not ends it.
// node dev/ide.mjs BASE OUT     environment: EMAIL, PASSWORD, PROJECT (name), CHROMIUM
import AxeBuilder from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [base = "http://127.0.0.1:5173", out = "ide"] = process.argv.slice(2);
const name = process.env.PROJECT ?? "Greenhouse climate";
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", timeout: 180_000, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: process.env.THEME ?? "dark", reducedMotion: "reduce", permissions: ["clipboard-read", "clipboard-write"] });
const page = await context.newPage();
page.setDefaultTimeout(60_000);
const problems = [];
page.on("console", (message) => message.type() === "error" && !/401|412|409|400|404/.test(message.text()) && problems.push(`console: ${message.text().slice(0, 300)}`));
page.on("pageerror", (error) => problems.push(`page: ${error.stack?.slice(0, 1500)}`));
const say = (text) => process.stdout.write(`${text}\n`);
let shots = 0;
const shot = async (what) => {
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${out}/${String(++shots).padStart(2, "0")}-${what}.png` });
  const { violations } = await new AxeBuilder({ page }).exclude(".monaco-editor").exclude(".monaco-diff-editor").exclude("[data-radix-popper-content-wrapper]").analyze();
  for (const violation of violations) problems.push(`${what}: axe ${violation.id} x${violation.nodes.length} ${violation.nodes[0]?.html.slice(0, 240)} :: ${violation.nodes[0]?.any[0]?.message ?? ""}`);
};
const editor = page.getByTestId("code-editor");
const type = async (text) => {
  await editor.locator(".view-lines").first().click();
  await page.keyboard.type(text, { delay: 30 });
};

try {
  await page.goto(`${base}/`);
  await page.getByLabel("Email").fill(process.env.EMAIL ?? "admin@lab.example");
  await page.getByLabel("Password").fill(process.env.PASSWORD ?? "three unrelated words");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Projects" }).first().click();
  await page.getByRole("link", { name }).first().click();
  await editor.locator(".view-lines").first().waitFor();
  await page.locator('[data-testid="language-state"][data-state="ready"]').waitFor({ timeout: 90_000 }).then(() => say("clangd is ready"), () => say("clangd is not ready"));
  await shot("open");

  say("tree by keyboard");
  await page.locator('[role=treeitem][data-tree="main.c"]').focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("c");
  await page.keyboard.press("Enter");
  await page.locator('[data-testid="code-editor"][data-path^="climate"]').waitFor();

  say("a new file in a new folder, renamed, deleted");
  await page.getByRole("button", { name: "New file", exact: true }).click();
  await page.getByLabel("Path").fill("drivers/led.c");
  await shot("new-file");
  await page.keyboard.press("Enter");
  await page.locator('[data-testid="code-editor"][data-path="drivers/led.c"]').waitFor();
  await page.locator('[role=treeitem][data-tree="drivers/led.c"]').focus();
  await page.keyboard.press("F2");
  await page.getByLabel("New path").fill("drivers/lamp/light.c");
  await page.keyboard.press("Enter");
  await page.locator('[data-testid="code-editor"][data-path="drivers/lamp/light.c"]').waitFor();
  await page.locator('[role=treeitem][data-tree="drivers"]').focus();
  await page.keyboard.press("Shift+F10");
  await shot("menu");
  await page.keyboard.press("Escape");
  await page.locator('[role=treeitem][data-tree="drivers"]').focus();
  await page.keyboard.press("Delete");
  await page.getByRole("button", { name: "Delete 1 file" }).click();
  await page.locator('[role=treeitem][data-tree="drivers"]').waitFor({ state: "detached" });

  say("search");
  await page.keyboard.press("Control+Shift+F");
  await page.getByLabel("Search for").fill("climate_");
  await page.getByTestId("match").first().waitFor();
  await shot("search");
  await page.getByRole("button", { name: "Regular expression" }).click();
  await page.getByLabel("Search for").fill("climate_(");
  await page.getByRole("alert").first().waitFor();
  await page.getByRole("button", { name: "Regular expression" }).click();
  await page.getByLabel("Search for").fill("climate_read");
  await page.locator('[data-testid="match"][data-path="main.c"]').first().click();
  await page.locator('[data-testid="code-editor"][data-path="main.c"]').waitFor();

  say("quick open, shortcuts, palette");
  await page.keyboard.press("Control+p");
  await page.getByRole("combobox", { name: "Open a file" }).fill("climh:8");
  await shot("quick-open");
  await page.keyboard.press("Enter");
  await page.locator('[data-testid="code-editor"][data-path="climate.h"]').waitFor();
  await page.keyboard.press("F1");
  await page.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
  await shot("shortcuts");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").first().fill("history");
  await shot("palette");
  await page.keyboard.press("Enter");

  say("history");
  await page.getByTestId("revision").first().waitFor();
  await page.locator('[data-testid="revision"][data-kind="saved"]').filter({ hasText: process.env.REVISION ?? "saved main.c" }).first().click();
  await page.getByTestId("diff-editor").locator(".view-lines").first().waitFor();
  await page.waitForTimeout(800);
  await shot("revision");
  await page.getByRole("button", { name: "Restore file" }).click();
  await shot("restore");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Close the revision" }).click();
  await page.keyboard.press("Control+Shift+E");

  say("typing: diagnostics, completion, hover, definition");
  await page.locator('[role=treeitem][data-tree="main.c"]').click();
  await page.locator('[data-testid="code-editor"][data-path="main.c"]').waitFor();
  await editor.locator(".view-lines").first().click();
  await page.keyboard.press("Control+End");
  await type("");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\nstatic void extra(void)\n{\nclimate_", { delay: 40 });
  await page.waitForTimeout(3000);
  if ((await page.locator(".suggest-widget.visible .monaco-list-row").count()) === 0) await page.keyboard.press("Control+Space");
  await page.locator(".suggest-widget.visible .monaco-list-row").first().waitFor({ timeout: 20_000 }).then(() => say("completion is offered"), () => say("NO completion"));
  await shot("completion");
  await page.keyboard.press("Escape");
  await page.keyboard.type("raed(&sensor, 1)\n", { delay: 40 });
  await page.locator(".squiggly-error").first().waitFor({ timeout: 30_000 }).then(() => say("an error is marked while typing"), () => say("NO error is marked"));
  await page.getByRole("tab", { name: "Problems" }).click();
  await page.locator('[data-testid="problem"][data-source="clangd"]').first().waitFor({ timeout: 20_000 }).then(() => say("clangd's problems are listed"), () => say("NO problem of clangd is listed"));
  await shot("typing-errors");

  say("save, conflict");
  const path = new URL(page.url()).pathname.split("/")[2];
  await page.evaluate(async (id) => {
    const grant = await (await fetch("/api/v1/auth/refresh", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" })).json();
    const headers = { Authorization: `Bearer ${grant.data.accessToken}`, "Content-Type": "application/json", "X-Mock-Actor": "Firmware" };
    const file = (await (await fetch(`/api/v1/projects/${id}/files/main.c`, { headers })).json()).data;
    await fetch(`/api/v1/projects/${id}/files/main.c`, { method: "PUT", headers, body: JSON.stringify({ content: `/* changed elsewhere */\n${file.content}` }) });
  }, path);
  await page.getByText("Somebody saved this file after you began to change it.").waitFor({ timeout: 20_000 }).then(() => say("said before saving that it was changed elsewhere"), () => say("NOT said before saving"));
  await page.keyboard.press("Control+s");
  await page.getByRole("heading", { name: /was changed meanwhile/ }).waitFor();
  await page.waitForTimeout(1200);
  await shot("conflict");
  await page.getByRole("button", { name: "Keep mine" }).click();
  await page.getByRole("heading", { name: /was changed meanwhile/ }).waitFor({ state: "detached" });

  say("build with an error");
  await page.keyboard.press("Control+b");
  await page.getByRole("heading", { name: `Build ${name}` }).waitFor();
  await page.waitForTimeout(1000);
  await shot("build-dialog");
  const reason = page.getByLabel("Why build it anyway");
  if (await reason.isVisible()) {
    await reason.fill("The relay board is not there yet.");
    await page.getByRole("button", { name: /^Build despite/ }).click();
  } else await page.getByRole("dialog").getByRole("button", { name: "Build", exact: true }).click();
  await page.locator('[data-testid="build-state"][data-state="failed"]').first().waitFor({ timeout: 180_000 });
  await page.locator('[data-testid="problem"][data-severity="error"]').first().waitFor();
  await shot("failed");
  await page.getByRole("tab", { name: "Terminal" }).click();
  await page.waitForTimeout(600);
  await shot("terminal");
  await page.getByRole("tab", { name: "Problems" }).click();
  await page.locator('[data-testid="problem"][data-severity="error"] button').first().click();
  await shot("at-the-line");

  say("fix, build, release");
  await editor.locator(".view-lines").first().click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+x");
  const restored = (await page.evaluate(() => navigator.clipboard.readText())).replace(/\r/g, "").replace(/\nstatic void extra[^]*$/, "\n");
  await page.evaluate((text) => navigator.clipboard.writeText(text), restored);
  await page.keyboard.press("Control+v");
  await page.keyboard.press("Control+s");
  await page.locator("[data-unsaved]").waitFor({ state: "detached" });
  await page.keyboard.press("Control+b");
  await page.getByRole("heading", { name: `Build ${name}` }).waitFor();
  await page.waitForTimeout(800);
  if (await reason.isVisible()) {
    await reason.fill("The relay board is not there yet.");
    await page.getByRole("button", { name: /^Build despite/ }).click();
  } else await page.getByRole("dialog").getByRole("button", { name: "Build", exact: true }).click();
  await page.locator('[data-testid="build-state"][data-state="succeeded"]').first().waitFor({ timeout: 240_000 });
  await shot("succeeded");
  await page.getByRole("link", { name: /Image/ }).first().click();
  await page.getByRole("button", { name: "Release this" }).waitFor();
  await page.waitForTimeout(800);
  await shot("build-page");
  await page.getByRole("button", { name: "Release this" }).click();
  await shot("release");
  await page.getByRole("button", { name: "Sign and release" }).click();
  await page.waitForURL(/releases\//);
  say("released");
} catch (error) {
  problems.push(`stopped: ${String(error).slice(0, 800)}`);
  await page.screenshot({ path: `${out}/stopped.png` });
}
await browser.close();
say(problems.length === 0 ? "no problems" : [...new Set(problems)].join("\n"));
