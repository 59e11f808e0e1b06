import type { BuildState, MemberState, RolloutState, Severity, VirtualDeviceState } from "@/api/types";

/** The seven things a mark can say. Each has its own shape, word and colour. */
export type StatusKind = "confirmed" | "working" | "waiting" | "warning" | "failed" | "rolledBack" | "silent";

export const STATUS_COLOR: Record<StatusKind, string> = {
  confirmed: "var(--confirmed)",
  working: "var(--working)",
  waiting: "var(--waiting)",
  warning: "var(--warning)",
  failed: "var(--failed)",
  rolledBack: "var(--rolled-back)",
  silent: "var(--silent)",
};

interface Mark {
  kind: StatusKind;
  word: string;
}

export const MEMBER: Record<MemberState, Mark> = {
  waiting: { kind: "waiting", word: "waiting" },
  offered: { kind: "working", word: "offered" },
  downloading: { kind: "working", word: "downloading" },
  verifying: { kind: "working", word: "verifying" },
  applying: { kind: "working", word: "applying" },
  rebooting: { kind: "working", word: "rebooting" },
  confirming: { kind: "working", word: "confirming" },
  confirmed: { kind: "confirmed", word: "confirmed" },
  failed: { kind: "failed", word: "failed" },
  rolledBack: { kind: "rolledBack", word: "rolled back" },
  rejected: { kind: "failed", word: "rejected" },
  cancelled: { kind: "silent", word: "cancelled" },
};

/** The mark of an offer's state; one that is not known yet is shown by its own word. */
export function memberMark(state: string): Mark {
  return (MEMBER as Record<string, Mark | undefined>)[state] ?? { kind: "waiting", word: state };
}

export const ROLLOUT: Record<RolloutState, Mark> = {
  draft: { kind: "waiting", word: "draft" },
  running: { kind: "working", word: "running" },
  paused: { kind: "warning", word: "paused" },
  completed: { kind: "confirmed", word: "completed" },
  rolledBack: { kind: "rolledBack", word: "rolled back" },
  cancelled: { kind: "silent", word: "cancelled" },
};

export const BUILD: Record<BuildState, Mark> = {
  queued: { kind: "waiting", word: "queued" },
  running: { kind: "working", word: "running" },
  succeeded: { kind: "confirmed", word: "succeeded" },
  failed: { kind: "failed", word: "failed" },
  cancelled: { kind: "silent", word: "cancelled" },
};

export const VIRTUAL: Record<VirtualDeviceState, Mark> = {
  preparing: { kind: "working", word: "preparing" },
  starting: { kind: "working", word: "starting" },
  claiming: { kind: "working", word: "claiming" },
  running: { kind: "confirmed", word: "running" },
  stopped: { kind: "silent", word: "stopped" },
  failed: { kind: "failed", word: "failed" },
};

export const SEVERITY: Record<Severity, Mark> = {
  error: { kind: "failed", word: "error" },
  warning: { kind: "warning", word: "warning" },
  info: { kind: "waiting", word: "info" },
};
