import { describe, expect, it } from "vitest";
import type { Board, Finding, Plan, Repair } from "@/api/types";
import { functionGroups } from "@/features/pins/functions";
import { layoutBoard, placeRows, stripRows } from "@/features/pins/layout";
import { diffLines } from "@/features/pins/line-diff";
import * as edit from "@/features/pins/plan";

const plan: Plan = { board: "esp32-devkitc-v4", uses: [{ gpio: 21, function: "i2c0", signal: "sda" }, { gpio: 12, function: "relay", direction: "out" }] };
const finding = (change: Partial<Finding>): Finding => ({ rule: "PIN010", class: "strapping", severity: "warning", gpios: [12], message: "", source: "", repairs: [], overridden: null, ...change });
const repair = (change: Partial<Repair>): Repair => ({ label: "", kind: "move", use: null, gpio: null, field: null, value: null, gpios: null, ...change });

describe("undo", () => {
  it("goes back step by step, and forward again", () => {
    let history = edit.begin(plan);
    history = edit.commit(history, edit.moveUse(history.present, 1, 25));
    history = edit.commit(history, edit.removeUse(history.present, 0));
    history = edit.undo(history);
    expect(history.present.uses.map((use) => use.gpio)).toEqual([21, 25]);
    history = edit.undo(history);
    expect(history.present).toEqual(plan);
    expect(edit.undo(history)).toBe(history);
    history = edit.redo(edit.redo(history));
    expect(history.present.uses).toHaveLength(1);
    expect(edit.redo(history)).toBe(history);
  });
  it("forgets what was undone once something else is done", () => {
    let history = edit.commit(edit.begin(plan), edit.moveUse(plan, 1, 25));
    history = edit.undo(history);
    history = edit.commit(history, edit.moveUse(plan, 1, 26));
    expect(history.future).toEqual([]);
  });
  it("does not count a step that changes nothing", () => {
    const history = edit.begin(plan);
    expect(edit.commit(history, { ...plan, overrides: [], wifi: undefined })).toBe(history);
    expect(edit.commit(history, { uses: [...plan.uses], board: plan.board })).toBe(history);
  });
});

describe("editing a plan", () => {
  it("moves a use with its interrupt and wake source", () => {
    const moved = edit.moveUse({ ...plan, interrupts: [12, 34], wake: { ext0: [12] } }, 1, 25);
    expect(moved.uses[1]?.gpio).toBe(25);
    expect(moved.interrupts).toEqual([25, 34]);
    expect(moved.wake).toEqual({ ext0: [25] });
  });
  it("leaves them where another use stays on the pin", () => {
    const shared: Plan = { uses: [{ gpio: 5, function: "a" }, { gpio: 5, function: "b" }], interrupts: [5] };
    expect(edit.moveUse(shared, 0, 6).interrupts).toEqual([5]);
  });
  it("drops a field that is cleared instead of sending it empty", () => {
    const cleared = edit.changeUse({ uses: [{ gpio: 1, function: "x", signal: "y", pull: "up" }] }, 0, { signal: "", pull: undefined });
    expect(cleared.uses[0]).toEqual({ gpio: 1, function: "x" });
  });
  it("holds at most 64 uses", () => {
    let full: Plan = { uses: [] };
    for (let i = 0; i < 70; i++) full = edit.addUse(full, { gpio: 1, function: "x" });
    expect(full.uses).toHaveLength(64);
  });
  it("never changes the plan it was given", () => {
    const frozen = structuredClone(plan);
    edit.moveUse(plan, 0, 3);
    edit.removeUse(plan, 0);
    edit.applyRepair(plan, repair({ kind: "setPlan", field: "wifi", value: "true" }));
    expect(plan).toEqual(frozen);
  });
});

describe("repairs", () => {
  it("of every kind are made", () => {
    expect(edit.applyRepair(plan, repair({ kind: "move", use: 1, gpio: 25 })).uses[1]?.gpio).toBe(25);
    expect(edit.applyRepair(plan, repair({ kind: "remove", use: 1 })).uses).toHaveLength(1);
    expect(edit.applyRepair(plan, repair({ kind: "setUse", use: 0, field: "pull", value: "none" })).uses[0]?.pull).toBe("none");
    expect(edit.applyRepair(plan, repair({ kind: "setPlan", field: "console", value: "none" })).console).toBe("none");
    expect(edit.applyRepair(plan, repair({ kind: "setPlan", field: "externalPull.12", value: "down" })).externalPull).toEqual({ "12": "down" });
    expect(edit.applyRepair(plan, repair({ kind: "setPlan", field: "efuses", value: "VDD_SPI_AS_GPIO" })).efuses).toEqual(["VDD_SPI_AS_GPIO"]);
    expect(edit.applyRepair(plan, repair({ kind: "override", field: "PIN010", value: "checked", gpios: [12] })).overrides).toEqual([{ rule: "PIN010", gpios: [12], reason: "checked" }]);
  });
  it("that do not fit change nothing", () => {
    expect(edit.applyRepair(plan, repair({ kind: "move", use: 9, gpio: 25 }))).toBe(plan);
    expect(edit.applyRepair(plan, repair({ kind: "setPlan", field: "board", value: "other" }))).toBe(plan);
    expect(edit.applyRepair(plan, repair({ kind: "setUse", use: 0, field: "gpio", value: "3" }))).toBe(plan);
  });
  it("by acceptance can be withdrawn, also when the rule was named by its class", () => {
    const accepted = edit.acceptFinding(plan, finding({}), "the relay board has no pull");
    expect(accepted.overrides).toEqual([{ rule: "PIN010", gpios: [12], reason: "the relay board has no pull" }]);
    expect(edit.withdrawAcceptance(accepted, finding({})).overrides).toEqual([]);
    expect(edit.withdrawAcceptance({ ...plan, overrides: [{ rule: "strapping", gpios: [12], reason: "x" }] }, finding({})).overrides).toEqual([]);
  });
});

