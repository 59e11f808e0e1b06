import { describe, expect, it } from "vitest";
import type { Member, MemberState, Rollout, StageView } from "@/api/types";
import { cellSize, groupCells, groupFailures, wallCellSize } from "@/features/rollouts/cells";
import { headline } from "@/features/rollouts/headline";
import { DEFAULT_GATE, PRESETS, defaultStages, gateScale, provesWith, toRequest, validateStages } from "@/features/rollouts/stages";

const now = Date.parse("2026-03-01T12:00:00Z");
const stage = (percent: number, startedAt: string | null, silentAfterSeconds = 3600): StageView => ({
  percent, startedAt, size: 0, upperBound: 1, lowerBound: 0, gate: { ...DEFAULT_GATE, silentAfterSeconds }, health: { size: 0, confirmed: 0, failed: 0, working: 0, silent: 0, waiting: 0 },
});
const member = (deviceId: string, at: number, state: MemberState, more: Partial<Member> = {}): Member => ({
  deviceId, stage: at, state, percent: null, error: null, detail: null, fromVersion: "1.0.0", offeredAt: null, changedAt: null, ...more,
});

describe("the cells of the fleet", () => {
  const stages = [stage(5, "2026-03-01T11:50:00Z"), stage(50, null), stage(100, null)];
  it("are grouped by stage and keep the order of rank", () => {
    const groups = groupCells([member("c", 0, "confirmed"), member("a", 0, "failed"), member("b", 2, "waiting")], stages, now);
    expect(groups.map((group) => group.cells.map((cell) => cell.deviceId))).toEqual([["c", "a"], [], ["b"]]);
  });
  it("count by what is seen: seven states of work are one", () => {
    const [group] = groupCells((["offered", "downloading", "verifying", "applying", "rebooting", "confirming", "confirmed", "rolledBack", "rejected"] as const).map((state, i) => member(`d${i}`, 0, state)), stages, now);
    expect(group?.counts).toEqual({ working: 6, confirmed: 1, rolledBack: 1, failed: 1 });
  });
  it("do not count a cancelled device as silent", () => {
    const [group] = groupCells([member("a", 0, "cancelled")], stages, now);
    expect(group?.counts).toEqual({ cancelled: 1 });
    expect(group?.cells[0]).toMatchObject({ kind: "silent", word: "never offered" });
    const [offered] = groupCells([member("a", 0, "cancelled", { offeredAt: "2026-03-01T11:55:00Z" })], stages, now);
    expect(offered?.cells[0]?.word).toBe("cancelled");
  });
  it("are silent when admitted longer ago than the gate waits, but never once they have ended", () => {
    const late = [stage(100, "2026-03-01T10:00:00Z", 3600)];
    const [group] = groupCells([member("a", 0, "downloading"), member("b", 0, "waiting"), member("c", 0, "confirmed"), member("d", 0, "failed")], late, now);
    expect(group?.cells.map((cell) => cell.kind)).toEqual(["silent", "silent", "confirmed", "failed"]);
    expect(group?.cells[0]?.word).toBe("silent (downloading)");
  });
  it("are not silent in a stage that has not begun", () => {
    expect(groupCells([member("a", 1, "waiting")], [stage(5, null, 10), stage(100, null, 10)], now)[1]?.cells[0]?.kind).toBe("waiting");
  });
  it("pass over a member of a stage that is not shown, and survive a state that is not known", () => {
    const groups = groupCells([member("a", 9, "waiting"), member("b", 0, "hovering" as MemberState)], stages, now);
    expect(groups.flatMap((group) => group.cells)).toMatchObject([{ deviceId: "b", kind: "waiting", word: "hovering" }]);
  });
  it("shrink as the fleet grows", () => {
    const sizes = [10, 100, 400, 1000, 3000, 10_000].map((devices) => cellSize(devices));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(new Set(sizes).size).toBe(6);
  });
  it("are larger on the wall, whatever the fleet", () => {
    for (const devices of [1, 12, 24, 25, 60, 61, 500, 10_000]) expect(wallCellSize(devices)).toBeGreaterThan(cellSize(devices));
  });
});

