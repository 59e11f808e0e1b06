// A small world for looking at the pages without a host: a few projects, a fleet, rollouts in every state.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";

const data = new URL("../../../../src/EspForge.Boards/Data/", import.meta.url);
const read = (folder, name) => JSON.parse(readFileSync(new URL(`${folder}/${name}`, data), "utf8"));
const list = (folder) => readdirSync(new URL(`${folder}/`, data)).filter((name) => name.endsWith(".json"));
const chipFolder = readdirSync(data).find((name) => name !== "boards");
const chips = new Map(list(chipFolder).map((name) => [name.replace(".json", ""), read(chipFolder, name)]));

const summaryOf = (b) => ({
  id: b.id, name: b.name, vendor: b.vendor, chip: b.chip, chipName: chips.get(b.chip)?.name ?? b.chip, module: b.module ?? "",
  flashBytes: b.flashBytes ?? 0, psramBytes: b.psramBytes ?? 0, headerOrder: b.headerOrder,
});
const boardOf = (b) => {
  const chip = chips.get(b.chip);
  return {
    ...summaryOf(b), orientation: b.orientation ?? null,
    headers: b.headers.map((h) => ({ id: h.id, side: h.side ?? null, pins: h.pins.map((p) => ({ position: p.pos, label: p.label, kind: p.kind, gpio: p.gpio ?? null })) })),
    pins: chip.pins.filter((p) => p.valid).map((p) => ({
      gpio: p.gpio, exposed: b.exposedGpios.includes(p.gpio), reserved: b.reservedGpios.find((r) => r.gpio === p.gpio)?.reason ?? null,
      input: p.input, output: p.output, pullUp: p.pullUp, pullDown: p.pullDown, adc: p.adc ?? [], touch: p.touch ?? null, dac: p.dac ?? null, rtc: p.rtc ?? null,
      strapping: chip.strapping.find((s) => s.gpio === p.gpio)?.role ?? null, roles: p.roles ?? [],
    })),
    onboard: b.onboard.map((o) => ({ function: o.function, gpio: o.gpio ?? null, name: o.name ?? null })), notes: b.notes ?? [],
  };
};
export const boards = list("boards").map((name) => boardOf(read("boards", name)));

export const sha = (text) => createHash("sha256").update(text).digest("hex");
let counter = 0;
export const uuid = () => {
  const hex = sha(`id ${counter++}`);
  return `0193${hex.slice(0, 4)}-${hex.slice(4, 8)}-7${hex.slice(8, 11)}-a${hex.slice(11, 14)}-${hex.slice(14, 26)}`;
};
export const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const ME = "user:01930000-0000-7000-8000-000000000001";

const permissions = "boards.read pins.check projects.read projects.write builds.read builds.run images.read images.upload releases.read releases.create rollouts.read rollouts.manage devices.read devices.manage fleet.manage audit.read users.manage api-keys.manage toolchains.manage boards.write".split(" ");
export const users = [
  { id: ME.slice(5), email: "admin@lab.example", displayName: "Administrator", role: "admin", organization: "main", disabled: false, permissions },
  { id: uuid(), email: "firmware@lab.example", displayName: "Firmware", role: "developer", organization: "main", disabled: false, permissions: permissions.filter((p) => p !== "users.manage" && p !== "toolchains.manage") },
  { id: uuid(), email: "screen@lab.example", displayName: "Lab screen", role: "viewer", organization: "main", disabled: true, permissions: permissions.filter((p) => p.endsWith(".read") && p !== "audit.read").concat("pins.check") },
];