describe("findings and pins", () => {
  it("are sorted worst first, accepted ones last", () => {
    const sorted = edit.sortFindings([finding({ severity: "info" }), finding({ severity: "error", overridden: "yes" }), finding({ severity: "warning" }), finding({ severity: "error", gpios: [9] })]);
    expect(sorted.map((f) => [f.severity, f.overridden])).toEqual([["error", null], ["warning", null], ["info", null], ["error", "yes"]]);
  });
  it("give a pin its worst open state", () => {
    expect(edit.pinState(12, null, true, [finding({}), finding({ severity: "error" })])).toBe("error");
    expect(edit.pinState(12, null, true, [finding({ overridden: "fine" })])).toBe("used");
    expect(edit.pinState(6, "SPI flash", false, [])).toBe("reserved");
    expect(edit.pinState(4, null, false, [])).toBe("free");
  });
  it("read what a person types as a use", () => {
    expect(edit.parseUse("  LoRa RST ")).toEqual({ function: "lora", signal: "rst" });
    expect(edit.parseUse("i2c0.sda")).toEqual({ function: "i2c0", signal: "sda" });
    expect(edit.parseUse("relay")).toEqual({ function: "relay" });
    expect(edit.parseUse("***")).toBeNull();
  });
});

describe("the drawing", () => {
  const pins = [1, 2, 3].map((gpio) => ({ gpio, exposed: gpio !== 2, reserved: null, input: true, output: true, pullUp: true, pullDown: true, adc: [], touch: null, dac: null, rtc: null, strapping: null, roles: [] }));
  const board = (change: Partial<Board>) => ({ headerOrder: "documented" as const, headers: [], pins, ...change });
  const header = (id: string, side: string | null, n: number) => ({ id, side, pins: Array.from({ length: n }, (_, i) => ({ position: n - i, label: `P${n - i}`, kind: "gpio", gpio: n - i })) });

  it("puts headers left and right, first position at the top", () => {
    const layout = layoutBoard(board({ headers: [header("J1", "left", 3), header("J3", "right", 2)] }));
    expect(layout.left[0]?.rows.map((row) => row.position)).toEqual([1, 2, 3]);
    expect(layout.right[0]?.rows).toHaveLength(2);
    expect(layout.note).toBeNull();
  });
  it("shows the exposed pins by number where no order is known, and says so", () => {
    const layout = layoutBoard(board({ headerOrder: "unknown" }));
    expect([...layout.left, ...layout.right].flatMap((strip) => strip.rows.map((row) => row.gpio))).toEqual([1, 3]);
    expect(layout.note).toMatch(/by number/);
  });
  it("splits a double-row header by odd and even, and stacks several of one side with a gap", () => {
    const single = layoutBoard(board({ headers: [header("J1", null, 4)] }));
    expect(single.left[0]?.rows.map((row) => row.position)).toEqual([1, 3]);
    expect(single.right[0]?.rows.map((row) => row.position)).toEqual([2, 4]);
    const stacked = layoutBoard(board({ headers: [header("a", "left", 2), header("b", "left", 2)] }));
    expect(stripRows(stacked.left)).toBe(5);
    expect(placeRows(stacked.left, 10, 0).map((entry) => entry.y)).toEqual([0, 10, 30, 40]);
  });
  it("offers only what the chip has", () => {
    const names = (chip: string) => functionGroups({ chip, pins }).map((group) => group.name);
    expect(names("esp32")).toContain("Ethernet (RMII)");
    expect(names("esp32c3")).not.toContain("Analog out (DAC)");
    expect(names("esp32c2")).not.toContain("CAN (TWAI)");
  });
});

describe("the diff of the header", () => {
  it("keeps common lines and marks the others", () => {
    expect(diffLines("a\nb\nc\n", "a\nx\nc\n")).toEqual([
      { kind: "same", text: "a" },
      { kind: "removed", text: "b" },
      { kind: "added", text: "x" },
      { kind: "same", text: "c" },
    ]);
    expect(diffLines("", "a\n")).toEqual([{ kind: "added", text: "a" }]);
    expect(diffLines("a\n", "a\n").every((line) => line.kind === "same")).toBe(true);
  });
});
