// Screenshots of every page at 1440 and 390 px in both themes, with axe, console errors and sideways overflow reported.
// [WIDTH=390] [THEME=dark] node dev/shots.mjs BASE OUT [only]      e.g. node dev/shots.mjs http://127.0.0.1:5173 /tmp/shots rollout
import AxeBuilder from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [base = "http://127.0.0.1:5173", out = "shots", only = ""] = process.argv.slice(2);
const user = { email: process.env.EMAIL ?? "admin@lab.example", password: process.env.PASSWORD ?? "three unrelated words" };
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  timeout: 180_000,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

function read(page, paths) {
  return page.evaluate(async (addresses) => {
    const grant = await (await fetch("/api/v1/auth/refresh", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" })).json();
    const get = async (address) => (await (await fetch(`/api/v1/${address}`, { headers: { Authorization: `Bearer ${grant.data.accessToken}` } })).json()).data;
    return Promise.all(addresses.map(get));
  }, paths);
}

/** Text cut off without a way to read it, rows too low for a finger, targets too small for one. */
function layoutFaults(touch) {
  const faults = [];
  const seen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !element.closest(".sr-only, .monaco-editor, [aria-hidden=true], [cmdk-label]");
  const brief = (element) => `${element.tagName.toLowerCase()} "${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 60)}"`;
  for (const element of document.querySelectorAll("body *")) {
    if (!seen(element)) continue;
    const style = getComputedStyle(element);
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (own && style.overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1 && !element.title && !element.closest("[title]")) faults.push(`cut without a title: ${brief(element)}`);
    if (own && style.overflowY === "hidden" && element.scrollHeight > element.clientHeight + 3 && !element.closest("[title]")) faults.push(`cut at the bottom: ${brief(element)}`);
    const box = element.getBoundingClientRect();
    if (box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && own) {
      let parent = element.parentElement;
      while (parent && !/auto|scroll|hidden/.test(getComputedStyle(parent).overflowX)) parent = parent.parentElement;
      if (!parent || parent === document.body || parent === document.documentElement) faults.push(`outside of the window: ${brief(element)}`);
    }
  }
  if (touch) {
    for (const element of document.querySelectorAll("button, a[href], input:not([type=checkbox]):not([type=radio]), select, [role=option], [role=tab], [role=menuitem], summary, tbody tr")) {
      if (!seen(element) || element.closest("p, [data-testid=fleet-cell]") || element.matches("[data-testid=fleet-cell]")) continue;
      const around = getComputedStyle(element, "::after");
      if (around.position === "absolute" && around.top.startsWith("-")) continue; // its reach is larger than its look
      const box = element.getBoundingClientRect();
      const row = element.closest("tr, li, label, [role=option]")?.getBoundingClientRect();
      if (box.height > 1 && Math.max(box.height, element.matches("a") ? (row?.height ?? 0) : 0) < 32) faults.push(`low for a finger (${Math.round(box.width)}x${Math.round(box.height)}): ${brief(element)}`);
    }
  }
  return [...new Set(faults)].slice(0, 25);
}

async function signIn(page) {
  await page.goto(`${base}/`);
  await page.getByLabel("Email").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
}

const problems = [];
for (const [width, height, touch] of [[1440, 900, false], [390, 844, true], [320, 640, true]].filter(([w]) => (process.env.WIDTH ? Number(process.env.WIDTH) === w : w !== 320))) {
  for (const theme of ["dark", "light"].filter((one) => !process.env.THEME || process.env.THEME === one)) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, hasTouch: touch, isMobile: touch, reducedMotion: "reduce" });
    const page = await context.newPage();
    let current = "login";
    page.on("console", (message) => message.type() === "error" && !/401/.test(message.text()) && problems.push(`${current} ${width} ${theme}: console ${message.text().slice(0, 300)}`));
    page.on("pageerror", (error) => problems.push(`${current} ${width} ${theme}: ${error.message}`));
    const shot = async (name, full = true) => {
      await page.waitForTimeout(350);
      await page.screenshot({ path: `${out}/${name}-${width}-${theme}.png`, fullPage: false });
      const tall = await page.evaluate(() => document.getElementById("main")?.scrollHeight ?? 0);
      if (full && tall > height) {
        await page.setViewportSize({ width, height: Math.min(4000, tall + 60) });
        await page.waitForTimeout(150);
        await page.screenshot({ path: `${out}/${name}-${width}-${theme}-full.png` });
        await page.setViewportSize({ width, height });
      }
      const wide = await page.evaluate(() => {
        const main = document.getElementById("main") ?? document.documentElement;
        return main.scrollWidth > main.clientWidth + 1 || document.documentElement.scrollWidth > window.innerWidth + 1;
      });
      if (wide) problems.push(`${name} ${width} ${theme}: sideways overflow`);
      if (theme === "dark") problems.push(...(await page.evaluate(layoutFaults, touch)).map((fault) => `${name} ${width}: ${fault}`));
      const { violations } = await new AxeBuilder({ page }).exclude(".monaco-editor").analyze();
      for (const violation of violations) problems.push(`${name} ${width} ${theme}: axe ${violation.id} x${violation.nodes.length} ${violation.nodes[0]?.html.slice(0, 220)} :: ${violation.nodes[0]?.any[0]?.message ?? ""}`);
    };

    await page.goto(`${base}/`);
    await page.getByRole("heading", { name: /sign in|administrator/i }).waitFor();
    if (only === "" || "login".includes(only)) await shot("login");
    if (process.env.SIGNED_OUT === "1") continue;
    await signIn(page);
    const [rollouts, projects, builds, releases, devices, virtual] = await read(page, ["rollouts", "projects", "builds", "releases", "devices", "virtual-devices"]);
    const by = (list, test) => list.find(test) ?? list[0];
    const running = by(rollouts, (r) => r.state === "running");
    const pages = [
      ["dashboard", "/"],
      ["projects", "/projects"],
      ["project-new", "/projects?new=true"],
      projects[0] && ["project", `/projects/${by(projects, (p) => p.files.length > 2).id}`],
      projects[0] && ["project-pins", `/projects/${by(projects, (p) => p.files.length > 2).id}?tab=pins`],
      projects[0] && ["project-builds", `/projects/${by(projects, (p) => p.files.length > 2).id}?tab=builds`],
      ["pins", "/pins"],
      ["pins-c6", "/pins?board=esp32-c6-devkitc-1"],
      ["builds", "/builds"],
      builds[0] && ["build", `/builds/${by(builds, (b) => b.state === "succeeded").id}`],
      builds.some((b) => b.state === "failed") && ["build-failed", `/builds/${by(builds, (b) => b.state === "failed").id}`],
      ["releases", "/releases"],
      releases[0] && ["release", `/releases/${releases[0].id}`],
      ["rollouts", "/rollouts"],
      ["rollout-new", "/rollouts/new"],
      running && ["rollout", `/rollouts/${running.id}`],
      running && ["rollout-wall", `/rollouts/${running.id}?wall=true`],
      rollouts.some((r) => r.state === "rolledBack") && ["rollout-rolledback", `/rollouts/${by(rollouts, (r) => r.state === "rolledBack").id}`],
      rollouts.some((r) => r.state === "rolledBack") && ["rollout-rolledback-wall", `/rollouts/${by(rollouts, (r) => r.state === "rolledBack").id}?wall=true`],
      rollouts.some((r) => r.state === "completed") && ["rollout-completed", `/rollouts/${by(rollouts, (r) => r.state === "completed").id}`],
      rollouts.some((r) => r.state === "paused") && ["rollout-paused", `/rollouts/${by(rollouts, (r) => r.state === "paused").id}`],
      ["devices", "/devices"],
      ["devices-claim", "/devices?dialog=claim"],
      ["devices-virtual", "/devices?dialog=virtual"],
      devices[0] && ["device", `/devices/${by(devices, (d) => virtual.devices.some((v) => v.deviceId === d.deviceId)).deviceId}`],
      devices.some((d) => d.rssiDbm !== null) && ["device-signal", `/devices/${by(devices, (d) => d.rssiDbm !== null).deviceId}`],
      projects.some((p) => p.plan.uses.some((u) => u.gpio >= 34)) && ["project-findings", `/projects/${by(projects, (p) => p.plan.uses.some((u) => u.gpio >= 34)).id}?tab=pins`],
      ["devices-register", "/devices?dialog=register"],
      ["release-new", "/releases?new=true"],
      ["not-found", "/nowhere"],
      ["device-missing", "/devices/no-such-device"],
      ["audit", "/audit"],
      ["settings", "/settings"],
      ["settings-users", "/settings?tab=users"],
      ["settings-fleet", "/settings?tab=fleet"],
      ["settings-system", "/settings?tab=system"],
      ["settings-toolchains", "/settings?tab=toolchains"],
      ["settings-api-keys", "/settings?tab=api-keys"],
      ["project-import", "/projects?import=true"],
      builds.some((b) => b.flashParts.length > 0) && ["build-parts", `/builds/${by(builds, (b) => b.flashParts.length > 0).id}`],
      builds.some((b) => b.acceptedErrors) && ["build-accepted", `/builds/${by(builds, (b) => b.acceptedErrors).id}`],
      projects.some((p) => p.toolchain === "platformio") && ["project-platformio", `/projects/${by(projects, (p) => p.toolchain === "platformio").id}`],
      devices.some((d) => d.fit?.fits === false) && ["device-misfit", `/devices/${by(devices, (d) => d.fit?.fits === false).deviceId}`],
    ].filter((entry) => entry && (only === "" || new RegExp(`^(${only})$`).test(entry[0])));
    for (const [name, path] of pages) {
      current = name;
      await page.goto(base + path);
      await page.waitForTimeout(/^(project|device|build)/.test(name) ? 2500 : 900);
      await shot(name);
    }
    // What opens inside a page.
    const code = projects[0] && `/projects/${by(projects, (p) => p.files.length > 2).id}`;
    const inside = [
      code && ["project-files", code, touch ? [["button", /^Show files/]] : []],
      code && ["project-search", code, [...(touch ? [["button", /^Show files/]] : []), ["tab", "Search"], ["fill", "Search for", "climate"]]],
      code && ["project-history", code, [...(touch ? [["button", /^Show files/]] : []), ["tab", "History"]]],
      code && ["project-revision", code, [...(touch ? [["button", /^Show files/]] : []), ["tab", "History"], ["revision"]]],
      code && ["project-build-dialog", code, [["button", "Build"]]],
      code && ["project-problems", code, [["tab", /^Problems/]]],
      code && ["shortcuts", code, [["key", "F1"]]],
      ["api-key-new", "/settings?tab=api-keys", [["button", "New API key"]]],
      code && ["pins-port", `${code}?tab=pins`, [["button", "Port"], ["option", /S3-DevKitC/]]],
    ].filter((entry) => entry && (only === "" || new RegExp(`^(${only})$`).test(entry[0])));
    for (const [name, path, steps] of inside) {
      current = name;
      try {
        await page.goto(base + path);
        await page.waitForTimeout(2500);
        for (const [kind, label, text] of steps) {
          if (kind === "fill") await page.getByLabel(label).fill(text);
          else if (kind === "key") await page.keyboard.press(label);
          else if (kind === "revision") await page.locator('[data-testid="revision"][data-kind="saved"]').first().click();
          else await page.getByRole(kind, { name: label, exact: typeof label === "string" }).first().click({ timeout: 10_000 });
          await page.waitForTimeout(900);
        }
        await shot(name, false);
      } catch (error) {
        problems.push(`${name} ${width} ${theme}: ${String(error).slice(0, 200)}`);
      }
    }
    await context.close();
  }
}
await browser.close();
process.stdout.write(problems.length === 0 ? "no problems\n" : `${[...new Set(problems)].join("\n")}\n`);