const template = (name) => readFileSync(new URL(`../../Features/Projects/Templates/${name}`, import.meta.url), "utf8");
const tree = (folder, paths) => Object.fromEntries(paths.map((path) => [path, template(`${folder}/${path}`)]));
const mainC = template("sensor.c");
const platformio = { ...tree("platformio-sensor", ["src/main.cpp"]), "platformio.ini": `${template("platformio-sensor/platformio.ini").replaceAll("@environment@", "esp32-s3").replaceAll("@board@", "esp32-s3-devkitc-1").trimEnd()}\n\n[env:esp32-s3-debug]\nextends = env:esp32-s3\nbuild_type = debug\n`, "lib/pump/pump.h": "#pragma once\n\nvoid pump_begin(int pin);\nvoid pump_run(int seconds);\n", "lib/pump/pump.cpp": '#include "pump.h"\n\nvoid pump_begin(int pin)\n{\n    (void)pin;\n}\n', "README.md": "# Pump controller\n\nWaters the beds of the south house.\n" };
const idf = tree("esp-idf", ["CMakeLists.txt", "main/CMakeLists.txt", "main/main.c", "main/app.c", "partitions.csv", "sdkconfig.defaults"]);
export const files = new Map();
export const projects = [];
const etagOf = (content) => `"${sha(content).slice(0, 32)}"`;
export const fileOf = (content, age) => ({ content, sizeBytes: Buffer.byteLength(content), updatedAt: ago(age), etag: etagOf(content) });
/** By project: `{revision, …, files: Map(path → content), settings}`, oldest first. */
export const history = new Map();
export function record(p, change, age = 0) {
  const list = history.get(p.id) ?? [];
  const snapshot = new Map([...files].filter(([key]) => key.startsWith(`${p.id}/`)).map(([key, f]) => [key.slice(p.id.length + 1), f.content]));
  list.push({ revision: list.length + 1, at: ago(age), actor: ME, actorName: "Administrator", path: null, fromPath: null, sizeBytes: 0, linesAdded: 0, linesRemoved: 0, ...change, files: snapshot, settings: { board: p.board, toolchain: p.toolchain, plan: structuredClone(p.plan) } });
  history.set(p.id, list);
  p.revision = list.length;
  p.updatedAt = ago(age);
}
function project(name, product, board, uses, texts, age, more = {}, toolchain = "host") {
  const id = uuid();
  for (const [path, content] of Object.entries(texts)) files.set(`${id}/${path}`, fileOf(content, age));
  const p = { id, name, product, board, chip: boards.find((b) => b.id === board).chip, toolchain, environments: [], revision: 1, plan: { board, uses, ...more }, files: [], createdAt: ago(age * 4), updatedAt: ago(age) };
  projects.push(p);
  record(p, { kind: "created", linesAdded: Object.values(texts).join("").split("\n").length }, age * 4);
  return id;
}
const greenhouse = project("Greenhouse climate", "greenhouse-climate", "esp32-devkitc-v4", [
  { gpio: 21, function: "i2c0", signal: "sda" }, { gpio: 22, function: "i2c0", signal: "scl" }, { gpio: 2, function: "led", direction: "out" },
  { gpio: 12, function: "relay", direction: "out" }, { gpio: 4, function: "adc", direction: "analog" }, { gpio: 34, function: "button", direction: "in", pull: "up" },
  { gpio: 17, function: "uart1", signal: "tx" }, { gpio: 16, function: "uart1", signal: "rx" },
], { "main.c": mainC, "climate.h": template("climate.h"), "climate.c": template("climate.c"), "docs/notes.md": "# Greenhouse\n\nThe sensor hangs two metres above the beds.\n" }, 1800, { wifi: true });
{
  const p = projects[0];
  const save = (path, content, age, more) => {
    const before = files.get(`${p.id}/${path}`)?.content ?? "";
    files.set(`${p.id}/${path}`, fileOf(content, age));
    record(p, { kind: "saved", path, sizeBytes: content.length, linesAdded: Math.max(1, content.split("\n").length - before.split("\n").length), linesRemoved: 1, ...more }, age);
  };
  save("climate.c", template("climate.c").replace("24.0 + 3.0", "21.0 + 4.0"), 6_000);
  save("main.c", mainC.replace("26.0", "28.0"), 4_200, { actor: "user:other", actorName: "Firmware" });
  record(p, { kind: "plan" }, 3_600);
  save("main.c", mainC, 1_800);
}
const pump = project("Pump controller", "pump", "esp32-s3-devkitc-1", [{ gpio: 48, function: "led" }, { gpio: 4, function: "relay" }], platformio, 86_400, {}, "platformio");
projects[1].environments = ["esp32-s3", "esp32-s3-debug"];
project("Door sensor", "door-sensor", "xiao-esp32c3", [{ gpio: 3, function: "button" }], idf, 400_000, {}, "esp-idf");

