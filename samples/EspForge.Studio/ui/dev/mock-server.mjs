// Development only: answers docs/api.md from memory so that the pages can be looked at without a host.
// node dev/mock-server.mjs [port]; environment: EMPTY=1 (nothing made yet), SETUP=1 (no administrator), ROLE=viewer, FLEET=2000, LANGUAGE=none (no clangd).
import { createServer } from "node:http";
import { upgrade } from "./language.mjs";
import { pinRoutes } from "./mock-pins.mjs";
import { projectOf, projectRoutes } from "./mock-projects.mjs";
import * as w from "./world.mjs";

const port = Number(process.argv[2] ?? 5080);
let needsAdministrator = process.env.SETUP === "1";
if (process.env.EMPTY === "1") for (const list of [w.projects, w.builds, w.images, w.releases, w.rollouts, w.devices, w.virtual, w.audit]) list.length = 0;
const me = w.users.find((u) => u.role === (process.env.ROLE ?? "admin"));
const streams = new Set();
const tell = (kind, id) => streams.forEach((res) => res.write(`event: change\ndata: ${JSON.stringify({ kind, id })}\n\n`));

const ok = (data, status = 200) => ({ status, data });
const no = (status, code, message, details = null) => ({ status, error: { code, message, details } });
const session = (res) => {
  res.setHeader("Set-Cookie", "espforge=mock; HttpOnly; SameSite=Strict; Path=/api/v1/auth");
  return ok({ accessToken: "mock", expiresInSeconds: 900, refreshToken: null, user: me });
};
function checkPlan(plan) {
  const board = w.boards.find((b) => b.id === plan.board);
  const findings = [];
  const say = (rule, cls, severity, gpios, message, source, repairs = []) => {
    const over = (plan.overrides ?? []).find((o) => (o.rule === rule || o.rule === cls) && o.gpios.join() === gpios.join());
    findings.push({ rule, class: cls, severity, gpios, message, source, repairs, overridden: over?.reason ?? null });
  };
  const free = board.pins.filter((p) => p.exposed && !p.reserved && p.output && !p.strapping && !plan.uses.some((u) => u.gpio === p.gpio)).map((p) => p.gpio);
  const move = (i, to) => ({ label: `Move ${plan.uses[i].function} to GPIO${to} (free, nothing against it)`, kind: "move", use: i, gpio: to, field: null, value: null, gpios: null });
  plan.uses.forEach((u, i) => {
    const facts = board.pins.find((p) => p.gpio === u.gpio);
    if (facts?.reserved) say("PIN003", "flash", "error", [u.gpio], `GPIO${u.gpio} belongs to the ${facts.reserved} of this module: using it stops the chip from running.`, "ESP-IDF soc/spi_pins.h", free[0] === undefined ? [] : [move(i, free[0])]);
    if (facts?.strapping === "flash-voltage" || u.gpio === 12) say("PIN010", "strapping", "warning", [u.gpio], `GPIO${u.gpio} is read at reset and selects the flash voltage; a relay input that pulls it high stops the chip from booting.`, "ESP32 datasheet, strapping pins", free[0] === undefined ? [] : [move(i, free[0])]);
    if (facts && !facts.output && u.direction !== "in" && u.direction !== "analog") say("PIN006", "inputonly", "error", [u.gpio], `GPIO${u.gpio} can only be read.`, "soc_caps.h", [move(i, free[0])]);
    if (facts && !facts.pullUp && u.pull) say("PIN007", "no-pull", "error", [u.gpio], `GPIO${u.gpio} has no internal pull resistors; the pull-up asked for does not exist.`, "rtc_io_periph.c", [move(i, free[1]), { label: "Take the pull off and place a resistor outside", kind: "setUse", use: i, gpio: null, field: "pull", value: "none", gpios: null }]);
    if (facts?.adc.some((a) => a.startsWith("ADC2")) && u.function === "adc" && plan.wifi) say("PIN014", "adc2-wifi", "warning", [u.gpio], `GPIO${u.gpio} is on ADC2, which the Wi-Fi driver uses: reads fail while Wi-Fi is on.`, "adc_oneshot.rst", [move(i, 33)]);
    if (facts?.strapping && u.gpio === 2) say("PIN010", "strapping", "info", [u.gpio], "GPIO2 must be low or open for serial download; an LED to ground is fine.", "ESP32 datasheet, strapping pins");
    plan.uses.forEach((o, j) => j > i && o.gpio === u.gpio && say("PIN001", "duplicate", "error", [u.gpio], `GPIO${u.gpio} is used twice: ${u.function} and ${o.function}.`, "pin plan", [move(j, free[0])]));
  });
  const n = (s) => findings.filter((f) => f.severity === s && f.overridden === null).length;
  return { findings, errors: n("error"), warnings: n("warning"), infos: n("info") };
}
const header = (plan) => ({ fileName: "pins.h", content: `/* Pins of ${plan.board}. Generated from the pin plan by espforge; change the plan, not this file. */\n#ifndef PINS_H\n#define PINS_H\n\n${[...plan.uses].sort((a, b) => a.gpio - b.gpio).map((u) => `#define PIN_${u.function.toUpperCase()}${u.signal ? `_${u.signal.toUpperCase()}` : ""}`.padEnd(26) + `${u.gpio} /* ${u.function} */`).join("\n")}\n\n#endif /* PINS_H */\n` });

function sse(req, res, lines, state) {
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  let i = Number(req.headers["last-event-id"] ?? 0);
  const fast = !["running", "queued", "live"].includes(state);
  const timer = setInterval(() => {
    for (let n = 0; n < (fast ? 100 : 1); n++) {
      const line = lines()[i++];
      if (line) res.write(`id: ${line.number}\nevent: line\ndata: ${JSON.stringify(line)}\n\n`);
      else if (fast) {
        clearInterval(timer);
        return res.end(`event: end\ndata: ${JSON.stringify({ state })}\n\n`);
      } else { i--; return; }
    }
  }, fast ? 5 : 250);
  req.on("close", () => clearInterval(timer));
}

function startBuild(p, version, acceptErrors = null, environment = null) {
  const b = Object.assign(w.build(p, version, "running", 0), { acceptedErrors: acceptErrors, environment });
  const src = w.files.get(`${p.id}/main.c`)?.content ?? "";
  const all = w.logs.get(b.id);
  w.logs.set(b.id, []);
  let i = 0;
  const timer = setInterval(() => {
    if (all[i]) w.logs.get(b.id).push(all[i++]);
    else {
      clearInterval(timer);
      w.builds.splice(w.builds.indexOf(b), 1);
      const bad = src.includes("raed");
      const done = w.build(p, version, bad ? "failed" : "succeeded", 0);
      w.logs.delete(done.id);
      Object.assign(b, done, { id: b.id, startedAt: b.startedAt, acceptedErrors: acceptErrors, environment });
      w.builds[0] = b;
      tell("build", b.id);
    }
  }, 180);
  tell("build", b.id);
  return b;
}

// The running rollout moves, so that the sweep can be seen.
setInterval(() => {
  const list = w.members.get(w.live.id);
  const order = ["waiting", "offered", "downloading", "verifying", "applying", "rebooting", "confirming", "confirmed"];
  if (w.live.state !== "running" || process.env.STILL === "1") return;
  for (const m of list.filter((x) => x.stage === w.live.currentStage && order.includes(x.state) && x.state !== "confirmed").slice(0, 6)) {
    if (Math.random() < 0.5) continue;
    m.state = order[order.indexOf(m.state) + 1];
    m.changedAt = w.ago(0);
  }
  tell("rollout", w.live.id);
}, 1500);

const routes = [
  ...projectRoutes({ ok, no, tell }),
  ...pinRoutes({ ok, no, checkPlan, header }),
  ["GET", /^toolchains\/([^/]+)\/install\/log$/, (c) => (sse(c.req, c.res, () => w.logs.get(`install ${c.m[1]}`) ?? [], w.toolchains.find((t) => t.id === c.m[1]).installing ? "running" : "done"), null)],
  ["GET", /^bootstrap$/, () => ok({ needsAdministrator, needsSetupCode: needsAdministrator, product: "EspForge Studio", version: "0.1.0" })],
  ["POST", /^bootstrap$/, (c) => ((needsAdministrator = false), session(c.res))],
  ["POST", /^auth\/login$/, (c) => (c.body.password === "wrong" ? no(401, "AUTH_INVALID_CREDENTIALS", "The email or the password is wrong.") : session(c.res))],
  ["POST", /^auth\/refresh$/, (c) => (c.req.headers.cookie?.includes("espforge=mock") && !needsAdministrator ? session(c.res) : no(401, "AUTH_INVALID_TOKEN", "There is no session."))],
  ["POST", /^auth\/logout$/, (c) => (c.res.setHeader("Set-Cookie", "espforge=; Max-Age=0; Path=/api/v1/auth"), { status: 204 })],
  ["GET", /^users$/, () => ok(w.users)],
  ["PATCH", /^users\/(.+)$/, (c) => ok(Object.assign(w.users.find((u) => u.id === c.m[1]), c.body))],
  ["GET", /^boards$/, () => ok(w.boards.map(({ headers: _h, pins: _p, onboard: _o, notes: _n, orientation: _r, ...b }) => b))],
  ["GET", /^boards\/(.+)$/, (c) => ok(w.boards.find((b) => b.id === c.m[1]))],
  ["POST", /^pins\/check$/, (c) => ok(checkPlan(c.body))],
  ["POST", /^pins\/suggest$/, (c) => {
    const board = w.boards.find((b) => b.id === c.body.plan.board);
    const fits = board.pins.filter((p) => p.exposed && !p.reserved && !c.body.plan.uses.some((u) => u.gpio === p.gpio) && (c.body.use.function !== "adc" || p.adc.length > 0) && (p.output || c.body.use.direction === "in" || c.body.use.function === "adc"));
    return ok({ candidates: fits.sort((a, b) => (a.strapping ? 1 : 0) - (b.strapping ? 1 : 0) || a.roles.length - b.roles.length).slice(0, 20).map((p) => ({ gpio: p.gpio, label: `IO${p.gpio}`, risk: p.strapping ? "warning" : "none", findings: [] })) });
  }],
  ["GET", /^project-templates$/, () => ok([["blink", "Blink", "Blinks an LED and counts how often: the smallest application that does something.", "host"], ["sensor", "Climate sensor", "Reads temperature and humidity over I2C, reports both as telemetry, and warns with an LED.", "host"], ["lamp", "Lamp", "A lamp on a relay: switched by commands and by schedules, which survive restarts and updates.", "host"], ["empty", "Empty", "Two functions to fill in.", "host"], ["platformio-sensor", "Arduino sensor (PlatformIO)", "Reads an SHT3x over I2C with the Arduino framework, built by PlatformIO for your board.", "platformio"], ["esp-idf", "ESP-IDF application", "Blinks an LED with ESP-IDF and the component espforge, which takes signed updates.", "esp-idf"]].map(([id, name, description, toolchain]) => ({ id, name, description, toolchain })))],
  ["GET", /^projects$/, () => ok(w.projects.map((p) => projectOf(p.id)))],
  ["POST", /^projects$/, (c) => {
    const p = { id: w.uuid(), name: c.body.name, product: c.body.product ?? c.body.name.toLowerCase().replaceAll(" ", "-"), board: c.body.board, chip: w.boards.find((b) => b.id === c.body.board).chip, plan: { board: c.body.board, uses: [{ gpio: 2, function: "led" }] }, toolchain: c.body.template === "platformio-sensor" ? "platformio" : c.body.template === "esp-idf" ? "esp-idf" : "host", environments: [], revision: 0, files: [], createdAt: w.ago(0), updatedAt: w.ago(0) };
    w.projects.unshift(p);
    w.files.set(`${p.id}/main.c`, w.fileOf("int main(void)\n{\n}\n", 0));
    w.record(p, { kind: "created", linesAdded: 3 });
    return ok(projectOf(p.id), 201);
  }],
  ["GET", /^projects\/([^/]+)$/, (c) => (projectOf(c.m[1]) ? ok(projectOf(c.m[1])) : no(404, "PROJECT_NOT_FOUND", "There is no such project."))],
  ["PATCH", /^projects\/([^/]+)$/, (c) => {
    const p = projectOf(c.m[1]);
    Object.assign(p, c.body);
    if (c.body.plan || c.body.toolchain) w.record(p, { kind: "plan" });
    tell("project", p.id);
    return ok(projectOf(p.id));
  }],
  ["DELETE", /^projects\/([^/]+)$/, (c) => (w.projects.splice(w.projects.findIndex((p) => p.id === c.m[1]), 1), { status: 204 })],
  ["GET", /^projects\/([^/]+)\/builds$/, (c) => ok(w.builds.filter((b) => b.projectId === c.m[1]))],
  ["POST", /^projects\/([^/]+)\/builds$/, (c) => {
    const p = projectOf(c.m[1]);
    const errors = checkPlan(p.plan).findings.filter((f) => f.severity === "error" && f.overridden === null);
    return errors.length > 0 && !c.body.acceptErrors ? no(409, "PLAN_HAS_ERRORS", "The pin plan has errors; correct them or accept them with a reason.", errors.map((f) => ({ field: `GPIO${f.gpios[0]}`, message: f.message }))) : ok(startBuild(p, c.body.version, c.body.acceptErrors, c.body.environment), 202);
  }],
  ["GET", /^builds$/, () => ok(w.builds)],
  ["GET", /^builds\/([^/]+)$/, (c) => { const b = w.builds.find((x) => x.id === c.m[1]); return b ? ok(b) : no(404, "BUILD_NOT_FOUND", "There is no such build."); }],
  ["GET", /^builds\/([^/]+)\/log$/, (c) => (sse(c.req, c.res, () => w.logs.get(c.m[1]) ?? [], w.builds.find((x) => x.id === c.m[1])?.state), null)],
  ["GET", /^images$/, () => ok(w.images)],
  ["GET", /^releases$/, (c) => ok(w.releases.filter((r) => !c.query.get("product") || r.product === c.query.get("product")))],
  ["POST", /^releases$/, (c) => ok(w.release(w.images.find((i) => i.sha256 === c.body.imageSha256), c.body.product, c.body.notes ?? null, 0), 201)],
  ["GET", /^releases\/([^/]+)$/, (c) => ok(w.releases.find((r) => r.id === c.m[1]))],
  ["GET", /^products$/, () => ok([...new Set(w.devices.map((d) => d.product))].map((product) => {
    const mine = w.devices.filter((d) => d.product === product);
    return { product, devices: mine.length, versions: [...new Set(mine.map((d) => d.version))].map((version) => ({ version, devices: mine.filter((d) => d.version === version).length })), latestRelease: w.releases.find((r) => r.product === product) ?? null };
  }))],
  ["GET", /^rollouts$/, () => ok(w.rollouts.map(w.summaryRollout))],
  ["POST", /^rollouts\/preview$/, (c) => { const r = w.releases.find((x) => x.id === c.body.releaseId); const n = w.devices.filter((d) => d.product === r.product && (!c.body.filter?.group || d.group === c.body.filter.group)).length; return ok({ devices: n, stages: w.sizesOf(n, (c.body.stages ?? [5, 20, 50, 100].map((percent) => ({ percent }))).map((s) => s.percent)) }); }],
  ["POST", /^rollouts$/, (c) => { const r = w.releases.find((x) => x.id === c.body.releaseId); return ok(w.viewOf(w.rollout(r, c.body.name ?? `${r.product} ${r.version}`, c.body.start ? "running" : "draft", c.body.start ? 0 : -1, null, 1, { stages: c.body.stages })), 201); }],
  ["GET", /^rollouts\/([^/]+)$/, (c) => { const r = w.rollouts.find((x) => x.id === c.m[1]); return r ? ok(w.viewOf(r)) : no(404, "ROLLOUT_NOT_FOUND", "There is no such rollout."); }],
  ["GET", /^rollouts\/([^/]+)\/members$/, (c) => ok(w.members.get(c.m[1]) ?? [])],
  ["POST", /^rollouts\/([^/]+)\/(start|pause|resume|cancel|rollback)$/, (c) => {
    const r = w.rollouts.find((x) => x.id === c.m[1]);
    r.state = { start: "running", pause: "paused", resume: "running", cancel: "cancelled", rollback: "rolledBack" }[c.m[2]];
    if (c.m[2] === "start") r.currentStage = 0;
    r.reason = c.body.reason ?? (c.m[2] === "pause" ? "Paused by a person." : null);
    r.log.push({ at: w.ago(0), actor: w.ME, action: c.m[2], detail: c.body.reason ?? null });
    tell("rollout", r.id);
    return ok(w.viewOf(r));
  }],
  ["GET", /^devices$/, (c) => ok(w.devices.filter((d) => !c.query.get("product") || d.product === c.query.get("product")).slice(0, 500))],
  ["POST", /^devices\/claim$/, (c) => (c.body.pairingCode === "123456" ? ok(w.devices[0], 201) : no(404, "PAIRING_CODE_UNKNOWN", "No device waits with this code."))],
  ["GET", /^devices\/([^/]+)$/, (c) => { const d = w.devices.find((x) => x.deviceId === c.m[1]); return d ? ok(d) : no(404, "DEVICE_NOT_FOUND", "There is no such device."); }],
  ["PATCH", /^devices\/([^/]+)$/, (c) => ok(Object.assign(w.devices.find((x) => x.deviceId === c.m[1]), c.body))],
  ["GET", /^devices\/([^/]+)\/telemetry$/, (c) => {
    const from = Date.parse(c.query.get("from"));
    const n = 120;
    const step = (Date.now() - from) / n;
    return ok(Array.from({ length: n }, (_, i) => ({ at: new Date(from + i * step).toISOString(), version: "1.3.0", uptimeMs: i < 70 ? 7_200_000 + i * step : (i - 70) * step, freeHeapBytes: Math.round(198_000 + Math.sin(i / 9) * 6_000 - (i < 70 ? i * 60 : 0)), rssiDbm: Math.round(-61 + Math.sin(i / 5) * 4 + Math.cos(i * 1.7) * 1.5), values: { temperature: 24 + Math.sin(i / 20) * 3, humidity: 55 + Math.cos(i / 14) * 6 } })));
  }],
  ["GET", /^devices\/([^/]+)\/timeline$/, () => ok([["confirmed", "Runs 1.4.0 for good.", w.live.id], ["report", "confirming: the new image runs on probation.", w.live.id], ["boot", "Started in slot B after an update.", null], ["report", "downloading 100 %", w.live.id], ["offer", "Offered 1.4.0.", w.live.id], ["online", "Back after 2 min.", null], ["claim", "Claimed by Administrator.", null]].map(([kind, text, rolloutId], i) => ({ at: w.ago(60 + i * i * 400), kind, text, rolloutId })))],
  ["GET", /^virtual-devices$/, () => ok({ limit: 50, running: w.virtual.filter((d) => d.state === "running").length, devices: w.virtual })],
  ["POST", /^virtual-devices$/, (c) => { for (let i = 0; i < c.body.count; i++) w.virtual.push({ hardwareId: w.sha(`v${Math.random()}`).slice(0, 12), deviceId: null, product: c.body.product, chip: "esp32", board: c.body.board, state: "starting", reason: null, startedAt: w.ago(0) }); return ok({ limit: 50, running: 6, devices: w.virtual }, 202); }],
  ["DELETE", /^virtual-devices\/([^/]+)$/, (c) => (w.virtual.splice(w.virtual.findIndex((d) => d.hardwareId === c.m[1]), 1), { status: 204 })],
  ["GET", /^virtual-devices\/([^/]+)\/log$/, (c) => (sse(c.req, c.res, () => ["boot: slot B, image 1.4.0, confirmed", "agent 0.1.0 on posix, hardware " + c.m[1], "token: ok, 3600 s", "update: nothing new", "telemetry: 1 sample, 204", "update: nothing new"].map((text, i) => ({ number: i + 1, text, stream: "out" })), "live"), null)],
  ["GET", /^audit\/verify$/, () => ok({ valid: true, entries: w.audit.length, brokenAt: null })],
  ["GET", /^audit$/, (c) => ok(w.audit.filter((e) => (!c.query.get("action") || e.action === c.query.get("action")) && (!c.query.get("before") || e.sequence < Number(c.query.get("before")))))],
  ["GET", /^status$/, () => ok({ version: "0.1.0", startedAt: w.ago(50_000), database: "sqlite", sandbox: { name: "bwrap", isolated: true, message: "No network, read-only system, 60 s of processor time." }, toolchain: { ready: true, message: "gcc 12.2.0, cmake 3.25.1" } })],
];

const server = createServer(async (req, res) => {
  const address = new URL(req.url, "http://localhost");
  const path = decodeURIComponent(address.pathname.replace(/^\/api\/v1\//, ""));
  const requestId = w.sha(String(Math.random())).slice(0, 16);
  if (path === "events") {
    res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    res.write(": hello\n\n");
    streams.add(res);
    req.on("close", () => streams.delete(res));
    return;
  }
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const text = req.headers["content-type"]?.startsWith("application/json") ? Buffer.concat(chunks).toString() : "";
  const found = routes.find(([method, pattern]) => method === req.method && pattern.test(path));
  let answer;
  try {
    answer = found ? found[2]({ req, res, m: pattern(found[1], path), body: text === "" ? {} : JSON.parse(text), query: address.searchParams }) : no(404, "NOT_FOUND", `There is nothing at ${path}.`);
  } catch (error) {
    answer = no(500, "INTERNAL", String(error));
  }
  if (answer === null) return;
  res.setHeader("X-Request-Id", requestId);
  if (answer.status === 204) return res.writeHead(204).end();
  if (answer.bytes) return res.writeHead(200, { "Content-Type": answer.type }).end(answer.bytes);
  res.writeHead(answer.status, { "Content-Type": "application/json" });
  res.end(JSON.stringify({ success: !answer.error, data: answer.data ?? null, error: answer.error ?? null, meta: { requestId, timestamp: w.ago(0), version: "0.1.0" } }));
});
server.on("upgrade", (req, socket) => {
  const id = /^\/api\/v1\/projects\/([^/]+)\/language$/.exec(new URL(req.url, "http://localhost").pathname)?.[1];
  const p = id && projectOf(id);
  if (!p || !req.headers["sec-websocket-protocol"]?.includes("bearer.mock")) return socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
  upgrade(req, socket, [...p.files.map((f) => [f.path, w.files.get(`${id}/${f.path}`).content]), [p.toolchain === "platformio" ? "include/pins.h" : p.toolchain === "esp-idf" ? "main/pins.h" : "pins.h", header(p.plan).content]]);
});
server.listen(port, "127.0.0.1", () => process.stdout.write(`mock host on http://127.0.0.1:${port}\n`));

function pattern(expression, path) {
  return expression.exec(path);
}
