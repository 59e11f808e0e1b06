import type { Member, MemberState, StageView } from "@/api/types";
import { memberMark, type StatusKind } from "@/lib/status";

export interface Cell {
  deviceId: string;
  state: MemberState;
  kind: StatusKind;
  word: string;
  percent: number | null;
  fromVersion: string | null;
  error: string | null;
  detail: string | null;
  changedAt: string | null;
}

/** What the legend counts: a device that was never offered is not one that fell silent, though both are dim. */
export type Counted = StatusKind | "cancelled";

/** The word for a device that the rollout ended without asking. */
export const NEVER_OFFERED = "never offered";

export interface CellGroup {
  stage: number;
  cells: Cell[];
  counts: Partial<Record<Counted, number>>;
}

const ENDED: ReadonlySet<MemberState> = new Set(["confirmed", "failed", "rolledBack", "rejected", "cancelled"]);

/** Admitted longer ago than the gate waits and not at an end: nothing is known of it. */
export function isSilent(member: Member, stage: StageView | undefined, now: number): boolean {
  if (!stage?.startedAt || ENDED.has(member.state)) return false;
  return now - Date.parse(stage.startedAt) > stage.gate.silentAfterSeconds * 1000;
}

/** The fleet by stage, in the order given (rank); every stage has its group, also an empty one. */
export function groupCells(members: Member[], stages: StageView[], now: number): CellGroup[] {
  const groups: CellGroup[] = stages.map((_, stage) => ({ stage, cells: [], counts: {} }));
  for (const member of members) {
    const group = groups[member.stage];
    if (!group) continue;
    const mark = memberMark(member.state);
    const silent = isSilent(member, stages[member.stage], now);
    const kind: StatusKind = silent ? "silent" : mark.kind;
    const word = member.state === "cancelled" && member.offeredAt === null ? NEVER_OFFERED : mark.word;
    group.cells.push({
      deviceId: member.deviceId,
      state: member.state,
      kind,
      word: silent ? `silent (${word})` : word,
      percent: member.percent,
      fromVersion: member.fromVersion,
      error: member.error,
      detail: member.detail,
      changedAt: member.changedAt,
    });
    const counted: Counted = member.state === "cancelled" ? "cancelled" : kind;
    group.counts[counted] = (group.counts[counted] ?? 0) + 1;
  }
  return groups;
}

export interface FailureGroup {
  key: string;
  state: MemberState;
  error: string;
  detail: string | null;
  /** What those devices ran before; null when they differ. */
  fromVersion: string | null;
  devices: string[];
}

/** Failures by reason, the most frequent first. */
export function groupFailures(members: Member[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const member of members) {
    if (member.state !== "failed" && member.state !== "rolledBack" && member.state !== "rejected") continue;
    const error = member.error ?? "unknown";
    const key = `${member.state} ${error}`;
    const group = groups.get(key) ?? { key, state: member.state, error, detail: member.detail, fromVersion: member.fromVersion, devices: [] };
    group.devices.push(member.deviceId);
    if (group.fromVersion !== member.fromVersion) group.fromVersion = null;
    group.detail ??= member.detail;
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.devices.length - a.devices.length || a.key.localeCompare(b.key));
}

/** As large as the fleet lets them be: 40 devices are read from across the room, 10,000 as a texture. */
export function cellSize(devices: number): number {
  if (devices <= 12) return 52;
  if (devices <= 40) return 40;
  if (devices <= 150) return 30;
  if (devices <= 500) return 22;
  if (devices <= 1500) return 16;
  if (devices <= 4000) return 12;
  return 9;
}

/** On the wall the fleet has the page to itself. */
export function wallCellSize(devices: number): number {
  if (devices <= 24) return 68;
  return devices <= 60 ? 52 : Math.round(cellSize(devices) * 1.2);
}