export const images = [];
export const builds = [];
const kinds = { out: "out", err: "err", info: "info" };
function logOf(p, version, state) {
  const lines = [["info", `build of ${p.product} ${version} for ${p.chip}`], ["info", "pin plan: 0 errors, 1 warning"], ["out", "gcc -std=c11 -O2 -Wall -Wextra -c main.c -o main.o"], ["out", "gcc -std=c11 -O2 -Wall -Wextra -c climate.c -o climate.o"]];
  if (state === "failed") lines.push(["err", "main.c:24:5: error: implicit declaration of function 'climate_raed'; did you mean 'climate_read'? [-Wimplicit-function-declaration]"], ["err", "   24 |     \u001b[01;31mclimate_raed\u001b[m(&sensor, now_ms);"], ["err", "      |          ^~~~~~~~~~~~"], ["err", "climate.c:12:20: warning: unused variable 'sda' [-Wunused-variable]"], ["info", "failed: the compiler found 1 error"]);
  else for (let i = 0; i < 14; i++) lines.push(["out", `gcc -std=c11 -O2 -c agent/ef_${["http", "json", "cbor", "update", "claim", "telemetry", "manifest", "boot", "flash", "tls", "ws", "clock", "slots", "agent"][i]}.c`]);
  if (state === "succeeded") lines.push(["out", "ld -o app.elf main.o climate.o libagent.a"], ["info", `image ${p.product}-${version}.img 312 KiB, sha256 ${sha(p.product + version).slice(0, 16)}…`]);
  return lines.map(([stream, text], i) => ({ number: i + 1, text, stream: kinds[stream] }));
}
export const logs = new Map();
export function build(p, version, state, age) {
  const id = uuid();
  const digest = sha(p.product + version);
  const image = state === "succeeded" ? { sha256: digest, format: "host", chip: p.chip, project: p.product, version, agentVersion: "0.1.0", sizeBytes: p.toolchain === "host" ? 319_488 + Number(version.split(".")[1]) * 1_536 : 1_214_464 + builds.length * 640, fileName: `${p.product}-${version}.img`, buildId: id, createdAt: ago(age), createdBy: ME } : null;
  if (image) images.unshift(image);
  const entry = {
    id, projectId: p.id, projectName: p.name, product: p.product, version, state, sandbox: state === "queued" ? null : "bwrap", queuedAt: ago(age + 12),
    startedAt: state === "queued" ? null : ago(age + 11), finishedAt: state === "running" || state === "queued" ? null : ago(age), durationMs: state === "running" || state === "queued" ? null : 11_000,
    messages: state === "failed" ? [{ file: "main.c", line: 24, column: 10, severity: "error", text: "implicit declaration of function 'climate_raed'; did you mean 'climate_read'?" }, { file: "climate.c", line: 12, column: 20, severity: "warning", text: "unused variable 'sda'" }] : state === "succeeded" && version === "1.4.0" ? [{ file: "climate.c", line: 12, column: 20, severity: "warning", text: "unused variable 'sda'" }] : [],
    toolchain: p.toolchain, environment: p.environments[0] ?? null, position: state === "queued" ? 2 : null, fromCache: version === "1.3.0", acceptedErrors: version === "1.2.0" ? "The relay board is not there yet; GPIO12 is changed with the next layout." : null,
    memory: state !== "succeeded" ? null : p.toolchain === "host" ? { ramUsedBytes: null, ramTotalBytes: null, flashUsedBytes: null, flashTotalBytes: null, slotBytes: 1_572_864 } : { ramUsedBytes: 45_328, ramTotalBytes: 327_680, flashUsedBytes: 1_214_112, flashTotalBytes: 1_310_720, slotBytes: 1_310_720 },
    previous: (() => { const last = builds.find((b) => b.projectId === p.id && b.image); return last ? { buildId: last.id, version: last.version, sizeBytes: last.image.sizeBytes } : null; })(),
    flashParts: state !== "succeeded" || p.toolchain === "host" ? [] : [["bootloader", 0x0, 15_104], ["partitions", 0x8000, 3_072], ["boot_app0", 0xe000, 8_192], ["firmware", 0x10000, 1_214_464]].map(([name, offsetBytes, sizeBytes]) => ({ name, offsetBytes, sizeBytes, sha256: sha(name + version) })),
    warnings: state === "failed" || version === "1.4.0" ? 1 : 0,
    image, error: state === "failed" ? { code: "BUILD_FAILED", message: "The compiler found 1 error." } : null, createdBy: ME,
  };
  logs.set(id, logOf(p, version, state));
  builds.unshift(entry);
  return entry;
}
const [g, pu] = [projects.find((p) => p.id === greenhouse), projects.find((p) => p.id === pump)];
for (const [version, age] of [["1.1.0", 900_000], ["1.2.0", 700_000], ["1.3.0", 300_000]]) build(g, version, "succeeded", age);
build(pu, "0.9.0", "succeeded", 250_000);
build(pu, "0.9.1", "cancelled", 200_000);
build(g, "1.4.0", "failed", 9_000);
build(g, "1.4.0", "succeeded", 8_000);
build(pu, "1.0.0-rc.1", "succeeded", 1_200);

