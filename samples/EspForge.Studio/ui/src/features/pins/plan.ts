import type { Finding, Plan, Repair, Use } from "@/api/types";

/** Most uses a plan may hold; the server refuses more. */
export const MAX_USES = 64;
const REMEMBERED = 200;

export interface History {
  past: Plan[];
  present: Plan;
  future: Plan[];
}

export const begin = (plan: Plan): History => ({ past: [], present: plan, future: [] });
export const samePlan = (a: Plan, b: Plan): boolean => JSON.stringify(normal(a)) === JSON.stringify(normal(b));

/** Without what says nothing, in one order of keys, so that two plans that mean the same compare the same. */
function normal(plan: Plan): unknown {
  const empty = (value: unknown) =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0) || (typeof value === "object" && Object.keys(value as object).length === 0);
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, entry]) => !empty(entry))
          .sort(([a], [b]) => a.localeCompare(b))
          .map(([key, entry]) => [key, walk(entry)]),
      );
    }
    return value;
  };
  return walk(plan);
}

/** A step that changes nothing is no step. */
export function commit(history: History, next: Plan): History {
  if (samePlan(history.present, next)) return history;
  return { past: [...history.past, history.present].slice(-REMEMBERED), present: next, future: [] };
}

export function undo(history: History): History {
  const previous = history.past[history.past.length - 1];
  if (!previous) return history;
  return { past: history.past.slice(0, -1), present: previous, future: [history.present, ...history.future] };
}

export function redo(history: History): History {
  const [next, ...future] = history.future;
  if (!next) return history;
  return { past: [...history.past, history.present], present: next, future };
}

export const nameOf = (use: Pick<Use, "function" | "signal">): string => (use.signal ? `${use.function} ${use.signal}` : use.function);

export function addUse(plan: Plan, use: Use): Plan {
  return plan.uses.length >= MAX_USES ? plan : { ...plan, uses: [...plan.uses, use] };
}

export function removeUse(plan: Plan, index: number): Plan {
  return { ...plan, uses: plan.uses.filter((_, i) => i !== index) };
}

export function changeUse(plan: Plan, index: number, change: Partial<Use>): Plan {
  return {
    ...plan,
    uses: plan.uses.map((use, i) => {
      if (i !== index) return use;
      const next: Use = { ...use, ...change };
      if (!next.signal) delete next.signal;
      if (!next.direction) delete next.direction;
      if (!next.pull) delete next.pull;
      return next;
    }),
  };
}

/** Moves a use; wake sources and interrupts go with the wire, unless another use stays on the old pin. */
export function moveUse(plan: Plan, index: number, gpio: number): Plan {
  const use = plan.uses[index];
  if (!use || use.gpio === gpio) return plan;
  const old = use.gpio;
  const moved = changeUse(plan, index, { gpio });
  if (moved.uses.some((other) => other.gpio === old)) return moved;
  const swap = (list: number[]) => [...new Set(list.map((entry) => (entry === old ? gpio : entry)))];
  const next: Plan = { ...moved };
  if (plan.interrupts) next.interrupts = swap(plan.interrupts);
  if (plan.wake) next.wake = Object.fromEntries(Object.entries(plan.wake).map(([source, pins]) => [source, swap(pins)]));
  return next;
}

function setPlanField(plan: Plan, field: string, value: string): Plan {
  if (field.startsWith("externalPull.")) return { ...plan, externalPull: { ...plan.externalPull, [field.slice("externalPull.".length)]: value } };
  switch (field) {
    case "wifi":
      return { ...plan, wifi: value === "true" };
    case "efuses":
      return { ...plan, efuses: [...(plan.efuses ?? []), value] };
    case "console":
    case "psram":
    case "flashMode":
      return { ...plan, [field]: value };
    default:
      return plan;
  }
}

const NUMBERS = ["frequencyHz", "resolutionBits", "driveMilliamps", "rmtSymbols"];

/** A field of a use as a repair gives it: words, numbers and flags all come as text. */
function fieldOfUse(field: string, value: string): Partial<Use> | null {
  if (field === "direction" || field === "pull") return { [field]: value };
  if (NUMBERS.includes(field)) return { [field]: Number(value) };
  return field === "hold" ? { hold: value === "true" } : null;
}

/** The plan with a repair made; the plan itself where the repair does not fit it. */
export function applyRepair(plan: Plan, repair: Repair): Plan {
  const { kind, use, gpio, field, value } = repair;
  switch (kind) {
    case "move":
      return use === null || gpio === null ? plan : moveUse(plan, use, gpio);
    case "remove":
      return use === null ? plan : removeUse(plan, use);
    case "setUse": {
      const set = value === null || field === null ? null : fieldOfUse(field, value);
      return use === null || set === null ? plan : changeUse(plan, use, set);
    }
    case "setPlan":
      return field === null || value === null ? plan : setPlanField(plan, field, value);
    case "override":
      return field === null ? plan : { ...plan, overrides: [...(plan.overrides ?? []), { rule: field, gpios: repair.gpios ?? [], reason: value ?? "" }] };
  }
}

export function acceptFinding(plan: Plan, finding: Finding, reason: string): Plan {
  return { ...plan, overrides: [...(plan.overrides ?? []), { rule: finding.rule, gpios: finding.gpios, reason }] };
}

export function withdrawAcceptance(plan: Plan, finding: Finding): Plan {
  const same = (gpios: number[]) => gpios.length === finding.gpios.length && gpios.every((gpio) => finding.gpios.includes(gpio));
  const named = (rule: string) => rule === finding.rule || rule === finding.class;
  return { ...plan, overrides: (plan.overrides ?? []).filter((entry) => !(named(entry.rule) && same(entry.gpios))) };
}

const WEIGHT = { error: 0, warning: 1, info: 2 } as const;

/** Worst first; what was accepted with a reason last. */
export function sortFindings(findings: Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      Number(a.overridden !== null) - Number(b.overridden !== null) || WEIGHT[a.severity] - WEIGHT[b.severity] || (a.gpios[0] ?? 99) - (b.gpios[0] ?? 99) || a.rule.localeCompare(b.rule),
  );
}

export function usesByGpio(plan: Plan): Map<number, number[]> {
  const map = new Map<number, number[]>();
  plan.uses.forEach((use, i) => map.set(use.gpio, [...(map.get(use.gpio) ?? []), i]));
  return map;
}

export type PinState = "free" | "used" | "warning" | "error" | "reserved";

/** What a pin's mark says: its worst finding if it is used, else whether it may be. */
export function pinState(gpio: number, reserved: string | null, used: boolean, findings: Finding[]): PinState {
  const open = findings.filter((finding) => finding.overridden === null && finding.gpios.includes(gpio));
  if (open.some((finding) => finding.severity === "error")) return "error";
  if (open.some((finding) => finding.severity === "warning")) return "warning";
  if (used) return "used";
  return reserved === null ? "free" : "reserved";
}

/** "lora rst" becomes function lora, signal rst. */
export function parseUse(text: string): { function: string; signal?: string } | null {
  const words = text.trim().toLowerCase().split(/[\s.]+/).filter(Boolean);
  const [first, ...rest] = words;
  if (!first || !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(first)) return null;
  return rest.length === 0 ? { function: first } : { function: first, signal: rest.join("_").slice(0, 64) };
}
