// Pin tools of the mock host, in rough: enough to look at every state of their pages.
import * as w from "./world.mjs";

const cost = (moved = 0, risk = 0) => ({ moved, risk, matrix: 0, neighbourhood: 0, numbers: 0 });

export function pinRoutes({ ok, no, checkPlan, header }) {
  const formats = [["c-header", "C header", "pins.h", "text/plain", true], ["platformio", "PlatformIO", "platformio.ini", "text/plain", false], ["markdown", "Wiring list", "wiring.md", "text/markdown", false]];
  return [
    ["GET", /^pins\/formats$/, () => ok(formats.map(([id, title, fileName, mediaType, regions]) => ({ id, title, fileName, mediaType, regions })))],
    ["POST", /^pins\/code$/, (c) => {
      const format = formats.find(([id]) => id === c.query.get("format")) ?? formats[0];
      const plan = c.body.plan ?? c.body;
      const content = format[0] === "markdown" ? `| GPIO | Function | Signal |\n| ---: | --- | --- |\n${plan.uses.map((u) => `| ${u.gpio} | ${u.function} | ${u.signal ?? ""} |`).join("\n")}\n` : format[0] === "platformio" ? `[env:${plan.board}]\nbuild_flags =\n${plan.uses.map((u) => `  -DPIN_${u.function.toUpperCase()}=${u.gpio}`).join("\n")}\n` : header(plan).content;
      return ok({ fileName: format[2], content, format: format[0], mediaType: format[3] });
    }],
    ["POST", /^pins\/boot$/, (c) => {
      const straps = [["GPIO0", 0, "high"], ["GPIO2", 2, "low"], ["GPIO12", 12, "low"]].map(([label, gpio, level]) => ({ gpio, label, role: "boot mode", level, why: "the resistor inside the chip", by: "internal pull" }));
      const bad = c.body.uses.some((u) => u.gpio === 12);
      return ok({ scenes: [["power-on", "Power on", "flash", !bad], ["serial", "Download by cable", "download", true], ["wake", "Wake from deep sleep", "flash", true]].map(([scenario, title, mode, passes]) => ({ scenario, title, mode, wantedMode: mode, vddSpiMillivolts: bad ? 1800 : 3300, romLog: true, passes, gpio: passes ? null : 12, sentence: passes ? `The chip starts from ${mode}, as wanted.` : "GPIO12 is high at reset: the flash gets 1.8 V and does not answer.", repair: null, straps })) });
    }],
    ["POST", /^pins\/diff$/, (c) => {
      const name = (u) => `${u.function}${u.signal ? ` ${u.signal}` : ""}`;
      const differences = c.body.after.uses.filter((u) => !c.body.before.uses.some((o) => o.gpio === u.gpio && name(o) === name(u))).map((u) => ({ kind: "added", sentence: `${name(u)} is new on GPIO${u.gpio}.`, field: null, from: null, to: String(u.gpio), gpios: [u.gpio] }));
      return ok({ same: differences.length === 0, addsErrors: false, differences });
    }],
    ["POST", /^pins\/port$/, (c) => {
      const board = w.boards.find((b) => b.id === c.body.board);
      const good = board.pins.filter((p) => p.exposed && !p.reserved && p.output);
      const changes = [{ kind: "hardware", use: null, from: null, gpio: null, message: `${board.name} has another chip: ${board.chipName} in place of that of the plan.` }];
      const uses = [];
      for (const use of c.body.plan.uses) {
        const stays = good.some((p) => p.gpio === use.gpio);
        const to = stays ? use.gpio : good.find((p) => !uses.some((u) => u.gpio === p.gpio) && !c.body.plan.uses.some((u) => u.gpio === p.gpio))?.gpio;
        if (to === undefined) changes.push({ kind: "lost", use: use.function, from: use.gpio, gpio: null, message: `${use.function} has no pin on ${board.name}: all that could carry it are taken.` });
        else uses.push({ ...use, gpio: to });
        if (to !== undefined && to !== use.gpio) changes.push({ kind: "moved", use: use.function, from: use.gpio, gpio: to, message: `${use.function} moves from GPIO${use.gpio} to GPIO${to}.` });
      }
      return ok({ plan: { ...c.body.plan, board: board.id, uses }, complete: !changes.some((change) => change.kind === "lost"), changes });
    }],
    ["POST", /^pins\/solve$/, (c) => {
      const board = w.boards.find((b) => b.id === c.body.plan.board);
      const free = board.pins.filter((p) => p.exposed && !p.reserved && p.output && !p.strapping && !c.body.plan.uses.some((u) => u.gpio === p.gpio)).map((p) => p.gpio);
      const placements = c.body.needs.flatMap((need, i) => Array.from({ length: need.count ?? 1 }, (_, item) => ({ name: need.name ?? need.kind, need: i, item, gpio: free.shift(), function: need.name ?? need.kind, signal: null, before: null, cost: cost(), why: "free, nothing against it" })));
      if (placements.some((p) => p.gpio === undefined)) return ok({ plan: null, conflict: { kind: "pins", uses: [], needs: [0], gpios: [], message: "There are fewer free pins than are asked for." }, placements: [], cost: null, bound: null, optimal: false, report: null });
      const plan = { ...c.body.plan, uses: [...c.body.plan.uses, ...placements.map((p) => ({ gpio: p.gpio, function: p.function, direction: "out" }))] };
      return ok({ plan, conflict: null, placements, cost: cost(), bound: cost(), optimal: true, report: checkPlan(plan) });
    }],
    ["POST", /^pins\/import$/, (c) => {
      const uses = [...c.body.text.matchAll(/#define\s+PIN_(\w+)\s+(\d+)/g)].map((m) => ({ gpio: Number(m[2]), function: m[1].toLowerCase() }));
      if (uses.length === 0) return no(400, "IMPORT_EMPTY", "No pin was found in the text.", [{ field: "text", message: "Expected lines such as #define PIN_LED 2." }]);
      const plan = { board: c.body.board ?? "esp32-devkitc-v4", uses };
      return ok({ plan, format: "c-header", notes: [{ line: 1, kind: "assumed", message: "The numbers are GPIO numbers." }], choices: [], report: checkPlan(plan) });
    }],
    ["GET", /^boards\/([^/]+)\/source$/, (c) => ok({ id: c.m[1], content: "{}", createdAt: w.ago(0), updatedAt: w.ago(0), problem: null })],
    ["GET", /^chips$/, () => ok([...new Map(w.boards.map((b) => [b.chip, { id: b.chip, name: b.chipName, architecture: "xtensa", cores: 2, wifi: true, ble: true, pins: b.pins }])).values()])],
  ];
}