export const releases = [];
let sequence = 10;
export function release(image, product, notes, age) {
  const entry = { id: uuid(), product, chip: image.chip, version: image.version, image, sequence: ++sequence, keyId: sha("key").slice(0, 32), notes, issuedAt: ago(age), expiresAt: ago(-86_400 * 365), createdAt: ago(age), createdBy: ME };
  releases.unshift(entry);
  return entry;
}
const image = (product, version) => images.find((i) => i.project === product && i.version === version);
const r12 = release(image("greenhouse-climate", "1.2.0"), "greenhouse-climate", "Humidity beside temperature.", 690_000);
const r13 = release(image("greenhouse-climate", "1.3.0"), "greenhouse-climate", "Skips a reading that the sensor refuses.", 290_000);
const r14 = release(image("greenhouse-climate", "1.4.0"), "greenhouse-climate", "Warns with the LED above 28 °C.\nReads every ten seconds instead of every minute.", 7_500);
const p9 = release(image("pump", "0.9.0"), "pump", null, 240_000);

export const devices = [];
const FLEET = Number(process.env.FLEET ?? 164);
for (let i = 0; i < FLEET; i++) {
  const product = i % 9 === 8 ? "pump" : "greenhouse-climate";
  devices.push({
    deviceId: `${product === "pump" ? "pump" : "gh"}-${sha(`d${i}`).slice(0, 8)}`, name: i % 5 === 0 ? `${product === "pump" ? "Pump" : "House"} ${i / 5 + 1}` : null, product, chip: product === "pump" ? "esp32s3" : "esp32",
    board: product === "pump" ? "esp32-s3-devkitc-1" : "esp32-devkitc-v4", hardwareId: sha(`hw${i}`).slice(0, 12), group: ["north", "south", null][i % 3], tags: i % 4 === 0 ? ["beta"] : [], version: product === "pump" ? "0.9.0" : i % 13 === 0 ? "1.2.0" : "1.3.0",
    slot: i % 2 ? "A" : "B", agentVersion: "0.1.0", online: i % 17 !== 3, lastSeenAt: ago(i % 17 === 3 ? 7_200 : i % 30), uptimeMs: 3_600_000 * (i % 90) + 120_000, freeHeapBytes: 180_000 + ((i * 977) % 40_000), rssiDbm: -48 - ((i * 7) % 38), createdAt: ago(1_000_000 + i * 1000), offer: null,
    hardware: i % 2 === 0 ? { chip: product === "pump" ? "esp32s3" : "esp32", chipRevision: "3.1", package: "ESP32-D0WD-V3", flashBytes: 4_194_304, flashMode: "dio", psramBytes: 0, psramMode: null } : null,
    fit: i % 2 !== 0 ? null : i % 6 === 0 ? { fits: false, plan: "Greenhouse climate", problems: ["The device has 4 MiB of flash, the board of the plan 8 MiB.", "GPIO16 and GPIO17 belong to the PSRAM of this device: uart1 cannot work there."] } : { fits: true, plan: "Greenhouse climate", problems: [] },
  });
}

