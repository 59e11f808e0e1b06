import { ApiError } from "@/api/error";
import type { FileContent } from "@/api/types";
import type { Draft, Saved } from "@/features/projects/drafts";

/** Two people changed one file: what this page has, and what the server has now. */
export interface Conflict {
  path: string;
  mine: string;
  /** Null: it was deleted. */
  theirs: Saved | null;
  by: string | null;
  at: string | null;
}

/** A save counts only if the file is still what the draft began from. */
export function precondition(draft: Pick<Draft, "etag">): Record<string, string> {
  return draft.etag === null ? { "If-None-Match": "*" } : { "If-Match": draft.etag };
}

export function isConflict(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 412 && (error.code === "FILE_CHANGED" || error.code === "FILE_EXISTS");
}

export function conflictOf(path: string, mine: string, error: ApiError | null, theirs: FileContent | null): Conflict {
  const detail = (name: string) => error?.details.find((one) => one.field === name)?.message ?? null;
  return { path, mine, theirs: theirs ? { content: theirs.content, etag: theirs.etag } : null, by: detail("changedBy"), at: detail("changedAt") ?? theirs?.updatedAt ?? null };
}

export type Decision = { kind: "none" } | { kind: "write"; headers: Record<string, string> } | { kind: "take"; saved: Saved } | { kind: "close" };

/** What a choice does. The same text on both sides needs none. */
export function decide(conflict: Conflict, choice: "mine" | "theirs"): Decision {
  if (conflict.theirs === null) return choice === "mine" ? { kind: "write", headers: precondition({ etag: null }) } : { kind: "close" };
  if (choice === "theirs" || conflict.theirs.content === conflict.mine) return { kind: "take", saved: conflict.theirs };
  return { kind: "write", headers: precondition({ etag: conflict.theirs.etag }) };
}

/** Whether somebody saved the file since this draft began. */
export function isBehind(draft: Draft | undefined, saved: Saved | undefined): boolean {
  return draft !== undefined && saved !== undefined && draft.etag !== saved.etag && draft.text !== saved.content;
}