describe("the headline of a rollout", () => {
  const rollout = (more: Partial<Rollout>): Rollout =>
    ({ version: "1.2.0", devices: 12, confirmed: 0, failed: 0, currentStage: 0, stages: [stage(5, null), stage(100, null)], reason: null, decision: null, state: "running", ...more }) as Rollout;
  const crash = groupFailures([member("virtual-9c", 0, "rolledBack", { error: "crashed", detail: "signal 6 (Aborted) 0.1 s after start", fromVersion: "1.1.0" })]);

  it("says why the canary failed as its device said it, where it is now, and what the gate made of it", () => {
    const said = headline(rollout({ state: "rolledBack", failed: 1, reason: "Stage 1 of 2: 1 of 1 device failed (100 %), above the 10 % the gate allows" }), crash);
    expect(said.main).toBe("Stopped at stage 1 of 2: the new image crashed before it confirmed itself.");
    expect(said.more[0]).toBe("virtual-9c: signal 6 (Aborted) 0.1 s after start. It is back on 1.1.0.");
    expect(said.more[1]?.replaceAll("\u00a0", " ")).toBe("Stage 1 of 2: 1 of 1 device failed (100%), above the 10% the gate allows.");
  });
  it("does not say that several devices are back on one version when they are not", () => {
    const both = groupFailures(["1.0.0", "1.1.0"].map((fromVersion, i) => member(`d${i}`, 0, "rolledBack", { error: "crashed", fromVersion })));
    expect(both[0]?.fromVersion).toBeNull();
    expect(headline(rollout({ state: "rolledBack" }), both).more[0]).toBe("2 devices: the new image crashed before it confirmed itself. They are back on what they ran before.");
  });
  it("is the gate's sentence while it runs, with a failure under it", () => {
    const running = rollout({ decision: { verdict: "wait", reason: "advances in 00:10", upperBound: 1, lowerBound: 0 } });
    expect(headline(running, []).main).toBe("Advances in 00:10");
    expect(headline(running, crash).more).toHaveLength(1);
  });
  it("says how many run it once it is completed, and which do not", () => {
    expect(headline(rollout({ state: "completed", confirmed: 12 }), []).main).toBe("Completed: all 12 devices run 1.2.0.");
    expect(headline(rollout({ state: "completed", confirmed: 11, failed: 1 }), crash).main).toBe("Completed: 11 of 12 devices run 1.2.0.");
  });
  it("says the reason of a pause, and of a stop that a person asked for", () => {
    expect(headline(rollout({ state: "paused", reason: "Camera is away" }), [])).toEqual({ main: "Paused at stage 1 of 2. No new offers go out.", more: ["Camera is away."] });
    expect(headline(rollout({ state: "rolledBack", reason: null }), [])).toEqual({ main: "Stopped at stage 1 of 2.", more: [] });
  });
});

describe("failures", () => {
  it("are grouped by reason, the most frequent first", () => {
    const groups = groupFailures([
      member("a", 0, "failed", { error: "hash-mismatch" }),
      member("b", 0, "rolledBack", { error: "no-confirm", detail: "did not confirm in 60 s" }),
      member("c", 0, "rolledBack", { error: "no-confirm" }),
      member("d", 0, "confirmed"),
      member("e", 0, "rejected"),
    ]);
    expect(groups.map((group) => [group.error, group.devices])).toEqual([["no-confirm", ["b", "c"]], ["hash-mismatch", ["a"]], ["unknown", ["e"]]]);
    expect(groups[0]?.detail).toBe("did not confirm in 60 s");
  });
});

describe("stages", () => {
  it("default to 5, 20, 50, 100 and are valid, as is every preset", () => {
    expect(defaultStages().map((entry) => entry.percent)).toEqual([5, 20, 50, 100]);
    for (const preset of PRESETS) expect(validateStages(preset.stages())).toEqual([]);
  });
  const broken = (...percents: number[]) => validateStages(percents.map((percent) => ({ percent, gate: DEFAULT_GATE }))).map((problem) => problem.message);
  it("must rise, end at 100 and be whole numbers", () => {
    expect(broken(20, 20, 100)[0]).toMatch(/More than the stage before/);
    expect(broken(5, 50)[0]).toMatch(/last stage is 100%/);
    expect(broken(2.5, 100)[0]).toMatch(/whole number/);
    expect(broken(Number.NaN, 100)[0]).toMatch(/whole number/);
    expect(broken(0, 100)).not.toEqual([]);
    expect(broken()).toEqual(["A rollout needs at least one stage."]);
    expect(broken(...Array.from({ length: 21 }, (_, i) => (i === 20 ? 100 : i + 1)))).toEqual(["At most 20 stages."]);
  });
  it("have gates within the server's bounds", () => {
    const fields = (gate: Partial<typeof DEFAULT_GATE>) => validateStages([{ percent: 100, gate: { ...DEFAULT_GATE, ...gate } }]).map((problem) => problem.field);
    expect(fields({ soakSeconds: -1 })).toEqual(["soakSeconds"]);
    expect(fields({ soakSeconds: 0, minimumReports: 0 })).toEqual(["minimumReports"]);
    expect(fields({ maximumFailureRate: 1.01, confidence: 0.4 })).toEqual(["maximumFailureRate", "confidence"]);
    expect(fields({ silentAfterSeconds: 9, maximumSilentShare: Number.NaN })).toEqual(["silentAfterSeconds", "maximumSilentShare"]);
  });
  it("are sent with their gates and nothing else", () => {
    expect(toRequest(defaultStages())[0]).toEqual({ percent: 5, gate: DEFAULT_GATE });
  });
  it("say how many devices prove a rate: 59 for 5% at 95%", () => {
    expect(provesWith(0.05, 0.95)).toBe(59);
    expect(provesWith(0.01, 0.95)).toBe(299);
    expect(provesWith(0, 0.95)).toBeNull();
  });
  it("are drawn on a scale that holds both the bar and the allowed rate", () => {
    expect(gateScale(0.3, 0.05)).toBeCloseTo(0.33);
    expect(gateScale(0.01, 0.05)).toBeCloseTo(0.125);
    expect(gateScale(1, 0.05)).toBe(1);
  });
});