const gate = { soakSeconds: 600, minimumReports: 1, maximumFailureRate: 0.05, confidence: 0.95, requireProof: false, silentAfterSeconds: 86_400, maximumSilentShare: 0.2 };
function upper(k, n, conf) {
  if (n === 0) return 1;
  if (k >= n) return 1;
  let lo = 0, hi = 1;
  const cdf = (p) => { let sum = 0, c = 1; for (let i = 0; i <= k; i++) { if (i > 0) c = (c * (n - i + 1)) / i; sum += c * p ** i * (1 - p) ** (n - i); } return sum; };
  for (let i = 0; i < 50; i++) { const mid = (lo + hi) / 2; if (cdf(mid) > 1 - conf) lo = mid; else hi = mid; }
  return hi;
}
const lower = (k, n, conf) => (k === 0 ? 0 : 1 - upper(n - k, n, conf));

export const rollouts = [];
export const members = new Map();
export function sizesOf(total, percents) {
  let before = 0;
  return percents.map((p) => { const cumulative = Math.ceil((total * p) / 100); const size = cumulative - before; before = cumulative; return { percent: p, size, cumulative }; });
}
export function rollout(rel, name, state, stage, fill, age, options = {}) {
  const id = uuid();
  const cohort = devices.filter((d) => d.product === rel.product).sort((a, b) => sha(id + a.deviceId).localeCompare(sha(id + b.deviceId)));
  const stages = options.stages ?? [5, 20, 50, 100].map((percent) => ({ percent, gate }));
  const sizes = sizesOf(cohort.length, stages.map((s) => s.percent));
  const list = [];
  sizes.forEach((size, at) => {
    for (let i = 0; i < size.size; i++) {
      const d = cohort[list.length];
      list.push({ deviceId: d.deviceId, stage: at, state: at < stage || state === "completed" ? "confirmed" : "waiting", percent: null, error: null, detail: null, fromVersion: d.version, offeredAt: at <= stage ? ago(age) : null, changedAt: at <= stage ? ago(age - 100) : null });
    }
  });
  fill?.(list);
  members.set(id, list);
  const entry = {
    id, name, releaseId: rel.id, product: rel.product, chip: rel.chip, version: rel.version, state, currentStage: stage, stageCount: stages.length, devices: list.length, confirmed: 0, failed: 0,
    reason: options.reason ?? null, createdAt: ago(age + 600), changedAt: ago(Math.max(5, age - 120)), createdBy: ME, filter: { tags: [], group: null, board: null, currentVersion: null },
    stages: stages.map((s, i) => ({ percent: s.percent, gate: { ...gate, ...s.gate }, size: sizes[i].size, startedAt: i <= stage ? ago(age - i * 700) : null })), decision: null,
    log: [{ at: ago(age + 600), actor: ME, action: "created", detail: `${list.length} devices in ${stages.length} stages.` }, ...(stage >= 0 ? [{ at: ago(age), actor: ME, action: "started", detail: "Stage 1 (5 %) was admitted." }] : []), ...Array.from({ length: Math.max(0, stage) }, (_, i) => ({ at: ago(age - (i + 1) * 700), actor: "gate", action: "advanced", detail: `Stage ${i + 1} passed: 0 failures, upper bound ${(3 / (i + 1)).toFixed(1)} %. Stage ${i + 2} was admitted.` }))],
    saying: options.saying,
  };
  if (options.reason) entry.log.push({ at: entry.changedAt, actor: "gate", action: state === "paused" ? "paused" : state === "rolledBack" ? "rolledBack" : state, detail: options.reason });
  rollouts.unshift(entry);
  return entry;
}
export function viewOf(r) {
  const list = members.get(r.id);
  const stages = r.stages.map((s, i) => {
    const mine = list.filter((m) => m.stage === i);
    const n = (test) => mine.filter(test).length;
    const confirmed = n((m) => m.state === "confirmed");
    const failed = n((m) => ["failed", "rolledBack", "rejected"].includes(m.state));
    const waiting = n((m) => m.state === "waiting");
    const health = { size: mine.length, confirmed, failed, waiting, working: mine.length - confirmed - failed - waiting - n((m) => m.state === "cancelled"), silent: i === 2 && r.state === "running" ? 1 : 0 };
    return { ...s, health, upperBound: upper(failed, confirmed + failed, s.gate.confidence), lowerBound: lower(failed, confirmed + failed, s.gate.confidence) };
  });
  const at = stages[Math.max(0, r.currentStage)];
  const { saying, ...rest } = r;
  const awaited = at.health.working + at.health.waiting;
  return { ...rest, confirmed: list.filter((m) => m.state === "confirmed").length, failed: stages.reduce((sum, s) => sum + s.health.failed, 0), stages,
    decision: { verdict: "wait", reason: saying ?? `advances in 02:10, or after ${awaited} more confirmations of stage ${r.currentStage + 1}`, upperBound: at.upperBound, lowerBound: at.lowerBound } };
}
export const summaryRollout = (r) => {
  const { stages: _stages, log: _log, filter: _filter, decision: _decision, ...rest } = viewOf(r);
  return rest;
};

