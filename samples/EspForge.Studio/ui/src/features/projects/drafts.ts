import { useCallback, useSyncExternalStore } from "react";

/** Unsaved text, and which saved text it began from. */
export interface Draft {
  text: string;
  /** Null: there was no such file when it began. */
  etag: string | null;
}
export interface Saved {
  content: string;
  etag: string;
}

/** By project and path. It outlives the page of the project, so that looking elsewhere loses nothing. */
export type Drafts = Readonly<Record<string, Draft>>;
const NONE: Drafts = {};
const kept = new Map<string, Drafts>();
const listeners = new Set<() => void>();

function set(projectId: string, drafts: Drafts) {
  if (Object.keys(drafts).length === 0) kept.delete(projectId);
  else kept.set(projectId, drafts);
  for (const listener of listeners) listener();
}

export const drafts = {
  of: (projectId: string): Drafts => kept.get(projectId) ?? NONE,
  /** Text that equals what is saved is no draft; a draft keeps the base it began from. */
  write(projectId: string, path: string, text: string, saved: Saved | undefined) {
    const before = drafts.of(projectId)[path];
    if (saved !== undefined && text === saved.content) return drafts.drop(projectId, path);
    set(projectId, { ...drafts.of(projectId), [path]: { text, etag: before ? before.etag : (saved?.etag ?? null) } });
  },
  /** The text stays; from now on it is a change of this saved text. */
  rebase(projectId: string, path: string, etag: string | null) {
    const draft = drafts.of(projectId)[path];
    if (draft) set(projectId, { ...drafts.of(projectId), [path]: { ...draft, etag } });
  },
  move(projectId: string, from: string, to: string) {
    const { [from]: draft, ...rest } = drafts.of(projectId);
    if (draft !== undefined) set(projectId, { ...rest, [to]: draft });
  },
  drop(projectId: string, path: string) {
    const { [path]: gone, ...rest } = drafts.of(projectId);
    if (gone !== undefined) set(projectId, rest);
  },
  any: () => kept.size > 0,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

if (typeof window !== "undefined") {
  window.addEventListener("beforeunload", (event) => {
    if (drafts.any()) event.preventDefault();
  });
}

export function useDrafts(projectId: string): Drafts {
  return useSyncExternalStore(
    drafts.subscribe,
    useCallback(() => drafts.of(projectId), [projectId]),
  );
}