rollout(r12, "Humidity", "completed", 3, null, 600_000);
rollout(r13, "Skip refused readings", "rolledBack", 0, (list) => {
  list.filter((m) => m.stage === 0).forEach((m, i) => Object.assign(m, i < 5 ? { state: "rolledBack", error: "no-confirm", detail: "The new image did not confirm within 60 s; slot A runs again." } : { state: "failed", error: "hash-mismatch", detail: "SHA-256 of the image is not the one of the manifest." }));
  list.filter((m) => m.stage > 0).forEach((m) => (m.state = "cancelled"));
}, 280_000, { reason: "Rolled back: 8 of 8 devices of stage 1 failed; the lower bound 68.8 % is above the allowed 5 %." });
rollout(p9, "Pump 0.9", "paused", 1, (list) => list.filter((m) => m.stage === 1).forEach((m, i) => (m.state = i < 1 ? "failed" : "confirmed", i < 1 && Object.assign(m, { error: "download-failed", detail: "Connection reset by peer after 131072 bytes." }))), 90_000, { reason: "Paused: 1 of 3 devices failed; the upper bound 86.5 % is above the allowed 5 % and a person must look." });
export const live = rollout(r14, "LED warning above 28 °C", "running", 2, (list) => {
  const now = list.filter((m) => m.stage === 2);
  const steps = ["offered", "downloading", "downloading", "verifying", "applying", "rebooting", "confirming"];
  now.forEach((m, i) => {
    if (i < now.length * 0.45) m.state = "confirmed";
    else if (i === Math.floor(now.length * 0.45)) Object.assign(m, { state: "rolledBack", error: "no-confirm", detail: "The new image did not confirm within 60 s; slot A runs again." });
    else if (i < now.length * 0.72) Object.assign(m, { state: steps[i % steps.length], percent: (i * 17) % 100 });
    else Object.assign(m, { state: "waiting", changedAt: null, offeredAt: null });
  });
  const canary = list.find((m) => m.stage === 1);
  Object.assign(canary, { state: "failed", error: "download-failed", detail: "Connection reset by peer after 131072 bytes." });
}, 2_400, { stages: [5, 20, 50, 100].map((percent) => ({ percent, gate: { ...gate, maximumFailureRate: 0.08 } })) });
rollout(p9, "Pump 0.9, south", "draft", -1, null, 400);

for (const m of members.get(live.id)) {
  const d = devices.find((x) => x.deviceId === m.deviceId);
  if (m.state === "confirmed") d.version = "1.4.0";
  if (m.state !== "waiting") d.offer = { rolloutId: live.id, version: "1.4.0", state: m.state, percent: m.percent, error: m.error, detail: m.detail };
}

export const virtual = devices.slice(0, 8).map((d, i) => ({ hardwareId: d.hardwareId, deviceId: i === 7 ? null : d.deviceId, product: d.product, chip: d.chip, board: d.board, state: i === 7 ? "claiming" : i === 6 ? "failed" : "running", reason: i === 6 ? "The process ended with code 134 three times in a minute." : null, startedAt: ago(5_000 + i * 10) }));

export const audit = [];
let previous = "0".repeat(64);
for (const [i, [action, subject, detail]] of Object.entries([...Array(60)].map((_, i) => [["user.login", `user:${users[0].id}`, null], ["project.change", `project:${greenhouse}`, "pin plan."], ["build.start", `build:${builds[0].id}`, "greenhouse-climate 1.4.0, project Greenhouse climate."], ["release.create", `release:${r14.id}`, "greenhouse-climate 1.4.0, sequence 13."], ["rollout.start", `rollout:${live.id}`, "LED warning above 28 °C to 146 devices."], ["device.claim", `device:${devices[i % devices.length].deviceId}`, "greenhouse-climate on esp32-devkitc-v4."]][i % 6]))) {
  previous = sha(previous + action + i);
  audit.unshift({ sequence: Number(i) + 1, at: ago((60 - Number(i)) * 700), actor: i % 4 === 3 ? "gate" : ME, actorName: i % 4 === 3 ? null : "Administrator", action, subject, detail, hash: previous });
}
export { ME };

export const toolchains = [
  { id: "host", title: "Host", ready: true, versions: "gcc 12.2.0, cmake 3.25.1", architecture: "x86_64", missing: [], canInstall: false, installing: false },
  { id: "platformio", title: "PlatformIO", ready: false, versions: "", architecture: "xtensa, riscv32", missing: [{ what: "PlatformIO Core", why: "runs platformio.ini.", command: "python3 -m pip install platformio==6.1.18" }, { what: "platform espressif32", why: "compilers and frameworks of the ESP32 family.", command: "pio pkg install -g -p espressif32@6.13.0" }], canInstall: true, installing: false },
  { id: "esp-idf", title: "ESP-IDF", ready: false, versions: "", architecture: "xtensa, riscv32", missing: [{ what: "ESP-IDF v5.5", why: "builds projects with idf.py.", command: "git clone --depth 1 --recursive -b v5.5 https://github.com/espressif/esp-idf && esp-idf/install.sh esp32,esp32s3,esp32c3" }], canInstall: false, installing: false },
  { id: "sandbox", title: "Sandbox", ready: true, versions: "bubblewrap 0.8.0", architecture: "", missing: [], canInstall: false, installing: false },
  { id: "language-server", title: "Language server", ready: true, versions: "clangd 14.0.6", architecture: "", missing: [], canInstall: false, installing: false },
  { id: "compiler-cache", title: "Compiler cache", ready: true, versions: "", architecture: "", missing: [{ what: "ccache", why: "makes a build of changed files faster.", command: "apt-get install -y ccache" }], canInstall: true, installing: false },
];
export const apiKeys = [
  { id: uuid(), name: "CI of the greenhouse", permissions: ["builds.read", "builds.run", "images.read", "images.upload", "releases.create"], createdAt: ago(900_000), createdBy: ME, expiresAt: ago(-86_400 * 60), lastUsedAt: ago(300), prefix: "efk_h7Qa2x" },
  { id: uuid(), name: "Bench", permissions: ["devices.read"], createdAt: ago(5_000_000), createdBy: ME, expiresAt: ago(1_000), lastUsedAt: null, prefix: "efk_Zz91pe" },
];
